"""ESC-10: ten classes of environmental sounds, as a part of ESC-50 or in the repository of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.esc50 import CITATION, HOMEPAGE, TABLES, esc_root, esc_rows
from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, freesound, named_clips
from cohear.data.scan.audio_files import folders_in
from cohear.data.tables.reader import READERS

EVENTS = {
    "001 - Dog bark": "dog",
    "002 - Rain": "rain",
    "003 - Sea waves": "sea_waves",
    "004 - Baby cry": "crying_baby",
    "005 - Clock tick": "clock_tick",
    "006 - Person sneeze": "sneezing",
    "007 - Helicopter": "helicopter",
    "008 - Chainsaw": "chainsaw",
    "009 - Rooster": "rooster",
    "010 - Fire crackling": "crackling_fire",
}
"""The folders of the repository, and what ESC-50 calls the same classes."""

_NAME = r"(?P<fold>\d)-(?P<source>\d+)-(?P<take>[A-Z])\.(?:ogg|wav)"


class Esc10(PublicLayout):
    """Folders such as ``001 - Dog bark/1-100032-A.ogg``; by its name also the ESC-10 part of a copy of ESC-50."""

    name: ClassVar[str] = "esc10"
    published: ClassVar[Published] = Published(
        title="ESC-10",
        licence="CC BY 3.0",
        citation=CITATION,
        homepage=f"{HOMEPAGE} or https://github.com/karolpiczak/ESC-10",
        place="a copy of ESC-50 with `reader: esc10`, or folders such as `001 - Dog bark/1-100032-A.ogg`",
        tasks={"event": "10 environmental sounds"},
        size="400 clips, 0.6 h, 0.1 GB",
        domain="environment",
        flaws="2-28314-A and 2-30322-A are one recording under two numbers; shares recordings with UrbanSound8K.",
    )

    def recognises(self, path: Path) -> bool:
        """Only the repository of its own: a copy of ESC-50 is read whole unless this reader is named."""
        return path.is_dir() and folder_with(path, *EVENTS) is not None

    def find(self, path: Path) -> Path | None:
        """Either layout."""
        return folder_with(path, *EVENTS) or esc_root(path)

    def rows(self, root: Path) -> list[ClipRow]:
        """Clips of the ten folders, or of the table of ESC-50."""
        if any((root / table).exists() for table in TABLES):
            return esc_rows(root, only_esc10=True)
        folders = [folder for folder in folders_in(root) if re.match(r"\d{3} - ", folder.name)]
        return [
            {
                "path": path,
                "event": EVENTS.get(path.partition("/")[0], path.partition("/")[0]),
                "group": freesound(parts["source"]),
                "source_id": freesound(parts["source"]),
                "fold": parts["fold"],
            }
            for path, parts in named_clips(root, folders, _NAME)
        ]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """In the order of the repository's folders."""
        return {"event": list(EVENTS.values())}


READERS.register(Esc10.name)(Esc10())
