"""Resampling: exact lengths and an anti-alias filter (pitfall 17)."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cohear.audio.resample import StreamResampler, resample, resampled_length

RATES = st.sampled_from([8000, 11025, 16000, 22050, 44100, 48000])


def tone(hertz: float, rate: int, seconds: float = 1.0) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(samples=st.integers(1, 5000), rate=RATES, to_rate=RATES)
def test_length_is_exact(samples, rate, to_rate):
    found = resample(np.ones(samples, np.float32), rate, to_rate)
    assert found.dtype == np.float32
    assert len(found) == resampled_length(samples, rate, to_rate) == max(1, int(np.ceil(samples * to_rate / rate)))
    assert np.isfinite(found).all()


def test_equal_rates_give_the_input_itself():
    samples = tone(100, 8000)
    assert resample(samples, 8000, 8000) is samples


def test_tone_above_half_of_the_new_rate_vanishes():
    assert np.abs(resample(tone(6000, 16000), 16000, 8000)[200:-200]).max() < 1e-3


def test_tone_below_half_of_both_rates_stays():
    found = resample(tone(1000, 44100), 44100, 16000)
    np.testing.assert_allclose(found[200:-200], tone(1000, 16000)[200:-200], atol=2e-3)


@settings(max_examples=40, deadline=None)
@given(st.just(1) | RATES | st.integers(4000, 50000), st.integers(1, 6000), st.data())
def test_in_pieces_it_is_the_same(rate, samples, data):
    whole = np.random.default_rng(samples).uniform(-1, 1, samples).astype(np.float32)[: samples if rate > 1 else 20]
    cuts = sorted(data.draw(st.sets(st.integers(1, max(len(whole) - 1, 1)), max_size=4)))
    resampler = StreamResampler(rate, 16000)
    pieces = [*map(resampler.push, np.split(whole, cuts)), resampler.end()]
    np.testing.assert_allclose(np.concatenate(pieces), resample(whole, rate, 16000), atol=1e-5)
