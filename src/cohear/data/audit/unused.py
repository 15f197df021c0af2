"""What lies in a dataset's folder and is not used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence
from cohear.data.audit.finding import AuditFinding, Code


class UnusedCheck(Check):
    """A finding for each kind of files that are there and not used."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "unused-audio",
            ("warning",),
            "Audio lies in a dataset's folder and is no clip of it: deeper, loose, of another suffix, in no table.",
            "Put it where the clips are or name it in the table, if it belongs to them; else move it away.",
        ),
        Code(
            "unused-table",
            ("note",),
            "A table, or a text for each clip, lies in the dataset's folder and is not read.",
            "Give a table as the dataset's path if it is the one that has the labels; put what texts say into one.",
        ),
        Code(
            "unused-archive",
            ("note",),
            "An archive lies in the dataset's folder, with audio inside or of a kind that is not looked into.",
            "Unpack it if what it holds belongs to the dataset and is not there yet.",
        ),
        Code(
            "unused-folder",
            ("note",),
            "A folder in the dataset's folder holds no file, as that of a class whose files got lost.",
            "Get what belongs into it, or remove it.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """In the order of the datasets."""
        for dataset, kinds in evidence.unused.items():
            for kind in kinds:
                yield self.finding(
                    f"unused-{kind.kind}",
                    "warning" if kind.is_audio else "note",
                    kind.sentence,
                    dataset=dataset,
                    figures={"files": list(kind.files)},
                )


CHECKS.register("unused")(UnusedCheck())
