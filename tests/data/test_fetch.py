"""Downloads from a server in this process: whole, broken off, resumed, changed, hostile."""

import hashlib
import io
import tarfile
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import mini_trees
import pytest

from cohear.base.errors import DataError
from cohear.data.catalogue.fetch import fetch_dataset
from cohear.data.readers import Archive
from cohear.data.readers.fsdd import Fsdd
from cohear.data.tables.reader import read_clip_table


class Server:
    """Serves ``content`` under any name; ``cut`` ends each answer after so many bytes, ``ranges`` can be off."""

    def __init__(self, content):
        self.content, self.cut, self.ranges, self.asked, self.status = content, None, True, [], None
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked = self.headers.get("Range")
                server.asked.append(asked)
                first = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and server.ranges else 0
                if server.status or (first and first >= len(server.content)):
                    self.send_error(server.status or 416)
                    return
                self.send_response(206 if first else 200)
                if first:
                    self.send_header("Content-Range", f"bytes {first}-{len(server.content) - 1}/{len(server.content)}")
                self.send_header("Content-Length", str(len(server.content) - first))
                self.end_headers()
                self.wfile.write(server.content[first:][: server.cut])

            def log_message(self, *arguments):
                pass

        self._http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/files/fsdd.zip?download=1"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self):
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def layout(self, checksum=None):
        """The reader of FSDD, with its archive here."""
        found = checksum or f"md5:{hashlib.md5(self.content).hexdigest()}"
        layout = Fsdd()
        layout.published = replace(Fsdd.published, archives=(Archive(self.url, found),))
        return layout


def zipped(folder):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in sorted(folder.rglob("*.wav")):
            archive.write(file, f"fsdd-1.0/{file.relative_to(folder).as_posix()}")
    return content.getvalue()


@pytest.fixture
def server(tmp_path):
    mini_trees.fsdd(tmp_path / "origin")
    made = Server(zipped(tmp_path / "origin"))
    yield made
    made.close()


def test_fetch(server, tmp_path):
    told = []
    fetch_dataset(server.layout(), tmp_path / "data", lambda *step: told.append(step))
    assert told[-1] == ("fsdd.zip", len(server.content), len(server.content))
    assert len(read_clip_table(tmp_path / "data", "digits", "fsdd")) == 24
    assert sorted(file.name for file in (tmp_path / "data").iterdir()) == [".fsdd.zip.done", "fsdd-1.0"]
    fetch_dataset(server.layout(), tmp_path / "data")
    assert server.asked == [None], "what is done is not done again"


def test_a_download_that_is_broken_off_goes_on(server, tmp_path):
    server.cut = 1000
    for expected in (1000, 2000):
        with pytest.raises(DataError, match=rf"the connection ended after {expected} of \d+ bytes; run the same again"):
            fetch_dataset(server.layout(), tmp_path)
        assert (tmp_path / "fsdd.zip.part").stat().st_size == expected
    server.cut = None
    fetch_dataset(server.layout(), tmp_path)
    assert server.asked == [None, "bytes=1000-", "bytes=2000-"]
    assert len(read_clip_table(tmp_path, "digits", "fsdd")) == 24


def test_a_server_that_knows_no_ranges(server, tmp_path):
    server.cut, server.ranges = 1000, False
    with pytest.raises(DataError, match="the connection ended"):
        fetch_dataset(server.layout(), tmp_path)
    server.cut = None
    fetch_dataset(server.layout(), tmp_path)
    assert len(read_clip_table(tmp_path, "digits", "fsdd")) == 24


def test_a_part_that_is_all_there(server, tmp_path):
    (tmp_path / "fsdd.zip.part").write_bytes(server.content)
    fetch_dataset(server.layout(), tmp_path)
    assert len(read_clip_table(tmp_path, "digits", "fsdd")) == 24


def test_another_checksum(server, tmp_path):
    with pytest.raises(DataError, match=r"its checksum is md5:\w+, published is md5:0000; it was removed"):
        fetch_dataset(server.layout("md5:0000"), tmp_path)
    assert list(tmp_path.glob("fsdd*")) == []


def test_no_network_and_no_such_file(server, tmp_path):
    server.status = 404
    with pytest.raises(DataError, match="the server answers 404 Not Found"):
        fetch_dataset(server.layout(), tmp_path)
    layout = server.layout()
    layout.published = replace(layout.published, archives=(Archive("http://127.0.0.1:9/a.zip", "md5:0"),))
    with pytest.raises(DataError, match=r"a.zip cannot be reached \(.+\); run the same again to go on"):
        fetch_dataset(layout, tmp_path)


def test_no_public_download(tmp_path):
    with pytest.raises(DataError, match=r"no plain public download: get it from https://github.com/Jakobovski"):
        fetch_dataset(Fsdd(), tmp_path / "data")
    assert not (tmp_path / "data").exists()


def evil_zip(name):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("recordings/1_theo_1.wav", b"")
        archive.writestr(name, b"evil")
    return content.getvalue()


def evil_tar(entry):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        archive.addfile(entry, io.BytesIO(b"evil") if entry.isfile() else None)
    return content.getvalue()


def tar_entry(name, kind=tarfile.REGTYPE, target=""):
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname, entry.size = kind, target, 4 if kind == tarfile.REGTYPE else 0
    return entry


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (evil_zip("../evil.txt"), "leaves its folder"),
        (evil_zip("/tmp/evil.txt"), "leaves its folder"),
        (evil_zip("a\\..\\..\\evil.txt"), "leaves its folder"),
        (evil_tar(tar_entry("../evil.txt")), "leaves its folder"),
        (evil_tar(tar_entry("link", tarfile.SYMTYPE, "/etc")), "which is a link or a device"),
        (evil_tar(tar_entry("pipe", tarfile.FIFOTYPE)), "which is a link or a device"),
        (b"PK no archive", "is not an archive that can be unpacked"),
        (b"", "is not an archive that can be unpacked"),
    ],
    ids=["zip up", "zip from the root", "zip up in windows", "tar up", "tar link", "tar pipe", "no archive", "empty"],
)
def test_hostile_archives(server, tmp_path, content, told):
    """Nothing is written outside the folder, whatever the archive says."""
    server.content = content
    inside = tmp_path / "deep" / "data"
    with pytest.raises(DataError, match=told):
        fetch_dataset(server.layout(), inside)
    assert not list(tmp_path.rglob("evil.txt"))
    assert not (inside / "link").exists()
