"""Fluent Speech Commands: what somebody wants of a smart home."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_csv, records

PARTS = {"train": "train", "valid": "validation", "test": "test"}
SLOTS = ("action", "object", "location")


class FluentSpeechCommands(PublicLayout):
    """``data/train_data.csv`` and its like (path, speakerId, transcription, action, object, location) and ``wavs/``.

    An intent is the three slots together; ``none`` is a value of theirs. The official split keeps speakers on one side.
    Files are told in the archive's readme and at
    https://fluent.ai/fluent-speech-commands-a-dataset-for-spoken-language-understanding-research/.
    """

    name: ClassVar[str] = "fluent_speech_commands"
    published: ClassVar[Published] = Published(
        title="Fluent Speech Commands",
        licence="Fluent Speech Commands Public License: non-commercial research",
        citation="L. Lugosch et al., Speech Model Pre-training for End-to-End Spoken Language Understanding, "
        "Interspeech 2019",
        homepage="https://fluent.ai/fluent-speech-commands-a-dataset-for-spoken-language-understanding-research/",
        place="fluent_speech_commands_dataset/data/train_data.csv, valid_data.csv, test_data.csv and wavs/",
        tasks={"intent": "31 intents", "action": "6 actions", "object": "14 objects", "location": "4 locations"},
        size="30,043 clips, 19 h, 2 GB",
        flaws="248 phrases are in all parts: a network may learn phrases in place of intents.",
        domain="speech",
    )

    def find(self, path: Path) -> Path | None:
        """Where a list and the recordings are."""
        return next((root for part in PARTS if (root := folder_with(path, f"data/{part}_data.csv", "wavs"))), None)

    def rows(self, root: Path) -> list[ClipRow]:
        """The clips of the lists that are there."""
        rows = []
        for name, part in PARTS.items():
            file = root / f"data/{name}_data.csv"
            clips = records(read_csv(file, root), file, "path", "speakerId", *SLOTS) if file.is_file() else []
            rows += [
                {
                    "path": clip["path"],
                    "intent": " ".join(clip[slot] for slot in SLOTS),
                    **{slot: clip[slot] for slot in SLOTS},
                    "group": f"speaker:{clip['speakerId']}",
                    "fold": part,
                }
                for clip in clips
            ]
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """None: the lists hold all of them."""
        return super().labels(root)


READERS.register(FluentSpeechCommands.name)(FluentSpeechCommands())
