"""Common Voice: sentences that volunteers read, a folder a language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with
from cohear.data.scan.audio_files import folders_in
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import column_names, read_tsv, records

PARTS = {"train.tsv": "train", "dev.tsv": "validation", "test.tsv": "test"}
_TOLD = {"male_masculine": "male", "female_feminine": "female", "do_not_wish_to_say": ""}  # as newer releases say it


class CommonVoice(PublicLayout):
    """``en/train.tsv``, ``dev.tsv`` and ``test.tsv`` (client_id, path, sentence, age, gender…) and ``en/clips/*.mp3``.

    The three lists are the official split, which keeps voices (``client_id``) on one side
    (https://github.com/common-voice/CorporaCreator, ``corpus.py``); clips of other lists (``validated.tsv``,
    ``other.tsv``) are in no part and are left out. Age and gender are what volunteers tell of themselves; who does not
    wish to say is unknown. Folders and columns are told at
    https://github.com/common-voice/cv-dataset/tree/main/datasets/scripted-speech.
    """

    name: ClassVar[str] = "common_voice"
    published: ClassVar[Published] = Published(
        title="Common Voice",
        licence="CC0 1.0",
        citation="R. Ardila et al., Common Voice: A Massively-Multilingual Speech Corpus, LREC 2020",
        homepage="https://commonvoice.mozilla.org/datasets",
        place="a language's folder (such as cv-corpus-17.0-2024-03-15/en) with train.tsv, dev.tsv, test.tsv and clips/",
        tasks={"gender": "genders as told by the speakers", "age": "decades of age"},
        size="from minutes to thousands of hours a language",
        flaws="Most clips tell neither gender nor age.",
        domain="speech",
    )

    def find(self, path: Path) -> Path | None:
        """A language's folder: the path itself, or the only one in it or in its release's folder."""
        for folder in (path, *folders_in(path)):
            root = next((root for name in PARTS if (root := folder_with(folder, name, "clips"))), None)
            lists = () if root is None else (root / name for name in PARTS if (root / name).exists())
            if any(not file.is_file() or {"client_id", "path"} <= set(column_names(file)) for file in lists):
                return root
        return None

    def rows(self, root: Path) -> list[ClipRow]:
        """The clips of the three lists, as far as they are there."""
        rows = []
        for name, part in PARTS.items():
            file = root / name
            for clip in records(read_tsv(file, root), file, "client_id", "path") if file.is_file() else ():
                path = clip["path"] if "." in clip["path"] else f"{clip['path']}.mp3"  # without it in old releases
                rows.append(
                    {
                        "path": f"clips/{path}",
                        "gender": _told(clip.get("gender", "")),
                        "age": _told(clip.get("age", "")),
                        "group": f"voice:{clip['client_id']}",
                        "fold": part,
                    }
                )
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """None: which ages and genders there are depends on the release."""
        return super().labels(root)


def _told(cell: str) -> str:
    return _TOLD.get(cell, cell)


READERS.register(CommonVoice.name)(CommonVoice())
