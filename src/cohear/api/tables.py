"""Tables of a study folder that say what its records say now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cohear.base.errors import FolderError
from cohear.study.folder.folder import StudyFolder

if TYPE_CHECKING:
    from collections.abc import Callable


def refresh_tables(folder: Path, say: Callable[[str], None] | None = None) -> None:
    """Bring a study folder's tables up to what its records say now; other folders stay as they are.

    Tables that hold runs whose records are gone (a folder that was copied without ``runs/``) stay as they are too.

    Args:
        folder: the folder.
        say: told of tables that stay.

    Raises:
        FolderError: the folder does not exist.
    """
    from cohear.study.folder.tables import lost_runs, write_tables

    if not folder.is_dir():
        raise FolderError(f"there is no folder {folder}")
    study = StudyFolder(folder)
    if not study.plan_file.exists():
        return
    lost = lost_runs(study)
    if not lost:
        write_tables(study)
    elif say:
        runs = "1 run" if len(lost) == 1 else f"{len(lost)} runs"
        say(f"{folder / 'results.csv'} is used as it is: it holds {runs} without a whole record in the folder runs")
