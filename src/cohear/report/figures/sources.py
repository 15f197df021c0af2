"""What figures are made of: the tables of a study, whole or of one setting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from cohear.analysis.answers import CURVES
from cohear.analysis.columns import SETTING
from cohear.analysis.controls import control_gains
from cohear.base.tables import CONTROLS_CSV, COSTS_CSV
from cohear.report.folder import FolderContent
from cohear.report.numbers import MINUS, fraction_metrics
from cohear.report.views import of_setting, setting_label, setting_order, study_order

Setting = tuple[str, str, str]
"""features, encoder, arm."""


def _no_answers() -> Mapping[str, Any]:
    return {}


def _no_curves(runs: Sequence[str]) -> pd.DataFrame:
    del runs
    return pd.DataFrame(columns=list(CURVES))


@dataclass(frozen=True)
class Sources:
    """Tables of a study; only results must hold anything.

    Attributes:
        tasks: in the study's order.
        settings: features, encoder and arm of every view, in their order.
        results: checked results, control runs included.
        gains: the columns of ``gains.csv``.
        pairs: paired differences of the ordinary runs.
        controls: the columns of ``controls.csv``.
        fractions: metrics that are shown as points.
        data: ``data.json``.
        answered: gives the answers of the whole study; asked once, and only by figures that need them.
        curves: gives the learning curves of runs (``CURVES``), as far as there are any.
        costs: ``costs.csv``, which ``cohear bench`` writes.
        setting: the one that the tables are of; None for the whole study.
    """

    tasks: list[str]
    settings: list[Setting]
    results: pd.DataFrame
    gains: pd.DataFrame
    pairs: pd.DataFrame
    controls: pd.DataFrame
    fractions: set[str] = field(default_factory=set)
    data: Mapping[str, Any] = field(default_factory=dict)
    answered: Callable[[], Mapping[str, Any]] = _no_answers
    curves: Callable[[Sequence[str]], pd.DataFrame] = _no_curves
    costs: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COSTS_CSV.names)))
    setting: Setting | None = None

    def of(self, setting: Setting) -> Sources:
        """The tables of one setting."""
        return replace(
            self,
            setting=setting,
            results=of_setting(self.results, setting),
            gains=of_setting(self.gains, setting),
            pairs=of_setting(self.pairs, setting),
            controls=of_setting(self.controls, setting),
            costs=of_setting(self.costs, setting),
        )

    def each(self) -> Iterator[Sources]:
        """The tables of every setting in turn."""
        return (self.of(setting) for setting in self.settings)

    def told(self, part: str, key: str) -> pd.DataFrame:
        """A table of the answers (``answers()[part][key]``), of this setting where its rows are of settings."""
        table = pd.DataFrame(list(self.answered().get(part, {}).get(key, [])))
        if self.setting is None or not set(SETTING) <= set(table.columns):
            return table
        return of_setting(table, self.setting)

    def answer(self, part: str) -> str:
        """The sentence of a part of the answers, with the page's minus signs; empty where there is none."""
        return re.sub(r"(?<=[ (])-(?=\d)", MINUS, str(self.answered().get(part, {}).get("answer", "")))

    def singles(self) -> pd.DataFrame:
        """Results of single runs."""
        alone = (self.results["control"] == "") & (self.results["combination"] == self.results["task"])
        return self.results[alone]

    def unit(self, metric: str) -> str:
        """What differences of a metric are counted in."""
        return "points" if metric in self.fractions else metric

    def label(self, setting: Sequence[str]) -> str:
        """A setting by what it has of its own among those of the study."""
        return setting_label(setting, self.settings)


def sources_of(folder: FolderContent) -> Sources:
    """The sources of a study folder, or of one that holds nothing but ``results.csv``.

    Raises:
        UserError: the results cannot be compared.
    """
    controls = control_gains(folder.results, *folder.statistics)
    return Sources(
        tasks=study_order(folder),
        settings=setting_order(folder),
        results=folder.results,
        gains=folder.gains,
        pairs=folder.pairs,
        controls=controls if len(controls) else pd.DataFrame(columns=list(CONTROLS_CSV.names)),
        fractions=fraction_metrics(folder.results),
        data=folder.data,
        answered=lambda: folder.answers,
        curves=lambda runs: folder.curves[folder.curves["run"].isin(runs)],
        costs=folder.costs,
    )
