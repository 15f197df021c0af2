"""Free Spoken Digit Dataset."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_of_names, named_clips
from cohear.data.tables.reader import READERS

ACCENTS = {
    "george": "GRC-Greek",
    "jackson": "USA",
    "lucas": "DEU-German",
    "nicolas": "BEL-French",
    "theo": "USA",
    "yweweler": "DEU-German",
}
TEST_RECORDINGS = 5  # recordings 0 to 4 of each speaker and digit
_NAME = r"(?P<digit>\d)_(?P<speaker>[A-Za-z]+)_(?P<number>\d+)\.wav"


class Fsdd(PublicLayout):
    """``recordings/7_jackson_32.wav``: digit, speaker, number. Numbers 0 to 4 are the official test part."""

    name: ClassVar[str] = "fsdd"
    published: ClassVar[Published] = Published(
        title="Free Spoken Digit Dataset",
        licence="CC BY-SA 4.0",
        citation="Z. Jackson et al., Free Spoken Digit Dataset, doi:10.5281/zenodo.1342401",
        homepage="https://github.com/Jakobovski/free-spoken-digit-dataset",
        place="free-spoken-digit-dataset/recordings/*.wav",
        tasks={"digit": "10 digits", "speaker": "6 speakers", "accent": "4 accents"},
        size="3,000 clips, 0.4 h, 0.02 GB",
        domain="speech",
        flaws="8 kHz. The official split has all speakers on both sides: hold speakers out for a test of digits.",
    )

    def find(self, path: Path) -> Path | None:
        """Where ``recordings`` is."""
        return folder_of_names(path, "recordings", _NAME)

    def rows(self, root: Path) -> list[ClipRow]:
        """All recordings."""
        return [
            {
                "path": path,
                "digit": parts["digit"],
                "speaker": parts["speaker"],
                "accent": ACCENTS.get(parts["speaker"], ""),
                "group": f"speaker:{parts['speaker']}",
                "fold": "test" if int(parts["number"]) < TEST_RECORDINGS else "train",
            }
            for path, parts in named_clips(root, [root / "recordings"], _NAME)
        ]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """Zero to nine."""
        return {"digit": list("0123456789")}


READERS.register(Fsdd.name)(Fsdd())
