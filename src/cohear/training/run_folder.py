"""What a run's folder holds, read without torch."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cohear.base.tables import CURVE_CSV, PREDICTIONS_CSV

RECORD = "record.json"
KEPT = {"curves": CURVE_CSV.file, "predictions": PREDICTIONS_CSV.file, "weights": "weights.safetensors"}
"""File of each thing that can be kept beside the record."""
PREFIX = "logit:"


def read_record(folder: Path) -> dict[str, Any] | None:
    """A run's record, or None where it is not there, half written or another run's."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(record, dict) and record.get("run") == folder.name and "tasks" in record
    return record if whole else None


def lacking(folder: Path, keep: Iterable[str]) -> list[str]:
    """What is to be kept of a run and is not in its folder."""
    return [kept for kept in keep if not (folder / KEPT[kept]).exists()]


def logit_column(output: str) -> str:
    """Column of an output's logits: its own name (a label), behind ``logit:`` where that would be taken for another.

    >>> logit_column("dog"), logit_column("label"), logit_column("logit:dog")
    ('dog', 'logit:label', 'logit:logit:dog')
    """
    return PREFIX + output if output in PREDICTIONS_CSV.names or output.startswith(PREFIX) else output
