"""Events, and how they are written for other tools; `cohear.runtime.detector` finds them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

JAMS_VERSION = "0.3.5"
"""Of the schema that `jams` writes."""


@dataclass(frozen=True)
class Event:
    """A stretch of time in which a task gives a label.

    Attributes:
        onset, offset: seconds.
        label: what is heard.
        probability: the largest of its windows'.
        task: whose label it is.
    """

    onset: float
    offset: float
    label: str
    probability: float
    task: str


def dcase(events: Iterable[Event]) -> str:
    """Onset, offset and label with tabs between, as DCASE's tools read them."""
    lines = ["onset\toffset\tevent_label"]
    lines += [f"{event.onset:.3f}\t{event.offset:.3f}\t{cell(event.label)}" for event in events]
    return "\n".join(lines) + "\n"


def audacity(events: Iterable[Event]) -> str:
    """A label track as Audacity imports it."""
    return "".join(f"{event.onset:.6f}\t{event.offset:.6f}\t{cell(event.label)}\n" for event in events)


def jams(events: Iterable[Event], *, task: str, title: str, seconds: float) -> str:
    """A file of JAMS (Humphrey et al. 2014) with one annotation, of the namespace ``tag_open``, as its schema has it.

    Args:
        events: of the task.
        task: whose they are.
        title: of the recording.
        seconds: its length.
    """
    data = [
        {
            "time": round(event.onset, 6),
            "duration": round(event.offset - event.onset, 6),
            "value": event.label,
            "confidence": round(event.probability, 4),
        }
        for event in events
    ]
    texts = dict.fromkeys(("version", "corpus", "annotation_rules", "validation"), "")
    about = {"curator": {"name": "", "email": ""}, "annotator": {}, **texts}
    annotation = {
        "namespace": "tag_open",
        "time": 0.0,
        "duration": seconds,
        "data": data,
        "annotation_metadata": {**about, "annotation_tools": "cohear", "data_source": "program"},
        "sandbox": {"task": task},
    }
    recording = {"title": title, "artist": "", "release": "", "duration": seconds, "identifiers": {}}
    content = {
        "annotations": [annotation],
        "file_metadata": {**recording, "jams_version": JAMS_VERSION},
        "sandbox": {},
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def cell(text: str) -> str:
    """A text without what would break a line or a column of a table with tabs."""
    return " ".join(text.split())
