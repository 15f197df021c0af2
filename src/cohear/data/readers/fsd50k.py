"""FSD50K: sound events from Freesound, several labels a clip."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, freesound
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_bare_csv, read_csv, read_json_cells, records

TRUTH = "FSD50K.ground_truth"


class Fsd50k(PublicLayout):
    """``FSD50K.ground_truth/dev.csv`` (fname, labels, mids, split) and ``eval.csv`` (fname, labels, mids).

    ``fname`` is the Freesound number, the file ``FSD50K.dev_audio/<fname>.wav``; labels are separated by commas. The
    uploader, which the publisher's split keeps on one side, is the group where ``FSD50K.metadata`` is there.
    """

    name: ClassVar[str] = "fsd50k"
    published: ClassVar[Published] = Published(
        title="FSD50K",
        licence="CC BY 4.0; each clip has its own Creative Commons licence",
        citation="E. Fonseca et al., FSD50K: an Open Dataset of Human-Labeled Sound Events, "
        "IEEE/ACM Transactions on Audio, Speech and Language Processing 30, 2022",
        homepage="https://zenodo.org/records/4060432",
        place="FSD50K.dev_audio, FSD50K.eval_audio, FSD50K.ground_truth and FSD50K.metadata in one folder",
        tasks={"event": "200 sound events, several a clip"},
        size="51,197 clips, 108 h, 30 GB",
        domain="environment",
        flaws="Only the evaluation part is labelled exhaustively.",
    )

    def find(self, path: Path) -> Path | None:
        """Where the ground truth is."""
        return folder_with(path, f"{TRUTH}/dev.csv") or folder_with(path, f"{TRUTH}/eval.csv")

    def rows(self, root: Path) -> list[ClipRow]:
        """Development and evaluation part, as far as their lists are there."""
        uploaders = {**_uploaders(root, "dev"), **_uploaders(root, "eval")}
        rows = []
        for part in ("dev", "eval"):
            file = root / TRUTH / f"{part}.csv"
            if not file.is_file():
                continue
            needed = ("fname", "labels", "split") if part == "dev" else ("fname", "labels")
            for clip in records(read_csv(file, root), file, *needed):
                row = {
                    "path": f"FSD50K.{part}_audio/{clip['fname']}.wav",
                    "event": ";".join(clip["labels"].split(",")),
                    "source_id": freesound(clip["fname"]),
                    "fold": clip["split"] if part == "dev" else "test",
                }
                rows.append({**row, "group": uploaders.get(clip["fname"], "")} if uploaders else row)
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """``vocabulary.csv`` (index, label, mid, without column names) where it is there."""
        file = root / TRUTH / "vocabulary.csv"
        if not file.is_file():
            return {}
        return {"event": [str(label) for label in read_bare_csv(file, ("index", "label", "mid"), root)["label"]]}


def _uploaders(root: Path, part: str) -> dict[str, str]:
    """Uploader by Freesound number; nothing where the metadata is not there."""
    file = root / "FSD50K.metadata" / f"{part}_clips_info_FSD50K.json"
    content = read_json_cells(file, root) if file.is_file() else None
    if not isinstance(content, dict):
        return {}
    uploaders = {number: clip.get("uploader") for number, clip in content.items() if isinstance(clip, dict)}
    return {number: f"uploader:{name}" for number, name in uploaders.items() if name}


READERS.register(Fsd50k.name)(Fsd50k())
