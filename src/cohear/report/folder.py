"""What a study folder holds; only ``results.csv`` must be there."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cohear.analysis.answers import CURVES
from cohear.analysis.cell_tests import MARGIN
from cohear.analysis.columns import METRICS
from cohear.analysis.facts import margins_of, ratios_of
from cohear.analysis.gains import caveats, gains
from cohear.analysis.pairs import unpaired
from cohear.analysis.results import read_gains, read_results
from cohear.analysis.tables import read_table, typed
from cohear.base.errors import UserError


@dataclass(frozen=True)
class Progress:
    """How far a study has come.

    Attributes:
        planned: runs of the plan (those with results where there is no plan).
        done: runs with a record.
        failed: run name and error text of the runs that failed and have no record.
    """

    planned: int
    done: int
    failed: list[tuple[str, str]]

    @property
    def open(self) -> int:
        """Runs that are neither done nor failed."""
        return max(0, self.planned - self.done - len(self.failed))


@dataclass(frozen=True)
class StudyFolder:
    """All that the page is made of; empty where the folder has no such file.

    Attributes:
        order: (features, encoder, arm) in the order of the plan.
    """

    path: Path
    name: str
    results: pd.DataFrame
    gains: pd.DataFrame
    metrics: pd.DataFrame
    progress: Progress
    caveats: list[str]
    margins: dict[str, float]
    data: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, Any] = field(default_factory=dict)
    study_text: str = ""
    order: list[tuple[str, str, str]] = field(default_factory=list)


def read_folder(path: Path) -> StudyFolder:
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
        judged = gains(results, margins or MARGIN, ratios_of(data) or None)
    metrics = read_metrics(path)
    text = ""
    if (path / "study.yaml").exists():
        text = (path / "study.yaml").read_text(encoding="utf-8", errors="replace")
    return StudyFolder(
        path=path,
        name=str(plan.get("study") or path.resolve().name),
        results=results,
        gains=judged,
        metrics=metrics,
        progress=_progress(path, plan, results),
        caveats=[*caveats(results), *unpaired(results)],
        margins=margins,
        data=data,
        environment=_json(path / "environment.json"),
        study_text=text,
        order=list(dict.fromkeys((r["features"], r["encoder"], r["arm"]) for r in plan.get("runs", []))),
    )


def read_metrics(folder: Path) -> pd.DataFrame:
    """``metrics.csv``; without a row where there is none."""
    path = folder / "metrics.csv"
    return typed(read_table(path, METRICS), str(path)) if path.exists() else pd.DataFrame(columns=list(METRICS))


def read_curves(folder: Path, results: pd.DataFrame) -> pd.DataFrame:
    """``curve.csv`` of the ordinary runs, with their ``run``; without a row where there is none."""
    found = []
    for run in results.loc[results["control"] == "", "run"].unique():
        path = folder / "runs" / run / "curve.csv"
        if Path(run).name == run and path.is_file():  # names in tables from elsewhere may be paths
            found.append(read_table(path, CURVES[1:]).assign(run=run))
    if not found:
        return pd.DataFrame(columns=list(CURVES))
    table = pd.concat(found, ignore_index=True)[list(CURVES)]
    return table.assign(**{name: pd.to_numeric(table[name], errors="coerce") for name in ("step", "loss", "metric")})


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


def _progress(path: Path, plan: dict[str, Any], results: pd.DataFrame) -> Progress:
    planned = {str(run["run"]): run for run in plan.get("runs", [])}
    if not planned:
        done = results["run"].nunique()
        return Progress(done, done, [])
    done, failed = 0, []
    for key, run in planned.items():
        folder = path / "runs" / key
        if (folder / "record.json").exists():
            done += 1
        elif (folder / "error.json").exists():
            about = f"{run.get('combination', key)}, fold {run.get('fold')}, seed {run.get('seed')}"
            failed.append((about, str(_json(folder / "error.json").get("error", ""))))
    return Progress(len(planned), done, failed)
