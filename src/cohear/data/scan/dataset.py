"""A dataset as it is on this disk: its clip table with what one scan of the audio found."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cohear.base.errors import DataError
from cohear.base.pool import Advance
from cohear.data.scan.facts import BadClip, ClipFacts, Inspector, drop_bad, scan
from cohear.data.scan.near_files import NearFiles
from cohear.data.scan.signals import SignalStore
from cohear.data.tables.clip_name import ClipName
from cohear.data.tables.clip_table import ClipTable

_SHOWN = 10


@dataclass(frozen=True)
class Dataset:
    """Clips whose audio can be read.

    Attributes:
        table: the clip table without the bad clips.
        facts: what the scan found, one a clip, in the table's order.
        bad: clips left out because their audio cannot be read (``on_bad_file: skip``).
        signals: what was measured of each clip's signal, as a cell of a table; none where no task asks for it.
    """

    table: ClipTable
    facts: Sequence[ClipFacts]
    bad: Sequence[BadClip] = ()
    signals: Sequence[str] = ()

    @property
    def name(self) -> str:
        """The dataset's name in the study."""
        return self.table.name

    def contents(self) -> list[str]:
        """Hash of each clip's decoded samples."""
        return [fact.content for fact in self.facts]

    def clip_names(self) -> list[ClipName]:
        """What each clip is called in the study."""
        return [ClipName(self.name, clip) for clip in self.table.clip_ids()]

    def silent_clips(self) -> list[str]:
        """Ids of clips that are digital silence from end to end, in every channel."""
        named = zip(self.table.clip_ids(), self.facts, strict=True)
        return [name for name, fact in named if fact.silent and not fact.cancels]

    def cancelling_clips(self) -> list[str]:
        """Ids of clips whose channels all but cancel each other when they are averaged."""
        return [name for name, fact in zip(self.table.clip_ids(), self.facts, strict=True) if fact.cancels]


def open_dataset(
    table: ClipTable,
    *,
    cache: Path,
    skip_bad: bool,
    jobs: int | None = None,
    progress: Advance | None = None,
    with_signals: bool = False,
) -> Dataset:
    """Scan a clip table's audio; with signals measured where a task asks for that.

    Raises:
        DataError: some audio cannot be read and ``skip_bad`` is off (all of it is listed, with reasons),
            none can be read, or a link leads out of the dataset's folder.
    """
    if with_signals:
        store = SignalStore(cache, table.segments())
        with store.open():
            dataset, bad = scan_dataset(table, cache=cache, jobs=jobs, progress=progress, inspector=store)
        dataset = dataset and replace(dataset, signals=store.cells(dataset.facts))
    else:
        dataset, bad = scan_dataset(table, cache=cache, jobs=jobs, progress=progress)
    if dataset is None or (bad and not skip_bad):
        listed = "".join(f"\n  - {item.path}: {item.reason}" for item in list(bad.values())[:_SHOWN])
        more = f"\n  - … and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
        cure = "mend or remove them" if skip_bad else "mend or remove them, or set on_bad_file: skip"
        raise DataError(
            f"dataset {table.name!r}: {len(bad)} of {len(table)} clips cannot be read ({cure}):{listed}{more}"
        )
    return dataset


def scan_dataset(
    table: ClipTable,
    *,
    cache: Path,
    jobs: int | None = None,
    progress: Advance | None = None,
    inspector: Inspector | None = None,
) -> tuple[Dataset | None, dict[int, BadClip]]:
    """Scan a clip table's audio and part good clips from bad ones.

    Returns:
        The dataset of the clips that can be read, or None where there is none, and the bad clips by row.

    Raises:
        DataError: a link leads out of the dataset's folder.
    """
    check_links(table)
    found = scan(table.segments(), cache=cache, jobs=jobs, progress=progress, inspector=inspector)
    found = _with_near_files(found, table.root)
    good, facts, bad = drop_bad(found)
    by_row = {row: clip for row, clip in enumerate(found) if isinstance(clip, BadClip)}
    return (Dataset(table.take(good) if bad else table, facts, tuple(bad)) if good else None), by_row


def _with_near_files(found: Sequence[ClipFacts | BadClip], root: Path) -> list[ClipFacts | BadClip]:
    """What was found, with the name of the file that is there beside each that is not."""
    near = NearFiles(root)

    def told(clip: ClipFacts | BadClip) -> ClipFacts | BadClip:
        if isinstance(clip, ClipFacts) or clip.kind != "missing":
            return clip
        sentence = near.sentence(clip.path)
        return replace(clip, reason=f"{clip.reason}, but {sentence}") if sentence else clip

    return [told(clip) for clip in found]


def check_links(table: ClipTable) -> None:
    """Raise DataError where a symbolic link below the dataset's folder leads out of it."""
    root = os.path.realpath(table.root)
    folders: dict[str, str] = {}
    for path in table.rows["path"].unique():
        folder, name = os.path.split(os.path.join(root, path))  # noqa: PTH118 - a hundred thousand of them
        if folder not in folders:
            folders[folder] = os.path.realpath(folder)
        real = os.path.join(folders[folder], name)  # noqa: PTH118
        if os.path.islink(real):  # noqa: PTH114
            real = os.path.realpath(real)
        if os.path.commonpath([root, real]) != root:
            raise DataError(
                f"dataset {table.name!r}: {path!r} is a link that leaves the dataset's folder; "
                "link the whole folder, or put the audio inside it"
            )
