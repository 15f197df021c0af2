"""TODO"""

from __future__ import annotations

from cohear.data.synthetic.corpora import CP, GR, SC, SG, Corpus, ball, engine, gesture
from cohear.data.synthetic.write import write_corpus

CORPORA: tuple[Corpus, ...] = (
    Corpus(
        name="syllables",
        title="Synthetic syllables, many speakers",
        target="syllable",
        labels=("ba", "da", "ga", "la", "ma", "na", "ra", "sa"),
        groups=SG,
        clips=SC,
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
        groups=GR,
        clips=CP,
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
