"""Decoding: every container, every fault, and segments."""

import pickle
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohear.audio.decode import UnreadableAudio, audio_info, decode, read_audio
from cohear.audio.segment import Segment
from cohear.base.errors import DataError


def noise(samples: int, channels: int = 1) -> np.ndarray:
    shape = samples if channels == 1 else (samples, channels)
    return np.random.default_rng(samples).uniform(-0.5, 0.5, shape).astype(np.float32)


def write(path: Path, samples: np.ndarray, rate: int = 16000, **options: str) -> Path:
    soundfile.write(path, samples, rate, **options)
    return path


def cut(path: Path, share: float) -> Path:
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    return path


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3"])
@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_reads_every_container_and_rate(tmp_path, ending, rate):
    path = write(tmp_path / f"a.{ending}", noise(rate), rate)
    samples, found = read_audio(Segment(path))
    assert found == rate
    assert samples.dtype == np.float32
    assert samples.shape == (rate,)
    assert audio_info(path).frames == rate


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ULAW", "IMA_ADPCM"])
def test_reads_odd_subtypes(tmp_path, subtype):
    samples, _ = read_audio(Segment(write(tmp_path / "a.wav", noise(4040), subtype=subtype)))
    assert len(samples) >= 4040
    assert np.abs(samples[:4040] - noise(4040)).mean() < 0.05


def test_stereo_is_the_mean_of_its_channels(tmp_path):
    stereo = noise(3000, 2)
    audio = decode(Segment(write(tmp_path / "a.wav", stereo, subtype="FLOAT")))
    np.testing.assert_allclose(audio.samples, stereo.mean(axis=1), atol=1e-7)
    assert audio.channels == 2


@pytest.mark.parametrize("ending", ["wav", "flac", "ogg", "mp3"])
def test_one_sample_is_a_clip(tmp_path, ending):
    samples, _ = read_audio(Segment(write(tmp_path / f"a.{ending}", noise(1))))
    assert samples.shape == (1,)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(0, 4998), length=st.integers(1, 6000), ending=st.sampled_from(["wav", "flac", "ogg"]))
def test_segment_is_a_slice_of_the_whole(tmp_path, first, length, ending):
    path = tmp_path / f"a.{ending}"
    if not path.exists():
        write(path, noise(5000), 8000)
    whole, _ = read_audio(Segment(path))
    part, _ = read_audio(Segment(path, first / 8000, (first + length) / 8000))
    np.testing.assert_allclose(part, whole[first : first + length], atol=1e-6)


def test_segment_of_a_long_file_needs_memory_for_the_segment_only(tmp_path):
    path = write(tmp_path / "long.wav", np.zeros(60 * 60 * 8000, np.int16), 8000)
    tracemalloc.start()
    read_audio(Segment(path, 1800.0, 1801.0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000  # the whole file takes 115 MB


def refused(segment: Segment) -> str:
    with pytest.raises(UnreadableAudio) as caught:
        read_audio(segment)
    assert isinstance(caught.value, DataError)
    assert caught.value.path == segment.path
    assert str(caught.value) == f"{segment.path}: {caught.value.reason}"
    assert "\n" not in caught.value.reason
    return caught.value.reason


def test_missing_file(tmp_path):
    assert refused(Segment(tmp_path / "none.wav")) == "there is no such file"
    with pytest.raises(UnreadableAudio, match="no such file"):
        audio_info(tmp_path / "none.wav")


def test_folder(tmp_path):
    assert "folder" in refused(Segment(tmp_path))


def test_zero_bytes(tmp_path):
    (tmp_path / "a.wav").touch()
    assert "empty (0 bytes)" in refused(Segment(tmp_path / "a.wav"))


def test_text_named_wav(tmp_path):
    (tmp_path / "a.wav").write_text("this is no audio\n" * 100)
    assert "not audio" in refused(Segment(tmp_path / "a.wav"))


@pytest.mark.parametrize("share", [0.3, 0.5, 0.77, 0.95])
@pytest.mark.parametrize("ending", ["flac", "ogg", "wav", "mp3"])
def test_truncated_file(tmp_path, ending, share):
    path = cut(write(tmp_path / f"a.{ending}", noise(160000)), share)
    assert "cut short" in refused(Segment(path))


def test_header_without_audio(tmp_path):
    assert refused(Segment(write(tmp_path / "a.wav", noise(0)))) == "it has no samples"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_not_finite(tmp_path, value):
    samples = noise(1000)
    samples[500] = value
    assert "not finite" in refused(Segment(write(tmp_path / "a.wav", samples, subtype="FLOAT")))


@pytest.mark.parametrize("place", [4, 6, 7])
def test_flac_whose_first_block_is_damaged(tmp_path, place):
    path = write(tmp_path / "a.flac", noise(16000))
    content = bytearray(path.read_bytes())
    content[place] ^= 0x20
    path.write_bytes(content)
    with pytest.raises(UnreadableAudio) as refused:
        read_audio(Segment(path))
    assert refused.value.reason


def test_samples_whose_energy_no_number_holds(tmp_path):
    samples = noise(1000)
    samples[500] = -1e20
    assert "as large as 1e+20" in refused(Segment(write(tmp_path / "a.wav", samples, subtype="FLOAT")))
    samples[500] = 40000.0  # 16-bit values that were not scaled are sound
    read_audio(Segment(write(tmp_path / "a.wav", samples, subtype="FLOAT")))


def test_raw_samples_state_no_rate(tmp_path):
    (tmp_path / "a.RAW").write_bytes(bytes(1000))
    assert "do not tell their rate" in refused(Segment(tmp_path / "a.RAW"))


def test_start_beyond_the_end(tmp_path):
    path = write(tmp_path / "a.flac", noise(16000))
    assert refused(Segment(path, 1.0)) == "the clip starts at 1 s, beyond the end of the file (1 s)"
    assert "beyond the end" in refused(Segment(path, 7.5, 9.0))


def test_segment_without_samples(tmp_path):
    path = write(tmp_path / "a.flac", noise(16000))
    assert "no samples" in refused(Segment(path, 0.5, 0.5))
    assert "no samples" in refused(Segment(path, 0.5, 0.2))
    assert "before the file" in refused(Segment(path, -0.5, 0.2))


def test_end_beyond_the_end_is_the_end(tmp_path):
    path = write(tmp_path / "a.flac", noise(16000))
    assert len(read_audio(Segment(path, 0.5, 1.2))[0]) == 8000


def test_streamed_wav_with_unknown_length_is_whole(tmp_path):
    path = write(tmp_path / "a.wav", noise(1000))
    content = bytearray(path.read_bytes())
    where = content.index(b"data") + 4
    content[where : where + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert len(read_audio(Segment(path))[0]) == 1000


def test_error_survives_pickling():
    error = pickle.loads(pickle.dumps(UnreadableAudio(Path("a.wav"), "it is odd")))
    assert (error.path, error.reason, str(error)) == (Path("a.wav"), "it is odd", "a.wav: it is odd")
