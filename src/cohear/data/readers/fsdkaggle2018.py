"""FSDKaggle2018: the data of DCASE 2018 task 2."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, freesound
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_csv, records

META = "FSDKaggle2018.meta"
EVENTS = (  # noqa: SIM905 - easier to read than a line each
    "Acoustic_guitar Applause Bark Bass_drum Burping_or_eructation Bus Cello Chime Clarinet Computer_keyboard Cough "
    "Cowbell Double_bass Drawer_open_or_close Electric_piano Fart Finger_snapping Fireworks Flute Glockenspiel Gong "
    "Gunshot_or_gunfire Harmonica Hi-hat Keys_jangling Knock Laughter Meow Microwave_oven Oboe Saxophone Scissors "
    "Shatter Snare_drum Squeak Tambourine Tearing Telephone Trumpet Violin_or_fiddle Writing"
).split()
LISTS = {"train": "train_post_competition.csv", "test": "test_post_competition_scoring_clips.csv"}


class FsdKaggle2018(PublicLayout):
    """``FSDKaggle2018.meta/train_post_competition.csv`` (fname, label, manually_verified, freesound_id, license).

    The test list has ``usage`` in place of ``manually_verified``. Clips are in ``FSDKaggle2018.audio_train`` and
    ``FSDKaggle2018.audio_test``.
    """

    name: ClassVar[str] = "fsdkaggle2018"
    published: ClassVar[Published] = Published(
        title="FSDKaggle2018",
        licence="CC BY 4.0; each clip has its own Creative Commons licence",
        citation="E. Fonseca et al., General-purpose Tagging of Freesound Audio with AudioSet Labels, DCASE 2018",
        homepage="https://zenodo.org/records/2552860",
        place="FSDKaggle2018.audio_train, FSDKaggle2018.audio_test and FSDKaggle2018.meta in one folder",
        tasks={"event": "41 sound events"},
        size="11,073 clips, 20 h, 5 GB",
        domain="environment",
        flaws="60 % of the training labels are not verified (column `verified`).",
    )

    def find(self, path: Path) -> Path | None:
        """Where the training list is."""
        return folder_with(path, f"{META}/{LISTS['train']}")

    def rows(self, root: Path) -> list[ClipRow]:
        """Training part, and the test part where its list is there."""
        return [row for part, name in LISTS.items() for row in _part(root, part, root / META / name)]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """The 41 events."""
        del root
        return {"event": list(EVENTS)}


def _part(root: Path, part: str, file: Path) -> list[ClipRow]:
    if part == "test" and not file.is_file():
        return []
    return [
        {
            "path": f"FSDKaggle2018.audio_{part}/{clip['fname']}",
            "event": clip["label"],
            "verified": {"0": "no", "1": "yes"}.get(clip.get("manually_verified", ""), ""),
            "group": freesound(clip["freesound_id"]),
            "source_id": freesound(clip["freesound_id"]),
            "fold": part,
        }
        for clip in records(read_csv(file, root), file, "fname", "label", "freesound_id")
    ]


READERS.register(FsdKaggle2018.name)(FsdKaggle2018())
