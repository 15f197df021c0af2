"""The folder that the driver and the nodes see: the pack, and what became of each run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cohear.base.files import make_folder, write_json

STARTED, ENDED = "started", "ended"


@dataclass(frozen=True)
class SharedPlace:
    """Folders in a folder.

    Attributes:
        root: on a disk that every node sees under this path.
    """

    root: Path

    @property
    def pack(self) -> Path:
        """What runs read."""
        return self.root / "pack"

    @property
    def runs(self) -> Path:
        """A folder for each finished run, until the driver has taken it."""
        return self.root / "runs"

    @property
    def told(self) -> Path:
        """What became of runs: a small file for each start and each end."""
        return self.root / "told"

    @property
    def jobs(self) -> Path:
        """Jobs that were submitted, for whoever finds this folder after the driver was killed."""
        return self.root / "jobs.json"

    @property
    def logs(self) -> Path:
        """Of submitit: scripts, what jobs print."""
        return self.root / "submitit"

    def make(self) -> None:
        """Make the folders."""
        for folder in (self.pack, self.runs, self.told, self.logs):
            make_folder(folder)

    def tell(self, run: str, event: str, content: dict[str, Any]) -> None:
        """Say what became of a run, whole or not at all."""
        write_json(self.told / f"{run}.{event}.json", content)

    def heard(self, run: str, event: str) -> dict[str, Any] | None:
        """What was said of a run; None before it was."""
        try:
            content: dict[str, Any] = json.loads((self.told / f"{run}.{event}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return content

    def forget(self, run: str) -> None:
        """What was said of a run that is begun again."""
        for event in (STARTED, ENDED):
            (self.told / f"{run}.{event}.json").unlink(missing_ok=True)
