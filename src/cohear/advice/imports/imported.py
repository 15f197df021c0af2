"""What an importer makes of the files of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cohear.base.errors import UserError
from cohear.base.files import write_text
from cohear.base.tables import GAINS_CSV, MEASUREMENTS_CSV, RESULTS_CSV, Row, Table

FEATURES, ARM = "", "base"
"""Others vary no front-end."""


@dataclass(frozen=True)
class Imported:
    """Rows of tables; a table without a row is not written.

    Attributes:
        results: scores, as in ``results.csv``.
        gains: where others tell gains alone, as in ``gains.csv``.
        measurements: as in ``measurements.csv``.
    """

    results: Sequence[Row] = ()
    gains: Sequence[Row] = ()
    measurements: Sequence[Row] = ()

    def write(self, folder: Path) -> list[Path]:
        """Write them; says what was written."""
        folder.mkdir(parents=True, exist_ok=True)
        tables: list[tuple[Table, Sequence[Row]]] = [
            (RESULTS_CSV, self.results),
            (GAINS_CSV, self.gains),
            (MEASUREMENTS_CSV, self.measurements),
        ]
        written = [(folder / table.file, table.text(rows)) for table, rows in tables if rows]
        for path, text in written:
            write_text(path, text)
        return [path for path, _ in written]


def score_row(
    task: str, tasks: Sequence[str], metric: str, value: float, *, higher_is_better: bool, encoder: str = ""
) -> Row:
    """A row of results of one run, which is its only repeat."""
    row: dict[str, object] = dict.fromkeys(RESULTS_CSV.names)
    combination = "+".join(sorted(tasks))
    row |= {"run": "", "features": FEATURES, "encoder": encoder, "arm": ARM, "combination": combination, "control": ""}
    row |= {"fold": 0, "seed": 0, "task": task, "metric": metric, "value": value, "higher_is_better": higher_is_better}
    return row


def gain_row(task: str, tasks: Sequence[str], metric: str, gain: float) -> Row:
    """A row of gains of one repeat, which decides nothing."""
    row: dict[str, object] = dict.fromkeys(GAINS_CSV.names)
    row |= {"task": task, "combination": "+".join(sorted(tasks)), "features": FEATURES, "encoder": "", "arm": ARM}
    row |= {"metric": metric, "gain": gain, "repeats": 1, "verdict": "undecided", "explanation": "", "verdict_here": ""}
    return row


def measured_row(task: str, partner: str, name: str, value: float) -> Row:
    """A row of measurements; what it cost nobody says."""
    row: dict[str, object] = {"task": task, "partner": partner, "name": name, "value": value}
    return row | {"features": "", "encoder": "", "cost": None, "arm": ARM}


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        UserError: it cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {error}") from None
