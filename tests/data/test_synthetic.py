"""The synthetic datasets: really different on disk, the same each time, and what they plant."""

import numpy as np
import pytest
import soundfile
import yaml

from cohear.data.synthetic import CORPORA, write_corpus
from cohear.data.synthetic.corpora import clips_of
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.reader import read_clip_table

EXPECTED = {
    "syllables": ("FLAC", 16_000, 1, 400, 50),
    "commands": ("WAV", 16_000, 1, 160, 80),
    "engines": ("OGG", 44_100, 2, 96, 12),
    "lottery": ("WAV", 8_000, 2, 180, 20),
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


@pytest.mark.slow
def test_samples_on_disk_are_the_same_each_time(tables, tmp_path):
    for corpus in CORPORA:
        again = read_clip_table(write_corpus(tmp_path, corpus), corpus.name)
        assert again.rows.equals(tables[corpus.name].rows)
        for path in again.rows["path"][::17]:
            first, _ = soundfile.read(tables[corpus.name].root / path)
            second, _ = soundfile.read(again.root / path)
            np.testing.assert_array_equal(first, second)


def test_what_is_there_is_left_as_it_is(tmp_path):
    corpus = CORPORA[1]
    place = write_corpus(tmp_path, corpus)
    audio = place / "audio" / "00-000.wav"
    audio.write_bytes(b"")
    assert write_corpus(tmp_path, corpus) == place
    assert audio.read_bytes() == b""
    write_corpus(tmp_path, corpus, seed=1)
    assert audio.read_bytes() != b""


def test_related_tasks_make_the_same_sound_of_the_same_gesture():
    syllables, commands = CORPORA[0], CORPORA[1]
    assert len(syllables.labels) == len(commands.labels)
    for label in range(len(syllables.labels)):
        pair = [
            corpus.sound(corpus, label, np.random.default_rng(1), np.random.default_rng(2))
            for corpus in (syllables, commands)
        ]
        np.testing.assert_array_equal(*pair)


def test_clips_are_short_not_silent_and_not_clipped():
    for corpus in CORPORA:
        for clip in list(clips_of(corpus, 0))[::7]:
            assert 0.6 <= clip.sound.shape[1] / corpus.rate <= 1.5
            assert 1e-3 < np.abs(clip.sound).max() < 1
            assert clip.sound.shape[0] == corpus.channels


def test_labels_are_spread_over_groups(tables):
    for corpus in CORPORA:
        rows = tables[corpus.name].rows
        counts = rows[corpus.target].value_counts()
        assert counts.min() > 0.7 * len(rows) / len(corpus.labels)
        assert rows.groupby(corpus.target)["group"].nunique().min() >= 5
