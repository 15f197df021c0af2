"""A folder at a URL: patient where that helps, clear where it does not."""

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from cohear.base import url_folder
from cohear.base.errors import FolderError, MissingExtra, UserError
from cohear.base.files import digest_of_bytes
from cohear.base.url_folder import UrlFolder


@pytest.fixture(params=["a path", "file", "memory"])
def folder(request, tmp_path):
    """The same folder three ways."""
    if request.param == "memory":
        yield UrlFolder("memory://pack")
        MemoryFileSystem.store.clear()
        return
    yield UrlFolder(str(tmp_path / "pack") if request.param == "a path" else f"file://{tmp_path}/pack")


@pytest.fixture
def no_pause(monkeypatch):
    monkeypatch.setattr(url_folder, "PAUSES", (0.0,) * 3)


def test_what_is_written_is_read_and_listed(folder):
    assert folder.read("a/b.txt") is None
    assert folder.sizes("a") == {}
    folder.write("a/b.txt", b"old")
    folder.write("a/b.txt", b"words")
    folder.write("c.txt", b"")
    assert folder.read("a/b.txt") == b"words"
    assert folder.sizes("a") == {"a/b.txt": 5}


def test_what_is_there_is_known_by_size_and_where_it_can_be_read_by_content(folder):
    folder.write("a/b", b"words")
    listed = folder.sizes("a")
    assert folder.has("a/b", 5, digest_of_bytes(b"words"), listed)
    assert not folder.has("a/b", 4, digest_of_bytes(b"word"), listed)
    assert not folder.has("a/c", 5, digest_of_bytes(b"words"), listed)
    assert folder.has("a/b", 5, digest_of_bytes(b"other"), listed) == (folder.path is None)


@pytest.mark.parametrize("fails", [1, 3])
def test_what_fails_is_tried_again(fails, monkeypatch, no_pause):
    left = [fails]

    def flaky(self, *args, **kwargs):
        left[0] -= 1
        if left[0] >= 0:
            raise OSError("connection reset")
        return b"words"

    monkeypatch.setattr(MemoryFileSystem, "cat_file", flaky)
    assert UrlFolder("memory://pack").read("a") == b"words"
    assert left == [-1]


@pytest.mark.parametrize(("error", "tries"), [(OSError("no route"), 4), (PermissionError("not yours"), 1)])
def test_what_keeps_failing_is_told_with_its_cause(error, tries, monkeypatch, no_pause):
    asked = []

    def failing(self, *args, **kwargs):
        asked.append(args)
        raise error

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", failing)
    with pytest.raises(FolderError, match=rf"cannot write memory://pack/a: {type(error).__name__}: {error}; what was"):
        UrlFolder("memory://pack").write("a", b"x")
    assert len(asked) == tries


def test_a_driver_that_is_not_installed_is_named(monkeypatch):
    def absent(*args, **kwargs):
        raise ImportError("Install gcsfs to access Google Storage")

    monkeypatch.setattr("fsspec.core.url_to_fs", absent)
    with pytest.raises(MissingExtra, match=r"gs://: pip install 'cohear\[gcs\]'"):
        UrlFolder("gs://bucket/pack").read("pack.json")


def test_a_driver_that_no_extra_brings_is_named_as_fsspec_names_it(monkeypatch):
    def absent(*args, **kwargs):
        raise ImportError("Install adlfs to access Azure Datalake Gen2 and Azure Blob Storage")

    monkeypatch.setattr("fsspec.core.url_to_fs", absent)
    with pytest.raises(UserError, match=r"^abfs://c@a/pack: Install adlfs to access"):
        UrlFolder("abfs://c@a/pack").read("pack.json")


def test_an_unknown_protocol_is_told_with_a_suggestion():
    with pytest.raises(UserError, match=r"nothing here knows what sftpp:// is \(did you mean"):
        UrlFolder("sftpp://bucket/pack").read("pack.json")


def test_nothing_is_written_by_http():
    with pytest.raises(FolderError, match="HTTP is for reading"):
        UrlFolder("http://127.0.0.1:9/pack").write("a", b"x")


def test_a_file_is_never_seen_half_written_where_files_grow(monkeypatch):
    """As by sftp: under its own name it is whole."""
    seen = []
    monkeypatch.setattr(url_folder, "_APPEAR_WHOLE", set())
    pipe = MemoryFileSystem.pipe_file

    def watched(self, path, value, **kwargs):
        seen.append(path)
        return pipe(self, path, value, **kwargs)

    monkeypatch.setattr(MemoryFileSystem, "pipe_file", watched)
    folder = UrlFolder("memory://pack")
    for content in (b"one", b"other"):
        folder.write("a/b", content)
        assert folder.read("a/b") == content
    assert all(path.endswith(".part") for path in seen)
    assert folder.sizes("a") == {"a/b": 5}
    MemoryFileSystem.store.clear()
