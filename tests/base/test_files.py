"""Files that are there whole or not at all."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cohear.base import files, temporary
from cohear.base.errors import FolderError


def test_written_text_is_there(tmp_path):
    files.write_text(tmp_path / "a.txt", "ä\n")
    files.write_text(tmp_path / "a.txt", "ö\n")
    assert (tmp_path / "a.txt").read_bytes() == "ö\n".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_failed_write_leaves_the_old_file_and_no_rest(tmp_path, monkeypatch, failing, error):
    """Pitfall 20: a file that is half written is never seen, and a full disk is told in a sentence."""

    def fail(*_):
        raise error

    (tmp_path / "a.txt").write_text("old")
    monkeypatch.setattr(files.os if failing == "fsync" else Path, failing, fail)
    with pytest.raises(FolderError if isinstance(error, OSError) else KeyboardInterrupt) as told:
        files.write_text(tmp_path / "a.txt", "new")
    if isinstance(error, OSError):
        assert "no space is left on the disk" in str(told.value)
    assert (tmp_path / "a.txt").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_killed_writer_leaves_the_old_file(tmp_path):
    """Pitfall 20: kill -9 in the middle of the write."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    script = (
        "import os, signal, pathlib; from cohear.base import files\n"
        "files.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"files.write_text(pathlib.Path({str(path)!r}), 'new' * 9999)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert path.read_text() == "old"


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EDQUOT, errno.EIO])
def test_storage_errors_are_told_with_path_and_cure(tmp_path, number):
    told = pytest.raises(FolderError, match=r"cannot write .*x.npy: .*what was finished is kept")
    with told, files.storage_errors_told(tmp_path):
        raise OSError(number, "told by the system", str(tmp_path / "x.npy"))


def test_other_errors_are_no_storage_errors(tmp_path):
    with pytest.raises(FileNotFoundError), files.storage_errors_told(tmp_path):
        raise FileNotFoundError(errno.ENOENT, "nothing there")
    with pytest.raises(FileNotFoundError):
        files.write_text(tmp_path / "none" / "a.txt", "")


def test_places_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(FolderError, match="a part of the path is a file"):
        files.write_text(tmp_path / "file" / "a.txt", "")
    with pytest.raises(FolderError, match="there is a folder of that name"):
        files.write_text(tmp_path / "folder", "")
    with pytest.raises(FolderError, match="is a file, not a folder"):
        files.make_folder(tmp_path / "file")
    with pytest.raises(FolderError, match="a part of the path is a file"):
        files.make_folder(tmp_path / "file" / "a")
    with pytest.raises(FolderError, match="the name is too long"):
        files.make_folder(tmp_path / ("x" * 300))
    for place in (Path(), Path("/")):
        with pytest.raises(FolderError, match="there is a folder of that name"):
            files.write_text(place, "")
    assert files.make_folder(tmp_path / "a" / "b").is_dir()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place that takes no folders")
def test_a_place_that_takes_no_folders():
    with pytest.raises(FolderError, match="cannot be made there; choose another place"):
        files.make_folder(Path("/proc/none/a"))
    with pytest.raises(FolderError, match="takes no new files; choose another place"):
        files.write_text(Path("/proc/none"), "")
    with (
        pytest.raises(FolderError, match="the folder /proc/none cannot be made"),
        files.folder_whole_or_not_at_all(Path("/proc/none")),
    ):
        pass


