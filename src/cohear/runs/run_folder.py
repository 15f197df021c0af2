"""What is kept of a run beside its record."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cohear.base.tables import CURVE_CSV, PREDICTIONS_CSV

KEPT = {"curves": CURVE_CSV.file, "predictions": PREDICTIONS_CSV.file, "weights": "weights.safetensors"}
"""File of each thing that a study may keep beside the record, or not."""


def lacking(folder: Path, files: Iterable[str]) -> list[str]:
    """Files that are not in a run's folder, sorted."""
    return sorted(file for file in files if not (folder / file).exists())
