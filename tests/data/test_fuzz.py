"""Broken, cut and hostile files end in a table, samples or one sentence: no traceback, no hang, nothing written."""

import os
import signal
from contextlib import contextmanager

import mini_trees
import numpy as np
import pytest
import soundfile

from cohear.audio.decode import UnreadableAudio, audio_info, decode
from cohear.audio.segment import Segment
from cohear.base.errors import UserError
from cohear.data.importers.dcase import read_dcase_events
from cohear.data.scan.audio_files import is_audio
from cohear.data.scan.dataset import check_links, open_dataset
from cohear.data.tables.events import read_events
from cohear.data.tables.reader import read_clip_table

LONGEST_SECONDS = 30
FEW, MANY = 400, 6000  # of tables and of audio each: 12,000 in the long test

NASTY = [
    b"../",
    b"..\\..\\",
    b"/etc/passwd",
    b"\0",
    b'"',
    b"'",
    b",",
    b";",
    b"\t",
    b"\r",
    b"\n",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"9" * 400,
    b"-1",
    b"1e999",
    b"nan",
    b"Infinity",
    b"#",
    b"{",
    b"[" * 3000,
    b"&a [*a, *a]",
    b"NA",
    "\u2028\U0001f600".encode(),
]


def mutated(content, draw):
    """Some bytes flipped, cut, doubled or replaced."""
    content = bytearray(content)
    for _ in range(draw.integers(1, 6)):
        place = int(draw.integers(0, len(content) + 1))
        what = draw.integers(0, 5)
        if what == 0 and place < len(content):
            content[place] ^= 1 << int(draw.integers(0, 8))
        elif what == 1 and place < len(content):
            content[place] = int(draw.integers(0, 256))
        elif what == 2:
            content[place : place + int(draw.integers(1, 20))] = b""
        elif what == 3:
            content[place:place] = NASTY[draw.integers(0, len(NASTY))]
        else:
            content[place:place] = content[place : place + int(draw.integers(1, 60))]
    if draw.random() < 0.1:
        content = content[: int(draw.integers(0, len(content) + 1))]
    return bytes(content)


@contextmanager
def no_hang():
    def too_long(*_):
        raise AssertionError(f"longer than {LONGEST_SECONDS} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(LONGEST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def manifest(folder):
    for name in "ab":
        mini_trees.clip(folder / f"{name}.wav")
    mini_trees.text(folder / "manifest.csv", "path,start,end,group,event", "a.wav,0,1.5,1,dog", 'b.wav,,,2,"cat;owl"')
    mini_trees.text(folder / "dataset.yaml", "name: Mine", "licence: CC0", "labels: {event: [dog, cat, owl]}")
    mini_trees.text(folder / "events.csv", "path,onset,offset,label", "a.wav,0.5,1.0,dog", "b.wav,0,1,cat")


def manifest_jsonl(folder):
    mini_trees.clip(folder / "a.wav")
    mini_trees.text(folder / "manifest.jsonl", '{"path": "a.wav", "event": ["dog", "owl"]}')


def manifest_parquet(folder):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    mini_trees.clip(folder / "a.wav")
    parquet.write_table(pyarrow.table({"path": ["a.wav"], "event": ["dog"]}), folder / "manifest.parquet")


@pytest.fixture(scope="module")
def trees(tmp_path_factory):
    """Every layout in miniature, and the files in it that are no audio."""
    made = {}
    for writer in (
        *mini_trees.PUBLIC.values(),
        *mini_trees.GENERAL.values(),
        mini_trees.ambient_contexts_lists,
        manifest,
        manifest_jsonl,
        manifest_parquet,
    ):
        folder = tmp_path_factory.mktemp(writer.__name__)
        writer(folder)
        tables = [file for file in sorted(folder.rglob("*")) if file.is_file() and not is_audio(file)]
        made[writer.__name__] = (folder, [file for file in tables if not file.name.startswith(".")])
    return made


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """Real files of every container."""
    folder = tmp_path_factory.mktemp("sounds")
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, (4000, 2))
    kinds = [("wav", "PCM_16"), ("wav", "FLOAT"), ("wav", "IMA_ADPCM"), ("flac", "PCM_16"), ("ogg", "VORBIS")]
    kinds += [("mp3", None), ("aiff", "PCM_24"), ("au", "PCM_16"), ("w64", "PCM_16"), ("caf", "PCM_16")]
    for number, (ending, subtype) in enumerate(kinds):
        soundfile.write(folder / f"{number}.{ending}", noise, 16000, subtype=subtype)
    return [file.read_bytes() for file in sorted(folder.iterdir())]


