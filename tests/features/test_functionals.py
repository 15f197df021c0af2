"""Functionals of windows against plain loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.fft import dct

from cohear.features import Summary
from cohear.features.functionals import FUNCTIONALS, LAGS, ON_PATH, PATH, SHAPE, cepstrum_width, functionals_width

FRONT_END = Summary()


def told_of(window):
    """Descriptors of frames ``[T, bands]``, in float64, frame by frame."""
    bands = window.shape[1]
    place, half = np.linspace(-1, 1, bands), bands // 2
    rows = []
    for number, frame in enumerate(window):
        energy = np.exp(frame)
        share = energy / energy.sum()
        cepstrum = dct(frame, norm="ortho")[: cepstrum_width(bands)]
        cepstrum[0] *= np.sqrt(2)
        centroid = (share * place).sum()
        step = frame - window[max(number - 1, 0)]
        shape = {
            "level": np.log(energy.sum()),
            "centroid": centroid,
            "spread": (share * (place - centroid) ** 2).sum(),
            "flatness": frame.mean() - np.log(energy.mean()),
            "tilt": np.log(energy[half:].sum()) - np.log(energy[: max(half, 1)].sum()),
            "rise": np.maximum(step, 0).mean(),
            "change": np.abs(step).mean(),
            "roughness": np.abs(np.diff(frame)).sum() / bands,
        }
        rows.append([*frame, *cepstrum, *(shape[name] for name in SHAPE)])
    return np.array(rows)


def reference(window):
    """The vector of a window ``[T, bands]``."""
    told = told_of(window.astype(np.float64))
    count, bands = window.shape

    def later(by):
        return told[np.clip(np.arange(count) + by, 0, count - 1)]

    slopes = (2 * (later(2) - later(-2)) + later(1) - later(-1)) / 10
    statistics = [told.mean(0), told.std(0), *np.percentile(told, [10, 90], axis=0), np.sqrt((slopes**2).mean(0))]
    statistics += [np.abs(later(lag) - told).mean(0) for lag in LAGS]
    assert len(statistics) == len(FUNCTIONALS)
    on_path = told[:, bands : bands + min(ON_PATH, cepstrum_width(bands))]
    phase = np.pi * (np.arange(count) + 0.5) / count
    path = [2 * (np.cos(k * phase)[:, None] * on_path).mean(0) for k in range(1, PATH + 1)]
    return np.concatenate([*statistics, *path])


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 16, 17, 63, 100])
@pytest.mark.parametrize("bands", [1, 2, 24])
def test_every_length_equals_loops(length, bands):
    windows = np.random.default_rng(length).normal(-5, 3, (2, 100, bands)).astype(np.float32)
    front_end = Summary(bands=bands)
    found = front_end.window_input(windows, np.array([length, 100]))
    assert found.shape == (2, functionals_width(bands)) == (2, front_end.input_width)
    np.testing.assert_allclose(found[0], reference(windows[0, :length]), rtol=2e-4, atol=2e-4)
    np.testing.assert_allclose(found[1], reference(windows[1]), rtol=2e-4, atol=2e-4)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), width=st.integers(1, 30), batch=st.integers(1, 5))
def test_mixed_lengths_equal_loops(data, width, batch):
    lengths = np.array(data.draw(st.lists(st.integers(1, width), min_size=batch, max_size=batch)))
    few = data.draw(st.lists(st.floats(-12, 9, width=32), min_size=1, max_size=5))  # ties are frequent
    windows = np.random.default_rng(width).choice(np.float32(few), (batch, width, 6))
    found = Summary(bands=6).window_input(windows, lengths)
    for window, length, vector in zip(windows, lengths, found, strict=True):
        np.testing.assert_allclose(vector, reference(window[:length]), rtol=1e-3, atol=1e-3)


def test_the_path_knows_the_direction_of_time():
    """Played backwards, odd cosines change their sign; what asks for no order stays."""
    window = np.random.default_rng(0).normal(-5, 3, (1, 60, 24)).astype(np.float32)
    there, back = (FRONT_END.window_input(each, np.array([60]))[0] for each in (window, window[:, ::-1]))
    path = PATH * ON_PATH
    np.testing.assert_allclose(back[-path:], np.repeat([-1, 1, -1], ON_PATH) * there[-path:], atol=1e-4)
    there, back = (each[:-path].reshape(len(FUNCTIONALS), -1) for each in (there, back))
    unordered = FUNCTIONALS.index("slope") + 1
    steady = [number for number in range(there.shape[1]) if number - there.shape[1] not in (-3, -2)]  # rise, change
    np.testing.assert_allclose(back[:unordered, steady], there[:unordered, steady], atol=1e-4)
