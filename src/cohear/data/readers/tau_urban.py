"""TAU (TUT) Urban Acoustic Scenes, development sets of 2018, 2019, 2020 and their mobile versions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.data.readers.dcase_setup import TUT_LICENCE, setup_lists
from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_of_names
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_tsv, records

SCENES = (  # noqa: SIM905 - easier to read than a line each
    "airport bus metro metro_station park public_square shopping_mall street_pedestrian street_traffic tram"
).split()
_NAME = r"[a-z_]+-[a-z]+-\d+-\d+(?:-\d+)?-[a-z]\d?\.wav"


class TauUrban(PublicLayout):
    """``meta.csv`` (filename, scene_label, identifier, source_label; tabs) and ``audio/airport-barcelona-0-0-a.wav``.

    Names give scene, city, location, segment and device. A location (``barcelona-0``, the identifier) is one group,
    whatever device recorded it. The one official fold trains on some clips and tests others; clips in neither of its
    lists, as the mobile sets have them, are left out.
    """

    name: ClassVar[str] = "tau_urban"
    published: ClassVar[Published] = Published(
        title="TAU Urban Acoustic Scenes",
        licence=TUT_LICENCE,
        citation="A. Mesaros, T. Heittola, T. Virtanen, A Multi-device Dataset for Urban Acoustic Scene "
        "Classification, DCASE 2018",
        homepage="https://zenodo.org/records/2589280",
        place="TAU-urban-acoustic-scenes-2019-development/meta.csv, audio/*.wav and evaluation_setup/fold1_train.csv …",
        tasks={"scene": "10 scenes", "city": "6 to 12 cities", "device": "1 to 9 devices"},
        size="14,400 clips, 40 h, 35 GB (2019)",
        domain="environment",
        flaws="Devices s1 to s6 are simulated; in the mobile sets several devices hold one scene at one time.",
    )

    def find(self, path: Path) -> Path | None:
        """Where ``meta.csv`` and clips named by scene, city and location are."""
        return folder_of_names(path, "audio", _NAME, "meta.csv")

    def rows(self, root: Path) -> list[ClipRow]:
        """The clips of the official fold, or all where there is no setup."""
        file = root / "meta.csv"
        rows = []
        for clip in records(read_tsv(file, root), file, "filename", "scene_label"):
            parts = clip["filename"].rpartition("/")[2].rpartition(".")[0].split("-")
            if len(parts) < 5:
                raise DataError(f"{file}: {clip['filename']!r} is not named scene-city-location-segment-device")
            location = clip.get("identifier") or f"{parts[1]}-{parts[2]}"
            rows.append(
                {
                    "path": clip["filename"],
                    "scene": clip["scene_label"],
                    "city": parts[1],
                    "device": clip.get("source_label") or parts[-1],
                    "group": location,
                    "source_id": f"tau:{location}-{'-'.join(parts[2:-1])}",
                }
            )
        tested = set(setup_lists(root, "evaluate").get("1", ()))
        trained = set(setup_lists(root, "train").get("1", ())) - tested
        if not tested or not trained:
            return rows
        parts_of = dict.fromkeys(trained, "train") | dict.fromkeys(tested, "test")
        return [{**row, "fold": parts_of[row["path"]]} for row in rows if row["path"] in parts_of]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """The ten scenes."""
        del root
        return {"scene": list(SCENES)}


READERS.register(TauUrban.name)(TauUrban())
