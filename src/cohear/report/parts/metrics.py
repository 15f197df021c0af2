"""Gains in other metrics than each task's own: the same runs and tests, for orientation beside the verdicts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from cohear.analysis.gains.design import MARGIN, ByTask, Design
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import GivenTables
from cohear.base.tables import NLL
from cohear.findings.second_score import LOG_LOSS
from cohear.report.folder import FolderContent
from cohear.tasks.metrics import METRICS, SHARE

PRIMARY = "each task's own"


def metric_words(names: Iterable[str]) -> dict[str, str]:
    """What the metrics are, of those that say so."""
    found = {name: LOG_LOSS if name == NLL else METRICS[name].words for name in names if name in (NLL, *METRICS)}
    return {name: words for name, words in found.items() if words}


def gains_by_metric(folder: FolderContent) -> dict[str, pd.DataFrame]:
    """The table of gains (``PRIMARY``), that of log loss, and one like it for each other metric of test parts.

    The scores are those of the last step, the network that one can have. What is no registered metric (the loss that
    was trained on) is left out: nobody states a margin for it.
    """
    found, design = {PRIMARY: folder.statistics.gains}, folder.statistics.design
    of_loss = folder.statistics.log_loss
    if of_loss is not None and len(of_loss.gains):
        found[NLL] = of_loss.gains
    scored = folder.metrics
    scored = scored[(scored["part"] == "test") & (scored["selection"] == "last")]
    metric_of = dict(zip(folder.results["task"].astype(str), folder.results["metric"].astype(str), strict=True))
    own = set(metric_of.values())
    for name in sorted(set(scored["metric"])):
        if name not in METRICS or own == {name}:
            continue
        rows = scored[scored["metric"] == name].drop_duplicates(["run", "task"])[["run", "task", "value"]]
        results = folder.ordinary.drop(columns="value").merge(rows, on=["run", "task"], how="inner")
        results = results.assign(metric=name, higher_is_better=METRICS[name].higher_is_better)
        tables = GivenTables(results[folder.results.columns.tolist()].reset_index(drop=True))
        table = Statistics(tables, replace(design, margins=_margins(metric_of, name, design))).gains
        if len(table):
            found[name] = table
    return found


def _margins(metric_of: Mapping[str, str], name: str, design: Design) -> ByTask:
    """Margins of the tasks whose own metric is counted in the same unit; the usual one for the others."""
    units = {task: METRICS[metric].unit if metric in METRICS else SHARE for task, metric in metric_of.items()}
    return {task: design.margin_of(task) for task, unit in units.items() if unit == METRICS[name].unit} or MARGIN
