"""Cepstral coefficients and normalised energies, frame by frame against librosa; samples as they are."""

import librosa
import numpy as np
import pytest

from cohear.base.errors import UserError
from cohear.features import Joined, Mfcc, Pcen, Waveform


def sound(rate, seconds=0.7):
    noise = np.random.default_rng(4)
    time = np.arange(round(rate * seconds)) / rate
    wave = 0.3 * np.sin(2 * np.pi * (300 + 900 * time) * time) + 0.02 * noise.standard_normal(len(time))
    return (wave * np.minimum(1, 3 * time)).astype(np.float32)


def given(front_end, clip):
    """Stored frames of a clip, and what an encoder sees of them as one window."""
    frames = front_end.frames([clip])[0]
    return frames, front_end.window_input(frames[None], np.array([len(frames)]))[0]


@pytest.mark.parametrize("front_end", [Mfcc(), Mfcc(rate=8000, high=4000.0, bands=24, coefficients=24)])
def test_coefficients_are_those_of_librosa(front_end):
    frames, told = given(front_end, sound(front_end.rate))
    reference = librosa.feature.mfcc(S=frames.T, n_mfcc=front_end.coefficients, dct_type=2, norm="ortho")
    np.testing.assert_allclose(told, reference.T, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    "front_end", [Pcen(), Pcen(rate=8000, high=4000.0, hop_ms=16.0, seconds=0.06, gain=0.8, bias=10.0, power=0.25)]
)
def test_normalised_energies_are_those_of_librosa(front_end):
    """With a smoother that begins with the first frame."""
    frames, told = given(front_end, sound(front_end.rate))
    energies = np.exp(frames.T.astype(np.float64))
    reference = librosa.pcen(
        energies,
        sr=front_end.rate,
        hop_length=front_end.hop,
        gain=front_end.gain,
        bias=front_end.bias,
        power=front_end.power,
        time_constant=front_end.seconds,
        eps=1e-6,
        zi=(1 - front_end.smoothing) * energies[:, :1],
    )
    np.testing.assert_allclose(told, reference.T, rtol=1e-4, atol=1e-5)


def test_a_level_is_taken_out():
    """Where all of it is (gain 1), a recording ten times as loud says the same."""
    front_end, noise = Pcen(gain=1.0, floor=1e-9), np.random.default_rng(1).uniform(-1, 1, 8000).astype(np.float32)
    quiet, loud = (given(front_end, level * noise)[1] for level in (0.05, 0.5))
    np.testing.assert_allclose(loud, quiet, rtol=1e-3, atol=1e-3)
    assert loud.std() > 0.1


def test_samples_come_as_they_are():
    front_end, clip = Waveform(rate=8000, hop_ms=5.0), sound(8000)[:-7]
    frames, told = given(front_end, clip)
    assert frames.shape == (140, 40)
    np.testing.assert_array_equal(frames.ravel()[: len(clip)], clip)
    assert not frames.ravel()[len(clip) :].any()
    np.testing.assert_array_equal(told, frames)


def test_settings_that_there_are_not_are_told():
    for make, told in (
        (lambda: Mfcc(bands=10), "coefficients must be from 1 to bands"),
        (lambda: Pcen(gain=2.0, power=0.0), "gain must be from 0 to 1 and power must be positive"),
        (lambda: Waveform(hop_ms=0.01), "hop_ms must be at least one sample"),
        (lambda: Joined((Waveform(), Waveform(hop_ms=20.0))), "give samples, which one of them has all of"),
    ):
        with pytest.raises(UserError, match=told):
            make()
