"""ESC-50: environmental sounds from Freesound."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, freesound
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_csv, records

TABLE = "meta/esc50.csv"
TABLES = (TABLE, "esc50.csv")
"""Where the publisher has the table, and where mirrors have it."""
AUDIO = ("audio", "audio/audio", "audio/audio/44100", "audio/44100")
CITATION = "K. J. Piczak, ESC: Dataset for Environmental Sound Classification, ACM Multimedia 2015"
HOMEPAGE = "https://github.com/karolpiczak/ESC-50"
EVENTS = (  # noqa: SIM905 - easier to read than a line each
    "dog rooster pig cow frog cat hen insects sheep crow rain sea_waves crackling_fire crickets chirping_birds "
    "water_drops wind pouring_water toilet_flush thunderstorm crying_baby sneezing clapping breathing coughing "
    "footsteps laughing brushing_teeth snoring drinking_sipping door_wood_knock mouse_click keyboard_typing "
    "door_wood_creaks can_opening washing_machine vacuum_cleaner clock_alarm clock_tick glass_breaking "
    "helicopter chainsaw siren car_horn engine train church_bells airplane fireworks hand_saw"
).split()


class Esc50(PublicLayout):
    """``meta/esc50.csv`` (filename, fold, target, category, esc10, src_file, take) and ``audio/``.

    ``src_file`` is the number of the Freesound recording; all takes of one are in one fold. A mirror has ``esc50.csv``
    at the top and the recordings in ``audio/audio``
    (https://www.kaggle.com/datasets/mmoreaux/environmental-sound-classification-50); its copies at 16 kHz, in a folder
    below, are not read. Its layout is known from code of others that reads it.
    """

    name: ClassVar[str] = "esc50"
    published: ClassVar[Published] = Published(
        title="ESC-50",
        licence="CC BY-NC 3.0",
        citation=CITATION,
        homepage=HOMEPAGE,
        place="ESC-50-master/meta/esc50.csv and ESC-50-master/audio/*.wav",
        tasks={"event": "50 environmental sounds"},
        size="2,000 clips, 2.8 h, 0.6 GB",
        domain="environment",
        flaws="Shares Freesound recordings with UrbanSound8K; many clips are padded with digital silence.",
    )

    def find(self, path: Path) -> Path | None:
        """Where the table is."""
        return esc_root(path)

    def rows(self, root: Path) -> list[ClipRow]:
        """All clips of the table."""
        return esc_rows(root)

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """In the publisher's order."""
        return {"event": list(EVENTS)}


def esc_root(path: Path) -> Path | None:
    """Where ``esc50.csv`` and its recordings are, as the publisher or a mirror has them."""
    return next((root for table in TABLES if (root := folder_with(path, table, "audio"))), None)


def esc_rows(root: Path, *, only_esc10: bool = False) -> list[ClipRow]:
    """Clips of ``esc50.csv``, or those of its ESC-10 part."""
    file = next(root / table for table in TABLES if (root / table).exists())
    clips = records(read_csv(file, root), file, "filename", "fold", "category", "esc10", "src_file")
    first = clips[0]["filename"] if clips else ""
    audio = next((place for place in AUDIO if (root / place / first).is_file()), AUDIO[0])
    return [
        {
            "path": f"{audio}/{clip['filename']}",
            "event": clip["category"],
            "group": freesound(clip["src_file"]),
            "source_id": freesound(clip["src_file"]),
            "fold": clip["fold"],
        }
        for clip in clips
        if not only_esc10 or clip["esc10"].lower() in ("true", "1")
    ]


READERS.register(Esc50.name)(Esc50())
