"""Where output goes: results to standard output, everything else to standard error."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from rich.console import Console

from cohear.base.files import without_nan

output = Console(soft_wrap=False)
errors = Console(stderr=True, soft_wrap=True)
"""Sentences are not cut into lines of a terminal that is not there."""


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


def hush() -> None:
    """Write nothing more: the reader of a pipe has gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
