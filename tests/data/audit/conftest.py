"""Two datasets that faults are planted in, and a cache for what is measured of them."""

import planted
import pytest


@pytest.fixture(scope="session")
def clean(tmp_path_factory):
    """A folder with two datasets without faults."""
    folder = tmp_path_factory.mktemp("clean")
    planted.write_both(folder)
    return folder


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    """A cache for all checks: what was measured once is looked up."""
    return tmp_path_factory.mktemp("cache")
