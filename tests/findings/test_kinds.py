"""Every kind of finding keeps the contract."""

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest
from rich_study import write_rich_study

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import FolderTables, GivenTables
from cohear.analysis.tables.results import checked_results
from cohear.base.study_facts import LabelBudget
from cohear.base.tables import METRICS_CSV, NLL
from cohear.findings import FINDINGS
from cohear.testing.finding import NAMES, FindingContract

pytestmark = pytest.mark.slow


def with_log_losses(tables):
    """The tables of a study whose runs have log losses too."""
    results = tables.results
    losses = results[["run", "task"]].assign(part="test", selection="last", metric=NLL, value=2 - results["value"])
    metrics = pd.concat([tables.metrics, losses[list(METRICS_CSV.names)]], ignore_index=True)
    return GivenTables(results, tables.data, metrics, tables.curves, tables.costs, tables.failures)


def with_budgets(tables):
    """The tables of a study in which tasks have fewer labels in further arms."""
    budgets, parts = {"base": LabelBudget()}, [tables.results]
    for share in (0.5, 0.2):
        arm = f"{share:g} of the labels"
        budgets[arm] = LabelBudget(dict.fromkeys(tables.results["task"].unique(), share))
        ordinary = tables.results[(tables.results["control"] == "") & (tables.results["job"] == "")]
        parts.append(ordinary.assign(arm=arm, run=arm + ordinary["run"], value=ordinary["value"] - 0.1 * (1 - share)))
    return replace(
        tables,
        results=checked_results(pd.concat(parts, ignore_index=True)),
        data=replace(tables.data, label_budgets=budgets),
    )


def with_ways(tables):
    """The tables of a study that shares in one more way, with the same single runs."""
    ordinary = tables.results[(tables.results["control"] == "") & (tables.results["job"] == "")]
    ordinary = ordinary[ordinary["arm"] == "base"]
    alone = ordinary["combination"] == ordinary["task"]
    other = ordinary.assign(arm="another way", run=ordinary["run"].where(alone, "another way" + ordinary["run"]))
    return replace(tables, results=checked_results(pd.concat([tables.results, other], ignore_index=True)))


class Rich(FindingContract):
    @staticmethod
    @cache
    def _statistics(names, folder):
        whole = FolderTables(write_rich_study(folder, names=names))
        related = [frozenset(names[:2])]
        return Statistics.of(with_ways(with_budgets(with_log_losses(whole))), related)  # as it is when it is whole

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path_factory):
        self.folder = tmp_path_factory.getbasetemp()

    def statistics(self, names):
        return self._statistics(tuple(names), self.folder / f"finding-{tuple(names) == NAMES}")


for _code in (code for code in FINDINGS if FINDINGS[code].question != "caveats"):
    _name = "Test" + "".join(word.title() for word in _code.split("-"))
    globals()[_name] = type(_name, (Rich,), {"code": _code})
