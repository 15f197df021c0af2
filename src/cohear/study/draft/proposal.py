"""What a study file is proposed with."""

from __future__ import annotations

from dataclasses import dataclass, field

from cohear.study.draft.datasets import Found
from cohear.study.draft.tasks import Draft


@dataclass
class Proposal:
    """What a study file is written from.

    Attributes:
        found: the datasets.
        tasks: accepted tasks with their drafts, in the order of the file.
        set_back: tasks that could be trained but not beside the accepted ones, with the reason.
        no_targets: columns of each dataset that are no targets, with the reason.
        no_columns: datasets that have no column that could be one.
        parted: paths that stand for several datasets in them, with the names of their folders.
        left_out: paths that are no datasets, with the reason.
    """

    found: list[Found]
    tasks: list[Draft] = field(default_factory=list)
    set_back: list[tuple[Draft, str]] = field(default_factory=list)
    no_targets: dict[str, dict[str, str]] = field(default_factory=dict)
    no_columns: list[str] = field(default_factory=list)
    parted: dict[str, list[str]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
