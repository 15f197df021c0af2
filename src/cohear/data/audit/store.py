"""Measures of clips on disk, by content: what was measured once is looked up, wherever the file lies now."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cohear.audio.decode import Audio
from cohear.audio.segment import Segment
from cohear.base.journal import Append, Journal
from cohear.data.audit.measures import VERSION, Measures, from_json, measure, to_json
from cohear.data.audit.parts import ClipPart, joined_measures
from cohear.data.scan.facts import ClipFacts, Inspector, Listener, root_name


class MeasureStore(Inspector):
    """Measures clips while they are scanned, and remembers them.

    Args:
        cache: the cache folder; measures are kept below it in ``audit``.
        segments: the clips that will be scanned.
    """

    def __init__(self, cache: Path, segments: Sequence[Segment]) -> None:
        self._journal = Journal(cache / "audit" / f"{root_name(segments)}.v{VERSION}.jsonl")
        self._known = dict(entry for value in self._journal.values() if (entry := _parse(value)))
        self._lock = threading.Lock()
        self._append: Append | None = None

    @contextmanager
    def open(self) -> Iterator[MeasureStore]:
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

    def listen(self) -> Measuring:
        """Measures a clip, unless one of the same samples was."""
        return Measuring(self)

    def keep(self, facts: ClipFacts, measures: Measures) -> None:
        """Remember the measures of a clip."""
        with self._lock:
            self._known[_key(facts)] = measures
            if self._append:
                self._append([[_key(facts), *to_json(measures)]])

    def measures(self, facts: Sequence[ClipFacts]) -> list[Measures]:
        """The measures of clips that were scanned."""
        return [self._known[_key(clip)] for clip in facts]


class Measuring(Listener):
    """Hears one clip for a store; of a clip in several parts it holds one at a time."""

    def __init__(self, store: MeasureStore) -> None:
        self._store = store
        self._parts: list[ClipPart] = []
        self._last: Audio | None = None

    def hear(self, part: Audio) -> None:
        """Measure the part before: the last one waits, since that of a short clip may be known already."""
        if self._last is not None:
            self._parts.append(ClipPart.of(self._last))
        self._last = part

    def end(self, facts: ClipFacts) -> None:
        """Measure what is left and keep it."""
        if self._last is not None and self._store.wants(facts):
            whole = joined_measures([*self._parts, ClipPart.of(self._last)]) if self._parts else measure(self._last)
            self._store.keep(facts, whole)


def _key(facts: ClipFacts) -> str:
    return f"{facts.content}@{facts.rate}"


def _parse(value: Any) -> tuple[str, Measures] | None:  # noqa: ANN401 - any JSON value
    try:
        key, *numbers = value
        return str(key), from_json(numbers)
    except (ValueError, TypeError):
        return None
