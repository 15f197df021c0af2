"""The graphs of front-ends with all of ours entered."""

from __future__ import annotations

from cohear.export import (  # noqa: F401 - each enters some
    compressed_graph,
    joined_graph,
    module_graph,
    onnx_graph,
    waveform_graph,
)
from cohear.export.front_ends import FRONT_END_GRAPHS

__all__ = ["FRONT_END_GRAPHS"]
