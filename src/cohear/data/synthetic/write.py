"""Synthetic corpora as folders of real audio files with a manifest."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import soundfile
import yaml

from cohear.base.files import folder_whole_or_not_at_all, make_folder, write_text
from cohear.data.synthetic.corpora import Corpus, clips_of

VERSION = 3
"""Goes up when the samples or labels that come out change."""

_SUBTYPES = {"wav": "PCM_16", "flac": "PCM_16", "ogg": "VORBIS"}


def write_corpus(folder: Path, corpus: Corpus, seed: int = 0) -> Path:
    """Write a corpus to ``folder/<name>``: audio, ``manifest.csv`` and ``dataset.yaml``.

    The folder appears whole or not at all; one that is there already, of the same recipe, is left as it is.

    Args:
        folder: gets a folder named like the corpus.
        corpus: what to write.
        seed: another seed gives other sounds, speakers and lots, with the same relations.

    Returns:
        The corpus' folder.
    """
    place, about = folder / corpus.name, _about(corpus, seed)
    if _recipe(place) == about:
        return place
    make_folder(folder)
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(["path", "group", corpus.target])
    with folder_whole_or_not_at_all(place) as temporary:
        make_folder(temporary / "audio")
        for clip in clips_of(corpus, seed):
            path = f"audio/{clip.name}.{corpus.ending}"
            soundfile.write(temporary / path, clip.sound.T, corpus.rate, subtype=_SUBTYPES[corpus.ending])
            rows.writerow([path, clip.group, clip.label])
        write_text(temporary / "manifest.csv", table.getvalue())
        write_text(temporary / "dataset.yaml", about)
    return place


def _about(corpus: Corpus, seed: int) -> str:
    content = {
        "name": corpus.title,
        "licence": "CC0-1.0",
        "citation": f"made by cohear.data.synthetic, version {VERSION}, seed {seed}",
        "labels": {corpus.target: list(corpus.labels)},
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def _recipe(place: Path) -> str | None:
    try:
        return (place / "dataset.yaml").read_text(encoding="utf-8")
    except OSError:
        return None
