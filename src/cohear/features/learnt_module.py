"""Networks in PyTorch in the forms in which others publish them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from cohear.base.arrays import Floats
from cohear.base.assets import Asset
from cohear.base.errors import UserError
from cohear.features.code_file import CodeFile

XARES = ("sampling_rate", "output_dim", "hop_size_in_ms")
HEAR = ("load_model", "get_timestamp_embeddings", "get_scene_embeddings")
NO_GRAPH = (
    "is in the form of HEAR, functions that cannot be written down as a graph; give a class in the form of X-ARES, or "
    "an ONNX file to front-end 'onnx'"
)
PROBED_SECONDS = 2


@dataclass(frozen=True, eq=False)
class LearntModule:
    """A network that gives frames of waveforms.

    Attributes:
        name: of its file, for errors.
        rate: in Hz.
        hop: samples from one frame of a whole clip to the next.
        module: the network, for export; None where it is no one module.
        ask: waveforms ``[B, S]`` to frames ``[B, T, D]``.
        no_graph: why there is none for export, and what may be done; empty where there is.
    """

    name: str
    rate: int
    hop: int
    module: nn.Module | None
    ask: Callable[[Tensor], Tensor]
    no_graph: str = ""

    def run(self, waveforms: Floats) -> Floats:
        """Frames ``[B, T, D]``, float32.

        Raises:
            UserError: the network fails, or gives something else.
        """
        try:
            with torch.no_grad():
                made = self.ask(torch.from_numpy(np.ascontiguousarray(waveforms, np.float32)))
        except UserError:
            raise
        except Exception as error:  # whatever somebody's network raises
            raise UserError(f"{self.name} fails on waveforms {list(waveforms.shape)}: {in_one_line(error)}") from error
        if made.ndim != 3 or len(made) != len(waveforms):
            raise UserError(f"{self.name} must give frames [batch, time, numbers], not {list(made.shape)}")
        frames: Floats = made.float().cpu().numpy()
        return frames


def in_one_line(error: Exception) -> str:
    """The kind of an error and the beginning of what it says."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def no_even_steps(name: str) -> UserError:
    """Of a network whose frames of whole clips do not follow each other so that one knows where they lie."""
    return UserError(f"{name} gives no even steps of time: give window and hop_samples")


def learnt_module(code: CodeFile, weights: Asset | None, *, of_excerpts: bool) -> LearntModule:
    """A network from its code and weights.

    Args:
        code: a class in the form of X-ARES, or a file in that of HEAR.
        weights: of it.
        of_excerpts: whether it is given excerpts; in the form of HEAR these have a scene embedding each.

    Raises:
        UserError: it is of neither form, or its weights do not fit.
    """
    found = code.load()
    if code.member:
        return _xares(code.file.name, found, weights)
    lacks = [name for name in HEAR if not hasattr(found, name)]
    if lacks:
        raise UserError(
            f"{code.file.name} has no {lacks[0]}, which a file in the form of HEAR has; of one in the form of X-ARES "
            "name the class too, as in file.py:Class"
        )
    return _hear(code.file.name, found, weights, of_excerpts)


def _xares(name: str, cls: Callable[[], nn.Module], weights: Asset | None) -> LearntModule:
    try:
        module = cls()
    except Exception as error:
        raise UserError(f"{name} cannot be made: {in_one_line(error)}") from error
    lacks = [each for each in XARES if not isinstance(getattr(module, each, None), int | float)]
    if not isinstance(module, nn.Module) or lacks:
        raise UserError(f"{name}: a network in the form of X-ARES is a torch.nn.Module with {', '.join(XARES)}")
    if weights is not None:
        tensors = weights.read(load_file)
        try:
            module.load_state_dict(tensors)
        except RuntimeError as error:
            raise UserError(f"{weights.name} does not fit {name}: {' '.join(str(error).split())[:300]}") from error
    module = module.eval().requires_grad_(False)
    rate, hop = (float(getattr(module, each)) for each in (XARES[0], XARES[2]))
    return LearntModule(name, round(rate), max(1, round(hop * rate / 1000)), module, module)


def _hear(name: str, file: Any, weights: Asset | None, of_excerpts: bool) -> LearntModule:  # noqa: ANN401 - a module
    def load(path: Path | None) -> nn.Module:
        loaded: nn.Module = file.load_model(*([] if path is None else [str(path)]))
        return loaded

    model = load(None) if weights is None else weights.read(load)
    rate = int(model.sample_rate)  # type: ignore[arg-type]
    model.eval()

    def scenes(audio: Tensor) -> Tensor:
        made: Tensor = file.get_scene_embeddings(audio, model)
        return made[:, None]

    def frames(audio: Tensor) -> Tensor:
        made: Tensor = file.get_timestamp_embeddings(audio, model)[0]
        return made

    if of_excerpts:
        return LearntModule(name, rate, rate, None, scenes, NO_GRAPH)
    with torch.no_grad():
        _, times = file.get_timestamp_embeddings(torch.zeros(1, PROBED_SECONDS * rate), model)
    steps = times[0].diff()
    if not len(steps) or not torch.allclose(steps, steps[:1], rtol=1e-3):
        raise no_even_steps(name)
    return LearntModule(name, rate, max(1, round(float(steps[0]) * rate / 1000)), None, frames, NO_GRAPH)
