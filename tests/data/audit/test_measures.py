"""What is measured of one clip, and which clips are recognised."""

import io
import json

import numpy as np
import planted
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from cohear.audio.decode import Audio
from cohear.data.audit.alignment import waveform_correlation
from cohear.data.audit.fingerprint import candidates
from cohear.data.audit.measures import from_json, measure, to_json
from cohear.data.audit.near import same_recording
from cohear.data.audit.repeats import repeat_in
from cohear.data.audit.spectrum import decibel, spectrum_of

RATE = 16000


def measured(samples, rate=RATE):
    return measure(Audio(np.asarray(samples, np.float32), rate, 1))


def noise(seconds=1.5, seed=0, rate=RATE):
    return (0.1 * np.random.default_rng(seed).standard_normal(round(seconds * rate))).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(
    samples=st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=300),
    rate=st.sampled_from([1, 50, 4000, 8000, 11025, 16000, 44100, 192000]),
    times=st.integers(1, 40),
)
def test_any_samples_can_be_measured(samples, rate, times):
    one = measured(samples * times, rate)
    assert np.isfinite([one.mean, one.level, one.leading, one.trailing, one.bandwidth]).all()
    assert np.isfinite(one.profile).all()
    assert 0 < one.bandwidth <= rate / 2
    assert 0 <= one.clipped <= len(samples) * times
    again = from_json(json.loads(json.dumps(to_json(one), allow_nan=False)))
    assert to_json(again) == to_json(one)


@pytest.mark.parametrize("value", [None, 3, [], ["a"] * 9, [1, 2, 3, 4, 5, 6, None, "AAAA", "AAAA"]])
def test_what_is_no_measure_is_refused(value):
    with pytest.raises((ValueError, TypeError)):
        from_json(value)


def test_bands_hold_the_power_of_noise():
    """White noise of variance 0.01 has -20 dB in every band, at any rate."""
    for rate in (8000, 11025, 16000, 44100):
        spectrum = spectrum_of(noise(4, rate=rate), rate)
        assert decibel(spectrum.hashed.mean(axis=0)) == pytest.approx(-20, abs=1.5)
        assert decibel(spectrum.lines[1:]) == pytest.approx(-20, abs=1.5)


def test_ends_means_and_levels():
    one = measured(np.concatenate([np.zeros(1600), noise(), np.zeros(800)]) + 0.0)
    assert (one.leading, one.trailing) == (0.1, 0.05)
    assert measured(noise(5) + 0.2).mean == pytest.approx(0.2, abs=0.01)
    assert measured(noise(5) + 0.2).level == pytest.approx(-20, abs=0.2)
    silent = measured(np.zeros(500))
    assert silent.level <= -119
    assert not silent.codes[0].any()


def test_only_flat_tops_are_clipped():
    time = np.arange(RATE) / RATE
    for pitch in (40, 440, 3000):
        sine = np.sin(2 * np.pi * pitch * time)
        assert measured(np.rint(20000 * sine) / 32768).clipped == 0
        assert measured(np.clip(1.5 * sine, -0.9, 0.9)).clipped > 1000 or pitch == 3000
    assert measured(noise()).clipped == 0
    assert measured(np.clip(20 * noise(), -1, 1)).clipped > 1000


@pytest.mark.parametrize("edge", [4000, 5512, 8000, 11025])
def test_bandwidth_of_upsampled_sound(edge):
    low = noise(2, rate=2 * edge)
    one = measured(np.rint(32768 * soxr.resample(low, 2 * edge, 44100)) / 32768, 44100)
    assert one.bandwidth == pytest.approx(edge, rel=0.08)


def test_bandwidth_of_sounds_that_fall_off_by_themselves():
    """A tone in noise, a falling spectrum and a tone alone have no edge."""
    time = np.arange(2 * RATE) / RATE
    tone = 0.5 * np.sin(2 * np.pi * 1000 * time)
    brown = np.cumsum(noise(2)) / 50
    for samples in (tone + 0.001 * noise(2), brown - brown.mean(), tone, noise(2)):
        assert measured(samples).bandwidth == RATE / 2


