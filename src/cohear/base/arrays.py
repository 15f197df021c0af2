"""Types of arrays that every room may name; shapes stand where they are used."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
"""Samples, features, logits."""

Array = NDArray[np.float64]
"""Numbers of statistics."""

Integers = NDArray[np.int64]
"""Positions and counts."""
