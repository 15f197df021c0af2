"""The simulated studies lie beside the tests."""

import sys
from functools import partial
from pathlib import Path

import pytest

from cohear.analysis.statistics import Statistics

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="module", autouse=True)
def statistics_of_folders():
    """Commands of one folder share its statistics here, where one process is all of them: it takes a third."""
    from said import statistics_made_once

    made: dict[Path, Statistics] = {}
    patch = pytest.MonkeyPatch()
    patch.setattr(Statistics, "of_folder", partial(statistics_made_once, made))
    yield made
    patch.undo()
