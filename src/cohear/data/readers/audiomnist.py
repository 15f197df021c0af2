"""AudioMNIST: spoken digits of 60 people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, named_clips
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_json_cells

META = "audioMNIST_meta.txt"
_NAME = r"(?P<digit>\d)_(?P<speaker>\d\d)_(?P<take>\d+)\.wav"
_FACTS = {"gender": "gender", "native speaker": "native", "recordingroom": "room"}


class AudioMnist(PublicLayout):
    """``data/01/7_01_32.wav``: digit, speaker, repetition; ``data/audioMNIST_meta.txt`` has facts on each speaker.

    Rooms are written in several ways there (``vr-room``, ``VR-Room``), which is made one. No split is published that
    would hold for all tasks. The layout is that of https://github.com/soerenab/AudioMNIST.
    """

    name: ClassVar[str] = "audiomnist"
    published: ClassVar[Published] = Published(
        title="AudioMNIST",
        licence="MIT",
        citation="S. Becker et al., AudioMNIST: Exploring Explainable Artificial Intelligence for Audio Analysis on a "
        "Simple Benchmark, Journal of the Franklin Institute 361, 2024",
        homepage="https://github.com/soerenab/AudioMNIST",
        place="AudioMNIST/data/01 to data/60 and data/audioMNIST_meta.txt",
        tasks={"digit": "10 digits", "gender": "2 genders", "native": "native speaker of English or not"},
        size="30,000 clips, 5.4 h, 0.9 GB",
        flaws="48 of 60 speakers are men; the age of speaker 45 is given as 1234.",
        domain="speech",
    )

    def find(self, path: Path) -> Path | None:
        """Where the speakers' folders are."""
        for folder in (path, *(place for inner in (path, *folders_in(path)) for place in (inner, inner / "data"))):
            if any(map(_is_of_a_speaker, folders_in(folder)[:3])):
                return folder
        return None

    def rows(self, root: Path) -> list[ClipRow]:
        """All recordings."""
        facts = _facts(root)
        folders = [folder for folder in folders_in(root) if len(folder.name) == 2 and folder.name.isdecimal()]
        return [
            {
                "path": path,
                "digit": parts["digit"],
                "speaker": parts["speaker"],
                **facts.get(parts["speaker"], {}),
                "group": f"speaker:{parts['speaker']}",
            }
            for path, parts in named_clips(root, folders, _NAME)
        ]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """Zero to nine."""
        del root
        return {"digit": list("0123456789")}


def _is_of_a_speaker(folder: Path) -> bool:
    """Whether a folder of two digits holds clips that are named for it; one of a digit's clips is named otherwise."""
    if not (len(folder.name) == 2 and folder.name.isdecimal()):
        return False
    names = (re.fullmatch(_NAME, file.name) for file in audio_files(folder))
    return any(parts and parts["speaker"] == folder.name for parts in names)


def _facts(root: Path) -> dict[str, dict[str, str]]:
    """What is known of each speaker; nothing where the file is not there."""
    file = root / META
    content = read_json_cells(file, root) if file.is_file() else {}
    if not isinstance(content, dict):
        return {}
    return {
        speaker: {column: str(about.get(key, "")).lower() for key, column in _FACTS.items()}
        for speaker, about in content.items()
        if isinstance(about, dict)
    }


READERS.register(AudioMnist.name)(AudioMnist())
