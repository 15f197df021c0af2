"""The tables that a study leaves, in a folder or in memory; only results must be there."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from cohear.analysis.tables.results import read_results
from cohear.analysis.tables.text import read_cells, read_table
from cohear.base.errors import UserError
from cohear.base.study_facts import StudyFacts, read_facts
from cohear.base.tables import COSTS_CSV, CURVE_CSV, MEASUREMENTS_CSV, METRICS_CSV, Table

CURVES = ("run", *CURVE_CSV.names)
"""Columns of the learning curves of many runs."""
PLACE = ("combination", "features", "encoder", "arm", "control", "focal", "probe")
FAILURES = (*PLACE, "tried", "error")
"""Columns of runs that failed and have no record: where they belong, how many there have ended so far, and why."""


class Tables(Protocol):
    """What statistics are made of."""

    @property
    def results(self) -> pd.DataFrame:
        """Checked results."""

    @property
    def data(self) -> StudyFacts:
        """Facts of datasets, tasks and folds; none where there is no ``data.json``."""

    @property
    def metrics(self) -> pd.DataFrame:
        """``metrics.csv``; without a row where there is none."""

    @property
    def curves(self) -> pd.DataFrame:
        """Learning curves of the ordinary runs, the columns of :data:`CURVES`; numbers NaN where there is none."""

    @property
    def costs(self) -> pd.DataFrame:
        """What ``cohear bench`` measured (``costs.csv``); without a row where there is none."""

    @property
    def measurements(self) -> pd.DataFrame:
        """What ``cohear measure`` measured (``measurements.csv``); without a row where there is none."""

    @property
    def failures(self) -> pd.DataFrame:
        """A row a run that failed and has no record, the columns of :data:`FAILURES`."""


@dataclass(frozen=True)
class GivenTables:
    """Tables in memory."""

    results: pd.DataFrame
    data: StudyFacts = field(default_factory=StudyFacts)
    metrics: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(METRICS_CSV.names)))
    curves: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CURVES)))
    costs: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COSTS_CSV.names)))
    failures: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(FAILURES)))
    measurements: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(MEASUREMENTS_CSV.names)))


@dataclass(frozen=True)
class FolderTables:
    """Tables of a study folder, or of one that holds nothing but ``results.csv``, each read when it is asked for.

    Reading raises UserError where ``results.csv`` is missing or a file is broken.

    Attributes:
        folder: where they are.
    """

    folder: Path

    @cached_property
    def results(self) -> pd.DataFrame:
        """Checked results."""
        return read_results(self.folder)

    @cached_property
    def data(self) -> StudyFacts:
        """The content of ``data.json``."""
        return read_facts(self.folder)

    @cached_property
    def metrics(self) -> pd.DataFrame:
        """``metrics.csv``."""
        return self._optional(METRICS_CSV)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """The ``curve.csv`` of the ordinary runs; runs that left none are passed over."""
        found, numeric = [], [column.name for column in CURVE_CSV.columns if column.type != "text"]
        for run in self.results.loc[self.results["control"] == "", "run"].unique():
            path = self.folder / "runs" / run / CURVE_CSV.file
            if Path(run).name == run and path.is_file():  # names in tables from elsewhere may be paths
                found.append(read_cells(path, CURVE_CSV).assign(run=run))
        if not found:
            return pd.DataFrame(columns=list(CURVES))
        every = pd.concat(found, ignore_index=True)
        numbers = {name: pd.to_numeric(every[name], errors="coerce") for name in numeric}
        return every.assign(**numbers)[list(CURVES)]

    @cached_property
    def costs(self) -> pd.DataFrame:
        """``costs.csv``."""
        return self._optional(COSTS_CSV)

    @cached_property
    def measurements(self) -> pd.DataFrame:
        """``measurements.csv``."""
        return self._optional(MEASUREMENTS_CSV)

    @cached_property
    def failures(self) -> pd.DataFrame:
        """Of the plan's runs, those that left an error and no record."""
        planned = {str(row.get("run")): row for row in read_json(self.folder / "plan.json").get("runs", [])}
        errors = {run: error for run in planned if (error := self._error(run))}
        if not errors:
            return pd.DataFrame(columns=list(FAILURES))
        known = {*errors, *self.results["run"]}
        ended = [run for run in planned if run in known or self._has_record(run)]
        runs = pd.DataFrame([{name: str(planned[run].get(name) or "") for name in PLACE} for run in ended], ended)
        runs["tried"] = runs.groupby(list(PLACE))["combination"].transform("size")
        return runs.loc[list(errors)].assign(error=list(errors.values()))[list(FAILURES)].reset_index(drop=True)

    def _has_record(self, run: str) -> bool:
        """Whether a run is done; what probes leave is no row of the results."""
        return Path(run).name == run and (self.folder / "runs" / run / "record.json").is_file()

    def _error(self, run: str) -> str:
        """Why a run failed; empty where it did not."""
        folder = self.folder / "runs" / run
        if Path(run).name != run or not (folder / "error.json").is_file() or (folder / "record.json").exists():
            return ""
        return str(read_json(folder / "error.json").get("error") or "nothing is told of why")

    def _optional(self, table: Table) -> pd.DataFrame:
        path = self.folder / table.file
        return read_table(path, table) if path.exists() else pd.DataFrame(columns=list(table.names))


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object of a study folder; empty where there is no such file.

    Raises:
        UserError: it cannot be read, or is no object.
    """
    if not path.exists():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise UserError(f"{path} is not readable JSON ({error})") from None
    if not isinstance(value, dict):
        raise UserError(f"{path} is not a JSON object")
    return value
