"""Bit rates that somebody chose: read off sizes and lengths, and told where they go with a label."""

import numpy as np
import planted
import pytest
import soundfile

from cohear.audio.segment import Segment
from cohear.data.audit.bit_rate import bit_rates
from cohear.data.scan.facts import ClipFacts
from cohear.study.audit import check_data

RATE = 16000


def facts(seconds, rate=RATE, channels=1):
    return ClipFacts("x", round(seconds * rate), rate, channels, 0.5)


def stored(path, size):
    path.write_bytes(b"\0" * size)
    return Segment(path, None, None)


@pytest.mark.parametrize(("kilobits", "extra"), [(32, 0), (64, 417), (128, 2000), (320, 100)])
def test_a_constant_rate_of_mp3(tmp_path, kilobits, extra):
    """With a tag of some hundred bytes, too."""
    segment = stored(tmp_path / "a.mp3", kilobits * 125 * 8 + extra)
    assert bit_rates([segment], [facts(8.0)]).tolist() == [kilobits]


@pytest.mark.parametrize(("subtype", "bits"), [("PCM_U8", 8), ("PCM_16", 16), ("PCM_24", 24), ("FLOAT", 32)])
@pytest.mark.parametrize("channels", [1, 2])
def test_bits_of_samples(tmp_path, subtype, bits, channels):
    soundfile.write(tmp_path / "a.wav", np.zeros((RATE, channels)), RATE, subtype=subtype)
    segment = Segment(tmp_path / "a.wav", None, None)
    assert bit_rates([segment], [facts(1.0, channels=channels)]).tolist() == [bits * channels * 16]


def test_what_follows_from_the_sound_is_not_known(tmp_path):
    """A rate between those that encoders offer, FLAC, a segment, a file that is gone, one too short to tell."""
    segments = [
        stored(tmp_path / "a.mp3", 300_000),
        stored(tmp_path / "a.flac", 128_000),
        Segment(tmp_path / "a.mp3", 0.0, 8.0),
        Segment(tmp_path / "gone.mp3", None, None),
        stored(tmp_path / "short.mp3", 3000),
    ]
    lengths = [facts(17.6), facts(8.0), facts(8.0), facts(8.0), facts(0.1)]
    assert bit_rates(segments, lengths).tolist() == [0.0] * 5


def test_bits_that_go_with_a_label_are_told(clean, cache, tmp_path):
    copy = planted.Copy(clean, tmp_path)
    for number, row in enumerate(planted.read_rows(copy.folder / "bird")):
        copy.change(lambda samples: samples, number, subtype="PCM_24" if row["bird"] == "low" else "PCM_16")
    (finding,) = (
        one for one in check_data(copy.settings(), cache=cache).findings if one.code == "label-from-conditions"
    )
    assert (finding.severity, finding.task) == ("warning", "bird")
    assert max(finding.figures["conditions"], key=finding.figures["conditions"].get) == "bit rate"
