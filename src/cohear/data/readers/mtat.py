"""MagnaTagATune: tags that players of a game gave to pieces of music."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_csv, records

TABLE = "annotations_final.csv"
FOLDERS = "0123456789abcdef"
_SEGMENT = re.compile(r"-\d+-\d+$")


class Mtat(PublicLayout):
    """``annotations_final.csv`` (tabs; clip_id, 188 columns of 0 and 1, mp3_path) and the folders ``0`` to ``f``.

    ``f/artist-album-01-title-30-59.mp3`` is 29 seconds of a track from second 30 on; all clips of a track are a group.
    A clip without any tag is left unknown. No split is published. Files are told at
    https://mirg.city.ac.uk/codeapps/the-magnatagatune-dataset.
    """

    name: ClassVar[str] = "mtat"
    published: ClassVar[Published] = Published(
        title="MagnaTagATune",
        licence="CC BY-NC-SA 3.0",
        citation="E. Law et al., Evaluation of Algorithms Using Games: The Case of Music Tagging, ISMIR 2009",
        homepage="https://mirg.city.ac.uk/codeapps/the-magnatagatune-dataset",
        place="annotations_final.csv and the folders 0 to f of mp3.zip in one folder",
        tasks={"tag": "188 tags, several a clip"},
        size="25,863 clips, 209 h, 2.9 GB",
        flaws="Tags overlap (`no vocal`, `no vocals`, `no voice`), and three files are empty.",
        domain="music",
    )

    def find(self, path: Path) -> Path | None:
        """Where the tags and a folder of clips are."""
        return next((root for name in FOLDERS if (root := folder_with(path, TABLE, name))), None)

    def rows(self, root: Path) -> list[ClipRow]:
        """The clips of the table whose folder is there."""
        table = records(read_csv(root / TABLE, root), root / TABLE, "clip_id", "mp3_path")
        there = {name for name in FOLDERS if (root / name).is_dir()}
        return [
            {
                "path": clip["mp3_path"],
                "tag": ";".join(
                    tag for tag, cell in clip.items() if cell == "1" and tag not in ("clip_id", "mp3_path")
                ),
                "group": _SEGMENT.sub("", PurePosixPath(clip["mp3_path"]).stem),
            }
            for clip in table
            if clip["mp3_path"].partition("/")[0] in there
        ]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """None: the columns of the table are the tags."""
        return super().labels(root)


READERS.register(Mtat.name)(Mtat())
