"""Files that lie beside audio and are not used, in the one sentence that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from cohear.audio.archives import packed_audio
from cohear.base.counting import counted

UnusedKind = Literal["audio", "table", "archive", "folder"]
_SHOWN = 5


@dataclass(frozen=True)
class Unused:
    """Files of one kind that lie in a folder and are not used.

    Attributes:
        kind: whether they hold sound, are tables or other texts, archives that hold sound, or folders of nothing.
        what: that they are not used, with their count.
        files: their paths below the folder.
    """

    kind: UnusedKind
    what: str
    files: tuple[str, ...]

    @property
    def is_audio(self) -> bool:
        """Whether they hold sound."""
        return self.kind == "audio"

    @property
    def sentence(self) -> str:
        """Says it, with the first of them."""
        more = f" and {len(self.files) - _SHOWN:,} more" if len(self.files) > _SHOWN else ""
        return f"{self.what}: {', '.join(map(repr, self.files[:_SHOWN]))}{more}"


def unread_tables(files: Sequence[PurePosixPath], texts: Sequence[PurePosixPath] = ()) -> list[Unused]:
    """Tables and lists of audio, and texts that are called as clips are; nothing where there are none."""
    found = [_unused("table", files, "table", "not read")] if files else []
    return found + ([_unused("table", texts, "text", "not read, called as clips are")] if texts else [])


def empty_folders(folders: Sequence[PurePosixPath]) -> list[Unused]:
    """Folders without a file, as those of classes whose download failed; nothing where there are none."""
    return [_unused("folder", folders, "folder", "empty")] if folders else []


def unopened_archives(folder: Path, files: Sequence[PurePosixPath]) -> list[Unused]:
    """Archives that name audio, and those of which that cannot be told."""
    inside = {file: packed_audio(folder / file) for file in files}
    full = [file for file, count in inside.items() if count]
    closed = [file for file, count in inside.items() if count is None]
    held = counted(sum(inside[file] or 0 for file in full), "audio file")
    found = [_unused("archive", full, "archive", f"not unpacked, with {held} in it")] if full else []
    return found + ([_unused("archive", closed, "archive", "not looked into")] if closed else [])


def unused_audio(files: Sequence[PurePosixPath], where: str, what: str = "audio file") -> Unused:
    """Files of sound, with where they lie or why they are not used."""
    return _unused("audio", files, what, f"not used, {where}")


def spare_audio(twins: Sequence[PurePosixPath], leftovers: Sequence[PurePosixPath]) -> list[Unused]:
    """Films that lie beside audio of the same name, and what copies and downloads left behind."""
    found = [unused_audio(twins, "for audio of the same name lies beside", "film")] if twins else []
    return found + ([unused_audio(leftovers, "left behind by copies or downloads")] if leftovers else [])


def _unused(kind: UnusedKind, files: Sequence[PurePosixPath], what: str, why: str) -> Unused:
    are = "is" if len(files) == 1 else "are"
    return Unused(kind, f"{counted(len(files), what)} {are} {why}", tuple(file.as_posix() for file in files))
