"""TUT Sound Events 2017, development set: the street events of DCASE 2017."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.dcase_setup import CITATION_2017, TUT_LICENCE, with_folds, zenodo_archives
from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_of_names
from cohear.data.scan.audio_files import audio_files
from cohear.data.tables.events import NOTHING, LabelledEvent, recording_length, tag_segments
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_tsv

EVENTS = ["brakes squeaking", "car", "children", "large vehicle", "people speaking", "people walking"]
SEGMENT_SECONDS = 5.0
_NAME = r"[a-z]\d+\.wav"
_RECORD = "https://zenodo.org/records/814831"
_MD5 = {
    "meta": "50e870b3a89ed3452e2a35b508840929",
    "audio.1": "6f1cd31592b8240a14be3ee513db6a23",
    "audio.2": "adcff03341b84dc8d35f035b93c1efa0",
}


class TutEvents2017(PublicLayout):
    """``meta/street/a001.ann`` (onset, offset, label; or file, scene and these) and ``audio/street/a001.wav``.

    Recordings are three to five minutes long and hold nearly all events. They are cut into segments of 5 s that carry
    what sounds in them, or ``none``. All segments of a recording are one group.
    """

    name: ClassVar[str] = "tut_events_2017"
    published: ClassVar[Published] = Published(
        title="TUT Sound Events 2017, development set",
        licence=TUT_LICENCE,
        citation=CITATION_2017,
        homepage=_RECORD,
        place="TUT-sound-events-2017-development/audio/street/*.wav, meta/street/*.ann and "
        "evaluation_setup/street_fold1_evaluate.txt …",
        tasks={"event": "6 street events in segments of 5 s, several a segment"},
        size="24 recordings, 1.5 h, 1.4 GB",
        domain="environment",
        flaws="Few recordings; which segments sound alike depends on the street.",
        archives=zenodo_archives(_RECORD, "TUT-sound-events-2017-development", _MD5),
    )

    def find(self, path: Path) -> Path | None:
        """Where the street's recordings and annotations are."""
        return folder_of_names(path, "audio/street", _NAME, "meta/street")

    def rows(self, root: Path) -> list[ClipRow]:
        """The segments of every recording that is annotated or listed."""
        recordings: list[ClipRow] = []
        for file in audio_files(root / "audio" / "street"):
            path = file.relative_to(root).as_posix()
            recordings.append({"path": path, "group": file.stem, "source_id": f"tut:{file.stem}"})
        rows = []
        for recording in with_folds(recordings, root):
            events = _events(root, recording["path"])
            length = recording_length(root / recording["path"], events)
            for start, end, labels in tag_segments(events, length, SEGMENT_SECONDS):
                span = {"path": recording["path"], "start": f"{start:g}", "end": f"{end:g}"}
                rows.append({**span, "event": ";".join(labels), **recording})
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """The six events, and ``none``."""
        del root
        return {"event": [*EVENTS, NOTHING]}


def _events(root: Path, path: str) -> list[LabelledEvent]:
    """Events of a recording; both forms of its annotation are in use."""
    file = root / "meta" / Path(path).relative_to("audio").with_suffix(".ann")
    table = read_tsv(file, root, ("1", "2", "3", "4", "5"))
    cells = [[cell for cell in row if cell] for row in table.itertuples(index=False, name=None)]
    return [LabelledEvent(path, *(row[2:5] if len(row) >= 5 else row[:3])) for row in cells if len(row) >= 3]


READERS.register(TutEvents2017.name)(TutEvents2017())
