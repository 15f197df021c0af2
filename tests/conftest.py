"""What all tests share: a cache of their own, tiny studies, and the real datasets where they are."""

import os
from pathlib import Path

import pytest
import tiny
from registries import parts_forgotten

CACHE = "COHEAR_CACHE"


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory):
    """One cache for the whole session: workers of pytest-xdist share it, and pytest clears it away with its folders."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE, str(folder / "cache"))
        yield


@pytest.fixture(scope="session")
def shared_data():
    """Folder with the real datasets."""
    if named := os.environ.get("COHEAR_TEST_DATA"):
        folder = Path(named)
        assert folder.is_dir(), f"COHEAR_TEST_DATA names {named}, which is no folder"
        return folder
    checkout = Path(__file__).resolve().parents[1]
    folder = checkout.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real datasets are not here; COHEAR_TEST_DATA can name their folder")
    return folder


@pytest.fixture
def bench(tmp_path):
    """A folder with three datasets and a cache of its own."""
    tiny.write_datasets(tmp_path / "data")
    return tiny.Bench(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A bench and its study folder ``out``: two tasks, dnn and small, curves, predictions and weights kept.

    It is every test's: what is there stays as it is.
    """
    root = tmp_path_factory.mktemp("finished")
    tiny.write_datasets(root / "data")
    bench = tiny.Bench(root)
    bench.run(**tiny.TWO_ENCODERS)
    return bench


@pytest.fixture(scope="module", autouse=True)
def parts_of_others_are_forgotten():
    """Parts that the tests of a file enter in the registries are known in no other file."""
    with parts_forgotten():
        yield
