"""How a clip is called among those of several datasets."""

from __future__ import annotations

from typing import NamedTuple


class ClipName(NamedTuple):
    """A clip of a study.

    Attributes:
        dataset: its name in the study.
        clip: its name there, as in ``predictions.csv``: the path in the clip table, and ``@start-end`` of a segment.
    """

    dataset: str
    clip: str
