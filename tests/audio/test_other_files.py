"""What lies behind a recording and is no sound of it is not heard, and is told; MP3 in WAV files that were joined."""

import damages
import numpy as np
import pytest
from encoders import RATE, by_ffmpeg, by_libsndfile

from cohear.audio.decode import open_blocks
from cohear.audio.segment import Segment

OLD = [
    *(("NIST", kind) for kind in ("PCM_16", "PCM_24", "ULAW")),
    *(("AVR", kind) for kind in ("PCM_16", "PCM_U8")),
    *(("SVX", kind) for kind in ("PCM_16", "PCM_S8")),
    *(("VOC", kind) for kind in ("PCM_16", "PCM_U8", "ALAW", "ULAW")),
    *(("MAT5", kind) for kind in ("PCM_16", "PCM_U8", "DOUBLE")),
    ("WVE", "ALAW"),
    ("MPC2K", "PCM_16"),
    ("MAT4", "PCM_16"),
    ("SDS", "PCM_16"),
]
"""Formats whose headers state how much follows, and which decoders read as far as the file goes."""
COUNTED = {"NIST": b"sample_count -i ", "AVR": 26, "SVX": b"BODY", "WVE": 18, "MPC2K": 30}
OTHERS = {
    "a WAV file": lambda: by_libsndfile("WAV", "PCM_16"),
    "an AIFF file": lambda: by_libsndfile("AIFF", "PCM_16"),
    "a CAF file": lambda: by_libsndfile("CAF", "PCM_16"),
    "a FLAC file": lambda: by_libsndfile("FLAC", "PCM_16"),
    "an Ogg file": lambda: by_libsndfile("OGG", "VORBIS"),
    "an MP3 file": lambda: by_ffmpeg("mp3", "libmp3lame", RATE, (("id3v2_version", "3"),)),
    "an MP4 (M4A) file": lambda: by_ffmpeg("ipod", "aac"),
    "a WebM or Matroska file": lambda: by_ffmpeg("webm", "libopus", 48000),
    "a WMA (ASF) file": lambda: by_ffmpeg("asf", "wmav2"),
}
FIRST = {
    "WAV": lambda: by_libsndfile("WAV", "PCM_16"),
    "W64": lambda: by_libsndfile("W64", "PCM_16"),
    "AU": lambda: by_libsndfile("AU", "PCM_16"),
    "FLAC": lambda: by_libsndfile("FLAC", "PCM_16"),
    "FLAC of no stated length": lambda: damages.flac_unstated(by_libsndfile("FLAC", "PCM_16")),
    "Vorbis": lambda: by_libsndfile("OGG", "VORBIS"),
    "Opus": lambda: by_libsndfile("OGG", "OPUS"),
    "MP3": lambda: by_ffmpeg("mp3", "libmp3lame", RATE, (("id3v2_version", "0"),)),
    "MP3 without a table": lambda: by_ffmpeg("mp3", "libmp3lame", RATE, (("write_xing", "0"),)),
    "MP3 in WAV": lambda: by_ffmpeg("wav", "libmp3lame"),
    "NIST": lambda: by_libsndfile("NIST", "PCM_16"),
}
CONTINUES = {("WAV", "a WAV file"), ("FLAC", "a FLAC file"), ("Vorbis", "an Ogg file"), ("MP3", "an MP3 file")}
CONTINUES |= {("W64", "a WAV file"), ("AU", "a WAV file"), ("MP3 without a table", "an MP3 file")}
CONTINUES |= {("Opus", "an Ogg file"), ("FLAC of no stated length", "a FLAC file"), ("MP3 in WAV", "a WAV file")}
CHUNKED = ("WAV", "W64", "AU", "MP3 in WAV")
CONTINUES |= {(first, other) for first in CHUNKED for other in ("an AIFF file", "a CAF file")}


def read(path, content):
    path.write_bytes(content)
    with open_blocks(Segment(path)) as audio:
        return np.concatenate(list(audio.blocks)), audio.oddities


@pytest.mark.parametrize(
    ("first", "other"), [(first, other) for first in FIRST for other in OTHERS if (first, other) not in CONTINUES]
)
def test_a_file_of_another_kind_behind_is_left_out_and_told(tmp_path, first, other):
    content = FIRST[first]()
    whole, before = read(tmp_path / "a", content)
    samples, oddities = read(tmp_path / "a", content + OTHERS[other]())
    np.testing.assert_array_equal(samples, whole)
    assert set(oddities) == {*before, f"{other} lies behind its samples, and is left out"}


@pytest.mark.parametrize(("container", "subtype"), OLD)
@pytest.mark.parametrize("behind", [b"junk" * 175, b"\nmade by hand", bytes(9000)])
def test_other_bytes_behind_old_formats_are_no_sound(tmp_path, container, subtype, behind):
    content = by_libsndfile(container, subtype, 8000 if container == "WVE" else RATE)
    whole, before = read(tmp_path / "a", content)
    samples, oddities = read(tmp_path / "a", content + behind)
    np.testing.assert_array_equal(samples, whole)
    assert before == ()
    assert len(oddities) == 1
    assert oddities[0].endswith("left out")


@pytest.mark.parametrize("container", COUNTED)
def test_a_count_of_zero_states_none(tmp_path, container):
    content = by_libsndfile(container, "ALAW" if container == "WVE" else "PCM_16", 8000 if container == "WVE" else RATE)
    whole, _ = read(tmp_path / "a", content)
    place = COUNTED[container]
    if container == "NIST":
        begin = content.index(place) + len(place)
        unstated = damages.put(content, begin, b"0".ljust(content.index(b"\n", begin) - begin))
    else:
        unstated = damages.put(content, place if isinstance(place, int) else content.index(place) + 4, bytes(4))
    np.testing.assert_array_equal(read(tmp_path / "a", unstated)[0], whole)


@pytest.mark.parametrize(("container", "subtype"), [entry for entry in OLD if entry[0] in ("VOC", "MAT5")])
def test_old_formats_joined(tmp_path, container, subtype):
    content = by_libsndfile(container, subtype)
    whole, _ = read(tmp_path / "a", content)
    samples, oddities = read(tmp_path / "a", content * 3)
    np.testing.assert_array_equal(samples, np.tile(whole, 3))
    assert oddities == ("it is 3 files one after the other",)


def test_a_header_that_states_half_of_what_is_there(tmp_path):
    """Where so much follows it is sound that goes on, as in WAV."""
    content = by_libsndfile("NIST", "PCM_16")
    whole, _ = read(tmp_path / "a", content)
    samples, oddities = read(tmp_path / "a", content.replace(b"sample_count -i 24000", b"sample_count -i 12000"))
    np.testing.assert_array_equal(samples, whole)
    assert oddities == ("its header states 25024 bytes, 49024 are there",)


def test_mp3_in_wav_files_that_were_joined(tmp_path):
    content = by_ffmpeg("wav", "libmp3lame")
    whole, _ = read(tmp_path / "a", content)
    samples, oddities = read(tmp_path / "a", content * 3)
    np.testing.assert_array_equal(samples, np.tile(whole, 3))
    assert oddities[0] == "it is 3 files one after the other"
