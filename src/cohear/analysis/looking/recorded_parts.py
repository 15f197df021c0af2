"""How far repeats lie apart in studies of real audio: what a study that has not begun is judged by."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

FILE = Path(__file__).with_name("recorded_parts.csv")
"""A row per task, encoder and score of the studies in docs/results; benchmarks/recorded_parts.py writes it."""


@cache
def recorded_parts() -> pd.DataFrame:
    """All of them.

    Returns:
        ``study``, ``encoder``, ``score`` (``metric``: recall, a fraction; ``nll``: bits a clip), ``task``; standard
        deviations of a pair's gain through folds and seeds, ``fold_sd`` and ``seed_sd``; ``prior``: degrees of freedom
        that a cell has from the others of its family; ``told``: whether folds and seeds were told apart there, or 70 %
        was taken for the folds'.
    """
    return pd.read_csv(FILE)


def parts_like(encoder: str, score: str) -> pd.DataFrame:
    """Of an encoder, by its name without settings; of all encoders, where it is not among them."""
    parts = recorded_parts()
    parts = parts[parts["score"] == score]
    own = parts[parts["encoder"] == encoder.partition("(")[0]]
    return own if len(own) else parts
