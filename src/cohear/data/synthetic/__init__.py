"""Four synthetic datasets with planted relations, for the demo and for tests.

- ``syllables`` and ``commands`` share their cause: a label is one of eight gestures of two resonances of a voice, the
  same eight in both under other names, among whistles of other sources. ``syllables`` has 640 clips of 80 speakers,
  ``commands`` 160 clips of 40 callers: too few to tell a gesture from whistles, so ``syllables`` must help.
- ``engines`` has nothing in common with them: a label is the pace of strokes of noise.
- ``lottery`` has labels that were drawn by lot: no sound depends on them.

Every source (speaker, caller, machine, box) has a pitch, level and colour of its own and is the group of its clips.
"""

from __future__ import annotations

from cohear.data.synthetic.corpora import Corpus, ball, engine, gesture
from cohear.data.synthetic.write import write_corpus

__all__ = ["CORPORA", "Corpus", "write_corpus"]

CORPORA: tuple[Corpus, ...] = (
    Corpus(
        name="syllables",
        title="Synthetic syllables, many speakers",
        target="syllable",
        labels=("ba", "da", "ga", "la", "ma", "na", "ra", "sa"),
        groups=80,
        clips=8,
        rate=16_000,
        channels=1,
        ending="flac",
        sound=gesture,
    ),
    Corpus(
        name="commands",
        title="Synthetic commands over the telephone, few callers",
        target="command",
        labels=("up", "down", "left", "right", "yes", "no", "on", "off"),
        groups=40,
        clips=4,
        rate=16_000,
        channels=1,
        ending="wav",
        sound=gesture,
    ),
    Corpus(
        name="engines",
        title="Synthetic engines at four paces",
        target="pace",
        labels=("idle", "slow", "brisk", "fast"),
        groups=12,
        clips=8,
        rate=44_100,
        channels=2,
        ending="ogg",
        sound=engine,
    ),
    Corpus(
        name="lottery",
        title="Synthetic chimes with colours drawn by lot",
        target="colour",
        labels=("red", "green", "blue"),
        groups=15,
        clips=8,
        rate=8_000,
        channels=2,
        ending="wav",
        sound=ball,
        by_lot=True,
    ),
)
