"""MP3 that was cut out of a stream: it begins inside a frame, with any bytes, and perhaps a mark in front of them."""

import numpy as np
import pytest
from encoders import by_ffmpeg, reference_seconds

from cohear.audio.decode import UnreadableAudio, audio_info, decode, open_blocks
from cohear.audio.segment import Segment

TABLE_LESS = (("write_xing", "0"), ("id3v2_version", "0"))
STREAMS = {
    "16 kHz": lambda: by_ffmpeg("mp3", "libmp3lame", 16000, TABLE_LESS),
    "44 kHz": lambda: by_ffmpeg("mp3", "libmp3lame", 44100, TABLE_LESS),
    "with a table": lambda: by_ffmpeg("mp3", "libmp3lame", 44100, (("id3v2_version", "0"),)),
}
FRONTS = {
    "nothing": b"",
    "an empty tag": b"ID3\3" + bytes(6),
    "a short tag": b"ID3\4\0\0\0\0\0\5" + bytes(5),
    "two tags": (b"ID3\4\0\0\0\0\0\5" + bytes(5)) * 2,
    "the begin of a tag": b"ID3\3\0",
    "a tag that reaches beyond the end": b"ID3\3\0\0\x7f\x7f\x7f\x7f",
    "a tag of no version": b"ID3\xff\xff\0\0\0\2\0",
    "AC-3": b"\x0b\x77",
    "ADTS": b"\xff\xf1\x50\x80",
    "LATM": b"\x56\xe0",
    "Musepack": b"MP",
    "a bracket": b"{",
    "what a server says": b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\nicy-name: radio\r\n" * 9 + b"\r\n",
}


def read(path):
    with open_blocks(Segment(path)) as audio:
        samples = np.concatenate(list(audio.blocks))
        return samples, audio.rate, audio.oddities


@pytest.mark.parametrize("stream", STREAMS.values(), ids=STREAMS)
@pytest.mark.parametrize("front", FRONTS.values(), ids=FRONTS)
@pytest.mark.parametrize("cut", [5, 700, 1501, 3333])
def test_all_whole_frames_are_read_and_it_is_told(tmp_path, stream, front, cut):
    path = tmp_path / "a.mp3"
    path.write_bytes(front + stream()[cut:])
    samples, rate, oddities = read(path)
    assert abs(len(samples) / rate - reference_seconds(stream()[cut:], "mp3")) < 0.1
    assert oddities[0].endswith("bytes in front of its first whole frame are no sound, and are left out")
    assert audio_info(path).frames == len(samples)


@pytest.mark.parametrize("stream", ["16 kHz", "44 kHz"])
def test_what_follows_sounds_as_in_the_whole(tmp_path, stream):
    """But for the first frames, whose data were partly in those that are lost."""
    content = STREAMS[stream]()
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    whole, rate, _ = read(path)
    path.write_bytes(content[2000:])
    part, _, _ = read(path)
    clean = rate // 2
    np.testing.assert_allclose(part[-clean:], whole[-clean:], atol=1e-4)


@pytest.mark.parametrize("stated", [4000, 4001, 9100])
def test_a_tag_that_states_too_much_hides_no_frames(tmp_path, stated):
    size = bytes(stated >> shift & 0x7F for shift in (21, 14, 7, 0))
    content = by_ffmpeg("mp3", "libmp3lame", 44100, TABLE_LESS)
    path = tmp_path / "a.mp3"
    path.write_bytes(content)
    whole, _, _ = read(path)
    path.write_bytes(b"ID3\3\0\0" + size + b"TIT2\0\0\0\4\0\0\0abc" + content)
    samples, _, oddities = read(path)
    np.testing.assert_array_equal(samples, whole)
    assert oddities[0] == "its tag states a wrong size"


@pytest.mark.parametrize("text", [b'{"error": "not found", "id": 12}', '{"error": "nicht möglich"}'.encode() * 40])
def test_json_is_json_all_the_same(tmp_path, text):
    path = tmp_path / "a.mp3"
    path.write_bytes(text)
    with pytest.raises(UnreadableAudio, match="JSON"):
        decode(Segment(path))


def test_a_whole_mp3_is_not_called_cut(tmp_path):
    path = tmp_path / "a.mp3"
    for options in (TABLE_LESS, (("id3v2_version", "3"),)):
        path.write_bytes(by_ffmpeg("mp3", "libmp3lame", 44100, options))
        _, _, oddities = read(path)
        assert not any("in front" in clause for clause in oddities)
