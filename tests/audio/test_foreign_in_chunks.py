"""Codecs that libsndfile lacks in containers that it knows: what the header counts is not believed either."""

import struct

import damages
import numpy as np
import pytest
from encoders import PYAV, by_ffmpeg, sound

from cohear.audio.decode import UnreadableAudio, decode, open_blocks
from cohear.audio.segment import Segment


def read(path, content):
    path.write_bytes(content)
    with open_blocks(Segment(path)) as audio:
        return np.concatenate(list(audio.blocks)), audio.oddities


@pytest.mark.parametrize(("codec", "rate"), [("ac3", 48000), ("wmav2", 16000)])
@pytest.mark.parametrize("count", [0, 100, 300_000, 0xFFFFFFFF])
def test_a_count_of_samples_is_not_believed(tmp_path, codec, rate, count):
    content = by_ffmpeg("wav", codec, rate)
    whole, _ = read(tmp_path / "a", content)
    damaged = damages.put(content, content.index(b"fact") + 8, struct.pack("<I", count))
    samples, oddities = read(tmp_path / "a", damaged)
    np.testing.assert_array_equal(samples, whole)
    if count > len(whole):
        assert oddities[-1].startswith("its header states")
    with pytest.raises(UnreadableAudio, match="cut short"):
        read(tmp_path / "a", damages.cut(damaged))


def test_integers_of_64_bits(tmp_path):
    pytest.importorskip("av", reason=PYAV)
    stereo = np.stack([sound(), -sound() / 2], axis=1)
    data = (stereo.astype(np.float64) * 2**63).astype("<i8").tobytes()
    form = struct.pack("<HHIIHH", 1, 2, 16000, 256000, 16, 64)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data
    (tmp_path / "a").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    audio = decode(Segment(tmp_path / "a"))
    assert audio.channels == 2
    np.testing.assert_allclose(audio.samples, stereo.mean(axis=1), atol=1e-6)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("version https://git-lfs.github.com/spec/v1\r\noid sha256:00\r\nsize 1\r\n".encode("utf-16"), "git lfs pull"),
        ("a page of words, which Windows wrote".encode("utf-16"), "it is text"),
        ("größer als nichts, ein Text".encode(), "it is text"),
        (b"\xff\xfe" + np.random.default_rng(0).bytes(4000), "its content is not audio"),
    ],
)
def test_what_is_no_audio_is_not_called_missing(tmp_path, content, told):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(UnreadableAudio, match=told):
        decode(Segment(tmp_path / "a.wav"))
