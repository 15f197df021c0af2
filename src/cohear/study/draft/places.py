"""Which folders and files are datasets, below the paths that ``cohear init`` is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cohear.audio.folder_tree import folder_tree
from cohear.audio.unused import empty_folders, spare_audio, unopened_archives, unread_tables
from cohear.base.counting import counted
from cohear.base.errors import DataError, UserError
from cohear.data.importers.class_folders import why_no_classes
from cohear.data.importers.table import why_not_read
from cohear.data.readers import public_layouts
from cohear.data.scan.audio_files import audio_files, folders_in
from cohear.data.tables.manifest import ManifestReader
from cohear.data.tables.part_names import parts_among
from cohear.data.tables.reader import read_clip_table, reader_of

_UNKNOWN = "nothing in it is recognised as a dataset"
_SHOWN = 5
_EXPLAINED = 3  # tables


@dataclass(frozen=True)
class DatasetPlaces:
    """Where datasets lie.

    Attributes:
        readers: of every dataset, by its path.
        parted: paths that stand for several datasets in them, not all of which say so themselves, with the names of
            their folders.
        left_out: of other paths, why they are none.
    """

    readers: dict[Path, str] = field(default_factory=dict)
    parted: dict[str, list[str]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def dataset_places(paths: Sequence[Path]) -> DatasetPlaces:
    """Datasets with their readers, and why other paths are none.

    A folder that no reader recognises stands for the folders in it, and so does one whose dataset lies in a folder of
    it beside others that hold audio. Parts of one dataset (``data/train data/test``) stand for the folder of them all.
    """
    places = DatasetPlaces()
    for path in _whole(paths):
        try:
            readers = _readers(path)
        except DataError as error:
            places.left_out[str(path)] = why_refused(path, error)
            continue
        known = {place: reader for place, reader in readers.items() if reader}
        places.readers.update(known)
        places.left_out.update({str(place): _why_unknown(place) for place, reader in readers.items() if not reader})
        if path not in readers and len(known) > 1 and not all(map(_is_sure, known.values())):
            places.parted[str(path)] = [place.name for place in known]
        if path not in readers and (beside := _beside(path)):
            places.left_out[str(path)] = beside
    return places


def _whole(paths: Sequence[Path]) -> list[Path]:
    """The paths, and in place of parts of one dataset the folder that they lie in."""
    siblings: dict[Path, list[Path]] = {}
    for path in paths:
        siblings.setdefault(path.absolute().parent, []).append(path)
    whole: dict[Path, None] = {}
    for path in paths:
        folder = path.absolute().parent
        parts = parts_among([_stem(beside) for beside in siblings[folder]])
        is_part = len(parts) > 1 and _stem(path) in parts and reader_of(folder) is not None
        whole[path.parent if is_part else path] = None
    return list(whole)


def _stem(path: Path) -> str:
    return path.stem if path.is_file() else path.absolute().name


def _readers(path: Path) -> dict[Path, str | None]:
    """The path and its reader, and what lies in it beside that dataset; or the folders in it and theirs."""
    reader = reader_of(path)
    if reader is None:
        inner = {child: reader_of(child) for child in folders_in(path)}
        return inner if any(inner.values()) else {path: None}
    if not path.is_dir():
        return {path: reader}
    held, is_whole = _held(path, reader)
    others = [child for child in folders_in(path) if child not in held and _holds_audio(child)]
    beside = {child: reader_of(child) for child in others}
    if beside and len(held) == 1 and not is_whole and reader_of(held[0]) == reader:
        left = [child for child in folders_in(path) if child not in (*held, *beside) and folder_tree(child).leftovers]
        return {held[0]: reader, **beside, **dict.fromkeys(left)}
    surely = {child: known for child, known in beside.items() if known and _is_sure(known) and known != reader}
    return {path: reader, **surely}  # what else lies in a dataset's own folder is rather its own


def _is_sure(reader: str) -> bool:
    """Whether what it recognises says itself that it is a dataset: a publisher's, or a manifest."""
    return reader == ManifestReader.name or reader in public_layouts()


def _held(path: Path, reader: str) -> tuple[list[Path], bool]:
    """The folders in a path that a reader takes clips from, and whether a table of the path itself names them.

    All of them where it cannot read it, and will say why, or where its clips lie elsewhere.
    """
    try:
        table = read_clip_table(path, path.name, reader)
    except UserError:
        return folders_in(path), True
    if not table.root.is_relative_to(path):
        return folders_in(path), True
    files = {(table.root / clip).relative_to(path).parts for clip in table.rows["path"]}
    is_whole = any(file.parent == path for file in table.tables or ())
    return sorted({path / parts[0] for parts in files if len(parts) > 1}), is_whole


def _holds_audio(folder: Path) -> bool:
    tree = folder_tree(folder)
    return bool(tree.clips or unopened_archives(folder, tree.archives))


def why_refused(path: Path, error: UserError) -> str:
    """What is wrong with a dataset, and how much lies there that is not used for it."""
    try:
        tree = folder_tree(path) if path.is_dir() else None
    except DataError:
        tree = None
    held = f"; it holds {counted(len(tree.clips), 'audio file')}" if tree and tree.clips else ""
    spare = spare_audio(tree.twins, tree.leftovers) if tree else []
    return "; ".join([f"{error}{held}", *(kind.sentence for kind in spare)])


def _why_unknown(path: Path) -> str:
    """That nothing is recognised, and what lies there all the same."""
    if not path.is_dir():
        return _UNKNOWN
    tree = folder_tree(path)
    held = f", though it holds {counted(len(tree.clips), 'audio file')}; it {why_no_classes(tree.clips)}"
    beside = [*spare_audio(tree.twins, tree.leftovers), *(unread_tables(tree.tables, tree.texts) if tree.clips else ())]
    beside += [*unopened_archives(path, tree.archives), *(empty_folders(tree.empty) if tree.clips else ())]
    told = [kind.sentence for kind in beside]
    told += (
        list(filter(None, [why_not_read(path / file, path) for file in tree.tables[:_EXPLAINED]])) if tree.clips else []
    )
    return _UNKNOWN + (held if tree.clips else "") + "".join(f"; {sentence}" for sentence in told)


def _beside(path: Path) -> str:
    """What lies in a folder of datasets beside these."""
    loose = [file.name for file in audio_files(path, videos=True)]
    shown = ", ".join(loose[:_SHOWN]) + (f" and {len(loose) - _SHOWN:,} more" if len(loose) > _SHOWN else "")
    tree = folder_tree(path)
    spare = spare_audio(*([file for file in files if len(file.parts) == 1] for files in (tree.twins, tree.leftovers)))
    told = [f"{counted(len(loose), 'audio file')} beside its datasets: {shown}"] if loose else []
    return "; ".join([*told, *(kind.sentence for kind in spare)])
