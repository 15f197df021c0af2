"""Download of a public dataset: goes on where it stopped, and trusts nothing but the published checksum."""

from __future__ import annotations

import hashlib
import http.client
import re
import shutil
import tarfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO

from cohear.base.errors import DataError
from cohear.base.files import make_folder, storage_errors_told, write_text
from cohear.data.readers import Archive, PublicLayout

FetchProgress = Callable[[str, int, int | None], None]
"""Told of a file's name, the bytes that are here, and how many there are (None where the server does not say)."""

TIMEOUT_SECONDS = 60
_BLOCK = 1 << 18


def fetch_dataset(layout: PublicLayout, folder: Path, progress: FetchProgress | None = None) -> None:
    """Download a dataset's archives and unpack them; what is done before is not done again.

    Args:
        layout: the reader of the dataset.
        folder: where to.
        progress: told while bytes arrive.

    Raises:
        DataError: there is no public download, no network, another checksum, or an archive that is none.
        FolderError: the folder cannot be written.
    """
    published = layout.published
    if not published.archives:
        raise DataError(
            f"{published.title} has no plain public download: get it from {published.homepage} and place it so: "
            f"{published.place}"
        )
    make_folder(folder)
    with storage_errors_told(folder):
        for archive in published.archives:
            name = file_name(archive)
            done = folder / f".{name}.done"
            if done.exists():
                continue
            file = download(archive, folder, progress)
            unpack(file, folder)
            write_text(done, archive.checksum + "\n")
            file.unlink()
    if not layout.recognises(folder):
        raise DataError(f"{folder} is not laid out as {published.title} after the download: {published.place}")


def file_name(archive: Archive) -> str:
    """The last part of the address, which has no slash in it."""
    return PurePosixPath(urllib.parse.unquote(urllib.parse.urlparse(archive.url).path)).name


def download(archive: Archive, folder: Path, progress: FetchProgress | None = None) -> Path:
    """Get one archive; a part of it from an earlier attempt is kept and completed.

    Raises:
        DataError: it cannot be reached, ends early, or has another checksum than published.
    """
    name = file_name(archive)
    file, part = folder / name, folder / f"{name}.part"
    if not file.exists():
        _complete(archive, part, lambda here, total: progress(name, here, total) if progress else None)
        found = _checksum(part, archive.checksum.partition(":")[0])
        if found != archive.checksum:
            part.unlink()
            raise DataError(
                f"{archive.url}: its checksum is {found}, published is {archive.checksum}; it was removed: "
                "run the same again, and if it stays so, the publisher has changed it"
            )
        part.replace(file)
    return file


def _complete(archive: Archive, part: Path, progress: Callable[[int, int | None], None]) -> None:
    """Append to the part what is missing of it."""
    here = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(archive.url, headers={"Range": f"bytes={here}-"} if here else {})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - addresses of our own
            goes_on = answer.status == http.HTTPStatus.PARTIAL_CONTENT and _begins_at(answer, here)
            here = here if goes_on else 0
            length = answer.headers.get("Content-Length")
            total = here + int(length) if length and length.isdecimal() else None
            with part.open("ab" if goes_on else "wb") as file:
                for block in _blocks(answer, archive.url):
                    file.write(block)
                    here += len(block)
                    progress(here, total)
    except urllib.error.HTTPError as error:
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and here:
            return  # it is all here; the checksum will say
        raise DataError(f"{archive.url}: the server answers {error.code} {error.reason}") from error
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise _unreachable(archive.url, error) from error
    if total is not None and here < total:
        raise DataError(
            f"{archive.url}: the connection ended after {here} of {total} bytes; run the same again to go on"
        )


def _blocks(answer: http.client.HTTPResponse, url: str) -> Iterator[bytes]:
    """What arrives; an end of the connection, or of its encryption, is told and not taken for the disk's."""
    while True:
        try:
            block = answer.read(_BLOCK)
        except (http.client.HTTPException, OSError) as error:
            raise _unreachable(url, error) from error
        if not block:
            return
        yield block


def _unreachable(url: str, error: Exception) -> DataError:
    reason = getattr(error, "reason", None) or error or type(error).__name__
    return DataError(f"{url} cannot be reached ({reason}); run the same again to go on")


def _begins_at(answer: http.client.HTTPResponse, here: int) -> bool:
    found = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    return found is not None and int(found[1]) == here


def _checksum(file: Path, algorithm: str) -> str:
    hasher = hashlib.new(algorithm, usedforsecurity=False)
    with file.open("rb") as stream:
        while block := stream.read(_BLOCK):
            hasher.update(block)
    return f"{algorithm}:{hasher.hexdigest()}"


def unpack(file: Path, folder: Path) -> None:
    """Unpack a zip or tar archive: plain files below the folder, nothing else.

    Raises:
        DataError: it is no such archive, or holds a link, a device or a path that leaves the folder.
    """
    try:
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                _write(folder, [entry.filename for entry in archive.infolist()], _zip_members(archive))
        else:
            with tarfile.open(file) as archive_of_tar:
                _write(folder, archive_of_tar.getnames(), _tar_members(file, archive_of_tar))
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{file} is not an archive that can be unpacked: {error}") from error


def _write(folder: Path, names: Sequence[str], members: Iterator[tuple[str, IO[bytes]]]) -> None:
    for name in names:  # all of them before the first is written
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name:
            raise DataError(f"the archive holds {name!r}, which leaves its folder; it was not unpacked")
    for name, stream in members:
        target = folder / name
        make_folder(target.parent)
        with stream, target.open("wb") as file:
            shutil.copyfileobj(stream, file)


def _zip_members(archive: zipfile.ZipFile) -> Iterator[tuple[str, IO[bytes]]]:
    return ((entry.filename, archive.open(entry)) for entry in archive.infolist() if not entry.is_dir())


def _tar_members(file: Path, archive: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for entry in archive:
        if entry.isdir():
            continue
        stream = archive.extractfile(entry) if entry.isfile() else None
        if stream is None:
            raise DataError(f"{file} holds {entry.name!r}, which is a link or a device; unpack it by hand")
        yield entry.name, stream
