"""ASVspoof 2015: genuine and spoofed speech."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with
from cohear.data.tables.reader import READERS
from cohear.data.tables.text_files import read_text

HUMAN = "human"
PROTOCOLS = {"train": "cm_train.trn", "dev": "cm_develop.ndx", "eval": "cm_evaluation.ndx"}


class AsvSpoof2015(PublicLayout):
    """``CM_protocol/cm_train.trn`` (speaker, file, method, key; spaces between) and ``wav/T1/T1_1000001.wav``.

    ``cm_develop.ndx`` and ``cm_evaluation.ndx`` are alike; some copies add ``.txt``. Nobody spoke a spoofed clip, so
    its ``speaker`` is unknown; ``voice`` is whose is meant, and that is the group.
    """

    name: ClassVar[str] = "asvspoof2015"
    published: ClassVar[Published] = Published(
        title="ASVspoof 2015",
        licence="see the terms of the download",
        citation="Z. Wu et al., ASVspoof 2015: the First Automatic Speaker Verification Spoofing and Countermeasures "
        "Challenge, Interspeech 2015",
        homepage="https://datashare.ed.ac.uk/handle/10283/853",
        place="CM_protocol/cm_train.trn, cm_develop.ndx, cm_evaluation.ndx and wav/T1, wav/D1, wav/E1 and so on",
        tasks={"key": "human or spoof", "method": "human or one of the attacks S1 to S10"},
        size="263,151 clips of 106 speakers",
        domain="speech",
        flaws="Attacks S6 to S10 are in the evaluation part alone; spoofed clips outnumber genuine ones by far.",
    )

    def find(self, path: Path) -> Path | None:
        """Where a protocol and ``wav`` are."""
        names = [f"CM_protocol/{name}{ending}" for name in PROTOCOLS.values() for ending in ("", ".txt")]
        return next((root for name in names if (root := folder_with(path, name, "wav"))), None)

    def rows(self, root: Path) -> list[ClipRow]:
        """The clips of all protocols that are there."""
        rows = []
        for part, name in PROTOCOLS.items():
            places = (root / "CM_protocol" / name, root / "CM_protocol" / f"{name}.txt")
            file = next((place for place in places if place.is_file()), None)
            lines = read_text(file, root).splitlines() if file else []
            for number, line in enumerate(lines, start=1):
                cells = line.split()
                if len(cells) != 4:
                    if not cells:
                        continue
                    raise DataError(f"{file}: line {number} has {len(cells)} words, not speaker, file, method and key")
                target, clip, method, key = cells
                rows.append(
                    {
                        "path": f"wav/{target}/{clip}.wav",
                        "key": key,
                        "method": method,
                        "speaker": target if key == HUMAN else "",
                        "voice": target,
                        "group": target,
                        "fold": part,
                    }
                )
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """Genuine speech first; attacks by their numbers."""
        del root
        return {"key": [HUMAN, "spoof"], "method": [HUMAN, *(f"S{number}" for number in range(1, 11))]}


READERS.register(AsvSpoof2015.name)(AsvSpoof2015())
