"""What was measured of clips, on disk by content: it is looked up again, wherever a file lies now."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

from cohear.audio.segment import Segment
from cohear.base.journal import Append, Journal
from cohear.data.scan.facts import ClipFacts, Inspector, root_name

T = TypeVar("T")


class ClipStore(Inspector, Generic[T]):
    """Measures clips while they are scanned, and remembers them; a subclass says what is measured.

    Args:
        folder: what it is kept in, in the cache.
        segments: the clips that will be scanned.
        version: part of the file's name: other numbers start a new file.
    """

    def __init__(self, folder: Path, segments: Sequence[Segment], version: int) -> None:
        self._journal = Journal(folder / f"{root_name(segments)}.v{version}.jsonl")
        self._known: dict[str, T] = dict(entry for line in self._journal.values() if (entry := self.entry(line)))
        self._lock = threading.Lock()
        self._append: Append | None = None

    @abstractmethod
    def line(self, key: str, measured: T) -> list[Any]:
        """What is written of a clip."""

    @abstractmethod
    def entry(self, line: Any) -> tuple[str, T] | None:  # noqa: ANN401 - any JSON value
        """What ``line`` was made of; None where it says nothing."""

    @contextmanager
    def open(self) -> Iterator[ClipStore[T]]:
        """Write what is measured inside the block to the disk.

        Raises:
            FolderError: the cache cannot be written.
        """
        with self._journal.appending() as append:
            self._append = append
            yield self

    def wants(self, facts: ClipFacts) -> bool:
        """Whether a clip was not measured yet."""
        return _key(facts) not in self._known

    def keep(self, facts: ClipFacts, measured: T) -> None:
        """Remember what was measured of a clip."""
        with self._lock:
            self._known[_key(facts)] = measured
            if self._append:
                self._append([self.line(_key(facts), measured)])

    def measures(self, facts: Sequence[ClipFacts]) -> list[T]:
        """What was measured of clips that were scanned."""
        return [self._known[_key(clip)] for clip in facts]


def _key(facts: ClipFacts) -> str:
    return f"{facts.content}@{facts.rate}"
