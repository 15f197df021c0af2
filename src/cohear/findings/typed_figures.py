"""Figures of a finding as a class of their own: typed for who puts them into words, by name for everybody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from cohear.findings.finding import StudyFinding

Own = TypeVar("Own", bound="TypedFigures")


@dataclass(frozen=True)
class TypedFigures(Mapping[str, Any]):
    """The figures of a kind of finding: fields of a dataclass, whose names are their keys with blanks between words."""

    @classmethod
    def of(cls: type[Own], finding: StudyFinding) -> Own:
        """Those of a finding of the kind.

        Raises:
            TypeError: it has others.
        """
        if not isinstance(finding.figures, cls):
            raise TypeError(f"a finding {finding.code!r} has no {cls.__name__}")
        return finding.figures

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - any figure
        if key not in set(self):
            raise KeyError(key)
        return getattr(self, key.replace(" ", "_"))

    def __iter__(self) -> Iterator[str]:
        return (field.name.replace("_", " ") for field in fields(self))

    def __len__(self) -> int:
        return len(fields(self))
