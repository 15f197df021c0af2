"""A finding: what a study's statistics say, before it is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal, TypedDict

from cohear.base.finding import Finding
from cohear.base.setting import Setting
from cohear.base.units import finite
from cohear.findings.cures import Cure, CureInWords
from cohear.findings.figures import Estimate

Sureness = Literal["sure", "partly", "open", "none"]
"""Beyond chance; some of it is; it could be chance; or nothing is claimed."""


@dataclass(frozen=True)
class TableRows:
    """Where in the tables it comes from.

    Attributes:
        table: name of the file.
        where: cells that the rows have, one mapping a row; empty for the whole table.
    """

    table: str
    where: tuple[Mapping[str, str], ...] = ()


class RowsAsData(TypedDict):
    """Where in the tables a finding comes from."""

    table: str
    where: list[dict[str, str]]


class FindingAsData(TypedDict):
    """A finding without its words, as JSON."""

    code: str
    setting: list[str] | None
    task: str
    combination: str
    sureness: Sureness
    missing: str
    figures: Mapping[str, object]
    cures: list[CureInWords]
    rows: list[RowsAsData]


class FindingInWords(FindingAsData):
    """A finding as JSON, with its words."""

    words: str


@dataclass(frozen=True, kw_only=True)
class StudyFinding(Finding):
    """What statistics say of one thing.

    Attributes:
        setting: features, encoder and arm; None where it is about the whole study.
        combination: whom it concerns together; empty where it concerns several.
        sureness: how sure it is.
        missing: why it cannot be told, a reason that its kind has words for (:attr:`Kind.lacks`); empty where it can.
        settles: what would settle what is open of it.
        rows: what it comes from.
    """

    setting: Setting | None = None
    combination: str = ""
    sureness: Sureness = "none"
    missing: str = ""
    settles: tuple[Cure, ...] = ()
    rows: tuple[TableRows, ...] = ()

    def to_json(self) -> FindingAsData:
        """The finding without its words."""
        return {
            "code": self.code,
            "setting": None if self.setting is None else list(self.setting),
            "task": self.task,
            "combination": self.combination,
            "sureness": self.sureness,
            "missing": self.missing,
            "figures": _json(self.figures),
            "cures": [cure.to_json() for cure in self.settles],
            "rows": [{"table": some.table, "where": [dict(row) for row in some.where]} for some in self.rows],
        }


def _json(value: Any) -> Any:  # noqa: ANN401 - any figure
    if isinstance(value, Estimate):
        return value.to_json()
    if isinstance(value, Mapping):
        return {str(name): _json(entry) for name, entry in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, float):
        return finite(value)
    return [_json(one) for one in value] if isinstance(value, (list, tuple)) else value
