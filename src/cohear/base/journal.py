"""Append-only files of JSON lines: a torn last line costs that line, and several processes may append at once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cohear.base.files import make_folder, storage_errors_told, write_text

Append = Callable[[Sequence[Any]], None]
"""Called with JSON values; each becomes a line."""


class Journal:
    """A file of JSON lines.

    Args:
        file: need not exist yet.
    """

    def __init__(self, file: Path) -> None:
        self.file = file

    def values(self) -> Iterator[Any]:
        """The value of each line, oldest first, one at a time; None for a line that is torn or no JSON."""
        try:
            with self.file.open("rb") as lines:
                yield from map(_value, lines)
        except FileNotFoundError:
            return

    @contextmanager
    def appending(self) -> Iterator[Append]:
        """Open the file to append; each call is one write, so that lines stay whole beside other writers.

        Raises:
            FolderError: it cannot be written.
        """
        make_folder(self.file.parent)
        with storage_errors_told(self.file), self.file.open("ab+", buffering=0) as stream:
            size = stream.seek(0, os.SEEK_END)
            if size:
                stream.seek(size - 1)
                if stream.read(1) != b"\n":  # a kill tore the last line: end it, so that ours is not glued to it
                    stream.write(b"\n")
            yield lambda values: _write(stream.write, values)

    def rewrite(self, values: Iterable[Any]) -> None:
        """Put these values, and nothing else, into the file."""
        write_text(self.file, "".join(json.dumps(value) + "\n" for value in values))


def _write(write: Callable[[bytes], Any], values: Sequence[Any]) -> None:
    write("".join(json.dumps(value) + "\n" for value in values).encode())


def _value(line: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(line)
    except ValueError:
        return None
