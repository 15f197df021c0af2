"""TESS: emotional speech of two women."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, named_clips
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.reader import READERS

EMOTIONS = {
    "angry": "anger",
    "disgust": "disgust",
    "fear": "fear",
    "happy": "happiness",
    "ps": "pleasant surprise",
    "sad": "sadness",
    "neutral": "neutral",
}
SPEAKERS = {"OAF": "older", "OA": "older", "YAF": "younger"}  # one file of the publisher's lacks a letter
_NAME = rf"(?P<speaker>{'|'.join(SPEAKERS)})_(?P<word>[A-Za-z]+)_(?P<emotion>{'|'.join(EMOTIONS)})\.wav"


class Tess(PublicLayout):
    """``OAF_back_angry.wav``: speaker, word, emotion; in one folder, or in a folder a speaker and emotion.

    The archive of a mirror holds everything a second time, one folder deeper; that is not read twice. The names are
    told at https://tspace.library.utoronto.ca/handle/1807/24487.
    """

    name: ClassVar[str] = "tess"
    published: ClassVar[Published] = Published(
        title="TESS (Toronto emotional speech set)",
        licence="CC BY-NC-ND 4.0",
        citation="M. K. Pichora-Fuller, K. Dupuis, Toronto emotional speech set (TESS), doi:10.5683/SP2/E8H2MF, 2020",
        homepage="https://tspace.library.utoronto.ca/handle/1807/24487",
        place="the folders OAF_angry, YAF_angry and so on in one folder, or all recordings in one",
        tasks={"emotion": "7 emotions", "speaker": "2 speakers"},
        size="2,800 clips, 1.6 h, 0.3 GB",
        flaws="Two speakers, and one carrier phrase: what is learnt of one of them says little of others.",
        domain="speech",
    )

    def find(self, path: Path) -> Path | None:
        """The folder that holds recordings, or folders with them."""
        for folder in (path, *folders_in(path)):
            if any(_is_named(place) for place in (folder, *folders_in(folder))):
                return folder
        return None

    def rows(self, root: Path) -> list[ClipRow]:
        """All recordings, each once."""
        folders = [root] if _is_named(root) else [folder for folder in folders_in(root) if _is_named(folder)]
        return [
            {
                "path": path,
                "emotion": EMOTIONS[parts["emotion"]],
                "speaker": SPEAKERS[parts["speaker"]],
                "word": parts["word"].lower(),
                "group": f"speaker:{SPEAKERS[parts['speaker']]}",
            }
            for path, parts in named_clips(root, folders, _NAME)
        ]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """Emotions in the publisher's order."""
        del root
        return {"emotion": list(EMOTIONS.values()), "speaker": ["older", "younger"]}


def _is_named(folder: Path) -> bool:
    return any(re.fullmatch(_NAME, file.name) for file in audio_files(folder))


READERS.register(Tess.name)(Tess())
