"""VoxCeleb1: celebrities in interviews."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, youtube
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_tsv, records
from cohear.data.tables.text_files import read_text

META, SPLIT = "vox1_meta.csv", "iden_split.txt"
PLACES = ("wav", "voxceleb1", "dev/wav", "test/wav", "vox1_dev_wav/wav", "vox1_test_wav/wav")
PARTS = {"1": "train", "2": "validation", "3": "test"}
GENDERS = {"m": "male", "f": "female"}


class VoxCeleb1(PublicLayout):
    """``wav/id10001/1zcIwhmdeo4/00001.wav``: speaker, video, part of it; ``vox1_meta.csv`` with tabs between cells.

    ``iden_split.txt`` (``1 id10001/1zcIwhmdeo4/00001.wav``; 1 is training, 2 validation, 3 test) is the official split
    for telling speakers, which keeps videos on one side; a video is the group. Archives and lists are at
    https://www.robots.ox.ac.uk/~vgg/data/voxceleb/vox1.html, and ``voxceleb1`` in place of ``wav`` is where
    https://github.com/clovaai/voxceleb_trainer (of one of its authors) moves it. No description of the columns of
    ``vox1_meta.csv`` was found but in code of others.
    """

    name: ClassVar[str] = "voxceleb1"
    published: ClassVar[Published] = Published(
        title="VoxCeleb1",
        licence="CC BY 4.0 (metadata); the audio belongs to the uploaders of the videos",
        citation="A. Nagrani, J. S. Chung, A. Zisserman, VoxCeleb: a large-scale speaker identification dataset, "
        "Interspeech 2017",
        homepage="https://www.robots.ox.ac.uk/~vgg/data/voxceleb/vox1.html",
        place="wav (or voxceleb1, or dev/wav and test/wav), vox1_meta.csv and iden_split.txt in one folder",
        tasks={"speaker": "1,251 speakers", "gender": "2 genders", "nationality": "36 nationalities"},
        size="153,516 clips, 352 h, 39 GB",
        flaws="Official folds have all speakers on both sides: hold speakers out for gender and nationality.",
        domain="speech",
    )

    def find(self, path: Path) -> Path | None:
        """Where the speakers' table and a folder of recordings are."""
        return next((root for place in PLACES if (root := folder_with(path, META, place))), None)

    def rows(self, root: Path) -> list[ClipRow]:
        """All recordings, by speaker and video."""
        told = {row["VoxCeleb1 ID"]: row for row in records(read_tsv(root / META, root), root / META, "VoxCeleb1 ID")}
        parts = _parts(root)
        rows = []
        for place in PLACES:
            for speaker in folders_in(root / place):
                about = told.get(speaker.name, {})
                for video in folders_in(speaker):
                    for file in audio_files(video):
                        row = {
                            "path": file.relative_to(root).as_posix(),
                            "speaker": speaker.name,
                            "gender": GENDERS.get(about.get("Gender", ""), ""),
                            "nationality": about.get("Nationality", ""),
                            "group": f"{speaker.name}/{video.name}",
                            "source_id": youtube(video.name),
                        }
                        clip = f"{speaker.name}/{video.name}/{file.name}"
                        rows.append({**row, "fold": parts.get(clip, "")} if parts else row)
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """Two genders; speakers are those that are there."""
        del root
        return {"gender": list(GENDERS.values())}


def _parts(root: Path) -> dict[str, str]:
    """Part of each clip; nothing where the list is not there."""
    file = root / SPLIT
    lines = read_text(file, root).splitlines() if file.is_file() else []
    pairs = (line.split() for line in lines)
    return {pair[1]: PARTS.get(pair[0], "") for pair in pairs if len(pair) == 2}


READERS.register(VoxCeleb1.name)(VoxCeleb1())
