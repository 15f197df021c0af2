"""The tables of a study with its second primary score, calibrated log loss, in the place of each task's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from cohear.analysis.tables.of_study import Tables
from cohear.base.study_facts import StudyFacts, TaskFacts
from cohear.base.tables import NLL

BITS = "bits"
"""What it is counted in, a clip."""
MARGIN_NLL = 0.05
"""What "harmless" may cost in it where nothing else is said."""


def has_log_loss(tables: Tables) -> bool:
    """Whether any run has it."""
    return bool((tables.metrics["metric"] == NLL).any())


@dataclass(frozen=True)
class LogLossTables:
    """What statistics of the second primary score are made of.

    Attributes:
        own: the tables with each task's own metric.
    """

    own: Tables

    @cached_property
    def results(self) -> pd.DataFrame:
        """Results whose values are log losses; empty where a run has none."""
        metrics, results = self.own.metrics, self.own.results
        losses = metrics[metrics["metric"] == NLL].drop_duplicates(["run", "task"]).set_index(["run", "task"])["value"]
        places = pd.MultiIndex.from_frame(results[["run", "task"]])
        values = losses.reindex(places).to_numpy(dtype=float)
        return results.assign(metric=NLL, value=values, higher_is_better=False)

    @cached_property
    def data(self) -> StudyFacts:
        """Facts of the study, of tasks that are scored so."""
        facts = self.own.data
        return replace(facts, tasks={name: _scored_so(task) for name, task in facts.tasks.items()})

    @property
    def metrics(self) -> pd.DataFrame:
        """Those of the study."""
        return self.own.metrics

    @property
    def curves(self) -> pd.DataFrame:
        """Those of the study."""
        return self.own.curves

    @property
    def costs(self) -> pd.DataFrame:
        """Those of the study."""
        return self.own.costs

    @property
    def measurements(self) -> pd.DataFrame:
        """Those of the study."""
        return self.own.measurements

    @property
    def failures(self) -> pd.DataFrame:
        """Those of the study."""
        return self.own.failures


def _scored_so(task: TaskFacts) -> TaskFacts:
    margin = MARGIN_NLL if task.margin_nll is None else task.margin_nll
    return replace(task, metric=NLL, units={NLL: BITS}, margin=margin)
