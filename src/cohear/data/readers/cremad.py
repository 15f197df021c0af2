"""CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_of_names, named_clips
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_csv, records

EMOTIONS = {"ANG": "anger", "DIS": "disgust", "FEA": "fear", "HAP": "happiness", "NEU": "neutral", "SAD": "sadness"}
LEVELS = {"LO": "low", "MD": "medium", "HI": "high"}
PEOPLE = "VideoDemographics.csv"
_NAME = r"(?P<actor>\d{4})_(?P<sentence>[A-Z]{3})_(?P<emotion>ANG|DIS|FEA|HAP|NEU|SAD)_(?P<level>LO|MD|HI|XX?)\.wav"


class CremaD(PublicLayout):
    """``AudioWAV/1001_DFA_ANG_XX.wav``: actor, sentence, emotion, level (``XX``: not specified, so unknown).

    One file is published as ``1040_ITH_SAD_X.wav``. Gender comes from ``VideoDemographics.csv`` where it is there.
    """

    name: ClassVar[str] = "cremad"
    published: ClassVar[Published] = Published(
        title="CREMA-D",
        licence="Open Database License 1.0",
        citation="H. Cao et al., CREMA-D: Crowd-sourced Emotional Multimodal Actors Dataset, "
        "IEEE Transactions on Affective Computing 5(4), 2014",
        homepage="https://github.com/CheyneyComputerScience/CREMA-D",
        place="CREMA-D/AudioWAV/*.wav, with VideoDemographics.csv beside AudioWAV for gender",
        tasks={"emotion": "6 emotions", "intensity": "3 levels", "gender": "2", "sentence": "12 sentences"},
        size="7,442 clips, 5.3 h, 0.6 GB",
        domain="speech",
        flaws="1076_MTI_SAD_XX.wav holds no sound; 1064_IEO_DIS_MD.wav holds several takes; most levels are not "
        "specified.",
    )

    def find(self, path: Path) -> Path | None:
        """Where ``AudioWAV`` is."""
        return folder_of_names(path, "AudioWAV", _NAME)

    def rows(self, root: Path) -> list[ClipRow]:
        """All utterances."""
        genders = _genders(root)
        return [
            {
                "path": path,
                "emotion": EMOTIONS[parts["emotion"]],
                "intensity": LEVELS.get(parts["level"], ""),
                "actor": parts["actor"],
                "sentence": parts["sentence"],
                "gender": genders.get(parts["actor"], ""),
                "group": f"actor:{parts['actor']}",
            }
            for path, parts in named_clips(root, [root / "AudioWAV"], _NAME)
        ]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """Levels in their order."""
        return {
            "emotion": sorted(EMOTIONS.values()),
            "intensity": list(LEVELS.values()),
            "gender": ["female", "male"],
        }


def _genders(root: Path) -> dict[str, str]:
    file = root / PEOPLE
    if not file.is_file():
        return {}
    return {row["ActorID"]: row["Sex"].lower() for row in records(read_csv(file, root), file, "ActorID", "Sex")}


READERS.register(CremaD.name)(CremaD())
