"""Where output goes: results to standard output, everything else to standard error."""

from __future__ import annotations

import codecs
import errno
import io
import json
import os
import sys
from typing import Any

from rich.console import Console

from cohear.base.files import without_nan


class _Terminal(Console):
    """A console that leaves it to the command line how a verb ends whose reader has gone."""

    def on_broken_pipe(self) -> None:
        """Rich ends the process by itself."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


output = _Terminal(soft_wrap=False)
errors = _Terminal(stderr=True, soft_wrap=True)
"""Sentences are not cut into lines of a terminal that is not there."""


_MARKS = str.maketrans(
    {"…": "...", "–": "-", "—": "-", "−": "-", "━": "-", "→": "->", "×": "x", "≈": "~", "≤": "<=", "≥": ">="}
    | {"’": "'", "‘": "'", "“": '"', "”": '"', "▲": "^", "▼": "v", "•": "*", "·": "."}
    | dict.fromkeys(map(chr, range(0x2800, 0x2900)), "*")  # what turns while one waits
)
"""What stands for marks of this program's own where an encoding lacks them."""


def for_any_encoding() -> None:
    """Let what a stream cannot show be shown otherwise: marks by similar ones, letters by their escapes.

    Without it one letter in a name ends a command where the terminal, or PYTHONIOENCODING, is not UTF-8.
    """
    codecs.register_error("cohear", _shown_otherwise)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape", "backslashreplace"):
            stream.reconfigure(errors="cohear")


def _shown_otherwise(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return lacking.translate(_MARKS).encode("ascii", "backslashreplace").decode("ascii"), error.end


def note(sentence: str) -> None:
    """Say what a reader of the results should know."""
    errors.print(f"note: {sentence}", style="yellow", markup=False, highlight=False)


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON value
    """One JSON document on standard output; what that cannot show is escaped."""
    output.file.write(_json(without_nan(value), 1) + "\n")


def json_line(value: Any) -> None:  # noqa: ANN401 - any JSON value
    """One line of JSON on standard output, at once; what that cannot show is escaped."""
    output.file.write(_json(without_nan(value), None) + "\n")
    output.file.flush()


def _json(content: Any, indent: int | None) -> str:  # noqa: ANN401 - any JSON value
    text = json.dumps(content, ensure_ascii=False, indent=indent, allow_nan=False)
    try:
        text.encode(output.encoding)
    except UnicodeEncodeError:
        text = json.dumps(content, indent=indent, allow_nan=False)
    return text


def printable(text: object) -> str:
    """Text that no terminal takes for an order: what is no printable character is escaped."""
    return "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape", "surrogatepass").decode() for mark in str(text)
    )


def is_reader_gone(error: OSError) -> bool:
    """Whether an error of writing says that whoever read a pipe has closed it, as ``head`` does."""
    in_windows = os.name == "nt" and error.errno == errno.EINVAL and error.filename is None
    return isinstance(error, BrokenPipeError) or in_windows


def hush() -> None:
    """Write nothing more: the reader of a pipe has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
