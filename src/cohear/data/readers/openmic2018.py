"""OpenMIC-2018: instruments in excerpts of music."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, free_music_archive
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_csv, records
from cohear.data.tables.text_files import read_text

TABLE = "openmic-2018-aggregated-labels.csv"
PARTS = {"train": "train", "test": "test"}
INSTRUMENTS = (  # noqa: SIM905 - easier to read than a line each
    "accordion banjo bass cello clarinet cymbals drums flute guitar mallet_percussion mandolin organ piano saxophone "
    "synthesizer trombone trumpet ukulele violin voice"
).split()
HEARD = 0.5


class OpenMic2018(PublicLayout):
    """``openmic-2018-aggregated-labels.csv`` (sample_key, instrument, relevance) and ``audio/000/*.ogg``.

    ``audio/000/000046_3840.ogg`` is named by the track of the Free Music Archive and where the excerpt begins; its
    folder by the track's first three digits. An instrument is heard where its relevance is 0.5 or more.
    ``partitions/split01_train.csv`` and ``split01_test.csv`` are the official split. Files are told at
    https://zenodo.org/records/1432913 and https://github.com/cosmir/openmic-2018.
    """

    name: ClassVar[str] = "openmic2018"
    published: ClassVar[Published] = Published(
        title="OpenMIC-2018",
        licence="CC BY 4.0; each excerpt has its own Creative Commons licence",
        citation="E. J. Humphrey, S. Durand, B. McFee, OpenMIC-2018: An Open Dataset for Multiple Instrument "
        "Recognition, ISMIR 2018",
        homepage="https://zenodo.org/records/1432913",
        place="openmic-2018 as the archive has it, with audio/, partitions/ and the labels",
        tasks={"instrument": "20 instruments, several an excerpt"},
        size="20,000 excerpts, 56 h, 2.6 GB",
        flaws="Of most instruments of an excerpt nobody was asked: here they count as absent, which is often wrong. "
        "Excerpts are of tracks of FMA.",
        domain="music",
    )

    def find(self, path: Path) -> Path | None:
        """Where the labels are."""
        return folder_with(path, TABLE, "audio")

    def rows(self, root: Path) -> list[ClipRow]:
        """Excerpts in the order of the labels; one of which no instrument is heard is unknown."""
        heard: dict[str, list[str]] = {}
        for row in records(read_csv(root / TABLE, root), root / TABLE, "sample_key", "instrument", "relevance"):
            held = heard.setdefault(row["sample_key"], [])
            if _number(row["relevance"], root / TABLE) >= HEARD:
                held.append(row["instrument"])
        parts = _parts(root)
        rows = [
            {
                "path": f"audio/{key[:3]}/{key}.ogg",
                "instrument": ";".join(dict.fromkeys(instruments)),
                "source_id": free_music_archive(key.partition("_")[0]),
            }
            for key, instruments in heard.items()
        ]
        keys = list(heard)
        return [{**row, "fold": parts.get(key, "")} for row, key in zip(rows, keys, strict=True)] if parts else rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """The twenty instruments, as ``class-map.json`` orders them."""
        del root
        return {"instrument": list(INSTRUMENTS)}


def _parts(root: Path) -> dict[str, str]:
    """Part by excerpt; nothing where the lists are not there."""
    parts: dict[str, str] = {}
    for name, part in PARTS.items():
        file = root / "partitions" / f"split01_{name}.csv"
        parts |= dict.fromkeys(read_text(file, root).split() if file.is_file() else (), part)
    return parts


def _number(cell: str, file: Path) -> float:
    try:
        return float(cell)
    except ValueError as error:
        raise DataError(f"{file}: relevance must be a number, found {cell!r}") from error


READERS.register(OpenMic2018.name)(OpenMic2018())
