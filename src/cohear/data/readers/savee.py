"""SAVEE: emotional speech of four men."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, named_clips
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.reader import READERS

SPEAKERS = ("DC", "JE", "JK", "KL")
EMOTIONS = {
    "a": "anger",
    "d": "disgust",
    "f": "fear",
    "h": "happiness",
    "n": "neutral",
    "sa": "sadness",
    "su": "surprise",
}
_CODE = rf"(?P<emotion>{'|'.join(sorted(EMOTIONS, key=len, reverse=True))})(?P<sentence>\d\d)\.wav"
_FLAT = rf"(?P<speaker>{'|'.join(SPEAKERS)})_{_CODE}"


class Savee(PublicLayout):
    """``AudioData/DC/sa03.wav``: speaker, emotion, sentence; mirrors have one folder with ``DC_sa03.wav``.

    Sentence 03 of one emotion is not that of another. The layout is told in ``AudioData/Info.txt`` and at
    http://kahlan.eps.surrey.ac.uk/savee/.
    """

    name: ClassVar[str] = "savee"
    published: ClassVar[Published] = Published(
        title="SAVEE (Surrey Audio-Visual Expressed Emotion)",
        licence="free for research; no licence is stated",
        citation="S. Haq, P. J. B. Jackson, Multimodal Emotion Recognition, in Machine Audition: Principles, "
        "Algorithms and Systems, 2010",
        homepage="http://kahlan.eps.surrey.ac.uk/savee/",
        place="AudioData/DC, JE, JK and KL with the recordings of each speaker",
        tasks={"emotion": "7 emotions", "speaker": "4 speakers"},
        size="480 clips, 0.5 h, 0.2 GB",
        flaws="Four speakers, all men: scores over held-out speakers vary by whom is held out.",
        domain="speech",
    )

    def find(self, path: Path) -> Path | None:
        """The folder of the speakers' folders, or the one of all recordings."""
        for folder in (path, *folders_in(path)):
            others = [inner for inner in folders_in(folder) if inner.name not in SPEAKERS and audio_files(inner)]
            inside = [] if others else [folder / speaker for speaker in SPEAKERS]  # two letters are no rare name
            if any(re.fullmatch(_CODE, file.name) for speaker in inside for file in audio_files(speaker)):
                return folder
            if any(re.fullmatch(_FLAT, file.name) for file in audio_files(folder)):
                return folder
        return None

    def rows(self, root: Path) -> list[ClipRow]:
        """All recordings."""
        inside = [root / speaker for speaker in SPEAKERS if (root / speaker).is_dir()]
        clips = named_clips(root, inside or [root], _CODE if inside else _FLAT)
        return [
            {
                "path": path,
                "emotion": EMOTIONS[parts["emotion"]],
                "speaker": (speaker := path.partition("/")[0] if inside else parts["speaker"]),
                "group": f"speaker:{speaker}",
            }
            for path, parts in clips
        ]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """By the letters of the files' names."""
        del root
        return {"emotion": list(EMOTIONS.values()), "speaker": list(SPEAKERS)}


READERS.register(Savee.name)(Savee())
