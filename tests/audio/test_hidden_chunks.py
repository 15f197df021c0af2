"""Chunks whose sizes are wrong hide neither samples nor files: in front of them, and behind."""

import struct
from dataclasses import dataclass

import damages
import numpy as np
import pytest
from encoders import by_libsndfile

from cohear.audio.decode import audio_info, decode, open_blocks
from cohear.audio.segment import Segment

NOTE = b"made by hand, on a new day."


@dataclass(frozen=True)
class Container:
    """How a container writes chunks: name of that of samples, form and size of a size, what it counts more."""

    samples: bytes
    form: str
    head: int = 0
    name_bytes: int = 4

    def chunk(self, content, stated=None, name=b"LIST"):
        size = len(content) + self.head if stated is None else stated
        return name.ljust(self.name_bytes, b"\x11") + struct.pack(self.form, size) + content

    @property
    def ones(self):
        return (1 << 8 * struct.calcsize(self.form)) - 1


CONTAINERS = {
    "WAV": Container(b"data", "<I"),
    "RF64": Container(b"data", "<I"),
    "AIFF": Container(b"SSND", ">I"),
    "CAF": Container(b"data", ">Q"),
    "W64": Container(b"data\xf3\xac", "<Q", 24, 16),
}
OF_SEVERAL_CHUNKS = ["WAV", "AIFF", "CAF", "W64"]
"""RF64 has one size for all of its samples."""
HIDING = {
    "empty": lambda made: made.chunk(b""),
    "two empty": lambda made: made.chunk(b"") * 2,
    "of size 0, and not empty": lambda made: made.chunk(NOTE, 0),
    "of all ones": lambda made: made.chunk(NOTE, made.ones),
    "far too large": lambda made: made.chunk(NOTE, 1 << 30),
    "too small": lambda made: made.chunk(NOTE * 9, made.head + 11),
    "odd": lambda made: made.chunk(NOTE),
    "odd, after an empty one": lambda made: made.chunk(b"") + made.chunk(NOTE),
}


def read(path, content):
    path.write_bytes(content)
    with open_blocks(Segment(path)) as audio:
        samples = np.concatenate(list(audio.blocks))
    assert audio_info(path).frames == len(samples)
    return samples, audio.oddities


@pytest.mark.parametrize("container", OF_SEVERAL_CHUNKS)
@pytest.mark.parametrize("hiding", HIDING.values(), ids=HIDING)
def test_samples_behind(tmp_path, container, hiding):
    content, made = by_libsndfile(container, "PCM_16"), CONTAINERS[container]
    whole, _ = read(tmp_path / "a", content)
    more = content[content.index(made.samples) :]
    samples, oddities = read(tmp_path / "a", content + hiding(made) + more)
    np.testing.assert_array_equal(samples, np.tile(whole, 2))
    assert oddities == ("it has 2 chunks of samples, and all are read",)


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("hiding", HIDING.values(), ids=HIDING)
@pytest.mark.parametrize("first", [bytes, damages.size_ones])
def test_files_behind(tmp_path, container, hiding, first):
    content = by_libsndfile(container, "PCM_16")
    whole, _ = read(tmp_path / "a", content)
    middle = hiding(CONTAINERS[container]) if first is bytes else b""
    samples, oddities = read(tmp_path / "a", first(content) + middle + content)
    np.testing.assert_array_equal(samples, np.tile(whole, 2))
    assert oddities[0] == "it is 2 files one after the other"


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("hiding", HIDING.values(), ids=HIDING)
@pytest.mark.parametrize("size", [bytes, damages.size_zero, damages.size_ones])
def test_samples_in_front_of_which_it_is(tmp_path, container, hiding, size):
    content, made = by_libsndfile(container, "PCM_16"), CONTAINERS[container]
    whole, _ = read(tmp_path / "a", content)
    content, place = size(content), content.index(made.samples)
    samples, _ = read(tmp_path / "a", content[:place] + hiding(made) + content[place:])
    np.testing.assert_array_equal(samples, whole)


@pytest.mark.parametrize("container", OF_SEVERAL_CHUNKS)
@pytest.mark.parametrize("size", [0, None])
def test_further_samples_of_no_stated_size(tmp_path, container, size):
    """The last chunk of a recorder that lost its power."""
    content, made = by_libsndfile(container, "PCM_16"), CONTAINERS[container]
    whole, _ = read(tmp_path / "a", content)
    more = content[content.index(made.samples) + made.name_bytes + struct.calcsize(made.form) :]
    chunk = made.chunk(more, made.ones if size is None else size, made.samples)
    samples, oddities = read(tmp_path / "a", content + chunk)
    np.testing.assert_array_equal(samples, np.tile(whole, 2))
    assert "its header states no length" in oddities


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("between", [bytes(700), b"junk" * 300])
def test_what_is_no_chunk_hides_none(tmp_path, container, between):
    content = by_libsndfile(container, "PCM_16")
    whole, _ = read(tmp_path / "a", content)
    samples, _ = read(tmp_path / "a", content + between + content)
    np.testing.assert_array_equal(samples, np.tile(whole, 2))


def test_words_that_look_like_chunks_are_none(tmp_path):
    """In a chunk whose size is right nothing is looked for."""
    content = by_libsndfile("WAV", "PCM_16")
    whole, _ = read(tmp_path / "a", content)
    inside = b"a data file, RIFF" + bytes(4) + b"WAVE" + content
    samples, oddities = read(tmp_path / "a", damages.with_chunks(content, (b"LIST", inside)))
    np.testing.assert_array_equal(samples, whole)
    assert oddities == ()
    np.testing.assert_array_equal(decode(Segment(tmp_path / "a", 0.5, 0.6)).samples, whole[8000:9600])
