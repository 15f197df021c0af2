"""What a study folder holds; only ``results.csv`` must be there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import read_json
from cohear.base.setting import Setting
from cohear.base.study_facts import StudyFacts
from cohear.findings import Findings
from cohear.findings.answers import Answers, answers
from cohear.findings.caveats import caveats
from cohear.findings.words import Words
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.status import Status, read_status


@dataclass(frozen=True)
class FolderContent:
    """All that the page is made of; empty where the folder has no such file.

    Attributes:
        statistics: of its tables.
        status: how far the study has come; a folder without a plan holds all of its runs.
        failures: the last words, with the traceback, of runs that failed and have no record, by run.
        order: (features, encoder, arm) in the order of the plan.
        check: the audit, where ``cohear check`` left one.
    """

    path: Path
    name: str
    statistics: Statistics
    status: Status
    environment: dict[str, Any] = field(default_factory=dict)
    study_text: str = ""
    failures: dict[str, str] = field(default_factory=dict)
    order: list[Setting] = field(default_factory=list)
    check: dict[str, Any] = field(default_factory=dict)

    @property
    def results(self) -> pd.DataFrame:
        """Checked results of networks."""
        return self.statistics.results

    @property
    def ordinary(self) -> pd.DataFrame:
        """Results of runs that are no controls."""
        return self.results[self.results["control"] == ""]

    @property
    def metrics(self) -> pd.DataFrame:
        """Every metric of every run."""
        return self.statistics.tables.metrics

    @property
    def data(self) -> StudyFacts:
        """Facts of datasets, tasks and folds."""
        return self.statistics.tables.data

    @cached_property
    def findings(self) -> Findings:
        """What the statistics say."""
        return Findings(self.statistics)

    @cached_property
    def caveats(self) -> list[Words]:
        """What its figures cannot say."""
        return caveats(self.findings)

    @cached_property
    def answers(self) -> Answers:
        """The answers to the study's questions (:func:`cohear.findings.answers.answers`)."""
        return answers(self.findings)


def read_folder(path: Path, statistics: Statistics | None = None) -> FolderContent:
    """Read a study folder, or one that holds nothing but ``results.csv``.

    Args:
        path: the folder.
        statistics: of its tables, where they are made already.

    Raises:
        UserError: ``results.csv`` is missing, or one of the files is broken.
    """
    statistics = statistics or Statistics.of_folder(path)
    plan = read_json(path / "plan.json")
    text = ""
    if (path / "study.yaml").exists():
        text = (path / "study.yaml").read_text(encoding="utf-8", errors="replace")
    return FolderContent(
        path=path,
        name=str(plan.get("study") or path.resolve().name),
        statistics=statistics,
        status=_status(path, plan, statistics.tables.results),
        environment=read_json(path / "environment.json"),
        study_text=text,
        failures=_failures(path, plan),
        check=read_json(path / "check.json"),
        order=list(dict.fromkeys((r["features"], r["encoder"], r["arm"]) for r in plan.get("runs", []))),
    )


def _status(path: Path, plan: Mapping[str, Any], results: pd.DataFrame) -> Status:
    if plan.get("runs"):
        return read_status(StudyFolder(path))
    runs = results.drop_duplicates("run")
    done = len(runs)
    return Status(path.resolve().name, done, done, {}, False, float(runs["seconds"].sum()), None)


def _failures(path: Path, plan: Mapping[str, Any]) -> dict[str, str]:
    """Where the runs that failed were, and what their traceback says."""
    last_words = {}
    for run in plan.get("runs", []):
        folder = path / "runs" / str(run["run"])
        if not (folder / "record.json").exists() and (folder / "error.json").exists():
            words = read_json(folder / "error.json")
            names = ("features", "encoder", "arm", "control", "probe", "focal", "fold", "seed")
            where = (f"{name} {run[name]}" for name in names if run.get(name, "") != "")
            text = (str(words.get(name, "")) for name in ("error", "traceback"))
            last_words[", ".join((str(run.get("combination")), *where))] = "\n".join(filter(None, text))
    return last_words
