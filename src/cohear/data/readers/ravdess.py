"""RAVDESS: Ryerson Audio-Visual Database of Emotional Speech and Song, its audio."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import Archive, ClipRow, PublicLayout, Published, named_clips
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.reader import READERS

CHANNELS = {"01": "speech", "02": "song"}
EMOTIONS = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fearful",
    "07": "disgust",
    "08": "surprised",
}
INTENSITIES = {"01": "normal", "02": "strong"}
STATEMENTS = {"01": "kids", "02": "dogs"}
_NAME = (
    r"03-(?P<channel>0[12])-(?P<emotion>0[1-8])-(?P<intensity>0[12])-(?P<statement>0[12])-(?P<repetition>0[12])"
    r"-(?P<actor>\d\d)\.wav"
)


class Ravdess(PublicLayout):
    """``Actor_12/03-01-06-01-02-01-12.wav``: modality, channel, emotion, intensity, statement, repetition, actor.

    Speech and song come in two archives that unpack to the same ``Actor_01`` to ``Actor_24``: unpacked into one
    place or into two, both are read. Some copies hold each recording twice in nested folders; it is taken once.
    Actor 18 did not sing; nothing was sung with disgust or surprise, and neutral has no strong intensity. Odd actors
    are male.
    """

    name: ClassVar[str] = "ravdess"
    published: ClassVar[Published] = Published(
        title="RAVDESS (speech and song)",
        licence="CC BY-NC-SA 4.0",
        citation="S. R. Livingstone, F. A. Russo, The Ryerson Audio-Visual Database of Emotional Speech and Song, "
        "PLoS ONE 13(5), 2018",
        homepage="https://zenodo.org/records/1188976",
        place="Actor_01 to Actor_24 as in Audio_Speech_Actors_01-24.zip and Audio_Song_Actors_01-24.zip, in one "
        "folder or in a folder an archive",
        tasks={
            "emotion": "8 emotions",
            "intensity": "2 levels",
            "gender": "2",
            "channel": "speech or song",
            "statement": "2 sentences",
            "actor": "24 actors",
        },
        size="2,452 clips, 2.8 h, 1.1 GB",
        domain="speech",
        flaws="Neutral has no strong intensity; disgust and surprised are speech only; actor 18 has no song.",
        archives=(
            Archive(
                "https://zenodo.org/records/1188976/files/Audio_Speech_Actors_01-24.zip",
                "md5:bc696df654c87fed845eb13823edef8a",
            ),
            Archive(
                "https://zenodo.org/records/1188976/files/Audio_Song_Actors_01-24.zip",
                "md5:5411230427d67a21e18aa4d466e6d1b9",
            ),
        ),
    )

    def find(self, path: Path) -> Path | None:
        """The folder itself, where actors are in it or in folders of it, with recordings named as the publisher's."""
        files = (file for folder in _actors(path) for file in audio_files(folder))
        return path if any(re.fullmatch(_NAME, file.name) for file in files) else None

    def rows(self, root: Path) -> list[ClipRow]:
        """All recordings, each once."""
        rows: dict[str, ClipRow] = {}
        for path, parts in named_clips(root, _actors(root), _NAME):
            rows.setdefault(
                parts[0],
                {
                    "path": path,
                    "emotion": EMOTIONS[parts["emotion"]],
                    "intensity": INTENSITIES[parts["intensity"]],
                    "gender": "male" if int(parts["actor"]) % 2 else "female",
                    "channel": CHANNELS[parts["channel"]],
                    "statement": STATEMENTS[parts["statement"]],
                    "actor": parts["actor"],
                    "group": f"actor:{parts['actor']}",
                },
            )
        return list(rows.values())

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """All in the publisher's order."""
        return {
            "emotion": list(EMOTIONS.values()),
            "intensity": list(INTENSITIES.values()),
            "gender": ["female", "male"],
            "channel": list(CHANNELS.values()),
            "statement": list(STATEMENTS.values()),
        }


def _actors(path: Path) -> list[Path]:
    folders = [path, *folders_in(path)]
    return [actor for folder in folders for actor in folders_in(folder) if actor.name.startswith("Actor_")]


READERS.register(Ravdess.name)(Ravdess())
