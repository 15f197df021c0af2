"""What readers of public layouts share: the facts that a publisher gives, and how its folders are found."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.clip_table import About, ClipTable
from cohear.data.tables.manifest import about_beside
from cohear.data.tables.reader import READERS, Reader
from cohear.data.tables.spelling import NO_NAME, says_unknown
from cohear.data.tables.table_files import frame

ClipRow = dict[str, str]

DOMAINS = ("speech", "environment", "music", "bioacoustics")
"""Words for what is heard in a public dataset."""


@dataclass(frozen=True)
class Archive:
    """A file that anybody can download, with the checksum that its publisher gives (``md5:…`` or ``sha256:…``)."""

    url: str
    checksum: str


@dataclass(frozen=True)
class Published:
    """What is known of a public dataset without having it.

    Attributes:
        title: its name.
        licence: as the publisher states it.
        citation: authors, title, place, year.
        homepage: where to get it.
        place: how its files must lie, in one sentence.
        tasks: what each label column is, by column; the first is what the dataset was made for.
        size: clips, hours and bytes, roughly.
        flaws: what users of it should know; empty where nothing is.
        domain: what is heard in it, one of `DOMAINS`.
        archives: its public downloads; none where it needs a form, an account or another tool.
    """

    title: str
    licence: str
    citation: str
    homepage: str
    place: str
    tasks: Mapping[str, str]
    size: str
    flaws: str = ""
    domain: str = ""
    archives: Sequence[Archive] = field(default=())

    def __post_init__(self) -> None:
        if self.domain and self.domain not in DOMAINS:
            raise ValueError(f"{self.title}: domain {self.domain!r} is none of {', '.join(DOMAINS)}")


class PublicLayout(Reader):
    """Reads a public dataset from the folder that its archives unpack to, or from the folder above that one."""

    published: ClassVar[Published]

    @abstractmethod
    def find(self, path: Path) -> Path | None:
        """The folder that all paths are relative to, or None where ``path`` does not have this layout."""

    @abstractmethod
    def rows(self, root: Path) -> list[ClipRow]:
        """The clips; a column that a row lacks is unknown there."""

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """Closed, ordered label lists by column; none unless a reader has them."""
        del root
        return {}

    def recognises(self, path: Path) -> bool:
        """Whether the folder has this layout; looks at names only."""
        return path.is_dir() and self.find(path) is not None

    def read(self, path: Path, name: str) -> ClipTable:
        """The clip table with licence, citation and closed label lists; what ``dataset.yaml`` says counts more."""
        published = self.published
        root = self.find(path) if path.is_dir() else None
        if root is None:
            raise DataError(
                f"dataset {name!r}: {path} is not laid out as {published.title}; place it so: {published.place}"
            )
        rows = self.rows(root)
        if not rows:
            raise DataError(
                f"dataset {name!r}: {root} holds no clip of {published.title}; place it so: {published.place}"
            )
        columns = list(dict.fromkeys(column for row in rows for column in row))
        table = frame(columns, [[row.get(column, "") for column in columns] for row in rows])
        lists = {column: labels for column, labels in self.labels(root).items() if column in table.columns}
        own = about_beside(root, path)
        about = About(
            own.title or published.title,
            own.licence or published.licence,
            own.citation or published.citation,
            {**lists, **own.labels},
            own.domain or published.domain,
            own.groups,
            own.folder,
        )
        return ClipTable(name, root, table, about)


def public_layouts() -> dict[str, PublicLayout]:
    """All public layouts by name."""
    return {name: reader for name in sorted(READERS) if isinstance(reader := READERS[name], PublicLayout)}


def folder_with(path: Path, *needed: str) -> Path | None:
    """The folder itself, or the first one in it, that has all the files and folders needed (relative names)."""
    for folder in (path, *folders_in(path)):
        if all((folder / name).exists() for name in needed):
            return folder
    return None


def folder_of_names(path: Path, inside: str, pattern: str, *needed: str) -> Path | None:
    """The folder itself, or the first one in it, whose subfolder ``inside`` has an audio file named as the pattern.

    It must also have all the files and folders needed (relative names).
    """
    for folder in (path, *folders_in(path)):
        has_all = all((folder / name).exists() for name in needed)
        if has_all and any(re.fullmatch(pattern, file.name) for file in audio_files(folder / inside)):
            return folder
    return None


def named_clips(root: Path, folders: Sequence[Path], pattern: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Path below the root and the parts of the name of every audio file in some folders.

    Raises:
        DataError: a file is named otherwise; no clip is left out in silence.
    """
    for folder in folders:
        for file in audio_files(folder):
            parts = re.fullmatch(pattern, file.name)
            if parts is None:
                raise DataError(f"{file} is not named as the dataset's files are; move it away")
            yield file.relative_to(root).as_posix(), parts


def somebody(kind: str, name: str) -> str:
    """A group's name, ``artist:Jo``; empty where the name says that nobody is known."""
    known = name.strip() and not says_unknown(name, NO_NAME)
    return f"{kind}:{name.strip()}" if known else ""


def freesound(number: str) -> str:
    """The name of a Freesound recording across datasets."""
    return f"freesound:{number}"


def free_music_archive(track: str) -> str:
    """The name of a track of the Free Music Archive across datasets, whatever zeros are before its number."""
    return f"fma:{track.lstrip('0') or '0'}"


def youtube(video: str) -> str:
    """The name of a YouTube video across datasets."""
    return f"youtube:{video}"
