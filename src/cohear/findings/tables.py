"""Tables as JSON."""

from typing import Any

import numpy as np
import pandas as pd

Cell = str | int | float | bool | None

JsonRow = dict[str, Cell]
"""A row of a table, by its columns; None where a figure is not known."""


def json_rows(table: pd.DataFrame) -> list[JsonRow]:
    """Rows for JSON: None where a figure is not known."""
    return [{str(name): _plain(cell) for name, cell in row.items()} for row in table.to_dict("records")]


def _plain(cell: Any) -> Cell:  # noqa: ANN401 - any cell
    if cell is pd.NA or (isinstance(cell, float) and not np.isfinite(cell)):
        return None
    plain: Cell = cell.item() if isinstance(cell, np.generic) else cell
    return plain
