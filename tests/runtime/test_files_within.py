"""Files behind the first bytes of raw samples: by name, and no sound is taken for one."""

import numpy as np
import pytest
import soundfile
from recorders import RECORDERS, recorded
from serving import wav
from tiny_bundle import tone

from cohear.base.errors import DataError
from cohear.runtime.files_within import file_within
from cohear.runtime.raw_samples import RawSamples
from cohear.runtime.stream import Stream

SAMPLES = (tone("mid", seconds=0.5) * 32767).astype("<i2").tobytes()
FILES = {
    "WAV": "a WAV file",
    "RF64": "a WAV file",
    "W64": "a W64 file",
    "AIFF": "an AIFF file",
    "CAF": "a CAF file",
    "AU": "an AU file",
    "VOC": "a VOC file",
    "NIST": "a NIST SPHERE file",
    "FLAC": "a FLAC file",
    "OGG": "an Ogg file",
}


@pytest.mark.parametrize("before", [b"\0", bytes(4095), SAMPLES, SAMPLES[:-1]], ids=["a zero", "zeros", "sound", "odd"])
@pytest.mark.parametrize("form", FILES)
def test_a_file_behind_other_bytes(form, before):
    """In whatever pieces it comes."""
    content = before + wav(tone("mid"), format=form)
    assert file_within(content) == FILES[form]
    for piece in (1 if len(before) == 1 else 97, 4096, len(content)):
        raw = RawSamples("s16le")
        with pytest.raises(DataError, match=f"these are the bytes of {FILES[form]}, and no raw samples"):
            for begin in range(0, len(content), piece):
                raw.push(content[begin : begin + piece])


@pytest.mark.parametrize("before", [0, 1, 500], ids=["at once", "behind a zero", "behind zeros"])
def test_a_file_in_arrays_of_integers(tiny, before):
    """As `numpy.frombuffer` gives it: of a clip, and in a later piece of a stream."""
    content = bytes(2 * before) + wav(tone("mid"))
    samples = np.frombuffer(content[: len(content) // 4 * 4], "<i2")
    stream = Stream(tiny, 16000)
    stream.push(np.frombuffer(SAMPLES, "<i2"))
    for ask in (
        lambda: tiny.classify(samples, 16000),
        lambda: tiny.classify(samples.reshape(-1, 2), 16000),
        lambda: tiny.probabilities(samples[None]),
        lambda: stream.push(samples),
    ):
        with pytest.raises(DataError, match="samples are the bytes of a WAV file: decode it first"):
            ask()
    assert stream.push(np.frombuffer(SAMPLES, "<i2"))[-1].heard


@pytest.mark.parametrize("recorder", RECORDERS)
def test_a_recording_whose_begin_was_lost(recorder):
    """As of a browser that connects anew and goes on with its recording."""
    content = recorded(tone("mid", seconds=1.5, rate=RECORDERS[recorder][2]), *RECORDERS[recorder])
    name = file_within(SAMPLES + content)
    assert name in ("a WebM or Matroska file", "an MP4 (M4A) file", "an Ogg file")
    if recorder in ("Chrome", "Chrome, uncompressed", "Firefox", "Safari"):
        assert file_within(content[40:]) == name


def sounds():
    """Bytes of sounds in every form."""
    random = np.random.default_rng(15)
    yield random.bytes(1 << 23)
    yield bytes(1 << 16)
    for hertz in range(100, 4000, 300):
        wave = np.sin(2 * np.pi * hertz * np.arange(1 << 16) / 16000)
        yield (wave * 32767).astype("<i2").tobytes()
        yield wave.astype("<f4").tobytes()
        yield (wave * 127 + 128).astype("u1").tobytes()


def test_sound_is_no_file():
    assert [file_within(each) for each in sounds()] == [""] * 41


@pytest.mark.data
def test_recordings_are_no_files(shared_data):
    for path in sorted(shared_data.rglob("*.flac"))[::40]:
        samples = soundfile.read(path, dtype="int16", always_2d=True)[0]
        assert file_within(samples.tobytes()) == "", path
        assert file_within((samples >> 8).astype("i1").tobytes()) == "", path
