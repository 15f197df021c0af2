"""Clips of hours are measured in parts, with the result of the whole."""

import numpy as np
import pytest

from cohear.audio.decode import Audio
from cohear.data.audit.measures import measure
from cohear.data.audit.parts import ClipPart, joined_measures
from cohear.data.scan.facts import in_parts

RATE = 16000
PART = 300 * 256  # frames of 16 ms, 4.8 s


@pytest.fixture(scope="module")
def samples():
    """20 s of noise that swells, filtered at 4 kHz, clipped, off centre, with silence at both ends."""
    draw = np.random.default_rng(0)
    spectrum = np.fft.rfft(draw.standard_normal(20 * RATE))
    spectrum[len(spectrum) // 2 :] = 0
    noise = np.fft.irfft(spectrum)
    wave = 0.2 * noise * (1 + np.arange(len(noise)) / len(noise)) + 0.03
    wave = np.clip(wave, -0.5, 0.5).astype(np.float32)
    wave[: PART + 1000] = 0
    wave[-3000:] = 0
    return wave


def test_parts_are_the_clip(samples):
    blocks = np.split(samples, [10, 5000, 5001, 200_000, 310_000])
    parts = list(in_parts(blocks, PART))
    assert [len(part) for part in parts] == [PART] * 4 + [len(samples) - 4 * PART]
    np.testing.assert_array_equal(np.concatenate(parts), samples)
    assert list(in_parts([], PART)) == []


def test_measures_of_parts_are_those_of_the_clip(samples):
    whole = measure(Audio(samples, RATE, 1))
    found = joined_measures([ClipPart.of(Audio(part, RATE, 1)) for part in in_parts([samples], PART)])
    assert found.mean == pytest.approx(whole.mean, abs=1e-6)
    assert found.level == pytest.approx(whole.level, abs=1e-3)
    assert found.clipped == pytest.approx(whole.clipped, abs=4)  # a run that is cut in two
    assert (found.leading, found.trailing) == pytest.approx((whole.leading, whole.trailing), abs=1e-9)
    assert found.bandwidth == whole.bandwidth < RATE / 2
    assert found.repeat == whole.repeat
    np.testing.assert_allclose(found.profile[:2], whole.profile[:2], atol=1.5)
    assert found.codes.shape == whole.codes.shape
    both = (found.codes[0] != 0) & (whole.codes[0] != 0)
    assert both.sum() > 0.9 * (whole.codes[0] != 0).sum()
    assert (found.codes[0] == whole.codes[0])[both].mean() > 0.99


def test_silence_in_parts(samples):
    silence = np.zeros_like(samples)
    found = joined_measures([ClipPart.of(Audio(part, RATE, 1)) for part in in_parts([silence], PART)])
    assert found.leading == found.trailing == pytest.approx(20.0)
    assert found.level == -120
    assert found.bandwidth == RATE / 2
