"""Clip tables and datasets made in memory."""

from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from cohear.data.folds.partition import Partition, TaskChoice
from cohear.data.folds.selection import LabelChoice
from cohear.data.folds.splits import FoldRule
from cohear.data.scan.dataset import Dataset
from cohear.data.scan.facts import ClipFacts
from cohear.data.tables.clip_table import About, ClipTable


def table(columns, name="made", about=None):
    """A clip table; without ``path`` the clips are 0.wav, 1.wav, …"""
    columns = {column: [str(cell) for cell in cells] for column, cells in columns.items()}
    length = len(next(iter(columns.values())))
    columns = {"path": [f"{number}.wav" for number in range(length)], **columns}
    return ClipTable(name, Path("/nowhere"), pd.DataFrame(columns, dtype=object), about or About())


def dataset(columns, name="made", contents=None, about=None):
    """A dataset whose clips all sound different, unless their contents are given."""
    clips = table(columns, name, about)
    contents = contents or [f"{name}/{number}" for number in range(len(clips))]
    return Dataset(clips, [ClipFacts(content, 8000, 8000, 1, 0.5) for content in contents])


def task(name, of, target, folds=None, hold_out=None, kind=None, metric=None, **labels):
    """A task as a study file gives it."""
    return TaskChoice(name, of, target, kind, metric, FoldRule(folds, hold_out), LabelChoice(**labels))


def partition(datasets, *tasks, seed=0, allow_overlap=False):
    """The partition of a study."""
    return Partition({each.name: each for each in datasets}, tasks, seed, allow_overlap=allow_overlap)


def speech(seed=0, clips=240, speakers=8, words=4, name="speech"):
    """A corpus with two label columns, and groups of unequal size."""
    draw = np.random.default_rng(seed)
    speaker = draw.choice(speakers, clips, p=np.arange(2, speakers + 2) / np.arange(2, speakers + 2).sum())
    return dataset(
        {
            "word": draw.integers(0, words, clips),
            "speaker": [f"s{number}" for number in speaker],
            "group": [f"g{number}" for number in speaker],
            "fold": draw.integers(1, 4, clips),
        },
        name,
    )


@st.composite
def grouped_tables(draw):
    """Tables of 2 to 60 clips in 2 to 12 groups (empty ones too), with a label column."""
    clips = draw(st.integers(2, 60))
    groups = draw(st.lists(st.sampled_from(["", *"abcdefghijkl"]), min_size=clips, max_size=clips))
    if len({group for group in groups if group}) + groups.count("") < 2:
        groups[0], groups[1] = "a", "b"
    labels = draw(st.lists(st.sampled_from(["x", "y", "x;y", "z", ""]), min_size=clips, max_size=clips))
    return table({"group": groups, "label": labels})
