"""An error of a run on its way from a worker to the driver."""

from __future__ import annotations

import json
import re
import traceback
from dataclasses import asdict, dataclass

from cohear.base.errors import CohearError, DataError, FolderError, StudyError, UserError

_MOST_CHARACTERS = 4_000
"""Of an error and of its traceback. A character takes 6 bytes at most, so both fit a pipe (64 KiB) that nobody reads
before the worker has ended."""

_NO_MEMORY = re.compile(
    "OutOfMemoryError|out of memory|can't allocate memory|cannot allocate memory|CUBLAS_STATUS_ALLOC_FAILED",
    re.IGNORECASE,
)

_KINDS = {kind.__name__: kind for kind in (UserError, DataError, FolderError)}


@dataclass(frozen=True)
class Failure:
    """What ended a run.

    Attributes:
        error: a sentence.
        detail: the traceback.
        concerns_all: name of the error's class where it concerns all runs, else empty.
        out_of_memory: whether there was not enough memory, of the machine or of an accelerator, beside the other runs.
    """

    error: str
    detail: str
    concerns_all: str = ""
    out_of_memory: bool = False

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """An exception, cut to a length that every carrier takes."""
        users = isinstance(error, UserError)
        text = str(error) if isinstance(error, CohearError) else f"{type(error).__name__}: {error}"
        detail = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        kind = _kind(error) if users else ""
        return cls(text[:_MOST_CHARACTERS], _without_its_middle(detail), kind, _lacks_memory(error))

    def raise_where_it_concerns_all(self) -> None:
        """Raise what would end every other run too, as the kind of error it was."""
        if self.concerns_all == StudyError.__name__:
            raise StudyError([self.error])
        if self.concerns_all:
            raise _KINDS[self.concerns_all](self.error)

    def to_bytes(self) -> bytes:
        """JSON; what is no character (half a surrogate pair in a file's name) becomes an escape."""
        return json.dumps(asdict(self), ensure_ascii=False).encode("utf-8", "backslashreplace")

    @classmethod
    def from_bytes(cls, words: bytes) -> Failure | None:
        """The failure, or None where the worker was ended before it could say all."""
        try:
            return cls(**json.loads(words))
        except (ValueError, TypeError):
            return None


def _lacks_memory(error: BaseException) -> bool:
    """Torch and onnxruntime have no class of their own for it on every device: their words tell."""
    return isinstance(error, MemoryError) or (
        not isinstance(error, CohearError) and _NO_MEMORY.search(f"{type(error).__name__}: {error}") is not None
    )


def _kind(error: BaseException) -> str:
    if not getattr(error, "concerns_all_runs", False):
        return ""
    known = (*_KINDS, StudyError.__name__)
    return next(kind.__name__ for kind in type(error).__mro__ if kind.__name__ in known)


def _without_its_middle(detail: str) -> str:
    """A traceback that is too long, with the line that it begins with and its innermost calls."""
    if len(detail) <= _MOST_CHARACTERS:
        return detail
    begins = f"{detail.splitlines()[0][:100]}\n  ...\n"
    return begins + detail[len(begins) - _MOST_CHARACTERS :]
