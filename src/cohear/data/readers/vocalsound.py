"""VocalSound: laughter, sighs, coughs, throat clearing, sneezes and sniffs of 3,365 people."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import ClassVar

from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_of_names, named_clips
from cohear.data.tables.reader import READERS
from cohear.data.tables.table_files import read_json_cells

SOUNDS = {
    "laughter": "laughter",
    "sigh": "sigh",
    "cough": "cough",
    "throatclearing": "throat clearing",
    "sneeze": "sneeze",
    "sniff": "sniff",
}
PARTS = {"tr": "train", "val": "validation", "te": "test"}
AUDIO = ("audio_16k", "audio_44k", "data_44k")
_NAME = rf"(?P<gender>[fm])(?P<speaker>\d{{4}})_(?P<take>\d+)_(?P<sound>{'|'.join(SOUNDS)})\.wav"


class VocalSound(PublicLayout):
    """``audio_16k/f0003_0_cough.wav``: gender, speaker, recording session, sound; ``datafiles/tr.json`` and its like.

    The three lists are the official split, which keeps speakers on one side: ``{"data": [{"wav": …, "labels": …}]}``
    with paths of another machine. Folders are told at https://github.com/YuanGongND/vocalsound/tree/main/data, the
    lists are read there in ``src/prep_data.py``; that the archive at 44.1 kHz calls its folder ``data_44k`` is known
    from code of others.
    """

    name: ClassVar[str] = "vocalsound"
    published: ClassVar[Published] = Published(
        title="VocalSound",
        licence="CC BY-SA 4.0",
        citation="Y. Gong, J. Yu, J. Glass, Vocalsound: A Dataset for Improving Human Vocal Sounds Recognition, "
        "ICASSP 2022",
        homepage="https://github.com/YuanGongND/vocalsound",
        place="audio_16k/*.wav (or audio_44k) and datafiles/tr.json, val.json and te.json in one folder",
        tasks={"sound": "6 vocal sounds", "gender": "2 genders"},
        size="21,024 clips, 24 h, 1.7 GB at 16 kHz",
        domain="environment",
    )

    def find(self, path: Path) -> Path | None:
        """Where a folder of recordings is."""
        return next((root for inside in AUDIO if (root := folder_of_names(path, inside, _NAME))), None)

    def rows(self, root: Path) -> list[ClipRow]:
        """All recordings of the first folder that is there."""
        folder = next(root / inside for inside in AUDIO if (root / inside).is_dir())
        parts = _parts(root)
        rows = []
        for path, found in named_clips(root, [folder], _NAME):
            row = {
                "path": path,
                "sound": SOUNDS[found["sound"]],
                "gender": {"f": "female", "m": "male"}[found["gender"]],
                "group": f"speaker:{found['gender']}{found['speaker']}",
            }
            rows.append({**row, "fold": parts.get(PurePosixPath(path).name, "")} if parts else row)
        return rows

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """In the publisher's order."""
        del root
        return {"sound": list(SOUNDS.values())}


def _parts(root: Path) -> dict[str, str]:
    """Part by name of file; nothing where the lists are not there."""
    parts: dict[str, str] = {}
    for name, part in PARTS.items():
        file = root / "datafiles" / f"{name}.json"
        content = read_json_cells(file, root) if file.is_file() else {}
        entries = content.get("data", []) if isinstance(content, dict) else []
        parts |= {PurePosixPath(str(entry.get("wav", ""))).name: part for entry in entries if isinstance(entry, dict)}
    return parts


READERS.register(VocalSound.name)(VocalSound())
