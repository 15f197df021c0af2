"""A tiny bundle, made once."""

import pytest
from tiny_bundle import make_tiny_bundle

from cohear import Bundle


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    return make_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture(scope="session")
def tiny(tiny_folder):
    return Bundle.load(tiny_folder, threads=1)
