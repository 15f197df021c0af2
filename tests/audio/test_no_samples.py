"""Files are told from raw samples, and no sound is taken for a file."""

import gzip

import numpy as np
import pytest
import soundfile
from encoders import FFMPEG, LIBSNDFILE, by_ffmpeg, by_libsndfile, speex

from cohear.audio.no_samples import HEAD_BYTES, file_in

NAMES = {"MP3": "MP3", "NIST": "NIST", "mp2": "MP3", "ipod": "MP4", "mp4": "MP4", "3gp": "MP4", "mov": "MP4"}
NAMES |= {"adts": "AAC", "asf": "WMA", "webm": "WebM", "matroska": "Matroska", "mpegts": "transport stream"}
NAMES |= {
    "tta": "True Audio",
    "wv": "WavPack",
    "WAVEX": "WAV",
    "RF64": "WAV",
    "SVX": "IFF",
    "MAT4": "MATLAB",
    "MAT5": "MATLAB",
    "MPC2K": "MPC 2000",
}
UNSURE = {"ac3", "eac3"}
"""Their mark is of two bytes, which one sample may be."""


@pytest.mark.parametrize(("container", "codec", "delay"), LIBSNDFILE)
def test_files_of_libsndfile(container, codec, delay):
    assert NAMES.get(container, container).lower() in file_in(by_libsndfile(container, codec), bytes_a_sample=2).lower()


@pytest.mark.parametrize(("container", "codec", "delay", "rate", "options"), FFMPEG)
def test_files_of_ffmpeg(container, codec, delay, rate, options):
    found = file_in(by_ffmpeg(container, codec, rate, options), bytes_a_sample=1)
    if container in UNSURE:
        assert found == ""
    else:
        assert NAMES.get(container, container).lower() in found.lower()


def test_other_files():
    flac = by_libsndfile("FLAC", "PCM_16")
    assert file_in(speex(), bytes_a_sample=2) == "an Ogg file"
    assert file_in(gzip.compress(flac), bytes_a_sample=2) == "a gzip archive"
    page = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body>There is no such file</body></html>"
    assert [file_in(page, bytes_a_sample=size) for size in (1, 2, 4)] == ["", "text", "text"]


@pytest.mark.parametrize("begin", [1, 100, 1000])
def test_a_broadcast_begins_anywhere(begin):
    """Inside of a frame, as what is fetched from a radio station does."""
    mp3 = by_ffmpeg("mp3", "libmp3lame", options=(("write_xing", "0"), ("id3v2_version", "0")))
    assert file_in(mp3[begin:], bytes_a_sample=2) == "an MP3 file"
    assert file_in(by_ffmpeg("adts", "aac")[begin:], bytes_a_sample=2) == "an AAC file"


def forms(samples):
    """Bytes of samples as 16-bit and 32-bit integers, as 32-bit numbers, and their upper bytes alone."""
    yield (samples * 32767).astype("<i2").tobytes(), 2
    yield (samples * 32767).astype(">i2").tobytes(), 2
    yield (samples.astype(np.float64) * (2**31 - 1)).astype("<i4").tobytes(), 4
    yield samples.astype("<f4").tobytes(), 4
    yield ((samples * 127).astype("i1").view("u1") ^ 0x80).tobytes(), 1


RANDOM = np.random.default_rng(0)
SOUNDS = {
    "silence": np.zeros(8192),
    "nearly silence": RANDOM.integers(-2, 3, 8192) / 32767,
    "one step below zero": -np.ones(8192) / 32767,
    "a constant": np.full(8192, 0x4747 / 32767),
    "noise": RANDOM.uniform(-1, 1, 8192),
    "a tone": np.sin(2 * np.pi * 440 / 16000 * np.arange(8192)),
    "a loud square": np.sign(np.sin(2 * np.pi * 100 / 16000 * np.arange(8192))),
    "a ramp": np.linspace(-1, 1, 8192),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_sounds_are_no_files(name):
    for content, size in forms(SOUNDS[name]):
        assert file_in(content, bytes_a_sample=size) == ""


@pytest.mark.parametrize("amplitude", [0.05, 0.2, 0.9, 1.0])
def test_tones_are_no_files(amplitude):
    """A tone of 1200 Hz at 16 kHz has the mark of an MP3 frame in every period."""
    for rate in (8000, 16000, 44100):
        for hertz in range(100, 4000, 100):
            tone = (amplitude * np.sin(2 * np.pi * hertz * (np.arange(HEAD_BYTES) / rate))).astype(np.float32)
            for content, size in forms(tone):
                for begin in (0, 2000):
                    assert file_in(content[begin:], bytes_a_sample=size) == "", (rate, hertz)


@pytest.mark.data
def test_recordings_are_no_files(shared_data):
    """Wherever in them a stream may begin."""
    seen = 0
    for path in sorted(shared_data.rglob("*.flac"))[::120]:
        samples = soundfile.read(path, dtype="float32", always_2d=True)[0][:, 0]
        for content, size in forms(np.clip(samples, -1, 1)):
            for begin in range(0, len(content), 4 * HEAD_BYTES):
                assert file_in(content[begin : begin + HEAD_BYTES], bytes_a_sample=size) == "", path
                seen += 1
    assert seen > 500
