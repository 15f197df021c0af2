"""Augmentation is what a front-end says that its frames can take; another's frames are left alone."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from cohear.features import LogMel, Summary
from cohear.features.augmentation import WARPS, mel_warps
from cohear.features.front_end import FrontEnd


@dataclass(frozen=True)
class Embedding(LogMel):
    """A sequence that is no energies."""

    name: ClassVar[str] = "embedding"

    augmentation = FrontEnd.augmentation


def test_only_front_ends_that_say_so_are_augmented():
    assert FrontEnd.augmentation.fget(LogMel()) is None
    assert Embedding().augmentation is None
    assert Summary().augmentation is None
    assert LogMel(bands=13).augmentation.bands == 13
    assert LogMel(bands=13).augmentation.warps.shape == (WARPS, 13, 13)


@pytest.mark.parametrize("bands", [1, 2, 24, 64])
def test_warps_move_bands_and_keep_levels(bands):
    """Each band is read between two of the old ones; in the middle of the list nothing moves."""
    warps = mel_warps(bands, 20.0, 8000.0)
    np.testing.assert_allclose(warps.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(warps[WARPS // 2], np.eye(bands), atol=1e-4)
    centre = np.arange(bands) @ warps  # [WARPS, bands]: where each band is read
    assert (np.diff(centre, axis=0) >= -1e-4).all()
