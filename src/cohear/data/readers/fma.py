"""FMA: music by genre, from the Free Music Archive."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, free_music_archive
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import bare_csv_lines

TABLE = "fma_metadata/tracks.csv"
SIZES = ("fma_small", "fma_medium", "fma_large", "fma_full")
PARTS = {"training": "train", "validation": "validation", "test": "test"}


class Fma(PublicLayout):
    """``fma_metadata/tracks.csv`` beside ``fma_small/000/000002.mp3`` (or medium, large, full).

    The table has two lines of names, a column's group and its own (``set`` ``split``, ``track`` ``genre_top``,
    ``artist`` ``id``), and a third that names the track's number. The official split keeps artists on one side; the
    artist is the group. Files are told at https://github.com/mdeff/fma#data, and how they are read in
    https://github.com/mdeff/fma/blob/master/utils.py (``load`` and ``get_audio_path``).
    """

    name: ClassVar[str] = "fma"
    published: ClassVar[Published] = Published(
        title="FMA (Free Music Archive)",
        licence="CC BY 4.0 (metadata); each track has its own licence",
        citation="M. Defferrard et al., FMA: A Dataset for Music Analysis, ISMIR 2017",
        homepage="https://github.com/mdeff/fma",
        place="fma_metadata/tracks.csv and fma_small (or fma_medium, fma_large, fma_full) in one folder",
        tasks={"genre": "16 top genres, 8 in fma_small"},
        size="8,000 (small) to 106,574 tracks, 67 to 888 h, 7 to 93 GB",
        flaws="Some tracks of fma_large are damaged or shorter than 30 s; `on_bad_file: skip` leaves the former out.",
        domain="music",
    )

    def find(self, path: Path) -> Path | None:
        """Where the table and a size are."""
        return next((root for size in SIZES if (root := folder_with(path, TABLE, size))), None)

    def rows(self, root: Path) -> list[ClipRow]:
        """The tracks of the largest size that is there."""
        size = next(size for size in reversed(SIZES) if (root / size).is_dir())
        tracks = _tracks(root)
        rows = []
        for folder in folders_in(root / size):
            for file in audio_files(folder):
                if file.stem not in tracks:
                    raise DataError(f"{file} is no track of {root / TABLE}; move it away")
                rows.append({"path": file.relative_to(root).as_posix(), **tracks[file.stem]})
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """None: how many genres there are depends on the size."""
        return super().labels(root)


def _tracks(root: Path) -> dict[str, ClipRow]:
    """What is told of each track, by its number of six digits."""
    file = root / TABLE
    lines = bare_csv_lines(file, root)
    if len(lines) < 3:
        raise DataError(f"{file} has no three lines of column names")
    names = list(zip(lines[0], lines[1], strict=False))
    places = {}
    for wanted in (("track", "genre_top"), ("set", "split"), ("artist", "id")):
        if wanted not in names:
            raise DataError(f"{file} has no column {wanted[1]!r} under {wanted[0]!r}")
        places[wanted[1]] = names.index(wanted)
    return {
        f"{int(line[0]):06}": {
            "genre": line[places["genre_top"]],
            "group": f"artist:{line[places['id']]}",
            "source_id": free_music_archive(line[0]),
            "fold": PARTS.get(line[places["split"]], ""),
        }
        for line in lines[3:]
        if len(line) > max(places.values()) and line[0].isdecimal()
    }


READERS.register(Fma.name)(Fma())
