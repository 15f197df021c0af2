"""What a study folder holds; only ``results.csv`` must be there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cohear.analysis.answers import CURVES, Tables, answers
from cohear.analysis.cell_tests import MARGIN, PerTask
from cohear.analysis.facts import looks_of, margins_of, ratios_of
from cohear.analysis.gains import caveats
from cohear.analysis.pairs import paired_differences, unpaired
from cohear.analysis.results import read_gains, read_results
from cohear.analysis.sequential import gains_by_design
from cohear.analysis.tables import read_cells, read_table
from cohear.base.errors import UserError
from cohear.base.tables import COSTS_CSV, CURVE_CSV, METRICS_CSV, Table
from cohear.study.folder import StudyFolder
from cohear.study.status import Status, read_status


@dataclass(frozen=True)
class FolderContent:
    """All that the page is made of; empty where the folder has no such file.

    Attributes:
        status: how far the study has come; a folder without a plan holds all of its runs.
        failures: the last words, with the traceback, of runs that failed and have no record, by run.
        order: (features, encoder, arm) in the order of the plan.
        check: the audit, where ``cohear check`` left one.
    """

    path: Path
    name: str
    results: pd.DataFrame
    gains: pd.DataFrame
    metrics: pd.DataFrame
    status: Status
    caveats: list[str]
    margins: dict[str, float]
    data: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    study_text: str = ""
    failures: dict[str, str] = field(default_factory=dict)
    order: list[tuple[str, str, str]] = field(default_factory=list)
    check: dict[str, Any] = field(default_factory=dict)

    @property
    def ordinary(self) -> pd.DataFrame:
        """Results of runs that are no controls."""
        return self.results[self.results["control"] == ""]

    @property
    def statistics(self) -> tuple[PerTask, PerTask | None]:
        """What gains are judged with: margins, and the size of test beside training parts."""
        return self.margins or MARGIN, ratios_of(self.data) or None

    @property
    def looks(self) -> tuple[int, ...]:
        """Repeats after which the study looked at what is decided; empty where its repeats were fixed."""
        return looks_of(self.data)

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """Paired differences of the ordinary runs."""
        return paired_differences(self.results)

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Learning curves of the ordinary runs, the columns of ``CURVES``."""
        return read_curves(self.path, self.results)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """What ``cohear bench`` measured of the combinations."""
        return read_costs(self.path)

    @cached_property
    def answers(self) -> Mapping[str, Any]:
        """The answers to the study's questions (:func:`cohear.analysis.answers.answers`)."""
        return answers(Tables(self.results, self.data, self.metrics, self.curves, self.costs))


def read_folder(path: Path) -> FolderContent:
    """Read a study folder, or one that holds nothing but ``results.csv``.

    Raises:
        UserError: ``results.csv`` is missing, or one of the files is broken.
    """
    results = read_results(path)
    data, plan = read_facts(path), _json(path / "plan.json")
    margins = margins_of(data)
    if (path / "gains.csv").exists():
        judged = read_gains(path / "gains.csv")
    else:
        pairs = paired_differences(results)
        judged = gains_by_design(pairs, margins or MARGIN, ratios_of(data) or None, looks_of(data))
    metrics = read_metrics(path)
    text = ""
    if (path / "study.yaml").exists():
        text = (path / "study.yaml").read_text(encoding="utf-8", errors="replace")
    return FolderContent(
        path=path,
        name=str(plan.get("study") or path.resolve().name),
        results=results,
        gains=judged,
        metrics=metrics,
        status=_status(path, plan, results),
        caveats=[*caveats(results, looks_of(data)), *unpaired(results)],
        margins=margins,
        data=data,
        environment=_json(path / "environment.json"),
        study_text=text,
        failures=_failures(path, plan),
        check=_json(path / "check.json"),
        order=list(dict.fromkeys((r["features"], r["encoder"], r["arm"]) for r in plan.get("runs", []))),
    )


def read_metrics(folder: Path) -> pd.DataFrame:
    """``metrics.csv``; without a row where there is none."""
    return _optional(folder, METRICS_CSV)


def read_curves(folder: Path, results: pd.DataFrame) -> pd.DataFrame:
    """The ``curve.csv`` of the ordinary runs, with their ``run``; runs that left none are passed over.

    Returns:
        The columns of ``CURVES``; the numbers NaN where there is none.

    Raises:
        UserError: a file is broken.
    """
    found, numeric = [], [column.name for column in CURVE_CSV.columns if column.type != "text"]
    for run in results.loc[results["control"] == "", "run"].unique():
        path = folder / "runs" / run / CURVE_CSV.file
        if Path(run).name == run and path.is_file():  # names in tables from elsewhere may be paths
            table = read_cells(path, CURVE_CSV)
            numbers = {name: pd.to_numeric(table[name], errors="coerce") for name in numeric}
            found.append(table.assign(run=run, **numbers)[list(CURVES)])
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(CURVES))


def read_costs(folder: Path) -> pd.DataFrame:
    """``costs.csv``, which ``cohear bench`` writes; without a row where there is none."""
    return _optional(folder, COSTS_CSV)


def _optional(folder: Path, table: Table) -> pd.DataFrame:
    path = folder / table.file
    return read_table(path, table) if path.exists() else pd.DataFrame(columns=list(table.names))


def read_facts(folder: Path) -> dict[str, Any]:
    """What ``data.json`` says of datasets, tasks and folds; empty where there is none."""
    return _json(folder / "data.json")


def _json(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise UserError(f"{path} is not readable JSON ({error})") from None
    if not isinstance(value, dict):
        raise UserError(f"{path} is not a JSON object")
    return value


def _status(path: Path, plan: Mapping[str, Any], results: pd.DataFrame) -> Status:
    if plan.get("runs"):
        return read_status(StudyFolder(path))
    runs = results.drop_duplicates("run")
    done = len(runs)
    return Status(path.resolve().name, done, done, {}, False, float(runs["seconds"].sum()), None)


def _failures(path: Path, plan: Mapping[str, Any]) -> dict[str, str]:
    """Where the runs that failed were, and what their traceback says."""
    told = {}
    for run in plan.get("runs", []):
        folder = path / "runs" / str(run["run"])
        if not (folder / "record.json").exists() and (folder / "error.json").exists():
            words = _json(folder / "error.json")
            where = (f"{name} {run.get(name)}" for name in ("encoder", "arm", "fold", "seed"))
            text = (str(words.get(name, "")) for name in ("error", "traceback"))
            told[", ".join((str(run.get("combination")), *where))] = "\n".join(filter(None, text))
    return told
