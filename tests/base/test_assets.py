"""Files that parts read, known by their content."""

import os

import pytest

from cohear.base.assets import PLACES, Asset, contents_in, know, place_of
from cohear.base.errors import DataError, UserError


@pytest.fixture(autouse=True)
def _nothing_is_known(monkeypatch):
    monkeypatch.setattr("cohear.base.assets.PLACES", {})


def write(path, text="one"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_content_is_the_asset(tmp_path):
    here, there = Asset.at(write(tmp_path / "a.txt")), Asset.at(write(tmp_path / "b" / "b.txt"))
    assert here == there and hash(here) == hash(there)
    assert (here.name, there.name) == ("a.txt", "b.txt")
    assert Asset.at(write(tmp_path / "a.txt", "two")) != there
    assert Asset.from_json(there.to_json()) == there
    assert str(tmp_path) not in str(there.to_json())


def test_a_folder_is_all_that_is_in_it(tmp_path):
    for folder in ("a", "b"):
        write(tmp_path / folder / "config.json")
        write(tmp_path / folder / "weights" / "w.bin", "two")
    first = Asset.at(tmp_path / "a")
    assert first == Asset.at(tmp_path / "b")
    (tmp_path / "b" / "weights" / "w.bin").rename(tmp_path / "b" / "weights" / "v.bin")
    assert first != Asset.at(tmp_path / "b")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="empty holds no files"):
        Asset.at(tmp_path / "empty")


def test_an_edit_in_the_same_tick_is_another_content(tmp_path):
    """Size and times may be what they were."""
    path = write(tmp_path / "a.txt")
    first, stat = Asset.at(path), path.stat()
    write(path, "two")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert Asset.at(path) != first


def test_it_is_read_where_it_lies_now(tmp_path):
    asset = Asset.at(write(tmp_path / "a.txt"))
    know(asset.content, write(tmp_path / "elsewhere.txt"))
    (tmp_path / "a.txt").unlink()
    assert asset.read(lambda path: path.read_text(encoding="utf-8")) == "one"
    with pytest.raises(UserError, match=r"elsewhere\.txt cannot be read: ValueError: invalid literal"):
        asset.read(lambda path: int(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["none.txt", "a.txt/below.txt"])
def test_what_is_not_there_is_told(tmp_path, name):
    write(tmp_path / "a.txt")
    with pytest.raises(UserError, match=f"there is no file {tmp_path / name}|{name} cannot be read: Not a directory"):
        Asset.at(tmp_path / name)


def test_what_was_changed_since_is_told(tmp_path):
    asset = Asset.at(write(tmp_path / "a.txt"))
    write(tmp_path / "a.txt", "another")
    with pytest.raises(DataError, match=r"a\.txt was changed while the study was at work"):
        asset.read(str)
    (tmp_path / "a.txt").unlink()
    with pytest.raises(DataError, match="there is no file"):
        place_of(asset.content)
    PLACES.clear()
    with pytest.raises(DataError, match="is not known here"):
        place_of("0" * 32)


def test_they_are_found_wherever_they_stand():
    told = {
        "front_end": {"path": [{"file": {"blake2b": "a"}, "window": 3}], "bands": 4},
        "tasks": [{"x": {"blake2b": "b"}}],
    }
    assert list(contents_in(told)) == ["a", "b"]
