"""What figures are made of: the tables of a study, whole or of one setting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from cohear.analysis.columns import SETTING
from cohear.analysis.statistics import Statistics
from cohear.report.folder import FolderContent
from cohear.report.numbers import MINUS, fraction_metrics, unit_of_metric
from cohear.report.views import of_setting, setting_label, setting_order, study_order

Setting = tuple[str, str, str]
"""features, encoder, arm."""


def _no_answers() -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Sources:
    """Statistics of a study, whole or of one setting; only results must hold anything.

    Attributes:
        tasks: in the study's order.
        settings: features, encoder and arm of every view, in their order.
        statistics: of the whole study.
        fractions: metrics that are shown as points.
        answered: gives the answers of the whole study; asked once, and only by figures that need them.
        setting: the one that the tables are of; None for the whole study.
    """

    tasks: list[str]
    settings: list[Setting]
    statistics: Statistics
    fractions: set[str] = field(default_factory=set)
    answered: Callable[[], Mapping[str, Any]] = _no_answers
    setting: Setting | None = None

    def of(self, setting: Setting) -> Sources:
        """The tables of one setting."""
        return replace(self, setting=setting)

    def each(self) -> Iterator[Sources]:
        """The tables of every setting in turn."""
        return (self.of(setting) for setting in self.settings)

    def here(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows of the setting; all where there is none, or where the rows are not of settings."""
        if self.setting is None or not set(SETTING) <= set(table.columns):
            return table
        return of_setting(table, self.setting)

    @cached_property
    def results(self) -> pd.DataFrame:
        """Checked results, control runs included."""
        return self.here(self.statistics.results)

    @cached_property
    def gains(self) -> pd.DataFrame:
        """The columns of ``gains.csv``."""
        return self.here(self.statistics.gains)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Paired differences of the ordinary runs."""
        return self.here(self.statistics.pairs)

    @cached_property
    def controls(self) -> pd.DataFrame:
        """The columns of ``controls.csv``."""
        return self.here(self.statistics.controls)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """``costs.csv``, which ``cohear bench`` writes."""
        return self.here(self.statistics.tables.costs)

    @property
    def data(self) -> Mapping[str, Any]:
        """``data.json``."""
        return self.statistics.tables.data

    def curves(self, runs: Sequence[str]) -> pd.DataFrame:
        """Learning curves of runs, as far as there are any."""
        curves = self.statistics.tables.curves
        return curves[curves["run"].isin(runs)]

    def told(self, part: str, key: str) -> pd.DataFrame:
        """A table of the answers (``answers()[part][key]``), of this setting where its rows are of settings."""
        return self.here(pd.DataFrame(list(self.answered().get(part, {}).get(key, []))))

    def answer(self, part: str) -> str:
        """The sentence of a part of the answers, with the page's minus signs; empty where there is none."""
        return re.sub(r"(?<=[ (])-(?=\d)", MINUS, str(self.answered().get(part, {}).get("answer", "")))

    def singles(self) -> pd.DataFrame:
        """Results of single runs."""
        alone = (self.results["control"] == "") & (self.results["combination"] == self.results["task"])
        return self.results[alone]

    def unit(self, metric: str) -> str:
        """What differences of a metric are counted in."""
        return unit_of_metric(metric, metric in self.fractions)

    def label(self, setting: Sequence[str]) -> str:
        """A setting by what it has of its own among those of the study."""
        return setting_label(setting, self.settings)


def sources_of(folder: FolderContent) -> Sources:
    """The sources of a study folder, or of one that holds nothing but ``results.csv``.

    Raises:
        UserError: the results cannot be compared.
    """
    return Sources(
        tasks=study_order(folder),
        settings=setting_order(folder),
        statistics=folder.statistics,
        fractions=fraction_metrics(folder.results),
        answered=lambda: folder.answers,
    )
