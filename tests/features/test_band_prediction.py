"""What neighbours tell of a band is left out of a pack, and put back to the last bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cohear.features.band_prediction import residuals, restored

WHOLE = arrays.arrays(np.int16, st.tuples(st.integers(1, 6), st.integers(1, 9)), elements=st.integers(-32768, 32767))


@given(WHOLE)
def test_any_numbers_come_back(bands):
    left, weights = residuals(bands)
    assert np.array_equal(restored(left, weights), bands)


def test_a_band_that_is_the_sum_of_those_below_leaves_nothing():
    """The first two are not foretold but for their mean; the third is 2 a - b + 3, of frames that the weights hold."""
    a, b = np.random.default_rng(0).integers(-500, 500, (2, 4000)).astype(np.int16)
    left, weights = residuals(np.stack([b, a, 2 * a - b + 3]))
    assert weights[2] == [3 * 256, 0, 2 * 256, 0, -256]
    assert not left[2].any()
    assert left[0].max() > 500


def test_small_numbers_of_either_sign_are_small():
    left, _ = residuals(np.array([[0, -1, 1, -2, 2, 0, 0, 0]], np.int16))
    assert left[0].tolist() == [0, 1, 2, 3, 4, 0, 0, 0]


def test_weights_of_other_bands_are_refused():
    left, weights = residuals(np.zeros((3, 4), np.int16))
    with pytest.raises(ValueError, match="3 bands with weights of 2"):
        restored(left, weights[:2])
