"""LibriSpeech: who reads, from audio books."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, named_clips
from cohear.data.scan.audio_files import folders_in
from cohear.data.tables.reader import READERS
from cohear.data.tables.text_files import read_text

TABLE = "SPEAKERS.TXT"
GENDERS = {"F": "female", "M": "male"}
_PARTS = {"train": "train", "dev": "validation", "test": "test"}
_SUBSET = re.compile(r"(train|dev|test)-(clean|other)(-\d+)?")
_NAME = r"(?P<speaker>\d+)-(?P<chapter>\d+)-\d+\.flac"


class LibriSpeech(PublicLayout):
    """``LibriSpeech/train-clean-100/19/198/19-198-0000.flac``: subset, reader, chapter, sentence; ``SPEAKERS.TXT``.

    Lines of ``SPEAKERS.TXT`` are ``ID | SEX | SUBSET | MINUTES | NAME``, comments begin with ``;``. Every reader is in
    one subset, so that the official parts serve tasks about readers unseen, as gender; a chapter is the group, over
    which a task about the readers themselves is cut. The layout is told in the archive's README.TXT and at
    https://www.openslr.org/12/.
    """

    name: ClassVar[str] = "librispeech"
    published: ClassVar[Published] = Published(
        title="LibriSpeech (speakers)",
        licence="CC BY 4.0",
        citation="V. Panayotov et al., LibriSpeech: an ASR corpus based on public domain audio books, ICASSP 2015",
        homepage="https://www.openslr.org/12/",
        place="LibriSpeech/SPEAKERS.TXT and LibriSpeech/train-clean-100, dev-clean and the like",
        tasks={"speaker": "readers, 251 in train-clean-100", "gender": "2 genders"},
        size="28,539 clips, 101 h, 6.3 GB (train-clean-100)",
        flaws="Readers of several chapters of one book have one room and microphone; few read more than one book.",
        domain="speech",
    )

    def find(self, path: Path) -> Path | None:
        """Where the readers' table and a subset are."""
        root = folder_with(path, TABLE)
        return root if root is not None and _subsets(root) else None

    def rows(self, root: Path) -> list[ClipRow]:
        """All sentences, by subset, reader and chapter."""
        genders = _genders(root)
        rows = []
        for subset in _subsets(root):
            chapters = [chapter for speaker in folders_in(subset) for chapter in folders_in(speaker)]
            for path, parts in named_clips(root, chapters, _NAME):
                rows.append(
                    {
                        "path": path,
                        "speaker": parts["speaker"],
                        "gender": genders.get(parts["speaker"], ""),
                        "group": f"chapter:{parts['speaker']}-{parts['chapter']}",
                        "fold": _PARTS[subset.name.partition("-")[0]],
                    }
                )
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """Two genders; speakers are those that are there."""
        del root
        return {"gender": list(GENDERS.values())}


def _subsets(root: Path) -> list[Path]:
    return [folder for folder in folders_in(root) if _SUBSET.fullmatch(folder.name)]


def _genders(root: Path) -> dict[str, str]:
    lines = [line.split("|") for line in read_text(root / TABLE, root).splitlines() if not line.startswith(";")]
    return {cells[0].strip(): GENDERS.get(cells[1].strip(), "") for cells in lines if len(cells) > 2}


READERS.register(LibriSpeech.name)(LibriSpeech())
