"""Facts about clips and their cache."""

import json
import os
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cohear.audio.segment import Segment
from cohear.base import files
from cohear.data.scan import facts as module
from cohear.data.scan.content_hash import content_hash
from cohear.data.scan.facts import BadClip, ClipFacts, drop_bad, scan


def pcm(samples: int, seed: int = 0) -> np.ndarray:
    """Noise that 16 bits hold exactly, float32."""
    return (np.random.default_rng(seed).integers(-9000, 9000, samples) / 32768).astype(np.float32)


def write(path: Path, samples: np.ndarray, rate: int = 8000, **options: str) -> Segment:
    soundfile.write(path, samples, rate, **options)
    old = time.time() - 60  # what is written within a tick of the clock is not kept; here, time has passed
    os.utime(path, (old, old))
    return Segment(path)


@pytest.fixture
def decoded(monkeypatch):
    """Segments that were really decoded; files count as old at once."""
    calls = []
    open_blocks = module.open_blocks
    monkeypatch.setattr(module, "open_blocks", lambda segment: calls.append(segment) or open_blocks(segment))
    monkeypatch.setattr(files, "_RACY_NS", 0)
    return calls


def test_facts_of_clips(tmp_path):
    stereo = np.stack([pcm(500), -pcm(500)], axis=1)
    segments = [
        write(tmp_path / "a.wav", pcm(900), 44100),
        write(tmp_path / "b.wav", stereo),
        write(tmp_path / "c.flac", np.array([0.25], np.float32)),
    ]
    plain, silent, single = scan(segments, cache=tmp_path / "cache")
    assert plain == ClipFacts(content_hash(pcm(900)), 900, 44100, 1, float(np.abs(pcm(900)).max()))
    assert (silent.silent, silent.channels, plain.silent) == (True, 2, False)
    assert silent.content == content_hash(np.zeros(500, np.float32))
    assert (single.samples, single.peak, single.seconds) == (1, 0.25, 1 / 8000)


def test_content_is_equal_for_equal_samples_whatever_the_container(tmp_path):
    segments = [
        write(tmp_path / "a.wav", pcm(900)),
        write(tmp_path / "b.flac", pcm(900)),
        write(tmp_path / "c.wav", pcm(900), subtype="FLOAT"),
        write(tmp_path / "d.wav", np.stack([pcm(900)] * 2, axis=1), subtype="PCM_24"),
        write(tmp_path / "e.wav", pcm(900, seed=1)),
    ]
    contents = [clip.content for clip in scan(segments, cache=tmp_path / "cache")]
    assert len(set(contents[:4])) == 1
    assert contents[4] != contents[0]


@pytest.mark.parametrize("rest", [[], [1.0], [-1.0], [0.1], [5.0]])
def test_content_is_equal_for_equal_numbers_only(rest):
    """The second sample leaves 16 bits, or not; the first is a zero of either sign."""
    plus, minus = (np.array([zero, *rest], np.float32) for zero in (0.0, -0.0))
    assert content_hash(plus) == content_hash(minus) != content_hash(plus + np.float32(1e-6))
    assert content_hash(plus) != content_hash(np.append(plus, np.float32(0)))


def test_unchanged_files_are_looked_up(tmp_path, decoded):
    segments = [write(tmp_path / f"{i}.flac", pcm(300, i)) for i in range(70)]
    segments.append(Segment(segments[0].path, 0.01, 0.02))
    cold = scan(segments, cache=tmp_path / "cache")
    assert len(decoded) == 71
    assert scan(segments, cache=tmp_path / "cache") == cold
    assert scan(segments[::-1], cache=tmp_path / "cache") == cold[::-1]
    assert len(decoded) == 71


