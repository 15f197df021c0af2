"""Files that parts read: weights of a model, a matrix, a table. What one holds is its name in every key.

A study file names an asset by its path, a specification by a hash of its content. Where content lies is known to the
process: to whoever reads the study by the path, to a worker by the pack that it opens. So the same file elsewhere is
the same asset, and another file under the same name is another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from cohear.base.errors import CohearError, DataError, UserError
from cohear.base.files import digest, file_digest, is_settled, resolved

T = TypeVar("T")

HASH = "blake2b"
"""Key of an asset's JSON, ``{"blake2b": …}``, by which it is found wherever it stands in a specification."""

PLACES: dict[str, Path] = {}
"""Where this process has found each content, by its hash."""

_hashed: dict[Path, tuple[tuple[int, ...], str]] = {}


@dataclass(frozen=True)
class Asset:
    """A file, or a folder with all that is in it, known by its content.

    Attributes:
        content: hash of it.
        name: what it is called here, for labels and errors; two names of one content are one asset.
    """

    content: str
    name: str = field(default="", compare=False)

    @classmethod
    def at(cls, path: Path) -> Asset:
        """What lies at a path, which this process knows from now on.

        Raises:
            UserError: there is nothing, or it cannot be read.
        """
        path = resolved(path)
        content = _content_at(path)
        know(content, path)
        return cls(content, path.name)

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> Asset:
        """What ``to_json`` gave, perhaps on another machine.

        Raises:
            DataError: nothing with this content is known here.
        """
        return cls(value[HASH], place_of(value[HASH]).name)

    def to_json(self) -> dict[str, str]:
        """For keys: the content alone."""
        return {HASH: self.content}

    def read(self, reader: Callable[[Path], T]) -> T:
        """What a reader makes of the file, as ``asset.read(np.load)``.

        Raises:
            UserError: it was changed or is gone, or the reader fails on it.
        """
        path = place_of(self.content)
        try:
            return reader(path)
        except CohearError:
            raise
        except Exception as error:  # whatever a reader raises of content that it does not understand
            raise UserError(f"{path} cannot be read: {type(error).__name__}: {error}") from error


def know(content: str, path: Path) -> None:
    """Say where content lies on this machine: it is looked for there from now on."""
    PLACES[content] = path


def place_of(content: str) -> Path:
    """Where content lies on this machine.

    Raises:
        DataError: nobody has said where, or there is something else now.
    """
    if content not in PLACES:
        raise DataError(
            f"a file that features are made with is not known here (its content has the hash {content}); give the "
            "study the file that its runs were planned with"
        )
    path = PLACES[content]
    try:
        found = _content_at(path)
    except UserError as error:
        raise DataError(str(error)) from error
    if found != content:
        raise DataError(f"{path} was changed while the study was at work; run the same command again")
    return path


def contents_in(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Hashes of the assets that stand anywhere in a specification's JSON."""
    if isinstance(value, Mapping):
        if set(value) == {HASH}:
            yield value[HASH]
            return
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from contents_in(each)


def _content_at(path: Path) -> str:
    """Hash of a file, or of a folder's files by their paths inside it."""
    try:
        if not path.is_dir():
            return _file_content(path)
        files = sorted(each for each in path.rglob("*") if each.is_file())
        if not files:
            raise UserError(f"the folder {path} holds no files")
        return digest({each.relative_to(path).as_posix(): _file_content(each) for each in files})
    except FileNotFoundError as error:
        raise UserError(f"there is no file {path}") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error


def _file_content(path: Path) -> str:
    """Hash of a file's bytes, remembered for as long as the file is not touched."""
    stat = path.stat()
    state = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)
    known = _hashed.get(path)
    if known is not None and known[0] == state:
        return known[1]
    content = file_digest(path)
    if is_settled(stat.st_mtime_ns, stat.st_ctime_ns):
        _hashed[path] = state, content
    return content
