"""Files that are there whole or not at all, and hashes of content."""

import errno
import hashlib
import json
import math
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cohear.base.errors import FolderError
from cohear.base.temporary import left_behind, meant_by, temporary_beside

_STORAGE_ERRORS = {
    errno.ENOSPC: "no space is left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than the system allows",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "there is no permission to write",
    errno.EPERM: "there is no permission to write",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EISDIR: "there is a folder of that name",
    errno.ENAMETOOLONG: "the name is too long",
    errno.ELOOP: "its links lead in a circle",
    errno.EIO: "the disk reports an error",
}

_RACY_NS = 100_000_000
_BEFORE = "before"
"""Marks the temporary name of a folder that is moved aside."""


def storage_reason(error: OSError) -> str | None:
    """What an OS error says of a place on the disk, in one clause, or None where it is about something else."""
    return _STORAGE_ERRORS.get(error.errno or 0)


def storage_error(error: OSError, path: Path) -> FolderError | None:
    """The clear sentence for an OS error that means "cannot write here", or None for any other error."""
    reason = storage_reason(error)
    if reason is None:
        return None
    return FolderError(f"cannot write {path}: {reason}; what was finished is kept, mend this and run the same again")


def no_new_files(path: Path) -> FolderError:
    """The clear sentence for a new file that is "not found" in a folder that is there, as below /proc."""
    return FolderError(f"cannot write {path}: this file system takes no new files; choose another place")


@contextmanager
def storage_errors_told(path: Path) -> Iterator[None]:
    """Turn "cannot write here" errors inside the block into a FolderError that names the path."""
    try:
        yield
    except OSError as error:
        ours = storage_error(error, Path(error.filename or path))
        if ours is None:
            raise
        raise ours from error


def make_folder(path: Path, named: Path | None = None) -> Path:
    """Make a folder and its parents.

    Args:
        path: the folder.
        named: what it is called in errors, where its own name is a temporary one.

    Raises:
        FolderError: with the reason where that cannot be done.
    """
    named = named or path
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise FolderError(f"{named} is a file, not a folder; choose another place") from error
    except FileNotFoundError as error:  # as below /proc
        raise FolderError(f"the folder {named} cannot be made there; choose another place") from error
    except OSError as error:
        reason = storage_reason(error) or error.strerror
        raise FolderError(f"cannot make the folder {named}: {reason}; mend this, or choose another place") from error
    return path


def resolved(path: Path) -> Path:
    """An absolute path without links; one whose links lead in a circle is found missing by whoever uses it."""
    return Path(os.path.realpath(path))


def write_text(path: Path, text: str) -> None:
    """Write a text file whole or not at all (UTF-8, through a temporary file and a rename).

    A file that says the same is left as it is: tables of a folder that nobody may write to can be read by all commands.
    """
    if not says(path, text):
        write_bytes(path, text.encode("utf-8"))


def says(path: Path, text: str) -> bool:
    """Whether there is a file that holds this text."""
    content = text.encode("utf-8")
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except OSError:
        return False


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    if not path.name:  # `.` and `/`
        raise FolderError(f"cannot write {path}: {_STORAGE_ERRORS[errno.EISDIR]}")
    temporary = temporary_beside(path)
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):  # it may never have been there
            temporary.unlink()
        ours = storage_error(error, path) if isinstance(error, OSError) else None
        if isinstance(error, FileNotFoundError) and path.parent.is_dir():
            ours = no_new_files(path)
        if ours is None:
            raise
        raise ours from error


def remove_file(path: Path) -> None:
    """Remove a file where there is one; a read-only file system refuses even what would do nothing."""
    if path.exists():
        with storage_errors_told(path):
            path.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:  # noqa: ANN401 - any JSON value
    """Write JSON whole or not at all; keys keep their order, and bytes of names that are no text are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    write_text(path, text.encode("utf-8", "backslashreplace").decode("utf-8"))


def without_nan(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The value with None for numbers that JSON does not have: NaN and the infinite ones."""
    if isinstance(value, Mapping):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


@contextmanager
def folder_whole_or_not_at_all(path: Path) -> Iterator[Path]:
    """Give a temporary sibling folder to fill; it becomes ``path`` when the block ends without an error.

    What was there before is moved aside first, so that a process that is killed leaves one of the two whole. What it
    left is put back or removed the next time.
    """
    place = _place_of(path)
    temporary, before = temporary_beside(place), temporary_beside(place, _BEFORE)
    make_folder(place.parent)  # told by its own name where it cannot be made
    with storage_errors_told(path):
        _mend(place, [temporary, before, *left_behind(place.parent, place.name)])
    make_folder(temporary, path)
    try:
        with storage_errors_told(path):
            yield temporary
            if place.exists():
                place.replace(before)
            temporary.replace(place)
    finally:
        if before.exists() and not place.exists():  # the new one could not be put there
            before.replace(place)
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)


def check_place(path: Path) -> None:
    """Whether `folder_whole_or_not_at_all` could write there: makes what it would make first, and takes it away.

    Raises:
        FolderError: it could not; says why.
    """
    place = _place_of(path)
    with storage_errors_told(path):
        made = [parent for parent in place.parents if not parent.exists()]
    temporary = temporary_beside(place)
    try:
        make_folder(place.parent)
        make_folder(temporary, path)
    finally:
        for folder in (temporary, *made):
            with suppress(OSError):  # never made, or in use by now
                folder.rmdir()


def _place_of(path: Path) -> Path:
    """Where a folder's link leads; ``.`` and ``..`` by their names."""
    return resolved(path) if path.is_symlink() or path.name in ("", "..") else path


def _mend(place: Path, left: Iterable[Path]) -> None:
    """Put a folder back that a process moved aside before it was killed, and remove the rest of what was left."""
    for each in left:
        if each.name.endswith(f".{_BEFORE}.tmp") and each.exists() and not place.exists():
            each.replace(place)
        elif each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)


def remove_left_behind(folder: Path, left: Iterable[Path] | None = None) -> None:
    """Put back what processes that were killed moved aside in a folder, and remove what they left half written.

    Args:
        folder: need not be there.
        left: the temporary files and folders in it that nobody works on; None looks for those whose process is gone.
    """
    for each in left_behind(folder) if left is None else left:
        _mend(folder / meant_by(each), [each])


def digest(value: Any, size: int = 16) -> str:  # noqa: ANN401 - any JSON value
    """Hash of a JSON value, independent of the order of keys."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def is_settled(*changed_ns: int) -> bool:
    """Whether a file that was last touched at these times can be known by them from now on.

    One written within one tick of the clock may be written again and keep its times: it is too young to be trusted.
    """
    return time.time_ns() - max(changed_ns) > _RACY_NS


def file_digest(path: Path) -> str:
    """Hash of a file's bytes."""
    hasher = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            hasher.update(block)
    return hasher.hexdigest()


def digest_of_bytes(content: bytes) -> str:
    """The same hash, of bytes that are at hand."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def digest_of(path: Path) -> str:
    """Hash of a file's bytes; empty where it cannot be read."""
    try:
        return file_digest(path)
    except OSError:
        return ""


def cache_folder() -> Path:
    """Where features and facts about audio files are kept: ``$COHEAR_CACHE``, else the user's cache folder."""
    if chosen := os.environ.get("COHEAR_CACHE"):
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "cohear"
