"""NSynth: notes of a thousand instruments."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_json_cells

PARTS = {"nsynth-train": "train", "nsynth-valid": "validation", "nsynth-test": "test"}
FAMILIES = "bass brass flute guitar keyboard mallet organ reed string synth_lead vocal".split()  # noqa: SIM905
SOURCES = ["acoustic", "electronic", "synthetic"]


class NSynth(PublicLayout):
    """``nsynth-train/examples.json`` (facts by the name of a note) and ``nsynth-train/audio/<name>.wav``.

    ``nsynth-valid`` and ``nsynth-test`` are laid out alike; no instrument of theirs is in ``nsynth-train``. Notes of
    one instrument are a group. Fields are told at https://magenta.tensorflow.org/datasets/nsynth#files.
    """

    name: ClassVar[str] = "nsynth"
    published: ClassVar[Published] = Published(
        title="NSynth",
        licence="CC BY 4.0",
        citation="J. Engel et al., Neural Audio Synthesis of Musical Notes with WaveNet Autoencoders, ICML 2017",
        homepage="https://magenta.tensorflow.org/datasets/nsynth",
        place="nsynth-train, nsynth-valid and nsynth-test in one folder, each with examples.json and audio/",
        tasks={
            "family": "11 families of instruments",
            "source": "acoustic, electronic or synthetic",
            "quality": "10 qualities of the sound, several a note",
            "pitch": "128 pitches of MIDI",
        },
        size="305,979 clips, 340 h, 30 GB",
        flaws="Family synth_lead is in training alone.",
        domain="music",
    )

    def find(self, path: Path) -> Path | None:
        """Where a part is."""
        return next((root for part in PARTS if (root := folder_with(path, f"{part}/examples.json"))), None)

    def rows(self, root: Path) -> list[ClipRow]:
        """The notes of the parts that are there, by name."""
        rows = []
        for folder, part in PARTS.items():
            file = root / folder / "examples.json"
            notes = read_json_cells(file, root) if file.is_file() else {}
            if not isinstance(notes, dict):
                raise DataError(f"{file} is no object with an entry a note")
            rows += [_row(folder, part, name, notes[name], file) for name in sorted(notes)]
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """Families and sources in the publisher's order."""
        del root
        return {"family": list(FAMILIES), "source": list(SOURCES)}


def _row(folder: str, part: str, name: str, note: object, file: Path) -> ClipRow:
    if not isinstance(note, dict):
        raise DataError(f"{file}: {name!r} is no object")
    return {
        "path": f"{folder}/audio/{name}.wav",
        "family": str(note.get("instrument_family_str", "")),
        "source": str(note.get("instrument_source_str", "")),
        "quality": ";".join(map(str, note.get("qualities_str") or ())),
        "pitch": str(note.get("pitch", "")),
        "velocity": str(note.get("velocity", "")),
        "group": str(note.get("instrument_str", "")),
        "fold": part,
    }


READERS.register(NSynth.name)(NSynth())
