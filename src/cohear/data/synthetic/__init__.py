"""Four synthetic datasets with planted relations, for the demo and for tests.

What is planted, and how:

- ``syllables`` and ``commands`` share their cause: a label is one of eight gestures of two resonances of a voice, the
  same eight in both under other names, made by the same code among whistles of other sources. They differ in nothing
  but names, speakers and number: ``syllables`` has 400 clips of 50 speakers, ``commands`` 160 clips of 80 callers. Few
  clips are learnt by heart, whistles included; what a network finds in many is what the few need. So ``syllables``
  must help ``commands``, and has little to gain itself.
- ``engines`` has nothing in common with them: a label is the pace of strokes of noise. Paces of one kind vary so much
  that neighbouring kinds overlap; about one clip in six cannot be told, by anybody.
- ``lottery`` is knocks of balls in a box, with labels drawn by lot: no sound depends on them, so they cannot be
  predicted, and learning them by heart is of no use to anyone.

Every source (speaker, caller, machine, box) has its own pitch or colour, level and the like, and is the group of its
clips, so that folds hold out sources. Clips are short (0.6 to 1.5 s). All of it is a function of a seed.
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
        groups=50,
        clips=8,
        rate=16_000,
        channels=1,
        ending="flac",
        sound=gesture,
    ),
    Corpus(
        name="commands",
        title="Synthetic commands, few clips",
        target="command",
        labels=("up", "down", "left", "right", "yes", "no", "on", "off"),
        groups=80,
        clips=2,
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
        title="Synthetic boxes of balls, colours drawn by lot",
        target="colour",
        labels=("red", "green", "blue"),
        groups=20,
        clips=9,
        rate=8_000,
        channels=2,
        ending="wav",
        sound=ball,
        by_lot=True,
    ),
)
