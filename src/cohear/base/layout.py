"""What a front-end gives an encoder of a window."""

from typing import Literal

Layout = Literal["sequence", "vector", "samples"]
"""A sequence of frames ``[T, D]``, one vector ``[D]``, or samples that lie side by side, ``[T, D]`` in T frames."""
