"""What all tests share: a cache of their own, tiny studies, and the real datasets where they are."""

import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
import tiny

from cohear.base import plugins
from cohear.base.registry import Registry

CACHE = "COHEAR_CACHE"
_before = pytest.StashKey[str | None]()


def pytest_configure(config):
    """Give the whole session one temporary cache, which workers of pytest-xdist inherit."""
    if hasattr(config, "workerinput"):
        return
    config.stash[_before] = os.environ.get(CACHE)
    os.environ[CACHE] = tempfile.mkdtemp(prefix="cohear-tests-")


def pytest_unconfigure(config):
    if _before not in config.stash:
        return
    shutil.rmtree(os.environ[CACHE], ignore_errors=True)
    before = config.stash[_before]
    if before is None:
        del os.environ[CACHE]
    else:
        os.environ[CACHE] = before


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
    """Parts that the tests of a file enter in the registries (examples, plugins) are known in no other file."""
    before = {id(part) for registry in registries() for part in registry._entries.values()}
    loaded = set(plugins._loaded)
    yield
    for registry in registries():
        for name, part in list(registry._entries.items()):
            if id(part) not in before and not getattr(part, "__module__", "").startswith("cohear."):
                del registry._entries[name]
    for path in set(plugins._loaded) - loaded:
        del plugins._loaded[path]


def registries():
    """All that there are."""
    return [found for found in gc.get_objects() if type(found) is Registry]
