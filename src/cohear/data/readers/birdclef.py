"""BirdCLEF: birds and other animals, from Xeno-canto."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, somebody
from cohear.data.tables.label_cells import LIST, labels_of
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import column_names, read_csv, records

TABLES = ("train_metadata.csv", "train.csv")
AUDIO = ("train_audio", "train_short_audio")
COLLECTIONS = {"XC": "xeno-canto", "iNat": "inaturalist", "CSA": "csa"}
_RECORDING = re.compile(rf"(?P<collection>{'|'.join(COLLECTIONS)})(?P<number>\d+)")


class BirdClef(PublicLayout):
    """``train_metadata.csv`` (``train.csv`` in 2025) and ``train_audio/<species>/XC125458.ogg``.

    The folder is ``train_short_audio`` in 2021.
    Columns: primary_label, secondary_labels (a list as Python writes it), author, filename and more; ``filename`` has
    the species' folder before it since 2022. ``species`` is the primary label, ``heard`` all labels. The recordist is
    the group, but for ``Unknown``, who is nobody. Names of files are a collection (``XC``; ``iNat`` and ``CSA`` since
    2025) and a number in it. No split is published; soundscapes of the test are not there. Columns are told at
    https://www.kaggle.com/competitions/birdclef-2024/data and the page of each other year; how ``filename`` is
    written is known from code of others.
    """

    name: ClassVar[str] = "birdclef"
    published: ClassVar[Published] = Published(
        title="BirdCLEF (2021 and later, training recordings)",
        licence="each recording has its own Creative Commons licence, in the column license",
        citation="S. Kahl et al., Overview of BirdCLEF 2021, CLEF 2021, and its successors",
        homepage="https://www.kaggle.com/competitions/birdclef-2024/data",
        place="train_metadata.csv (or train.csv) and train_audio (or train_short_audio) in one folder",
        tasks={"species": "species of the recording", "heard": "species that are heard, several a recording"},
        size="15,000 to 63,000 recordings, 90 to 500 h, by year",
        flaws="An empty list of secondary labels does not mean that no other bird is heard.",
        domain="bioacoustics",
    )

    def find(self, path: Path) -> Path | None:
        """Where the table and the recordings are."""
        for table, audio in ((table, audio) for table in TABLES for audio in AUDIO):
            root = folder_with(path, table, audio)
            file = root and root / table
            if file and (not file.is_file() or {"primary_label", "filename"} <= set(column_names(file))):
                return root
        return None

    def rows(self, root: Path) -> list[ClipRow]:
        """All recordings of the table."""
        file = next(root / table for table in TABLES if (root / table).is_file())
        audio = next(audio for audio in AUDIO if (root / audio).is_dir())
        rows = []
        for clip in records(read_csv(file, root), file, "primary_label", "filename"):
            species, name = clip["primary_label"], clip["filename"]
            recording = _RECORDING.match(PurePosixPath(name).name)
            others = labels_of(clip.get("secondary_labels", ""), LIST)
            rows.append(
                {
                    "path": f"{audio}/{name}" if "/" in name else f"{audio}/{species}/{name}",
                    "species": species,
                    "heard": ";".join(dict.fromkeys((species, *others))),
                    "group": somebody("author", clip.get("author", "")),
                    "source_id": f"{COLLECTIONS[recording['collection']]}:{recording['number']}" if recording else "",
                }
            )
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """None: species differ by year."""
        return super().labels(root)


READERS.register(BirdClef.name)(BirdClef())
