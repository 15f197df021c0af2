"""TUT Acoustic Scenes 2017, development set: the scenes of DCASE 2017."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.dcase_setup import CITATION_2017, TUT_LICENCE, with_folds, zenodo_archives
from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_of_names
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_tsv

SCENES = (  # noqa: SIM905 - easier to read than a line each
    "beach bus cafe/restaurant car city_center forest_path grocery_store home library metro_station office "
    "park residential_area train tram"
).split()
_NAME = r"[a-z]\d+_\d+_\d+\.wav"
_RECORD = "https://zenodo.org/records/400515"
_MD5 = {
    "meta": "9007fd4772d816590c5db5f5e9568f5d",
    "audio.1": "251325a9afaaad0326ad1c57f57d514a",
    "audio.2": "c26861e05147dc319b4250eb103d9d99",
    "audio.3": "a4815775f8a5e629179726ee4cd4f55a",
    "audio.4": "1732b03afe8c53ef8bba80ba14766e57",
    "audio.5": "611be754a0c951185c6ae4b7643c19a0",
    "audio.6": "165a201db800d3ea76fce5a9c2bd97d7",
    "audio.7": "c7d79db84264401c0f8680dcc36013ad",
    "audio.8": "35043f25123439392338c790494c7a19",
    "audio.9": "0805dcf5d8e6871dc9610182b2efb93a",
    "audio.10": "5df83a191295a04e290b125c634e13e7",
}


class TutScenes2017(PublicLayout):
    """``meta.txt`` (file, scene, recording, tabs between) and ``audio/b020_90_100.wav``: recording, from, to.

    Ten-second segments of one recording are one group. Recordings carry the same names in TUT Sound Events 2017,
    which was made from the same collection, so that they are one source across the two.
    """

    name: ClassVar[str] = "tut_scenes_2017"
    published: ClassVar[Published] = Published(
        title="TUT Acoustic Scenes 2017, development set",
        licence=TUT_LICENCE,
        citation=CITATION_2017,
        homepage=_RECORD,
        place="TUT-acoustic-scenes-2017-development/meta.txt, audio/*.wav and evaluation_setup/fold1_evaluate.txt …",
        tasks={"scene": "15 scenes"},
        size="4,680 clips, 13 h, 11 GB",
        domain="environment",
        flaws="error.txt of the publisher lists short errors in some recordings.",
        archives=zenodo_archives(_RECORD, "TUT-acoustic-scenes-2017-development", _MD5),
    )

    def find(self, path: Path) -> Path | None:
        """Where ``meta.txt`` and segments named by recording and time are."""
        return folder_of_names(path, "audio", _NAME, "meta.txt")

    def rows(self, root: Path) -> list[ClipRow]:
        """All segments of the list."""
        table = read_tsv(root / "meta.txt", root, ("file", "scene", "recording"))
        recordings = [_recording(path) for path in table["file"]]
        rows = [
            {"path": path, "scene": scene, "group": recording, "source_id": f"tut:{recording}"}
            for path, scene, recording in zip(table["file"], table["scene"], recordings, strict=True)
        ]
        return with_folds(rows, root)

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """The 15 scenes."""
        del root
        return {"scene": list(SCENES)}


def _recording(path: str) -> str:
    """``b020`` of ``audio/b020_90_100.wav``."""
    return path.rpartition("/")[2].partition("_")[0]


READERS.register(TutScenes2017.name)(TutScenes2017())
