"""Which files of a folder are audio."""

import numpy as np
import pytest
import soundfile

from cohear.base.errors import DataError
from cohear.data import importers  # noqa: F401 - enters the readers
from cohear.data.scan.audio_files import audio_files, is_audio
from cohear.data.scan.dataset import open_dataset
from cohear.data.tables.events import LabelledEvent, recording_length
from cohear.data.tables.reader import read_clip_table


def test_every_format_that_is_decoded(tmp_path):
    for name in ("a.wav", "b.M4A", "c.aac", "d.wma", "e.amr", "f.spx", "g.opus", "h.mp4", "i.webm", "j.txt", "._k.wav"):
        (tmp_path / name).touch()
    heard = ["a.wav", "b.M4A", "c.aac", "d.wma", "e.amr", "f.spx", "g.opus"]
    assert [file.name for file in audio_files(tmp_path)] == heard
    assert [file.name for file in audio_files(tmp_path, videos=True)][-2:] == ["h.mp4", "i.webm"]
    assert not is_audio(tmp_path / "h.mp4")


def test_a_film_beside_its_sound_is_no_second_clip(tmp_path):
    for name in ("a.wav", "a.mp4", "b.mp4"):
        (tmp_path / name).touch()
    assert [file.name for file in audio_files(tmp_path, videos=True)] == ["a.wav", "b.mp4"]


def encode(file, samples):
    av = pytest.importorskip("av")
    with av.open(str(file), "w") as output:
        track = output.add_stream("aac", rate=16000, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None].astype(np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 16000, 0
        resampler = av.AudioResampler("fltp", "mono", 16000, 1024)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(track.encode(piece))
        output.mux(track.encode(None))


def test_class_folders_of_recordings_from_telephones(tmp_path):
    draw = np.random.default_rng(0)
    for label in ("dog", "owl"):
        (tmp_path / label).mkdir()
        for ending in ("m4a", "mp4", "wav"):
            samples = draw.uniform(-0.3, 0.3, 16000)
            file = tmp_path / label / f"of-{ending}.{ending}"
            soundfile.write(file, samples, 16000) if ending == "wav" else encode(file, samples)
    table = read_clip_table(tmp_path, "mine")
    assert len(table) == 6
    dataset = open_dataset(table, cache=tmp_path / "cache", skip_bad=False)
    assert all(abs(clip.seconds - 1) < 0.1 for clip in dataset.facts)


def test_length_of_a_recording_is_decoded(tmp_path):
    """Not that of its header, and not the end of its last event."""
    event = LabelledEvent("a", "0.1", "0.2", "x")
    encode(tmp_path / "a.m4a", np.random.default_rng(0).uniform(-0.3, 0.3, 32000))
    assert abs(recording_length(tmp_path / "a.m4a", [event]) - 2) < 0.1
    soundfile.write(tmp_path / "a.wav", np.zeros(16000, np.int16), 16000)
    content = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "a.wav").write_bytes(content[:40] + bytes(4) + content[44:])
    assert recording_length(tmp_path / "a.wav", [event]) == 1
    (tmp_path / "a.wav").write_bytes(b"")
    assert recording_length(tmp_path / "a.wav", [event]) == 0.2


def test_pointers_are_told_with_their_cure(tmp_path):
    for label in "ab":
        (tmp_path / label).mkdir()
        (tmp_path / label / "1.wav").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(DataError, match="git lfs pull"):
        open_dataset(read_clip_table(tmp_path, "mine"), cache=tmp_path / "cache", skip_bad=False)