def test_repeats():
    excerpt = planted.sound(1, 1, 0.8)
    bands = lambda x: spectrum_of(x, RATE).bands  # noqa: E731
    repeated = np.tile(excerpt, 4)[: 3 * RATE]
    found = repeat_in(repeated, RATE, bands(repeated))
    assert found.seconds == pytest.approx(0.8, abs=1e-3)
    assert found.correlation > 0.99
    time = np.arange(3 * RATE) / RATE
    steady = (0.3 * np.sin(2 * np.pi * 200 * time) + 0.2 * np.sin(2 * np.pi * 400 * time)).astype(np.float32)
    for samples in (steady, noise(3), planted.sound(2, 1, 3.0), np.zeros(3 * RATE, np.float32), excerpt[:3000]):
        assert repeat_in(samples, RATE, bands(samples)) is None


def coded(samples, fmt, subtype):
    stream = io.BytesIO()
    soundfile.write(stream, samples, RATE, format=fmt, subtype=subtype, compression_level=0.8)
    stream.seek(0)
    return soundfile.read(stream, dtype="float32")[0]


CHANGES = {
    "quieter": lambda x: (0.2 * x, RATE),
    "turned": lambda x: (-x, RATE),
    "later": lambda x: (np.concatenate([1e-4 * noise(0.1037), x]), RATE),
    "cut": lambda x: (x[1500:-1500], RATE),
    "MP3": lambda x: (coded(x, "MP3", "MPEG_LAYER_III"), RATE),
    "Vorbis": lambda x: (coded(x, "OGG", "VORBIS"), RATE),
    "at 8 kHz": lambda x: (soxr.resample(x, RATE, 8000), 8000),
    "at 44.1 kHz": lambda x: (soxr.resample(x, RATE, 44100), 44100),
    "noisier": lambda x: (x + 0.001 * np.random.default_rng(9).standard_normal(len(x)), RATE),
    "clipped": lambda x: (np.clip(x, -0.5 * x.max(), 0.5 * x.max()), RATE),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changed_copies_are_recognised_and_others_are_not(change):
    originals = [planted.sound(100 + number, number % 3, 1.2) for number in range(40)]
    copies = [CHANGES[change](samples) for samples in originals]
    codes = [measured(samples).codes for samples in originals]
    codes += [measured(np.asarray(samples, np.float32), rate).codes for samples, rate in copies]
    found = {(one.first, one.second): one for one in candidates(codes)}
    told = set()
    for pair, one in found.items():
        first, second = ((originals[n], RATE) if n < 40 else copies[n - 40] for n in pair)
        alike = waveform_correlation(*first, np.asarray(second[0], np.float32), second[1], one.offset)[0]
        if same_recording(alike, one):
            told.add(pair)
    assert all(second == first + 40 for first, second in told)
    assert len(told) >= 32


def test_correlation_is_that_of_numpy():
    one, two = noise(1, 1, 8000), noise(1, 2, 8000)
    mixed = np.concatenate([np.zeros(100, np.float32), one])[:8000] + two
    found, offset = waveform_correlation(one, 8000, mixed, 8000, 0.0)
    assert offset == pytest.approx(100 / 8000, abs=1e-4)
    assert found == pytest.approx(np.corrcoef(one[:7900], mixed[100:])[0, 1], abs=0.02)
    assert waveform_correlation(one, 8000, -one, 8000, 0.0)[0] == pytest.approx(-1, abs=1e-3)
    assert waveform_correlation(one[:1], 8000, two, 8000, 0.0)[0] == 0


def test_no_clips_no_candidates():
    assert candidates([]) == []
    assert candidates([measured(np.zeros(10)).codes] * 2) == []
