"""What a front-end gives an encoder of a window."""

from typing import Literal

Layout = Literal["sequence", "vector"]
"""A sequence of frames ``[T, D]``, or one vector ``[D]``."""