def try_table(folder, file, content):
    """Read the dataset with one file replaced; the file is mended again."""
    before = file.read_bytes()
    file.write_bytes(content)
    try:
        with no_hang():
            table = read_clip_table(folder, "mine")
            root = table.root.resolve()
            assert all((root / segment.path).resolve().is_relative_to(root) for segment in table.segments())
            check_links(table)
            if file.name in ("events.csv", "events.tsv"):
                read_events(file) if file.suffix == ".csv" else read_dcase_events(file)
    except UserError as error:
        assert str(error)
    finally:
        file.write_bytes(before)


def fuzz_tables(trees, count, seed):
    draw = np.random.default_rng(seed)
    names = [name for name, (_, tables) in trees.items() if tables]
    before = {folder: sorted(folder.rglob("*")) for folder, _ in trees.values()}
    for _ in range(count):
        folder, tables = trees[names[draw.integers(0, len(names))]]
        file = tables[draw.integers(0, len(tables))]
        content = mutated(file.read_bytes(), draw)
        try:
            try_table(folder, file, content)
        except Exception as error:
            raise AssertionError(f"{file} with {content[:2000]!r}: {error!r}") from error
    assert {folder: sorted(folder.rglob("*")) for folder, _ in trees.values()} == before, "nothing is written"


def fuzz_audio(sounds, folder, count, seed):
    draw = np.random.default_rng(seed)
    file = folder / "a.bin"
    for _ in range(count):
        content = mutated(sounds[draw.integers(0, len(sounds))], draw)
        file.write_bytes(content)
        start = float(draw.choice([0.0, 0.1, 5.0]))
        try:
            with no_hang():
                audio_info(file)
                samples = decode(Segment(file, start or None, start + 0.1 if draw.random() < 0.5 else None)).samples
                assert np.isfinite(samples).all()
                assert len(samples)
        except UnreadableAudio as error:
            assert error.reason
        except Exception as error:
            kept = folder.with_name("broken.bin")
            kept.write_bytes(content)
            raise AssertionError(f"{kept}, from {start} s: {error!r}") from None
    assert list(folder.iterdir()) == [file]


def test_some_broken_tables(trees):
    fuzz_tables(trees, FEW, seed=1)


def test_some_broken_audio(sounds, tmp_path):
    fuzz_audio(sounds, tmp_path, FEW, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 8))
def test_many_broken_files(trees, sounds, tmp_path, seed):
    """At least 10,000 inputs over all seeds."""
    assert 6 * 2 * (MANY // 6) >= 10_000
    fuzz_tables(trees, MANY // 6, seed)
    fuzz_audio(sounds, tmp_path, MANY // 6, seed)


def test_pipes_are_not_waited_for(tmp_path):
    """In place of a table and of audio."""
    mini_trees.esc50(tmp_path)
    table = tmp_path / "ESC-50-master/meta/esc50.csv"
    table.unlink()
    os.mkfifo(table)
    with no_hang(), pytest.raises(UserError, match="is not a plain file"):
        read_clip_table(tmp_path, "mine")
    os.mkfifo(tmp_path / "pipe.wav")
    for ask in (audio_info, lambda path: decode(Segment(path))):
        with no_hang(), pytest.raises(UnreadableAudio, match="it is a pipe or a device"):
            ask(tmp_path / "pipe.wav")


def test_names_that_are_too_long(tmp_path):
    """The system refuses them with an error of its own."""
    mini_trees.ambient_contexts_lists(tmp_path / "a")
    (tmp_path / "a" / "train.csv").write_text(f"segment,file,label\nid_-kyuX8l4VWY_30_40,{'9' * 400}.wav,x\n")
    with pytest.raises(UserError, match="File name too long"):
        read_clip_table(tmp_path / "a", "mine")
    (tmp_path / "manifest.csv").write_text(f"path\n{'9' * 400}.wav\n")
    table = read_clip_table(tmp_path, "mine")
    with pytest.raises(UserError, match="File name too long"):
        open_dataset(table, cache=tmp_path / "cache", skip_bad=False)
