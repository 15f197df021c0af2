"""Tiny bundles, made once."""

import json
import shutil

import pytest
from tiny_bundle import make_number_bundle, make_own_windows_bundle, make_time_bundle, make_tiny_bundle

from cohear import Bundle


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory):
    return make_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny")


@pytest.fixture(scope="session")
def tiny(tiny_folder):
    return Bundle.load(tiny_folder, threads=1)


@pytest.fixture(scope="session")
def number_folder(tmp_path_factory):
    return make_number_bundle(tmp_path_factory.mktemp("numbers") / "tiny")


@pytest.fixture(scope="session")
def numbers(number_folder):
    """A bundle with a task of numbers."""
    return Bundle.load(number_folder, threads=1)


@pytest.fixture(scope="session")
def time_folder(tmp_path_factory):
    return make_time_bundle(tmp_path_factory.mktemp("time") / "tiny")


@pytest.fixture(scope="session")
def in_time(time_folder):
    """A bundle whose one task is a time line."""
    return Bundle.load(time_folder, threads=1)


@pytest.fixture(scope="session")
def filtered_folder(time_folder, tmp_path_factory):
    """The same, with thresholds and medians of its labels."""
    folder = shutil.copytree(time_folder, tmp_path_factory.mktemp("filtered") / "tiny")
    card = json.loads((folder / "card.json").read_text())
    card["tasks"]["when"] |= {"thresholds": [0.6, 0.4, 0.5], "filters": [5, 3, 1]}
    (folder / "card.json").write_text(json.dumps(card))
    return folder


@pytest.fixture(scope="session")
def filtered(filtered_folder):
    """That bundle."""
    return Bundle.load(filtered_folder, threads=1)


@pytest.fixture(scope="session")
def own_windows_folder(tmp_path_factory):
    return make_own_windows_bundle(tmp_path_factory.mktemp("own") / "tiny")


@pytest.fixture(scope="session")
def own_windows(own_windows_folder):
    """A bundle whose tasks hear in frames and windows of their own."""
    return Bundle.load(own_windows_folder, threads=1)
