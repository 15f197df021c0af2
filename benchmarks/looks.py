"""What looks while a study runs cost and save: simulated studies with known truth, of the worlds of calibration.

Usage: ``python benchmarks/looks.py [DATA] [--full] [--out docs/results]``

Without ``--full`` one world is played with few families (seconds); with it (``make calibration``) several, and the
page is written, anew after every world. DATA is not used: `make bench` gives it to every benchmark.
"""

import argparse
import sys
import time
from pathlib import Path

# calibration keeps numpy to one thread, and must come first
from calibration import GAINS, HERE, KEY, SEED, SHARES, World, judged, measured, missed_by, worlds, wrong_calls  # isort: skip

import numpy as np
import pandas as pd
from adaptive import replayed

from cohear.analysis.gains.design import MARGIN, Design
from cohear.analysis.gains.gains import gains_of
from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.simulation.simulation import simulate, simulated_pairs, simulated_results
from cohear.analysis.tables.text import markdown_table, write_table
from cohear.base.files import write_text
from cohear.study.file import RepeatSettings

LOOKS = RepeatSettings(folds=5, until="decided", at_most=20).looks()
LOOKED = Design(looks=tuple(LOOKS))


def looks(world: World, families: int, played: int, seed: int) -> dict[str, object]:
    """Repeated looks after each round of five, up to 20: error rates, and what it saves beside the whole grid."""
    design = {"folds": 5, "seeds": 4, "shape": world.shape}
    empty, _ = simulated_pairs(simulate(world.parts, families=families, **design, seed=seed + 11))
    called = gains_of(empty, LOOKED).set_index(KEY)["verdict"].isin(["helps", "hurts"])
    lost, loss = simulated_pairs(
        simulate(world.parts, families=max(4, families // 3), **design, truths=(0.0, -MARGIN), seed=seed + 13)
    )
    harmless = gains_of(lost, LOOKED).set_index(KEY).sort_index()["verdict"] == "harmless"
    results, truth = simulated_results(
        simulate(world.parts, families=played, **design, truths=GAINS, weights=SHARES, seed=seed + 12)
    )
    cells, truth = judged(paired_differences(results), truth)
    seen, shares = replayed(results, {})
    stopped = gains_of(paired_differences(seen), LOOKED).set_index(KEY).sort_index()
    truth, whole = truth.loc[stopped.index], cells.loc[stopped.index, "verdict"]
    same, decided = stopped["verdict"] == whole, whole != "undecided"
    return {
        "world": world.name,
        "families": called.groupby(level="arm").any().mean(),
        "called": called.mean(),
        **wrong_calls(stopped["verdict"].map({"helps": 1, "hurts": -1}).fillna(0), truth),
        "harmless": harmless[np.isclose(loss, -MARGIN)].mean(),
        "covered": ((stopped["low"] <= truth) & (truth <= stopped["high"])).mean(),
        "runs": shares["runs"],
        "same": same.mean(),
        "same_where_decided": same[decided].mean(),
        "decided": (stopped["verdict"] != "undecided").mean(),
        "decided_whole": decided.mean(),
    }


def page(rows: list[dict[str, object]], seconds: float, seed: int, families: int, played: int) -> str:
    missed = missed_by(rows)
    return "\n".join(
        [
            "# Looks while a study runs\n",
            f"Made by `make calibration` (`benchmarks/looks.py --full`); {seconds:.0f} s of processor time, seed",
            f"{seed}. Simulated studies as in [calibration.md](calibration.md), {families} families without any gain",
            f"and {played} with a mixture of gains a world. A cell is looked at after 5, 10, 15 and 20 repeats and",
            "runs on while it is open, as `cohear run` does it; on recorded runs: [adaptive.md](adaptive.md).\n",
            "- `families`, `called`, `fdr`, `wrong`, `harmless`, `covered`: as in calibration.md; families without",
            "  gain and losses of the margin are looked at to the end, so that every look can err",
            "- `runs`: runs used, singles included, of those of the whole grid of 20",
            "- `same`: cells with the verdict that the whole grid gives, also of those that it decides; `decided`: not",
            "  `undecided`\n",
            "All limits held.\n" if not missed else "Missed: " + "; ".join(missed) + ".\n",
            markdown_table(rows),
            "",
        ]
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="Looks while a study runs, on simulated studies.")
    parser.add_argument("data", nargs="?", type=Path)
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED, help="of the simulated studies")
    parser.add_argument("--out", type=Path, default=HERE / "docs" / "results")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    began = time.process_time()
    families, played = (300, 24) if given.full else (20, 4)
    rows: list[dict[str, object]] = []
    for world in worlds(measured(None))[: 3 if given.full else 1]:
        rows.append(looks(world, families, played, given.seed))
        print({k: round(float(v), 3) if isinstance(v, float) else v for k, v in rows[-1].items()}, flush=True)
        if given.full:
            text = page(rows, time.process_time() - began, given.seed, families, played)
            write_text(given.out / "looks.md", text)
            write_table(given.out / "looks.csv", pd.DataFrame(rows))
    missed = missed_by(rows)
    print("\n".join(["missed:", *missed]) if missed else "all limits held")
    return 1 if missed and given.full else 0


if __name__ == "__main__":
    sys.exit(main())
