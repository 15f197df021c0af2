"""Measures of clips on disk, by content: what was measured once is looked up, wherever the file lies now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cohear.audio.decode import Audio
from cohear.audio.segment import Segment
from cohear.data.audit.measures import VERSION, Measures, from_json, measure, to_json
from cohear.data.audit.parts import ClipPart, joined_measures
from cohear.data.scan.clip_store import ClipStore
from cohear.data.scan.facts import ClipFacts, Listener


class MeasureStore(ClipStore[Measures]):
    """What the audit measures of clips.

    Args:
        cache: the cache folder; measures are kept below it in ``audit``.
        segments: the clips that will be scanned.
    """

    def __init__(self, cache: Path, segments: Sequence[Segment]) -> None:
        super().__init__(cache / "audit", segments, VERSION)

    def listen(self) -> Measuring:
        """Measures a clip, unless one of the same samples was."""
        return Measuring(self)

    def line(self, key: str, measured: Measures) -> list[Any]:
        """Numbers behind the key."""
        return [key, *to_json(measured)]

    def entry(self, line: Any) -> tuple[str, Measures] | None:  # noqa: ANN401 - any JSON value
        """The same, read."""
        try:
            key, *numbers = line
            return str(key), from_json(numbers)
        except (ValueError, TypeError):
            return None


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
