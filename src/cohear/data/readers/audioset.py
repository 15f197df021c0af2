"""AudioSet: segment lists, strong labels, and a folder of whatever clips there are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, youtube
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_bare_csv, read_csv, read_tsv, records

SEGMENTS = {
    "balanced_train_segments.csv": "train",
    "unbalanced_train_segments.csv": "train",
    "eval_segments.csv": "eval",
}
STRONG = {"audioset_train_strong.tsv": "train", "audioset_eval_strong.tsv": "eval"}
_NAMES = ("class_labels_indices.csv", "mid_to_display_name.tsv")


class AudioSet(PublicLayout):
    """``balanced_train_segments.csv`` and its like: comments, then ``YTID, start, end, "/m/03v3yw,/m/0k4j"``.

    Clips may lie anywhere up to three folders down, named by video and start in one of the ways in use:
    ``-0RWZT-miFs_420.wav``, ``-0RWZT-miFs_420.000_430.000.wav``, ``…_420_430``, ``…_420000_430000``, ``…_420000`` or
    ``-0RWZT-miFs.wav``, each also with ``Y`` before it. Videos vanish, so clips that are listed and not there are
    passed over. ``event`` has the labels of the clip. ``strong_event`` has those of the strong lists
    (``segment_id, start_time_seconds, end_time_seconds, label``; the segment is ``YTID_420000``, in milliseconds).
    Labels are names where ``class_labels_indices.csv`` or ``mid_to_display_name.tsv`` is there. All clips of a video
    are one group, and one source across datasets made of YouTube videos.
    """

    name: ClassVar[str] = "audioset"
    published: ClassVar[Published] = Published(
        title="AudioSet",
        licence="CC BY 4.0 (labels); the audio belongs to the uploaders of the videos",
        citation="J. F. Gemmeke et al., Audio Set: An Ontology and Human-labeled Dataset for Audio Events, "
        "ICASSP 2017; S. Hershey et al., The Benefit of Temporally-strong Labels in Audio Event Classification, "
        "ICASSP 2021",
        homepage="https://research.google.com/audioset/download.html",
        place="the segment lists (*_segments.csv) in one folder, clips named VIDEO_START.wav below it, and "
        "class_labels_indices.csv beside the lists",
        tasks={
            "event": "527 sound events, several a clip",
            "strong_event": "sound events of the strong lists, several a clip",
        },
        size="up to 2,084,320 clips of 10 s",
        domain="environment",
        flaws="Many videos are gone; labels are noisy, those of rare classes most.",
    )

    def find(self, path: Path) -> Path | None:
        """Where a list of segments is."""
        return next((root for name in (*SEGMENTS, *STRONG) if (root := folder_with(path, name))), None)

    def rows(self, root: Path) -> list[ClipRow]:
        """The listed clips that are there, each once."""
        clips, names = _clips_by_stem(root), _label_names(root)
        strong = _strong_labels(root, names)
        rows: dict[str, ClipRow] = {}
        for name, part in SEGMENTS.items():
            file = root / name
            table = read_bare_csv(file, ("video", "start", "end", "labels"), root) if file.is_file() else None
            for video, start, end, labels in table.itertuples(index=False, name=None) if table is not None else ():
                path = _find_clip(clips, video, _seconds(file, start), _seconds(file, end))
                if path is not None and path not in rows:
                    key = f"{video}_{round(_seconds(file, start) * 1000)}"
                    events = ";".join(names.get(mid, mid) for mid in labels.split(","))
                    rows[path] = _row(path, video, part, event=events, strong_event=strong.get(key, ("", ""))[0])
        for key, (labels, part) in strong.items():  # segments of the strong lists alone
            video, _, start = key.rpartition("_")
            seconds = int(start) / 1000 if start.isdecimal() else 0.0
            path = _find_clip(clips, video, seconds, seconds + 10)
            if path is not None and path not in rows:
                rows[path] = _row(path, video, part, event="", strong_event=labels)
        if any(row["strong_event"] for row in rows.values()):
            return list(rows.values())
        return [{column: cell for column, cell in row.items() if column != "strong_event"} for row in rows.values()]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """None: the vocabulary is far larger than what a folder of clips holds."""
        return super().labels(root)


def _row(path: str, video: str, part: str, **labels: str) -> ClipRow:
    return {"path": path, **labels, "group": video, "source_id": youtube(video), "fold": part}


def _clips_by_stem(root: Path) -> dict[str, str]:
    """Path below the root by the file's name without ending, of all audio up to three folders down."""
    clips: dict[str, str] = {}
    level = [root]
    for _ in range(4):
        for folder in level:
            for file in audio_files(folder):
                clips.setdefault(file.stem, file.relative_to(root).as_posix())
        level = [child for folder in level for child in folders_in(folder)]
    return clips


def _find_clip(clips: Mapping[str, str], video: str, start: float, end: float) -> str | None:
    low, high = round(start * 1000), round(end * 1000)
    endings = (
        f"_{start:.0f}",
        f"_{start:.3f}_{end:.3f}",
        f"_{start:.0f}_{end:.0f}",
        f"_{low}_{high}",
        f"_{low}",
        "",
    )
    stems = (f"{before}{video}{ending}" for ending in endings for before in ("", "Y"))
    return next((clips[stem] for stem in stems if stem in clips), None)


def _seconds(file: Path, cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise DataError(f"{file}: a segment begins or ends at {cell!r}; expected seconds")
    return value


def _label_names(root: Path) -> dict[str, str]:
    """Display name by machine identifier; ``;`` would separate labels and becomes a comma."""
    names: dict[str, str] = {}
    if (file := root / _NAMES[1]).is_file():
        table = read_tsv(file, root, ("mid", "name"))
        names |= dict(zip(table["mid"], table["name"], strict=True))
    if (file := root / _NAMES[0]).is_file():
        names |= {row["mid"]: row["display_name"] for row in records(read_csv(file, root), file, "mid", "display_name")}
    return {mid: name.replace(";", ",") for mid, name in names.items() if name}


def _strong_labels(root: Path, names: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Labels and part of each segment of the strong lists."""
    labels: dict[str, dict[str, None]] = {}
    parts: dict[str, str] = {}
    for name, part in STRONG.items():
        file = root / name
        if file.is_file():
            for row in records(read_tsv(file, root), file, "segment_id", "label"):
                labels.setdefault(row["segment_id"], {})[names.get(row["label"], row["label"])] = None
                parts[row["segment_id"]] = part
    return {segment: (";".join(held), parts[segment]) for segment, held in labels.items()}


READERS.register(AudioSet.name)(AudioSet())
