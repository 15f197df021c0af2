"""Chunks of samples that hold none, behind others."""

import pytest
from encoders import by_libsndfile

from cohear.audio.decode import audio_info


@pytest.mark.parametrize(
    ("container", "chunk"),
    [
        ("AIFF", b"SSND" + (0).to_bytes(4, "big")),
        ("AIFF", b"SSND" + (4).to_bytes(4, "big") + bytes(4)),
        ("CAF", b"data" + (0).to_bytes(8, "big")),
        ("CAF", b"data" + (2).to_bytes(8, "big") + bytes(2)),
    ],
)
def test_a_chunk_without_room_for_its_head_has_no_samples(container, chunk, tmp_path):
    whole, longer = tmp_path / "whole", tmp_path / "longer"
    whole.write_bytes(by_libsndfile(container, "PCM_16"))
    longer.write_bytes(whole.read_bytes() + chunk)
    assert audio_info(longer).frames == audio_info(whole).frames
