"""GTZAN: music genres."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from cohear.base.errors import DataError
from cohear.data.readers.layout import ClipRow, PublicLayout, Published, folder_of_names, named_clips
from cohear.data.scan.audio_files import folders_in
from cohear.data.tables.reader import READERS
from cohear.data.tables.text_files import read_text

GENRES = ["blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock"]
LISTS = {"train_filtered.txt": "train", "valid_filtered.txt": "validation", "test_filtered.txt": "test"}
"""The fault-filtered split of C. Kereliuk, B. L. Sturm and J. Larsen (2015): no repeats, one side for an artist."""

_FOLDERS = ("genres", "genres_original", "Data/genres_original", ".")
_NAME = r"(?P<genre>[a-z]+)\.(?P<number>\d{5})\.(?:wav|au)"


class Gtzan(PublicLayout):
    """``genres/blues/blues.00000.wav`` (or ``.au``).

    Where ``train_filtered.txt``, ``valid_filtered.txt`` and ``test_filtered.txt`` (lines such as
    ``blues/blues.00029.wav``) lie beside the genres or one folder above, they give the folds, and the clips in none
    of them, which are repeats, distorted or of an artist on another side, are left out.
    """

    name: ClassVar[str] = "gtzan"
    published: ClassVar[Published] = Published(
        title="GTZAN",
        licence="none stated; copyright of the music is with others",
        citation="G. Tzanetakis, P. Cook, Musical Genre Classification of Audio Signals, IEEE Transactions on Speech "
        "and Audio Processing 10(5), 2002; faults: B. L. Sturm, arXiv:1306.1461",
        homepage="https://huggingface.co/datasets/marsyas/gtzan",
        place="genres/blues/blues.00000.wav and so on, with the three lists *_filtered.txt beside `genres` if you "
        "have them",
        tasks={"genre": "10 genres"},
        size="1,000 clips, 8.3 h, 1.2 GB",
        domain="music",
        flaws="Has exact repeats, mislabelled clips and several clips of one artist without a list of artists: use "
        "the fault-filtered lists. jazz.00054.wav cannot be decoded in some copies.",
    )

    def find(self, path: Path) -> Path | None:
        """The folder with the genres, or the one above where the lists are there."""
        return next((path for inside in _FOLDERS if folder_of_names(path, f"{inside}/blues", _NAME)), None)

    def rows(self, root: Path) -> list[ClipRow]:
        """All clips, or those of the lists."""
        home = next(home for inside in _FOLDERS if (home := folder_of_names(root, f"{inside}/blues", _NAME)))
        genres = next(home / inside for inside in _FOLDERS if (home / inside / "blues").is_dir())
        folders = [folder for folder in folders_in(genres) if folder.name in GENRES]
        clips = [{"path": path, "genre": parts["genre"]} for path, parts in named_clips(root, folders, _NAME)]
        folds = _folds(root, [genres, home, root])
        if not folds:
            return clips
        listed = {clip["path"]: folds.get(_stem(clip["path"]), "") for clip in clips}
        return [{**clip, "fold": listed[clip["path"]]} for clip in clips if listed[clip["path"]]]

    def labels(self, root: Path) -> Mapping[str, list[str]]:
        """The ten genres."""
        del root
        return {"genre": list(GENRES)}


def _folds(root: Path, places: list[Path]) -> dict[str, str]:
    """Official part by the clip's name without ending; nothing where there are no lists."""
    folder = next((place for place in places if any((place / name).is_file() for name in LISTS)), None)
    if folder is None:
        return {}
    missing = [name for name in LISTS if not (folder / name).is_file()]
    if missing:
        raise DataError(f"{folder} has some lists of the fault-filtered split, but not {missing[0]}; add or move them")
    lines = [(line, part) for name, part in LISTS.items() for line in read_text(folder / name, root).split()]
    return {_stem(line): part for line, part in lines}


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


READERS.register(Gtzan.name)(Gtzan())
