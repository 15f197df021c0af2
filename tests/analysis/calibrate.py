"""Calibration and power of many designs: ``.venv/bin/python tests/analysis/calibrate.py`` (a minute)."""

import sys

from simulated_results import families

from cohear.analysis.gains import gains
from cohear.analysis.pairs import paired_differences
from cohear.analysis.simulation import usual_calls

DESIGNS = {
    "2 folds, uneven tasks": {"folds": 2, "overlap": 1 / 2, "uneven": 0.4},
    "3 folds, uneven tasks": {"folds": 3, "overlap": 1 / 3, "uneven": 0.4},
    "5 folds": {},
    "5 folds, uneven tasks": {"uneven": 0.4},
    "5 folds, only seeds differ": {"fold_sd": 0.0},
    "5 folds x 2 seeds": {"seeds": 2},
    "5 folds x 2 seeds, uneven tasks": {"seeds": 2, "uneven": 0.4},
    "5 folds x 2 seeds, only seeds differ": {"seeds": 2, "fold_sd": 0.0},
    "5 folds x 2 seeds, mostly folds differ": {"seeds": 2, "fold_sd": 0.02, "seed_sd": 0.003},
}


def row(label: str, number: int, **settings) -> str:
    """False calls without gains, then power and coverage with 40 % of cells at +-4 points."""
    table, _ = families(number=number, seed=11, **settings)
    empty = gains(table)
    called = empty["verdict"].isin(["helps", "hurts"])
    table, truth = families(number=number, seed=12, helped=0.4, **settings)
    cells = gains(table).set_index(["arm", "task", "combination"]).sort_index()
    true = truth.loc[cells.index]
    sign = cells["verdict"].map({"helps": 1, "hurts": -1}).fillna(0)
    right = (sign * true > 0).where(sign != 0, False)
    found, wrong = right[true != 0].mean(), ((sign != 0) & ~right).sum() / max(1, (sign != 0).sum())
    cover = ((cells["low"] <= true) & (true <= cells["high"])).mean()
    holm = usual_calls(paired_differences(table)).loc[cells.index][true != 0].mean()
    harmless = (cells["verdict"] == "harmless")[true == 0].mean()
    return (
        f"{label:40} {called.mean():7.4f} {called.groupby(empty['arm']).any().mean():8.3f} {found:6.3f} "
        f"{wrong:6.3f} {cover:6.3f} {holm:6.3f} {harmless:8.3f}\n"
    )


if __name__ == "__main__":
    families_each = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    sys.stdout.write(f"{'':40}   false families  power    fdr  cover   Holm harmless\n")
    for name, design in DESIGNS.items():
        sys.stdout.write(row(name, families_each, **design))
        sys.stdout.flush()
