"""Log-mel frames against librosa, and what they must keep."""

import tracemalloc

import librosa
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohear.audio.decode import read_audio
from cohear.audio.resample import resample
from cohear.audio.segment import Segment
from cohear.features import LogMel, Summary
from cohear.features.filterbank import mel_triangles


def reference(samples: np.ndarray, front_end: LogMel | Summary) -> np.ndarray:
    """The same log energies by librosa ``[T, bands]``."""
    bank = front_end.filter_bank
    frames = front_end.frames_of(len(samples))
    # librosa centres the window in the FFT frame; ours is centred on the hop
    before = (bank.window - bank.hop) // 2 + (bank.fft_size - bank.window) // 2
    after = (frames - 1) * bank.hop + bank.fft_size - before - len(samples)
    mel = librosa.feature.melspectrogram(
        y=np.pad(samples, (before, max(after, 0))),
        sr=bank.rate,
        n_fft=bank.fft_size,
        hop_length=bank.hop,
        win_length=bank.window,
        center=False,
        n_mels=bank.bands,
        fmin=bank.low,
        fmax=bank.high,
        norm=None,
    )
    return np.log(bank.floor + mel.T[:frames])


def agree(samples: np.ndarray, front_end: LogMel | Summary) -> None:
    np.testing.assert_allclose(front_end.frames([samples])[0], reference(samples, front_end), rtol=0, atol=1e-3)


@pytest.mark.parametrize("front_end", [LogMel(), Summary(), LogMel(bands=40, rate=8000, high=4000.0)])
def test_triangles_are_those_of_librosa(front_end):
    bank = front_end.filter_bank
    ours = mel_triangles(bank.bands, bank.fft_size, bank.rate, bank.low, bank.high)
    theirs = librosa.filters.mel(
        sr=bank.rate, n_fft=bank.fft_size, n_mels=bank.bands, fmin=bank.low, fmax=bank.high, norm=None
    )
    np.testing.assert_allclose(ours.T, theirs, atol=1e-6)


@pytest.mark.parametrize("front_end", [LogMel(), Summary()])
@settings(max_examples=25, deadline=None)
@given(samples=st.integers(1, 20000), level=st.sampled_from([0.0, 1e-4, 0.1, 1.0]))
def test_noise_agrees_with_librosa(front_end, samples, level):
    agree((level * np.random.default_rng(samples).uniform(-1, 1, samples)).astype(np.float32), front_end)


def test_tones_agree_with_librosa():
    time = np.arange(16000) / 16000
    for hertz in (30, 440, 3000, 7900):
        agree((0.9 * np.sin(2 * np.pi * hertz * time)).astype(np.float32), LogMel())


@pytest.mark.data
@pytest.mark.parametrize("dataset", ["fsdd", "esc10", "emodb", "donateacry"])  # the first and the last are 8 kHz
def test_real_clips_agree_with_librosa(shared_data, dataset):
    files = sorted((shared_data / dataset / "clips").glob("*.flac"))[::40][:12]
    if not files:
        pytest.skip(f"the real dataset {dataset} is not beside the checkout")
    for file in files:
        samples, rate = read_audio(Segment(file))
        agree(resample(samples, rate, 16000), LogMel())
        agree(resample(samples, rate, 16000), Summary())


def test_frames_are_bitwise_the_same_alone_and_in_company():
    noise = np.random.default_rng(0)
    clips = [noise.uniform(-1, 1, n).astype(np.float32) for n in (1, 90000, 333, 16000, 7, 81920, 400)]
    for clip, frames in zip(clips, LogMel().frames(clips), strict=True):
        np.testing.assert_array_equal(LogMel().frames([clip])[0], frames)


def test_frame_is_centred_on_its_hop():
    samples = np.zeros(16000, np.float32)
    samples[160 * 50 + 80] = 1.0
    energies = LogMel().frames([samples])[0].sum(axis=1)
    assert energies.argmax() == 50
    np.testing.assert_allclose(energies[49], energies[51], rtol=0.05)


def test_levels_over_time_are_kept():
    """Pitfall 12: frames scaled to their own maximum would lose a fade."""
    noise = np.random.default_rng(0).uniform(-1, 1, 32000).astype(np.float32)
    gain = np.repeat(np.float32([1.0, 0.1]), 16000)
    loud, faded = LogMel().frames([noise, noise * gain])
    drop = (loud - faded)[105:195].mean()
    assert drop == pytest.approx(2 * np.log(10), abs=0.01)
    np.testing.assert_array_equal(loud[:95], faded[:95])


def test_silence_is_the_floor():
    np.testing.assert_allclose(LogMel().frames([np.zeros(4000, np.float32)])[0], np.log(1e-5), rtol=1e-6)


def test_memory_beside_the_frames_is_bounded():
    samples = np.zeros(16000 * 600, np.float32)  # ten minutes
    LogMel().frames([samples[:1]])
    tracemalloc.start()
    frames = LogMel().frames([samples])[0]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak - frames.nbytes < 10_000_000


def test_window_input_is_zero_beyond_the_lengths():
    windows = np.full((3, 10, 64), np.nan, np.float32)
    windows[0, :4] = windows[1, :10] = windows[2, :1] = 1.0
    given_ = LogMel().window_input(windows, np.array([4, 10, 1]))
    assert given_.sum(axis=(1, 2)).tolist() == [4 * 64, 640, 64]
