"""DESED: sound events in homes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, youtube
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_tsv, records

EVENTS = [
    "Alarm_bell_ringing",
    "Blender",
    "Cat",
    "Dishes",
    "Dog",
    "Electric_shaver_toothbrush",
    "Frying",
    "Running_water",
    "Speech",
    "Vacuum_cleaner",
]
WEAK = "metadata/train/weak.tsv"
VALIDATION = "metadata/validation/validation.tsv"
PUBLIC = "metadata/eval/public.tsv"
_AUDIO = {WEAK: ("audio/train/weak",), VALIDATION: ("audio/validation/validation", "audio/validation")}
_AUDIO |= {PUBLIC: ("audio/eval/public",)}
_NAME_LENGTHS = 11  # of a video's name at YouTube


class Desed(PublicLayout):
    """``metadata/train/weak.tsv`` (filename, event_labels), ``metadata/validation/validation.tsv`` and their audio.

    The latter and ``metadata/eval/public.tsv`` are lists of events (filename, onset, offset, event_label); a clip gets
    all that sounds in it. Weakly labelled clips are for training; validation clips test, or validate where the public
    evaluation set is there. Synthetic and unlabelled clips are left out. The layout is that of
    https://github.com/turpaultn/DESED and https://github.com/DCASE-REPO/DESED_task.
    """

    name: ClassVar[str] = "desed"
    published: ClassVar[Published] = Published(
        title="DESED (recorded soundscapes)",
        licence="each clip has its own licence; the audio belongs to the uploaders of the videos",
        citation="N. Turpault et al., Sound Event Detection in Domestic Environments with Weakly Labeled Data and "
        "Soundscape Synthesis, DCASE Workshop 2019",
        homepage="https://project.inria.fr/desed/",
        place="metadata/ and audio/ of the recorded soundscapes (or of dcase*/dataset) in one folder",
        tasks={"event": "10 sound events, several a clip"},
        size="1,578 weakly labelled clips, 1,168 validation clips and 692 public evaluation clips of 10 s",
        flaws="Videos vanish, so that nobody has all clips: those that are listed and not there are passed over.",
        domain="environment",
    )

    def find(self, path: Path) -> Path | None:
        """Where the lists are."""
        return folder_with(path, WEAK, "audio") or folder_with(path, VALIDATION, "audio")

    def rows(self, root: Path) -> list[ClipRow]:
        """The listed clips that are there, with their labels in the order of their events."""
        later = "validation" if (root / PUBLIC).is_file() else "test"
        rows = []
        for name, part in ((WEAK, "train"), (VALIDATION, later), (PUBLIC, "test")):
            for clip, labels in _labels(root / name, root).items():
                path = next((f"{place}/{clip}" for place in _AUDIO[name] if (root / place / clip).is_file()), None)
                if path is not None:
                    rows.append({"path": path, "event": ";".join(labels), **_video(clip), "fold": part})
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """The ten events."""
        del root
        return {"event": list(EVENTS)}


def _labels(file: Path, root: Path) -> dict[str, list[str]]:
    """Labels of each clip of a list; nothing where it is not there."""
    if not file.is_file():
        return {}
    table = read_tsv(file, root)
    column = "event_labels" if "event_labels" in table.columns else "event_label"
    found: dict[str, dict[str, None]] = {}
    for row in records(table, file, "filename", column):
        found.setdefault(row["filename"], {}).update(dict.fromkeys(label for label in row[column].split(",") if label))
    return {clip: list(labels) for clip, labels in found.items()}


def _video(clip: str) -> dict[str, str]:
    """The video of a clip by its name, ``Y00pbt6aJV8I_350.000_360.000.wav``."""
    video = clip.removeprefix("Y").rpartition("_")[0].rpartition("_")[0]
    return {"group": video, "source_id": youtube(video)} if len(video) == _NAME_LENGTHS else {"group": clip}


READERS.register(Desed.name)(Desed())
