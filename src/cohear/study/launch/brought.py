"""What a run has left on another machine, as it is given to this one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from cohear.base.files import digest_of_bytes, folder_whole_or_not_at_all, write_bytes
from cohear.runs.record import RECORD


def contents_left(folder: Path, files: Iterable[str]) -> dict[str, bytes]:
    """The files of a finished run that were wanted, and its record."""
    return {name: (folder / name).read_bytes() for name in (*files, RECORD)}


def digests_of(contents: Mapping[str, bytes]) -> dict[str, str]:
    """Checksums, which go beside the files."""
    return {name: digest_of_bytes(content) for name, content in contents.items()}


def why_not_kept(
    folder: Path, files: frozenset[str], contents: Mapping[str, bytes], digests: Mapping[str, str], host: str
) -> str:
    """Keep what came back of a run, where it is whole; else say why not.

    Args:
        folder: of the run, on this machine.
        files: that were wanted beside its record.
        contents: as they came.
        digests: as they came.
        host: that they came from.

    Raises:
        FolderError: it cannot be written here.
    """
    if digests_of(contents) != dict(digests):
        return f"what came back of it from {host} is damaged"
    if contents.keys() != {RECORD, *files}:
        return f"host {host} gave back other files than were wanted"
    with folder_whole_or_not_at_all(folder) as temporary:
        for name, content in contents.items():
            write_bytes(temporary / name, content)
    return ""
