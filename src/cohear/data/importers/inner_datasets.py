"""Whether folders of clips are the classes of one dataset, or datasets with tables of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from cohear.audio.folder_tree import FolderTree
from cohear.base.errors import DataError
from cohear.data.tables.audio_column import audio_column
from cohear.data.tables.clip_table import RESERVED_COLUMNS
from cohear.data.tables.common_words import is_heard
from cohear.data.tables.part_names import is_part_name, parts_among
from cohear.data.tables.reader import read_clip_table, reader_of
from cohear.data.tables.table_files import TABLE_SUFFIXES, column_names
from cohear.data.tables.targets import BOOKKEEPING, GROUPING, label_columns, words_of

_FEWEST = 2
"""Clips a label in the table of one folder, where a whole dataset must have more."""
_BESIDE = frozenset(("caption", "captions", "comment", "comments", "note", "notes", "quality", "sentence", "text"))
"""Words in the names of columns that say something of each clip of a class, too."""

LabelsOfFolders = Mapping[str, Mapping[str, frozenset[str]]]
"""Folder to column to the labels that its own table gives its clips."""


def are_datasets(path: Path, tree: FolderTree) -> bool:
    """Whether folders have tables of their own, so that each is rather a dataset.

    Where clips lie in these folders themselves, at least half of them must have a table that says labels for its own
    clips: a list in the folder of one class among many is none, nor are parts, measurements and captions of each
    class. Folders that are called after sounds stay classes where tables say the same of several (``quality``).
    """
    if any(len(clip.parts) == 2 for clip in tree.clips):
        labels = _labels_of_folders(path, tree)
        return bool(labels) and not _say_the_same(labels)
    return any(not is_part_name(folder) for folder in _tables_by_folder(tree))


def passed_over(path: Path, tree: FolderTree) -> tuple[str, ...]:
    """What is said of folders taken for classes although their tables say labels; nothing where they don't."""
    columns = sorted({column for labels in _labels_of_folders(path, tree).values() for column in labels})
    if not columns:
        return ()
    named = ", ".join(map(repr, columns))
    return (
        f"its folders are taken for classes, and their own tables ({named}) are not read; name each folder as a "
        "dataset if they are none",
    )


def _labels_of_folders(path: Path, tree: FolderTree) -> LabelsOfFolders:
    """What tables in folders say, of half of the folders; nothing where fewer say labels, or they are parts."""
    folders = _folders(tree)
    tables = _tables_by_folder(tree)
    wanted = (len(folders) + 1) // 2
    if parts_among(folders):
        return {}
    found: dict[str, Mapping[str, frozenset[str]]] = {}
    for looked_at, (folder, files) in enumerate(tables.items()):
        if not wanted or len(found) + len(tables) - looked_at < wanted:
            return {}
        if any(_may_say_labels(path / file) for file in files) and (labels := _labels_of(path / folder)):
            found[folder] = labels
        if len(found) == wanted:
            return found
    return {}


def _folders(tree: FolderTree) -> set[str]:
    return {clip.parts[0] for clip in tree.clips if len(clip.parts) > 1}


def _tables_by_folder(tree: FolderTree) -> dict[str, list[PurePosixPath]]:
    """Tables by the folder that they lie in, of folders with clips: ``docs/notes.csv`` says nothing of them."""
    folders = _folders(tree)
    found: dict[str, list[PurePosixPath]] = {}
    for file in tree.tables:
        if len(file.parts) > 1 and file.parts[0] in folders:
            found.setdefault(file.parts[0], []).append(file)
    return found


def _may_say_labels(file: Path) -> bool:
    """Whether names of columns leave it open; cheaper than to read it. A list without columns is one's to read."""
    if file.suffix.lower() not in TABLE_SUFFIXES:
        return True
    columns = column_names(file)
    audio = audio_column(columns)
    return any(map(_may_be_label, (column for column in columns if column != audio)))


def _may_be_label(column: str) -> bool:
    return column not in RESERVED_COLUMNS and not words_of(column) & (BOOKKEEPING | _BESIDE | GROUPING)


def _labels_of(folder: Path) -> dict[str, frozenset[str]]:
    """Columns of labels of a folder's own table; none where it cannot be read, which is then told as unread."""
    try:
        reader = reader_of(folder)
        table = None if reader is None else read_clip_table(folder, folder.name, reader)
    except DataError:
        return {}
    if table is None or not table.tables:
        return {}
    columns = [column for column in label_columns(table, fewest=_FEWEST)[0] if _may_be_label(column)]
    return {column: frozenset(table.column(column, table.name)) - {""} for column in columns}


def _say_the_same(labels: LabelsOfFolders) -> bool:
    """Whether folders called after sounds have tables with the same columns, and labels in common in each of them."""
    columns = {frozenset(told) for told in labels.values()}
    if len(labels) < 2 or len(columns) > 1 or not all(map(is_heard, labels)):
        return False
    return all(frozenset.intersection(*(told[column] for told in labels.values())) for column in columns.pop())
