"""The synthetic datasets: really different on disk, the same each time, and what they plant."""

import numpy as np
import pytest
import soundfile
import yaml

from cohear.data.clips import ClipTable
from cohear.data.reader import read_clip_table
from cohear.data.synthetic import CORPORA, write_corpus
from cohear.data.synthetic.corpora import clips_of

EXPECTED = {
    "syllables": ("FLAC", 16_000, 1, 640, 80),
    "commands": ("WAV", 16_000, 1, 160, 40),
    "engines": ("OGG", 44_100, 2, 96, 12),
    "lottery": ("WAV", 8_000, 2, 120, 15),
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory) -> dict[str, ClipTable]:
    folder = tmp_path_factory.mktemp("synthetic")
    return {corpus.name: read_clip_table(write_corpus(folder, corpus), corpus.name) for corpus in CORPORA}


@pytest.mark.parametrize("name", EXPECTED)
def test_formats_and_counts(tables, name):
    ending, rate, channels, clips, groups = EXPECTED[name]
    table = tables[name]
    info = soundfile.info(table.root / table.rows["path"][0])
    assert (info.format, info.samplerate, info.channels) == (ending, rate, channels)
    assert (len(table), table.rows["group"].nunique()) == (clips, groups)
    about = yaml.safe_load((table.root / "dataset.yaml").read_text(encoding="utf-8"))
    assert about["licence"] == "CC0-1.0"
    target = next(iter(about["labels"]))
    assert set(table.rows[target]) == set(about["labels"][target])


def test_same_seed_same_sounds_other_seed_others():
    corpus = CORPORA[1]
    first, again, other = (next(iter(clips_of(corpus, seed))).sound for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or not np.allclose(first, other)


def test_labels_by_lot_have_no_part_in_the_sound():
    lottery = next(corpus for corpus in CORPORA if corpus.by_lot)
    sounds = [
        lottery.sound(lottery, label, np.random.default_rng(1), np.random.default_rng(2))
        for label in range(len(lottery.labels))
    ]
    np.testing.assert_array_equal(sounds[0], sounds[1])
    np.testing.assert_array_equal(sounds[0], sounds[2])
