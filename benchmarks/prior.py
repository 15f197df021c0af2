"""Fits the prior that `cohear advise` goes by where a study has no gain of its own, and writes its card.

Usage: ``python benchmarks/prior.py FOLDER ... [--out FILE] [--card FILE]``. Each folder is a study's, with
``measurements.csv`` beside its tables. ``--out`` is ``src/cohear/advice/prior.json`` for the one that ships; the
version is one more than that of the file that is there. ``cohear advise DIR --prior FILE`` takes one of your own.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cohear.advice.judging.fit_prior import fit_gain_prior
from cohear.advice.prior import SHIPPED, GainPrior, PriorOfScore, read_prior
from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text
from cohear.base.units import Unit

MOST = 8
"""Measurements of the largest weight that the card shows."""


def card(prior: GainPrior) -> str:
    """On what, how well on unseen datasets, and what it goes by."""
    tables = [markdown_table([_row(score) for score in prior.scores.values()])]
    for score in prior.scores.values():
        unit = Unit.named(score.unit)
        relation = score.relation
        lines = sorted(zip(relation.weights, relation.scale.features, strict=True), key=lambda one: -abs(one[0]))
        rows = [{"measurement": feature.words, unit.name: unit.signed(weight)} for weight, feature in lines[:MOST]]
        tables.append(
            f"Largest weights in {unit.name}, for one standard deviation more (where all are as usual: "
            f"{unit.signed(relation.mean)}):\n\n{markdown_table(rows)}"
        )
    return f"Version {prior.version}.\n\n" + "\n\n".join(table.strip() for table in tables) + "\n"


def _row(score: PriorOfScore) -> dict[str, object]:
    unit, unseen = Unit.named(score.unit), score.unseen
    return {
        "gains in": unit.name,
        "fitted to": ", ".join(score.studies),
        "datasets": score.datasets,
        "tasks": score.tasks,
        "cells": score.cells,
        "measurements": len(score.relation.scale.features),
        "unseen: gain by its advice": f"{unit.signed(unseen.gain)} ({unit.interval(unseen.low, unseen.high)})",
        "always together": unit.signed(unseen.always),
        "rank correlation within tasks": f"{unseen.rank:.2f} ({unseen.rank_low:.2f} to {unseen.rank_high:.2f})",
        "better than separate": "yes" if unseen.is_better else "not shown",
        "spread of gains": unit.size(score.spread),
        "error of a repeat": unit.size(score.repeat_error),
    }


def main() -> int:
    """Print the card, and write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--card", type=Path)
    options = parser.parse_args()
    version = 1 + (read_prior(SHIPPED).version if SHIPPED.exists() else 0)
    prior = fit_gain_prior(options.folders, version)
    if options.out is not None:
        prior.write(options.out)
    if options.card is not None:
        write_text(options.card, card(prior))
    print(card(prior))
    return 0


if __name__ == "__main__":
    sys.exit(main())
