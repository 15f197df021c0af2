"""The interface of a check, and the registry of all of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from cohear.base.registry import Registry
from cohear.data.audit.evidence import Evidence, MeasuredDataset
from cohear.data.audit.finding import AuditFinding, Code, Severity
from cohear.data.folds.partition import TaskChoice
from cohear.data.tables.clip_name import ClipName


class Check(ABC):
    """Looks for one family of faults. Stateless: all that it may look at is in the evidence.

    Attributes:
        codes: every kind of finding that it makes.
    """

    codes: ClassVar[tuple[Code, ...]]

    @abstractmethod
    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """The findings, one for each kind and place (dataset, task or fold), with all clips of it."""

    def finding(
        self,
        code: str,
        severity: Severity,
        sentence: str,
        *,
        dataset: str = "",
        datasets: Iterable[str] = (),
        task: str = "",
        fold: int | None = None,
        clips: Iterable[ClipName] = (),
        figures: Mapping[str, Any] | None = None,
    ) -> AuditFinding:
        """A finding of one of this check's codes, with its cure."""
        kind = next(kind for kind in self.codes if kind.name == code)
        return AuditFinding(
            code=code,
            severity=severity,
            sentence=sentence,
            cure=kind.cure,
            dataset=dataset,
            datasets=tuple(datasets),
            task=task,
            fold=fold,
            clips=tuple(clips),
            figures=figures or {},
        )

    def of_task(
        self,
        code: str,
        severity: Severity,
        sentence: str,
        data: MeasuredDataset,
        task: TaskChoice,
        rows: Iterable[int],
        figures: Mapping[str, Any],
    ) -> AuditFinding:
        """A finding on a task of a dataset, of some rows of it."""
        return self.finding(
            code, severity, sentence, dataset=data.name, task=task.name, clips=data.names(rows), figures=figures
        )


CHECKS: Registry[Check] = Registry("check")


def all_codes() -> list[Code]:
    """Every kind of finding that a registered check makes."""
    return [code for name in CHECKS for code in CHECKS[name].codes]
