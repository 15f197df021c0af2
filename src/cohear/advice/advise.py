"""Advice from the statistics of a study: what to expect, what to run next, which tasks to train together."""

from __future__ import annotations

from cohear.advice.advised import Advised, AdvisedGrouping, ExpectedGain, NextRun
from cohear.advice.budget import GroupingBudget
from cohear.advice.gain_rows import gain_rows
from cohear.advice.grouping_row import grouping_row, no_grouping, why_no_grouping, why_over
from cohear.advice.next_runs import Standing
from cohear.advice.observed import places_of
from cohear.advice.plans import PlannedRuns, Plans
from cohear.advice.prior import GainPrior, read_prior
from cohear.advice.run_rows import candidates_of, run_row
from cohear.advice.sentences import out_of_budget
from cohear.advice.setting import AdvisedSetting
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import SETTING
from cohear.base.errors import UserError
from cohear.base.setting import Setting
from cohear.findings.sentences import setting_name

NO_BUDGET = GroupingBudget()


def advise(
    statistics: Statistics,
    budget: GroupingBudget = NO_BUDGET,
    plans: Plans | None = None,
    prior: GainPrior | None = None,
) -> Advised:
    """Advice of every setting with single runs, and of every one that is planned and has no run yet.

    Args:
        statistics: of the study.
        budget: what a grouping may cost.
        plans: what the study's plan has of each setting; without it every network may be run.
        prior: of gains where none was measured; None for the one that ships.

    Raises:
        UserError: a floor is of a task that there is not, or the budget can be held in no setting.
    """
    names = {*map(str, statistics.results["task"]), *statistics.tables.data.tasks}
    budget.check_tasks(sorted(names))
    prior = prior or read_prior()
    gains: list[ExpectedGain] = []
    runs: list[NextRun] = []
    groupings: list[AdvisedGrouping] = []
    broken: list[str] = []
    run = _settings(statistics)
    for setting in dict.fromkeys([*run, *(plans or {})]):
        plan = (plans or {}).get(setting, PlannedRuns())
        if setting in run:
            known = AdvisedSetting.of(statistics, setting, prior)
        else:
            known = AdvisedSetting.of_plan(statistics, setting, plan.repeats, prior)
        gains.extend(gain_rows(known, plan))
        missing = why_no_grouping(known, floors=bool(budget.floors))
        dividing = None if missing else known.dividing(budget)
        over = why_over(dividing) if dividing else ""
        if over:
            broken.append(f"{setting_name(setting)}: {over}")
        if dividing is None or over or dividing.best is None:
            groupings.append(no_grouping(known, missing or out_of_budget(over).plain))
            continue
        candidates = candidates_of(known, dividing.best, plan, has_plan=plans is not None)
        new = [place for one in candidates if len(one.network) > 2 for place in places_of(one.network)]
        standing = Standing.of(dividing, dividing.pool(), dividing.expectation.with_own(new))
        groupings.append(grouping_row(known, dividing, dividing.best, standing))
        runs.extend(run_row(known, standing, one, plan) for one in candidates)
    if broken and all(row["missing"] for row in groupings):
        raise UserError("; ".join(broken))
    return {"gains": gains, "next": sorted(runs, key=_per_second, reverse=True), "grouping": groupings}


def _settings(statistics: Statistics) -> list[Setting]:
    names = statistics.singles[list(SETTING)].drop_duplicates().sort_values(list(SETTING))
    return [(str(one), str(two), str(three)) for one, two, three in names.itertuples(index=False)]


def _per_second(row: NextRun) -> float:
    return row["worth"] / (row["seconds"] or row["repeats"] * (row["combination"].count("+") + 1))
