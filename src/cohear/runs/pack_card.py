"""``README.md`` of a pack: what is in it, and what of the sound can be made again from its features."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from cohear.base.counting import counted
from cohear.features.shards import StoreOutline

CARD = "README.md"
RECORDED, CHANCE = 84, 10
"""Of a hundred words, how many an open recogniser understands as they were recorded, and how many by chance."""
UNDERSTOOD = {("logmel", "exact"): 86}
"""How many of them in sound made again from features of the usual settings; ``benchmarks/inversion.py`` measures it."""


@dataclass(frozen=True)
class CarriedStore:
    """A feature store of a pack: what it is, and the bytes of its shards."""

    outline: StoreOutline
    size: int


def card_of(study: str, cohear: str, runs: int, stores: Sequence[CarriedStore]) -> str:
    """The text.

    Args:
        study: its name.
        cohear: version that made the pack.
        runs: how many.
        stores: all of them.
    """
    kinds: dict[tuple[str, str], list[CarriedStore]] = {}
    for store in stores:
        told = json.loads(store.outline.meta)
        kinds.setdefault((told["front_end"], told.get("stored", "exact")), []).append(store)
    rows = [_row(*kind, held) for kind, held in sorted(kinds.items())]
    return "\n".join(
        [
            f"# Pack of the study `{study}`",
            "",
            f"Made by `cohear pack`, version {cohear}: {counted(runs, 'run')}, the features that they read, and names, "
            "groups, parts and labels of all clips. No audio is in it.",
            "",
            "| features | kept | clips | MB | words understood in sound made again |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "Features are no secret: sound can be made again from log energies, without the voice's fine structure but "
            f"with its words. Of a hundred single words, an open recogniser understands {RECORDED} as they were "
            f"recorded and {CHANCE} by chance; the last column is how many in sound made from features of that kind, "
            "as `benchmarks/inversion.py` of cohear's source measures it on the usual settings. Voices, places and "
            "what happens there can be told, too. Give a pack to nobody who may not hear the recordings.",
            "",
            "A pack runs code of whoever made it: open none of people you do not trust.",
            "",
        ]
    )


def _row(front_end: str, stored: str, held: Sequence[CarriedStore]) -> str:
    clips = sum(len(shard) for store in held for shard in store.outline.shards)
    size = sum(store.size for store in held) / 1e6
    words = UNDERSTOOD.get((front_end, stored))
    return f"| `{front_end}` | `{stored}` | {clips:,} | {size:.1f} | {'not measured' if words is None else words} |"
