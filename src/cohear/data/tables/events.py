"""Events in time, as lists give them, and the segments of a recording with what sounds in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from cohear.audio.decode import UnreadableAudio, audio_seconds
from cohear.base.errors import DataError
from cohear.base.tables import EVENTS_CSV
from cohear.data.tables.table_files import read_csv, records
from cohear.tasks.event_cells import NOTHING_SOUNDS

NOTHING = NOTHING_SOUNDS
"""Label of a segment in which nothing of the list sounds; a task that drops it keeps these clips as negatives."""
FEWEST_SECONDS = 0.1  # less of an event than that, at the edge of a segment, is not heard


@dataclass(frozen=True, order=True)
class LabelledEvent:
    """Something that sounds in a recording.

    Attributes:
        path: the audio file, relative to the dataset's folder.
        onset, offset: when it begins and ends, in seconds, as they are written.
        label: what it is.

    Raises:
        DataError: the times are no seconds from 0, or the event ends before it begins.
    """

    path: str
    onset: str
    offset: str
    label: str

    def __post_init__(self) -> None:
        try:
            fine = 0 <= float(self.onset) <= float(self.offset) < float("inf")
        except ValueError:
            fine = False
        if not fine:
            raise DataError(
                f"an event of {self.path!r} lasts from {self.onset!r} to {self.offset!r}; "
                "give seconds, the end not before the beginning"
            )


def read_events(file: Path) -> list[LabelledEvent]:
    """The events of ``events.csv`` (path, onset, offset, label), in its order.

    Raises:
        DataError: the file or one of its events is not what it should be.
    """
    names = EVENTS_CSV.names
    return [LabelledEvent(**{name: row[name] for name in names}) for row in records(read_csv(file), file, *names)]


def tag_segments(
    events: Sequence[LabelledEvent], length: float, seconds: float
) -> list[tuple[float, float, list[str]]]:
    """Cut a recording into segments of about equal length, and say what sounds in each.

    Args:
        events: of this recording.
        length: of the recording in seconds.
        seconds: wanted length of a segment; the last one takes what is left.

    Returns:
        Start, end and labels of each segment; labels in the order of their first event, and ``none`` where there
        is none.
    """
    count = max(1, round(length / seconds))
    bounds = [number * seconds for number in range(count)] + [max(length, (count - 1) * seconds + FEWEST_SECONDS)]
    return [(start, end, _labels_between(events, start, end) or [NOTHING]) for start, end in pairwise(bounds)]


def recording_length(file: Path, events: Sequence[LabelledEvent]) -> float:
    """Seconds of a recording, or up to its last event where it cannot be read."""
    try:
        return audio_seconds(file)
    except UnreadableAudio:  # the scan tells what is wrong with it
        return max((float(event.offset) for event in events), default=0.0)


def _labels_between(events: Sequence[LabelledEvent], start: float, end: float) -> list[str]:
    labels = []
    for event in events:
        onset, offset = float(event.onset), float(event.offset)
        heard = min(offset, end) - max(onset, start)
        if heard >= min(FEWEST_SECONDS, offset - onset) and onset < end and offset >= start:
            labels.append(event.label)
    return list(dict.fromkeys(labels))
