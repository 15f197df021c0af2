"""Tables as JSON."""

from typing import Any

import numpy as np
import pandas as pd


def json_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for JSON: None where a figure is not known."""
    return [{str(name): _plain(cell) for name, cell in row.items()} for row in table.to_dict("records")]


def _plain(cell: Any) -> Any:  # noqa: ANN401 - any cell
    if cell is pd.NA or (isinstance(cell, float) and not np.isfinite(cell)):
        return None
    return cell.item() if isinstance(cell, np.generic) else cell
