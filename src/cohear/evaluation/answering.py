"""A bundle's answers to the clips of a dataset, as numbers before the activation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cohear.audio.decode import read_audio
from cohear.base.arrays import Floats
from cohear.base.pool import Advance
from cohear.data.scan.dataset import Dataset
from cohear.runtime.bundle import Bundle


def pooled_answers(
    bundle: Bundle, dataset: Dataset, rows: Sequence[int], groups: Mapping[int, str], advance: Advance | None = None
) -> dict[int, dict[str, Floats]]:
    """What the bundle says of clips, by row and task: ``[columns]``, or ``[steps, columns]``.

    Tasks that learnt at the scale of each group are told that of a clip's group, by its clips here; no label is needed.

    Args:
        bundle: which.
        dataset: whose clips.
        rows: which of them.
        groups: of each row.
        advance: is told how many are done, and of how many.
    """
    segments = dataset.table.segments()
    found: dict[int, dict[str, Floats]] = {}

    def answer(loaded: Bundle, some: Iterable[int]) -> None:
        for row in some:
            found[row] = loaded.pooled(*read_audio(segments[row]))
            if advance is not None:
                advance(len(found), len(rows))

    if not bundle.is_adaptable:
        answer(bundle, rows)
        return found
    for name in dict.fromkeys(groups[row] for row in rows):
        own = [row for row in rows if groups[row] == name]
        answer(bundle.adapted(read_audio(segments[row]) for row in own), own)
    return found
