"""What figures are made of: the tables of a study, whole or of one setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import SETTING
from cohear.analysis.tables.in_setting import in_setting
from cohear.base.setting import Setting
from cohear.base.study_facts import StudyFacts
from cohear.findings import Findings
from cohear.findings.study_findings import in_full
from cohear.findings.words import joined
from cohear.report.folder import FolderContent
from cohear.report.parts.views import setting_label, setting_order, study_order


@dataclass(frozen=True)
class FigureSources:
    """Statistics of a study, whole or of one setting; only results must hold anything.

    Attributes:
        tasks: in the study's order.
        settings: features, encoder and arm of every view, in their order.
        findings: what the whole study says.
        setting: the one that the tables are of; None for the whole study.
    """

    tasks: list[str]
    settings: list[Setting]
    findings: Findings
    setting: Setting | None = None

    def of(self, setting: Setting) -> FigureSources:
        """The tables of one setting."""
        return replace(self, setting=setting)

    def each(self) -> Iterator[FigureSources]:
        """The tables of every setting in turn."""
        return (self.of(setting) for setting in self.settings)

    @property
    def statistics(self) -> Statistics:
        """Of the whole study."""
        return self.findings.statistics

    def here(self, table: pd.DataFrame | Sequence[Mapping[str, object]]) -> pd.DataFrame:
        """The rows of the setting; all where there is none, or where the rows are not of settings."""
        table = table if isinstance(table, pd.DataFrame) else pd.DataFrame(list(table))
        if self.setting is None or not set(SETTING) <= set(table.columns):
            return table
        return in_setting(table, self.setting)

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
    def data(self) -> StudyFacts:
        """``data.json``."""
        return self.statistics.tables.data

    def curves(self, runs: Sequence[str]) -> pd.DataFrame:
        """Learning curves of runs, as far as there are any."""
        curves = self.statistics.tables.curves
        return curves[curves["run"].isin(runs)]

    def words_of(self, codes: Sequence[str]) -> str:
        """What findings of these kinds say of the setting, or of the whole study where the tables are of it."""
        found = (self.findings.of(code, self.setting) for code in codes)
        return joined(in_full(finding) for finding in found if finding is not None).drawn

    def singles(self) -> pd.DataFrame:
        """Results of single runs."""
        alone = (self.results["control"] == "") & (self.results["combination"] == self.results["task"])
        return self.results[alone]

    def unit(self, metric: str) -> str:
        """What differences of a metric are counted in."""
        return self.statistics.units[metric].name

    def label(self, setting: Sequence[str]) -> str:
        """A setting by what it has of its own among those of the study."""
        return setting_label(setting, self.settings)


def sources_of(folder: FolderContent) -> FigureSources:
    """The sources of a study folder, or of one that holds nothing but ``results.csv``.

    Raises:
        UserError: the results cannot be compared.
    """
    return FigureSources(
        tasks=study_order(folder),
        settings=setting_order(folder),
        findings=folder.findings,
    )
