"""MUSAN: music, speech and noise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_with, named_clips, somebody
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.reader import READERS
from cohear.data.tables.text_files import read_text

KINDS = ["music", "speech", "noise"]
_NAME = r"(?P<clip>(?:music|speech|noise)-[a-z-]+-\d{4})\.wav"
_MUSIC = re.compile(r"(?P<clip>\S+)\s+\S+\s+(?P<vocals>[YN])\s+(?P<artist>\S.*)")


class Musan(PublicLayout):
    """``musan/music/fma/music-fma-0000.wav``: kind, where it is from, number; ``ANNOTATIONS`` beside the clips.

    A line of ``ANNOTATIONS`` of music is a clip, its genres, whether there is singing (Y or N) and the artist, who is
    the group. The archive is at https://www.openslr.org/17/; its first author reads it in
    https://github.com/kaldi-asr/kaldi/blob/master/egs/sre16/v1/local/make_musan.py.
    """

    name: ClassVar[str] = "musan"
    published: ClassVar[Published] = Published(
        title="MUSAN",
        licence="CC BY 4.0; each file has its own licence, in LICENSE beside it",
        citation="D. Snyder, G. Chen, D. Povey, MUSAN: A Music, Speech, and Noise Corpus, arXiv:1510.08484, 2015",
        homepage="https://www.openslr.org/17/",
        place="musan/music, musan/speech and musan/noise",
        tasks={"kind": "music, speech or noise", "vocals": "singing in music or not"},
        size="2,016 files, 109 h, 11 GB",
        flaws="Files last from seconds to an hour; artists are known of music alone.",
        domain="environment",
    )

    def find(self, path: Path) -> Path | None:
        """Where the three kinds are, with files that are named for theirs: folders of such names are common."""
        root = folder_with(path, *KINDS)
        places = () if root is None else (place for kind in KINDS for place in folders_in(root / kind))
        is_it = any(re.fullmatch(_NAME, file.name) for place in places for file in audio_files(place))
        return root if is_it else None

    def rows(self, root: Path) -> list[ClipRow]:
        """All files."""
        rows = []
        for kind in KINDS:
            for place in folders_in(root / kind):
                told = _told(place, root) if kind == "music" else {}
                for path, parts in named_clips(root, [place], _NAME):
                    vocals, artist = told.get(parts["clip"], ("", ""))
                    rows.append({"path": path, "kind": kind, "origin": place.name, "vocals": vocals, "group": artist})
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """The three kinds."""
        del root
        return {"kind": list(KINDS)}


def _told(folder: Path, root: Path) -> dict[str, tuple[str, str]]:
    """Singing and artist of each clip of music."""
    file = folder / "ANNOTATIONS"
    lines = read_text(file, root).splitlines() if file.is_file() else []
    found = (match for line in lines if (match := _MUSIC.fullmatch(line.strip())))
    return {
        match["clip"]: ("yes" if match["vocals"] == "Y" else "no", somebody("artist", match["artist"]))
        for match in found
    }


READERS.register(Musan.name)(Musan())
