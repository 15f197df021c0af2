"""Berlin Database of Emotional Speech."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_of_names, named_clips
from cohear.data.tables.reader import READERS

EMOTIONS = {
    "W": "anger",  # Wut
    "L": "boredom",  # Langeweile
    "E": "disgust",  # Ekel
    "A": "fear",  # Angst
    "F": "happiness",  # Freude
    "N": "neutral",
    "T": "sadness",  # Trauer
}
MALE = {"03", "10", "11", "12", "15"}
FEMALE = {"08", "09", "13", "14", "16"}
_NAME = r"(?P<speaker>\d\d)(?P<sentence>[ab]\d\d)(?P<emotion>[WLEAFTN])(?P<version>[a-z]?)\.wav"


class EmoDb(PublicLayout):
    """``wav/03a01Fa.wav``: speaker, sentence, emotion (its German initial), version."""

    name: ClassVar[str] = "emodb"
    published: ClassVar[Published] = Published(
        title="EmoDB (Berlin Database of Emotional Speech)",
        licence="free for research; no licence is stated",
        citation="F. Burkhardt et al., A Database of German Emotional Speech, Interspeech 2005",
        homepage="http://emodb.bilderbar.info",
        place="wav/*.wav as in the archive download.zip",
        tasks={"emotion": "7 emotions", "gender": "2", "sentence": "10 sentences"},
        size="535 clips, 0.4 h, 0.05 GB",
        domain="speech",
        flaws="Ten speakers say the same ten sentences throughout; the speaker is what must be held out.",
    )

    def find(self, path: Path) -> Path | None:
        """Where ``wav`` is."""
        return folder_of_names(path, "wav", _NAME)

    def rows(self, root: Path) -> list[ClipRow]:
        """All utterances."""
        return [
            {
                "path": path,
                "emotion": EMOTIONS[parts["emotion"]],
                "speaker": parts["speaker"],
                "gender": _gender(parts["speaker"]),
                "sentence": parts["sentence"],
                "group": f"speaker:{parts['speaker']}",
            }
            for path, parts in named_clips(root, [root / "wav"], _NAME)
        ]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """Emotions by their English names."""
        return {"emotion": sorted(EMOTIONS.values()), "gender": ["female", "male"]}


def _gender(speaker: str) -> str:
    if speaker in MALE:
        return "male"
    return "female" if speaker in FEMALE else ""


READERS.register(EmoDb.name)(EmoDb())
