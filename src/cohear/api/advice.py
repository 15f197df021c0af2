"""What to expect of a study, what to run next, and which tasks to train together within a budget."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from cohear.api.tables import refresh_tables
from cohear.study.folder.folder import StudyFolder

if TYPE_CHECKING:
    from cohear.advice.advised import Advised
    from cohear.advice.budget import GroupingBudget
    from cohear.advice.plans import Plans
    from cohear.analysis.statistics import Statistics


def advise(folder: str | Path, budget: GroupingBudget | None = None, prior: str | Path | None = None) -> Advised:
    """Advice of a folder with a ``results.csv`` (:func:`cohear.advice.advise.advise`).

    Args:
        folder: a study folder, or any folder with a ``results.csv``.
        budget: what a grouping may cost; None where it may cost anything.
        prior: file of what is expected of gains where none was measured; None for the one that ships.

    Raises:
        UserError: there is no such table, the prior is none, it cannot be compared, a floor is of a task that there is
            not, or nothing is within the budget.
    """
    from cohear.advice.advise import NO_BUDGET
    from cohear.advice.advise import advise as advice_of
    from cohear.advice.prior import SHIPPED, read_prior
    from cohear.analysis.statistics import Statistics

    refresh_tables(Path(folder))
    statistics = Statistics.of_folder(Path(folder))
    plans = _plans(StudyFolder(Path(folder)), statistics)
    known = read_prior(SHIPPED if prior is None else Path(prior))
    return advice_of(statistics, NO_BUDGET if budget is None else budget, plans, known)


def combinations_to_run(folder: Path) -> list[tuple[str, str, str, str]]:
    """What is worth running next of a study's plan, in the order of what it teaches for its time.

    Args:
        folder: of the study, with its tables written.

    Returns:
        Features, encoder, arm and combination of each.
    """
    rows = (row for row in advise(folder)["next"] if row["planned"] and row["worth"] > 0)
    return [(row["features"], row["encoder"], row["arm"], row["combination"]) for row in rows]


def _plans(folder: StudyFolder, statistics: Statistics) -> Plans | None:
    """What a study's plan has of the networks of each setting; None where there is no plan."""
    from cohear.advice.plans import PlannedRuns

    rows = [row for row in folder.read_plan() if row.is_network and not row.control and not row.probe]
    if not rows:
        return None
    done = set(map(str, statistics.results["run"]))
    repeats: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    missing: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        setting = row.features, row.encoder, row.arm
        repeats[setting][row.combination] += 1
        if row.run not in done:
            missing[setting][row.combination] += 1
    return {setting: PlannedRuns(counts, missing[setting]) for setting, counts in repeats.items()}