def test_links_that_lead_in_a_circle(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    assert files.resolved(tmp_path / "loop").name == "loop"
    with pytest.raises(FolderError), files.folder_whole_or_not_at_all(tmp_path / "loop"):
        pass
    with pytest.raises(FolderError, match="lead in a circle"):
        files.make_folder(tmp_path / "loop" / "a")


def test_a_name_that_is_no_text_is_json(tmp_path):
    files.write_json(tmp_path / "a.json", ["\udcff", "ü"])
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '[\n "\\udcff",\n "ü"\n]\n'
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == ["\udcff", "ü"]


def test_file_that_says_the_same_is_not_written(tmp_path, monkeypatch):
    """Tables of a folder that nobody may write to stay usable."""
    path = tmp_path / "a.txt"
    files.write_text(path, "größe")

    def refused(*_):
        raise PermissionError(errno.EACCES, "refused")

    monkeypatch.setattr(files, "write_bytes", refused)
    files.write_text(path, "größe")
    with pytest.raises(PermissionError):
        files.write_text(path, "Größe")
    with pytest.raises(PermissionError):
        files.write_text(tmp_path / "b.txt", "")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_no_permission(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(FolderError, match="there is no permission to write"):
        files.write_text(tmp_path / "a.txt", "")
    tmp_path.chmod(0o700)


def test_folder_is_whole_or_not_at_all(tmp_path):
    place = tmp_path / "store"
    with files.folder_whole_or_not_at_all(place) as folder:
        (folder / "a").write_text("1")
        assert not place.exists()
    with pytest.raises(KeyError), files.folder_whole_or_not_at_all(place) as folder:
        (folder / "a").write_text("2")
        raise KeyError
    with pytest.raises(FolderError, match="no space"), files.folder_whole_or_not_at_all(place):
        raise OSError(errno.ENOSPC, "full")
    assert (place / "a").read_text() == "1"
    with files.folder_whole_or_not_at_all(place) as folder:
        (folder / "b").write_text("3")
    assert [path.name for path in place.iterdir()] == ["b"]
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


KILLED = """
import os, pathlib, shutil, signal, sys
from cohear.base import files

place, moment = pathlib.Path(sys.argv[1]), int(sys.argv[2])
moments = 0
def then_die(work):
    def wrapped(*arguments, **options):
        global moments
        result = work(*arguments, **options)
        moments += 1
        if moments == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return wrapped

with files.folder_whole_or_not_at_all(place) as folder:
    pathlib.Path.replace, files.shutil.rmtree = then_die(pathlib.Path.replace), then_die(shutil.rmtree)
    files.write_text(folder / "a", "new")
"""


@pytest.mark.parametrize("moment", [1, 2, 3, 4])
def test_a_folder_whose_writer_was_killed(tmp_path, moment):
    """kill -9 when a file is in the new folder, the old one aside, the new one in its place, some of the rest gone."""
    place = tmp_path / "x.before.tmp"  # a name that looks like one of ours
    with files.folder_whole_or_not_at_all(place) as folder:
        (folder / "a").write_text("old")
    command = [sys.executable, "-c", KILLED, place, str(moment)]
    assert subprocess.run(command, check=False).returncode == -9
    assert [path.read_text() for path in place.glob("*")] == [["old"], [], ["new"], ["new"]][moment - 1]
    assert len(list(tmp_path.iterdir())) > 1
    with pytest.raises(KeyError), files.folder_whole_or_not_at_all(place):
        raise KeyError  # what was there is put back before anything is written
    assert (place / "a").read_text() == ("old" if moment < 3 else "new")
    assert list(tmp_path.iterdir()) == [place]


def test_what_killed_processes_left_is_told_from_what_others_write_now(tmp_path):
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    pid = dead.stdout.decode().strip()
    names = {
        "living": temporary.temporary_beside(tmp_path / "a.b"),
        "dead": tmp_path / f".a.b.{temporary._host()}.{pid}.new.tmp",
        "of another path": tmp_path / f".b.{temporary._host()}.{pid}.new.tmp",
        "of another host": tmp_path / ".a.b.elsewhere.1.new.tmp",
        "of another form": tmp_path / ".tmp.tmp",
    }
    for name in names.values():
        name.touch()
    assert temporary.left_behind(tmp_path, "a.b") == [names["dead"]]
    assert set(temporary.left_behind(tmp_path)) == {names["dead"], names["of another path"]}
    for what, name in names.items():
        os.utime(name, None if what == "living" else (0, 0))
    files.remove_left_behind(tmp_path)
    assert list(tmp_path.iterdir()) == [names["living"]]


def test_a_folder_behind_a_link_or_without_a_name_is_replaced(tmp_path, monkeypatch):
    """A link stays a link; ``.`` has no name that a sibling could be called after."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "old").write_text("1")
    (tmp_path / "link").symlink_to("real")
    for number, place in enumerate((tmp_path / "link", Path())):
        monkeypatch.chdir(tmp_path / "real")
        with files.folder_whole_or_not_at_all(place) as folder:
            (folder / f"new{number}").write_text("2")
        assert [path.name for path in (tmp_path / "real").iterdir()] == [f"new{number}"]
    monkeypatch.chdir(tmp_path)
    assert (tmp_path / "link").is_symlink()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_what_cannot_be_put_there_leaves_the_old_folder(tmp_path, monkeypatch):
    place = tmp_path / "store"
    place.mkdir()
    (place / "a").write_text("1")
    rename = Path.replace

    def fails_for_the_new(self, target):
        if self.name.endswith(".tmp") and ".before." not in self.name:
            raise OSError(errno.EIO, "told by the system")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", fails_for_the_new)
    with pytest.raises(FolderError, match="the disk reports an error"), files.folder_whole_or_not_at_all(place):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["store"]
    assert (place / "a").read_text() == "1"


def test_nothing_is_removed_where_there_is_nothing(tmp_path, monkeypatch):
    """A read-only file system refuses to remove even what is not there."""
    files.remove_file(files.make_folder(tmp_path / "a") / "none")
    (tmp_path / "file").write_text("1")

    def refuses(self, missing_ok=False):
        raise OSError(errno.EROFS, "told by the system", str(self))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuses)
        files.remove_file(tmp_path / "none")
        with pytest.raises(FolderError, match="read-only"):
            files.remove_file(tmp_path / "file")
    files.remove_file(tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_json_and_digests(tmp_path):
    files.write_json(tmp_path / "a.json", {"b": "ä", "a": 1})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == '{\n "b": "ä",\n "a": 1\n}\n'
    assert files.digest({"a": 1, "b": [2]}) == files.digest({"b": [2], "a": 1}) != files.digest({"a": 1, "b": ["2"]})
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.write_json(tmp_path / "b.json", float("nan"))
    assert not (tmp_path / "b.json").exists()
    (tmp_path / "c").write_bytes(b"x" * 3_000_000)
    (tmp_path / "d").write_bytes(b"x" * 3_000_000)
    assert (
        files.file_digest(tmp_path / "c") == files.file_digest(tmp_path / "d") != files.file_digest(tmp_path / "a.json")
    )


def test_numbers_that_json_does_not_have():
    value = {"a": [1.0, float("nan"), {"b": float("-inf")}], "c": "nan", "d": (2, None)}
    assert files.without_nan(value) == {"a": [1.0, None, {"b": None}], "c": "nan", "d": [2, None]}


def test_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("COHEAR_CACHE", raising=False)
    assert files.cache_folder() == tmp_path / "cohear"
    monkeypatch.setenv("COHEAR_CACHE", str(tmp_path / "mine"))
    assert files.cache_folder() == tmp_path / "mine"
