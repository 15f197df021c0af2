"""UrbanSound8K: excerpts of field recordings from Freesound."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import Archive, ClipRow, PublicLayout, Published, folder_with, freesound
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_csv, records

LAYOUTS = (("metadata/UrbanSound8K.csv", "audio"), ("UrbanSound8K.csv", "."), ("UrbanSound8K.csv", "audio"))
"""Table and folder of the folds, as the publisher has them and as mirrors do."""
EVENTS = (  # noqa: SIM905 - easier to read than a line each
    "air_conditioner car_horn children_playing dog_bark drilling engine_idling gun_shot jackhammer siren street_music"
).split()
SALIENCE = {"1": "foreground", "2": "background"}


class UrbanSound8K(PublicLayout):
    """``metadata/UrbanSound8K.csv`` and ``audio/fold1`` to ``audio/fold10``.

    Columns: slice_file_name, fsID, start, end, salience, fold, classID, class.

    ``start`` and ``end`` of the table are places in the Freesound recording that the slice was cut from, not in the
    slice: they are no segment of the clip and are left out. The ten folds keep slices of one recording together and
    must not be reshuffled. A mirror has the table and the folds at the top
    (https://www.kaggle.com/datasets/chrisfilo/urbansound8k), as code of others reads it.
    """

    name: ClassVar[str] = "urbansound8k"
    published: ClassVar[Published] = Published(
        title="UrbanSound8K",
        licence="CC BY-NC 3.0 (on Zenodo: 4.0)",
        citation="J. Salamon, C. Jacoby, J. P. Bello, A Dataset and Taxonomy for Urban Sound Research, "
        "ACM Multimedia 2014",
        homepage="https://urbansounddataset.weebly.com/urbansound8k.html",
        place="UrbanSound8K/metadata/UrbanSound8K.csv and UrbanSound8K/audio/fold1 to fold10",
        tasks={"event": "10 urban sounds", "salience": "foreground or background"},
        size="8,732 clips, 8.8 h, 6 GB",
        domain="environment",
        flaws="The ten folds must not be reshuffled: slices of one recording would be on both sides.",
        archives=(
            Archive(
                "https://zenodo.org/records/1203745/files/UrbanSound8K.tar.gz", "md5:9aa69802bbf37fb986f71ec1483a196e"
            ),
        ),
    )

    def find(self, path: Path) -> Path | None:
        """Where the table is."""
        return next((root for table, audio in LAYOUTS if (root := _root(path, table, audio))), None)

    def rows(self, root: Path) -> list[ClipRow]:
        """All slices of the table."""
        table, audio = next(pair for pair in LAYOUTS if _root(root, *pair) == root)
        before = "" if audio == "." else f"{audio}/"
        needed = ("slice_file_name", "fsID", "salience", "fold", "class")
        return [
            {
                "path": f"{before}fold{clip['fold']}/{clip['slice_file_name']}",
                "event": clip["class"],
                "salience": SALIENCE.get(clip["salience"], clip["salience"]),
                "group": freesound(clip["fsID"]),
                "source_id": freesound(clip["fsID"]),
                "fold": clip["fold"],
            }
            for clip in records(read_csv(root / table, root), root / table, *needed)
        ]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """Events by ``classID``."""
        return {"event": list(EVENTS), "salience": list(SALIENCE.values())}


def _root(path: Path, table: str, audio: str) -> Path | None:
    """The folder with the table and a fold."""
    folds = (f"{audio}/fold{number}" for number in range(1, 11))
    return next((root for fold in folds if (root := folder_with(path, table, fold))), None)


READERS.register(UrbanSound8K.name)(UrbanSound8K())
