"""Steps of a time line: means over their frames, and which of them are heard."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import median_filter

from cohear.base.decoding import activated, decoding_of, entry_of
from cohear.base.timeline import UNHEARD, StepMeans, TimelineDecoding, medians, steps_of

NONE = np.zeros(0, np.int64)


def means_of(*windows, frames, step=0.1):
    made = StepMeans(1, 0.01, step)
    for values, places, heard in windows:
        made.add(np.array(values, np.float32).reshape(-1, 1), np.array(places), np.array(heard, np.int64))
    return made.means(frames).ravel().tolist(), made.heard(frames).tolist()


def test_a_step_is_the_mean_over_the_frames_of_all_windows():
    windows = ([1, 2, 3], [0, 4, 12], [0, 12]), ([5, 7], [8, 11], [8])
    assert means_of(*windows, frames=20) == ([pytest.approx(8 / 3), 5], [True, True])


def test_a_step_in_which_nothing_is_heard_has_no_label():
    """Whatever is said of its frames; a frame on the border is of the later step."""
    window = [1] * 30, range(30), [9, 20]
    assert means_of(window, frames=30) == ([1, UNHEARD, 1], [True, False, True])


def test_a_step_is_heard_between_the_frames_that_an_encoder_gives():
    """One frame of four is told, and each of the four may be the one that sounds."""
    assert means_of(([3, 4, 5], [0, 4, 8], [7]), frames=12, step=0.04) == ([UNHEARD, 4, UNHEARD], [False, True, False])


def test_what_lies_beyond_the_last_whole_step_is_of_it():
    window = [2] * 15, range(15), [14]
    assert means_of(window, frames=15) == ([2], [True])
    assert means_of(window, frames=20) == ([UNHEARD, 2], [False, True])


def test_a_clip_without_windows_has_its_steps():
    assert means_of(frames=30) == ([UNHEARD] * 3, [False] * 3)
    assert means_of(([], NONE, NONE), frames=1) == ([UNHEARD], [False])


@given(st.lists(st.tuples(st.integers(0, 90), st.lists(st.booleans(), min_size=10, max_size=10)), max_size=12))
def test_steps_are_heard_where_any_frame_of_them_is(windows):
    """In any order of windows, as one adds up what each tells."""
    made, heard = StepMeans(2, 0.01, 0.03), np.zeros(100, np.bool_)
    for start, flags in windows:
        places = start + np.flatnonzero(flags)
        made.add(np.ones((10, 2), np.float32), start + np.arange(10), places)
        heard[places] = True
    expected = np.bincount(np.minimum(steps_of(np.arange(100), 0.01, 0.03), 32), heard, minlength=33) > 0
    assert made.heard(100).tolist() == expected.tolist()
    np.testing.assert_array_equal(made.means(100), np.where(expected[:, None], 1, UNHEARD).repeat(2, axis=1))


@given(
    arrays(np.float32, st.tuples(st.integers(0, 12), st.just(2)), elements=st.sampled_from([0, 0.1, 0.3, 0.5, 0.8])),
    st.sampled_from([(1, 1), (3, 1), (5, 9), (15, 3)]),
)
def test_medians_are_those_of_scipy_but_in_silence(steps, widths):
    expected = [median_filter(column, width, mode="nearest") for column, width in zip(steps.T, widths, strict=True)]
    expected = np.where(steps == 0, 0, np.array(expected).T.reshape(steps.shape))
    np.testing.assert_array_equal(medians(steps, widths), expected)


@given(arrays(np.float32, (9, 1), elements=st.floats(-8, 8, width=32) | st.just(UNHEARD)))
def test_a_median_of_logits_is_that_of_probabilities(logits):
    of_logits = activated("sigmoid", medians(logits, [3], UNHEARD))
    np.testing.assert_allclose(of_logits, medians(activated("sigmoid", logits), [3]), atol=1e-7)


def test_filters_of_a_card():
    task = TimelineDecoding("when", "timeline", ("a", "b"), 0.1, 4, (0.5, 0.25), (1, 5))
    assert decoding_of("when", entry_of(task)) == task and task.widths == (1, 5)
    older = {key: value for key, value in entry_of(task).items() if key != "filters"}
    assert decoding_of("when", older).widths == (1, 1)
    for wrong, because in (([3], "1 filters for 2 labels"), ([1, 4], "odd number"), ([1, -1], "odd number")):
        with pytest.raises(ValueError, match=because):
            decoding_of("when", {**entry_of(task), "filters": wrong})
