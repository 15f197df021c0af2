"""A folder at a URL: on this disk, in a bucket, on a host by sftp, behind HTTP; wherever fsspec has a driver for.

What is asked for again and again until it comes: a server that is down for a while, or that refuses one request in
twenty, ends nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from cohear.base.errors import FolderError, MissingExtra, UserError
from cohear.base.files import digest_of_bytes, make_folder, write_bytes
from cohear.base.registry import did_you_mean

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

T = TypeVar("T")

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before each further try of what failed: about a minute in all, as a server takes that is started again."""

_EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "sftp": "sftp", "ssh": "sftp", "http": "http"}
_EXTRAS["https"] = "http"
_APPEAR_WHOLE = {"s3", "s3a", "gs", "gcs", "abfs", "az", "memory"}
"""Protocols whose files are there when they are whole; elsewhere one is written under another name first."""
_FINAL = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError, NotImplementedError)
_FINAL_BY_NAME = {"NoCredentialsError", "PartialCredentialsError", "ParamValidationError", "AuthenticationException"}
"""Errors of drivers that no further try mends."""


@dataclass(frozen=True)
class UrlFolder:
    """Files below a URL, by names with forward slashes.

    Attributes:
        url: of the folder; one without a protocol is a path of this machine.
    """

    url: str

    @cached_property
    def path(self) -> Path | None:
        """The folder where it is on this machine."""
        if "://" not in self.url:
            return Path(self.url)
        return Path(self._opened[1]) if self._protocol in ("file", "local") else None

    @property
    def can_be_listed(self) -> bool:
        """Whether it says what is in it; behind HTTP one has to ask for each file."""
        return _EXTRAS.get(self._protocol) != "http"

    def named(self, name: str) -> str:
        """URL of a file, for people."""
        return f"{self.url.rstrip('/')}/{name}"

    def read(self, name: str) -> bytes | None:
        """Content of a file, or None where there is none.

        Raises:
            FolderError: it cannot be read.
        """
        if self.path is not None:
            return self._from_disk(self.path / name)
        try:
            content = self._patiently(lambda: self._files.cat_file(self._place(name)), name, "read")
            return bytes(content)
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Write a file whole or not at all.

        Raises:
            FolderError: it cannot be written.
        """
        if self.path is not None:
            make_folder((self.path / name).parent)
            write_bytes(self.path / name, content)
            return
        if not self.can_be_listed:
            raise FolderError(f"nothing can be written to {self.url}: HTTP is for reading; name a bucket or a folder")
        try:
            self._patiently(lambda: self._put(name, content), name, "write")
        except FileNotFoundError as error:
            raise FolderError(f"cannot write {self.named(name)}: there is no such bucket or folder; make it") from error

    def sizes(self, below: str) -> dict[str, int]:
        """Bytes of the files below a folder, by name; none where there is no such folder.

        Raises:
            FolderError: it cannot be read.
        """
        if self.path is not None:
            found = {path: path.stat().st_size for path in (self.path / below).rglob("*") if path.is_file()}
            return {path.relative_to(self.path).as_posix(): size for path, size in sorted(found.items())}
        try:
            listed = self._patiently(lambda: self._listed(below), below, "read")
        except FileNotFoundError:
            return {}
        root = self._opened[1].rstrip("/") + "/"
        return {name.removeprefix(root): size for name, size in sorted(listed.items())}

    def has(self, name: str, size: int, digest: str, listed: dict[str, int]) -> bool:
        """Whether a file is there with what it should hold.

        On this machine it is read. Elsewhere a name that is made of the content, and its size, have to do.

        Args:
            name: of the file.
            size: of its content.
            digest: of its content.
            listed: what ``sizes`` found.
        """
        if listed.get(name) != size:
            return False
        return self.path is None or digest_of_bytes(self.read(name) or b"") == digest

    @property
    def _protocol(self) -> str:
        return urlsplit(self.url).scheme if "://" in self.url else "file"

    @cached_property
    def _opened(self) -> tuple[AbstractFileSystem, str]:
        import fsspec  # noqa: PLC0415 - only where something lies elsewhere
        from fsspec.core import url_to_fs  # noqa: PLC0415

        if self._protocol not in fsspec.available_protocols():
            known = did_you_mean(self._protocol, fsspec.available_protocols())
            raise UserError(f"{self.url}: nothing here knows what {self._protocol}:// is{known}")
        settings = {} if self._protocol in ("file", "local", "memory") else {"use_listings_cache": False}
        try:
            files, root = url_to_fs(self.url, **settings)
        except ImportError as error:
            if extra := _EXTRAS.get(self._protocol):
                raise MissingExtra(f"a driver for {self._protocol}://", extra) from error
            raise UserError(f"{self.url}: {error}") from error
        except Exception as error:  # whatever a driver says of a host that is not there, or of a name
            raise FolderError(f"{self.url} cannot be opened: {_words(error)}") from error
        return files, str(root)

    @property
    def _files(self) -> AbstractFileSystem:
        return self._opened[0]

    def _place(self, name: str) -> str:
        return f"{self._opened[1].rstrip('/')}/{name}"

    def _put(self, name: str, content: bytes) -> None:
        place = self._place(name)
        if self._protocol in _APPEAR_WHOLE:
            self._files.pipe_file(place, content)
            return
        self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
        self._files.pipe_file(f"{place}.part", content)
        if self._files.exists(place):
            self._files.rm_file(place)
        self._files.mv(f"{place}.part", place)

    def _listed(self, below: str) -> dict[str, int]:
        found = self._files.find(self._place(below), detail=True)
        return {str(name).rstrip("/"): int(told["size"] or 0) for name, told in found.items()}

    def _from_disk(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise FolderError(f"{path} cannot be read: {error.strerror}") from error

    def _patiently(self, operation: Callable[[], T], name: str, what: str) -> T:
        """What an operation gives, tried again where that may help.

        Raises:
            FileNotFoundError: there is no such file.
            FolderError: it was tried in vain.
        """
        for pause in (*PAUSES, None):
            try:
                return operation()
            except FileNotFoundError:
                raise
            except UserError:
                raise
            except Exception as error:  # each driver has errors of its own
                if pause is None or isinstance(error, _FINAL) or type(error).__name__ in _FINAL_BY_NAME:
                    raise FolderError(
                        f"cannot {what} {self.named(name)}: {_words(error)}; what was finished is kept, mend this and "
                        "run the same again"
                    ) from error
                time.sleep(pause)
        raise AssertionError("the last try returns or raises")


def _words(error: BaseException) -> str:
    """An error of a driver in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
