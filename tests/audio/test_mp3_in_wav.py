"""MP3 inside of WAV files whose header states too much: what ends with a whole frame is whole, what does not is cut."""

import io
import struct

import numpy as np
import pytest
import soundfile

from cohear.audio.decode import open_blocks
from cohear.audio.mpeg_frames import header_at
from cohear.audio.segment import Segment
from cohear.audio.unreadable import UnreadableAudio

RATE, SAMPLES = 16000, 24000


def mp3(table=True):
    """1.5 s as an MP3 file, with or without the frame that tells its length."""
    stream = io.BytesIO()
    noise = np.random.default_rng(0).uniform(-0.3, 0.3, SAMPLES)
    soundfile.write(stream, noise, RATE, format="MP3", subtype="MPEG_LAYER_III")
    content = stream.getvalue()
    return content if table else content[header_at(content, 0, len(content)).length :]


def in_wav(content, stated, fact=None):
    """As encoders of sound cards and dictation machines write it."""
    form = struct.pack("<HHIIHHHHIHHH", 0x55, 1, RATE, 8000, 1, 0, 12, 1, 2, 576, 1, 1393)
    chunks = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    if fact is not None:
        chunks += b"fact" + struct.pack("<II", 4, fact)
    body = chunks + b"data" + struct.pack("<I", stated) + content
    return b"RIFF" + struct.pack("<I", len(body) + stated - len(content)) + body


def read(path):
    with open_blocks(Segment(path)) as audio:
        return sum(map(len, audio.blocks)), audio.oddities


@pytest.mark.parametrize("table", [True, False])
@pytest.mark.parametrize("fact", [None, SAMPLES, 3 * SAMPLES])
@pytest.mark.parametrize("more", [400, 100_000])
def test_a_size_that_is_too_large_cuts_nothing_off(tmp_path, table, fact, more):
    content = mp3(table)
    path = tmp_path / "a.wav"
    path.write_bytes(in_wav(content, len(content) + more, fact))
    samples, oddities = read(path)
    assert SAMPLES <= samples <= SAMPLES + (0 if table else 2 * 1152)
    assert f"its header states {len(content) + more} bytes of samples, {len(content)} are there" in oddities


@pytest.mark.parametrize("table", [True, False])
@pytest.mark.parametrize("lost", [0.5, 0.9])
def test_what_ends_inside_a_frame_is_cut(tmp_path, table, lost):
    content = mp3(table)
    whole = in_wav(content, len(content), SAMPLES)
    path = tmp_path / "a.wav"
    path.write_bytes(whole[: len(whole) - round(lost * len(content)) - 7])
    with pytest.raises(UnreadableAudio, match="it is cut short"):
        read(path)


def test_whole_frames_of_which_the_table_knows_more_are_cut(tmp_path):
    content = mp3()
    place, frames = 0, []
    while header := header_at(content, place, len(content)):
        frames.append(content[place : place + header.length])
        place += header.length
    half = b"".join(frames[: len(frames) // 2])
    path = tmp_path / "a.wav"
    path.write_bytes(in_wav(half, len(content)))
    with pytest.raises(UnreadableAudio, match="it is cut short"):
        read(path)