def test_changed_file_of_equal_size_and_time_is_decoded_again(tmp_path, decoded):
    segment = write(tmp_path / "a.wav", pcm(300))
    before = scan([segment], cache=tmp_path / "cache")
    stat = segment.path.stat()
    time.sleep(0.02)
    write(segment.path, pcm(300, seed=1))
    os.utime(segment.path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert segment.path.stat().st_size == stat.st_size
    after = scan([segment], cache=tmp_path / "cache")
    assert after[0].content == content_hash(pcm(300, seed=1)) != before[0].content


def test_file_that_was_written_just_now_is_not_kept(tmp_path):
    segment = write(tmp_path / "a.wav", pcm(300))
    scan([segment], cache=tmp_path / "cache")
    assert not next((tmp_path / "cache" / "facts").iterdir()).read_text()


def test_bad_clips_are_told_and_not_kept(tmp_path, decoded):
    bad = tmp_path / "b.wav"
    bad.write_text("no audio")
    segments = [write(tmp_path / "a.wav", pcm(300)), Segment(bad), write(tmp_path / "c.wav", pcm(300, 1))]
    segments.append(Segment(tmp_path / "none.wav"))
    scanned = scan(segments, cache=tmp_path / "cache")
    assert scanned[1] == BadClip(bad, "it is text, not audio")
    assert scanned[3] == BadClip(tmp_path / "none.wav", "there is no such file", "missing")
    good, facts, told = drop_bad(scanned)
    assert (good, facts, told) == ([0, 2], [scanned[0], scanned[2]], [scanned[1], scanned[3]])
    write(bad, pcm(10))
    assert isinstance(scan(segments, cache=tmp_path / "cache")[1], ClipFacts)


def test_facts_of_another_libsndfile_are_not_used(tmp_path, decoded, monkeypatch):
    """Another decoder may give other samples of the same file."""
    clip, cache = write(tmp_path / "a.wav", pcm(100)), tmp_path / "cache"
    for version, expected in (("1.2.2", 1), ("1.2.2", 1), ("9.9.9", 2), ("1.2.2", 2)):
        monkeypatch.setattr(soundfile, "__libsndfile_version__", version)
        scan([clip], cache=cache)
        assert len(decoded) == expected


@pytest.mark.parametrize("torn", [1, 20, 90])
def test_torn_last_line_is_survived(tmp_path, decoded, torn):
    segments = [write(tmp_path / f"{i}.wav", pcm(300, i)) for i in range(3)]
    cold = scan(segments, cache=tmp_path / "cache")
    journal = next((tmp_path / "cache" / "facts").iterdir())
    journal.write_bytes(journal.read_bytes()[:-torn])
    segments.append(write(tmp_path / "3.wav", pcm(300, 3)))
    decoded.clear()
    assert scan(segments, cache=tmp_path / "cache")[:3] == cold
    assert len(decoded) <= 2
    decoded.clear()
    scan(segments, cache=tmp_path / "cache")
    assert decoded == []


def test_lines_of_no_sense_are_passed_over(tmp_path, decoded):
    segments = [write(tmp_path / "0.wav", pcm(300))]
    cold = scan(segments, cache=tmp_path / "cache")
    journal = next((tmp_path / "cache" / "facts").iterdir())
    journal.write_bytes(b"\xff\xfe\n{}\n[1]\n7\nnull\n" + journal.read_bytes())
    assert scan(segments, cache=tmp_path / "cache") == cold
    assert len(decoded) == 1


def test_stale_lines_are_dropped_in_the_end(tmp_path, decoded):
    segments = [write(tmp_path / "0.wav", pcm(300))]
    cold = scan(segments, cache=tmp_path / "cache")
    journal = next((tmp_path / "cache" / "facts").iterdir())
    key, *rest = json.loads(journal.read_text())
    stale = [json.dumps([json.dumps([*json.loads(key)[:3], 0, i, 0, 0]), *rest]) for i in range(1100)]
    journal.write_text("\n".join(stale) + "\n" + journal.read_text())
    assert scan(segments, cache=tmp_path / "cache") == cold
    assert len(journal.read_text().splitlines()) == 1
    assert scan(segments, cache=tmp_path / "cache") == cold
    assert len(decoded) == 1


def test_progress_and_jobs(tmp_path):
    segments = [write(tmp_path / f"{i}.wav", pcm(30, i)) for i in range(100)]
    told = []
    one = scan(segments, cache=tmp_path / "one", jobs=1, progress=lambda *done: told.append(done))
    assert told[-1] == (100, 100)
    assert scan(segments, cache=tmp_path / "three", jobs=3) == one


def test_no_clips(tmp_path):
    assert scan([], cache=tmp_path / "cache") == []


@pytest.mark.parametrize("samples", [pcm(700), pcm(700) * np.float32(0.3), np.append(pcm(600), np.float32(0.1))])
def test_content_does_not_depend_on_blocks(samples):
    """Also where only the last block shows that this is no 16-bit audio."""
    for cuts in ([1], [350], [100, 650, 699]):
        assert content_hash(*np.split(samples, cuts)) == content_hash(samples)


def test_what_is_odd_about_a_file_is_kept(tmp_path, decoded):
    """Read to its end, told, and looked up the next time."""
    segment = write(tmp_path / "a.wav", pcm(900))
    content = segment.path.read_bytes()
    place = content.index(b"data") + 4
    segment.path.write_bytes(content[:place] + bytes(4) + content[place + 4 :])
    (facts,) = scan([segment], cache=tmp_path / "cache")
    assert facts.content == content_hash(pcm(900))
    assert facts.oddities == ("its header states no length",)
    assert scan([segment], cache=tmp_path / "cache") == [facts]
    assert len(decoded) == 1


def test_facts_of_other_decoders_are_not_taken(tmp_path, decoded, monkeypatch):
    """FFmpeg's, too: another version of it may decode to other samples."""
    clip = write(tmp_path / "a.wav", pcm(300))
    for version in ("18.1.0", "18.1.0", "19.0.0"):
        monkeypatch.setattr("cohear.audio.open_file.version", lambda _, found=version: found)
        scan([clip], cache=tmp_path / "cache")
    assert len(decoded) == 2
