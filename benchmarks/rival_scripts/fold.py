"""What every rival reads and leaves: the clips of one task in one fold, and an answer for each clip that is tested.

A script is called as ``python SCRIPT CLIPS ANSWERS``, in a folder of its own. CLIPS is a table ``path,label,part``
(mono WAV at 16 kHz, paths relative to the table; parts ``train``, ``validation``, ``test``); ANSWERS is written, a JSON
object from path to label. What is chosen is chosen on validation, and then both other parts are learnt from; labels of
the test part are not looked at.
"""

import csv
import json
import sys
from pathlib import Path

PARTS = ("train", "validation", "test")


class Fold:
    """Clips by part, ``learnt`` those of the first two; ``labels`` are sorted, ``targets`` which of them clips have."""

    def __init__(self) -> None:
        self.table, self.place = Path(sys.argv[1]), Path(sys.argv[2])
        with self.table.open(encoding="utf-8", newline="") as stream:
            self.rows = list(csv.DictReader(stream))
        self.labels = sorted({row["label"] for row in self.rows})
        self.targets = [self.labels.index(row["label"]) for row in self.rows]
        self.files = [str(self.table.parent / row["path"]) for row in self.rows]
        self.parts = {part: [i for i, row in enumerate(self.rows) if row["part"] == part] for part in PARTS}
        self.learnt = self.parts["train"] + self.parts["validation"]

    def answer(self, targets: list[int]) -> None:
        """Write the answers, one for each clip of the test part, in its order."""
        tested = [self.rows[index]["path"] for index in self.parts["test"]]
        answers = {path: self.labels[target] for path, target in zip(tested, targets, strict=True)}
        self.place.write_text(json.dumps(answers), encoding="utf-8")
