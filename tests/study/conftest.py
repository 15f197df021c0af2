"""Tiny studies lie in ``tests/helpers``."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

import tiny


@pytest.fixture
def bench(tmp_path):
    """A folder with three datasets and a cache of its own."""
    tiny.write_datasets(tmp_path / "data")
    return tiny.Bench(tmp_path)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A bench and its study folder ``out``: two tasks, dnn and small, curves, predictions and weights kept."""
    root = tmp_path_factory.mktemp("finished")
    tiny.write_datasets(root / "data")
    bench = tiny.Bench(root)
    bench.run(
        features=["summary", "logmel"],
        encoders=[{"name": "dnn", "hidden": 16, "layers": 1}, "small"],
        repeats={"folds": 1, "seeds": 1},
    )
    return bench
