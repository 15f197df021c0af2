"""Speech Commands v0.01 and v0.02: spoken words, with the hash split and background noise."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.audio.decode import UnreadableAudio, audio_seconds
from cohear.data.readers.layout import Archive, ClipRow, PublicLayout, Published, named_clips
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.reader import READERS
from cohear.data.tables.text_files import read_text

KEYWORDS = ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"]
UNKNOWN, SILENCE = "_unknown_", "_silence_"
NOISE = "_background_noise_"
LISTS = {"validation_list.txt": "validation", "testing_list.txt": "test"}
MOST_CLIPS = 2**27 - 1  # a constant of the publisher's hash split
_NAME = r"(?P<speaker>[0-9a-f]{8})_nohash_(?P<number>\d+)\.wav"


class SpeechCommands(PublicLayout):
    """``yes/0a7c2a8d_nohash_0.wav`` (word, speaker, number), ``validation_list.txt``, ``testing_list.txt``.

    ``word`` is what was said. ``keyword`` is the task of the publisher's challenge: ten words, ``_unknown_`` for all
    others, and ``_silence_`` for seconds of the long files in ``_background_noise_``. The parts are those of the two
    lists, or by the hash of the speaker where the lists are not there, which gives the same. Whole noise files go to
    one part, every third to validation and every third to test.
    """

    name: ClassVar[str] = "speech_commands"
    published: ClassVar[Published] = Published(
        title="Speech Commands",
        licence="CC BY 4.0",
        citation="P. Warden, Speech Commands: A Dataset for Limited-Vocabulary Speech Recognition, arXiv:1804.03209",
        homepage="https://www.tensorflow.org/datasets/catalog/speech_commands",
        place="a folder a word (yes, no, …), _background_noise_ and the two lists, as in the archive",
        tasks={
            "keyword": "10 words, _unknown_ and _silence_",
            "word": "35 words (v0.01: 30)",
        },
        size="105,829 clips, 29 h, 3.3 GB (v0.02)",
        domain="speech",
        flaws="Holds exact repeats; _unknown_ is by far the largest keyword, _silence_ comes from six recordings.",
        archives=(
            Archive(
                "https://storage.googleapis.com/download.tensorflow.org/data/speech_commands_v0.02.tar.gz",
                "sha256:af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58",
            ),
        ),
    )

    def find(self, path: Path) -> Path | None:
        """Where the words are: with the lists or the noise, or with recordings named as the publisher names them.

        Of the challenge on Kaggle they are in ``train/audio``, and the lists are beside that folder.
        """
        inner = folders_in(path)
        for folder in (path, *inner, *(place / "audio" for place in (path, *inner))):
            words = [child for child in folders_in(folder) if child.name[0] != "_" and audio_files(child)]
            known = any((folder / name).exists() for name in (*LISTS, NOISE))
            if words and (known or any(re.fullmatch(_NAME, clip.name) for word in words for clip in audio_files(word))):
                return folder
        return None

    def rows(self, root: Path) -> list[ClipRow]:
        """All words, then the seconds of noise."""
        words = [folder for folder in folders_in(root) if folder.name != NOISE]
        listed = _listed(root) or (_listed(root.parent) if root.name == "audio" else None)
        rows = []
        for path, parts in named_clips(root, words, _NAME):
            word, speaker = path.partition("/")[0], parts["speaker"]
            rows.append(
                {
                    "path": path,
                    "keyword": word if word in KEYWORDS else UNKNOWN,
                    "word": word,
                    "speaker": speaker,
                    "group": f"speaker:{speaker}",
                    "fold": hash_part(speaker) if listed is None else listed.get(path, "train"),
                }
            )
        if not any(files := audio_files(root / NOISE)):
            return rows
        spans = [(number, file, span) for number, file in enumerate(files) for span in _seconds(file)]
        noise = [
            {
                "path": file.relative_to(root).as_posix(),
                "keyword": SILENCE,
                "group": f"noise:{file.stem}",
                "fold": ("train", "validation", "test")[number % 3],
                **span,
            }
            for number, file, span in spans
        ]
        return [*rows, *noise]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """The twelve keywords in the publisher's order."""
        silence = [SILENCE] if audio_files(root / NOISE) else []
        return {"keyword": [*silence, UNKNOWN, *KEYWORDS]}


def hash_part(speaker: str) -> str:
    """The part of a speaker by the publisher's rule: 10 % validation, 10 % test by the SHA-1 of the name."""
    number = int(hashlib.sha1(speaker.encode(), usedforsecurity=False).hexdigest(), 16)
    percentage = number % (MOST_CLIPS + 1) * (100.0 / MOST_CLIPS)
    if percentage < 10:
        return "validation"
    return "test" if percentage < 20 else "train"


def _listed(root: Path) -> dict[str, str] | None:
    """Part by path, from the lists; None where one is missing."""
    if not all((root / name).is_file() for name in LISTS):
        return None
    return {path: part for name, part in LISTS.items() for path in read_text(root / name, root).split()}


def _seconds(file: Path) -> list[dict[str, str]]:
    """Whole seconds of a noise file; the file itself where it cannot be opened, so that the scan names it."""
    try:
        seconds = int(audio_seconds(file))
    except UnreadableAudio:
        return [{}]
    return [{"start": str(second), "end": str(second + 1)} for second in range(seconds)] or [{}]


READERS.register(SpeechCommands.name)(SpeechCommands())
