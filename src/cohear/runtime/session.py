"""The model of a bundle in onnxruntime."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cohear.base.errors import DataError, MissingExtra
from cohear.runtime.card import MODEL, WINDOWS

WAVEFORM = "waveform"
"""The model's input. No task's name holds a ``+``, as other names in the graph do."""


def context_name(number: int = 0) -> str:
    """Input of the graph: frames at either end, of the windows of this number, that are no windows' but around them."""
    return _numbered("+context", number)


def heard_name(number: int = 0) -> str:
    """Value of the graph: which windows of this number are more than digital silence, ``[batch, windows]``."""
    return _numbered("+heard", number)


def statistics_name(task: str) -> str:
    """Input of the graph that may be left out: mean and deviation ``[2, D]`` of a task's features, of one group."""
    return f"statistics of {task}"


def moments_name(number: int = 0) -> str:
    """Value of the graph: sums of features and of squares over each window's frames, ``[batch, windows, 2, D]``."""
    return _numbered("+moments", number)


def valid_name(number: int = 0) -> str:
    """Value of the graph: over how many frames of a window these are, ``[1]``."""
    return _numbered("+valid", number)


def _numbered(name: str, number: int) -> str:
    return f"{name}_{number}" if number else name


def window_logits_name(task: str) -> str:
    """Value of the graph with a task's calibrated logits ``[batch, windows, columns]``."""
    return f"+windows+{task}"


class Session:
    """Runs a bundle's model; the numbers of its windows too, which the model file by itself does not give.

    Args:
        folder: the bundle's.
        threads: of onnxruntime; None is one a core. Networks of windows are small: one thread is often the fastest.

    Raises:
        MissingExtra: onnxruntime is not installed.
        DataError: the model cannot be loaded.
    """

    def __init__(self, folder: Path, threads: int | None = 1) -> None:
        try:
            import onnxruntime  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise MissingExtra("onnxruntime", "export") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads or 0
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # threads that wait leave the cores
        options.log_severity_level = 3  # errors alone
        self._statistics: Mapping[str, NDArray[np.float32]] = {}
        try:
            # Two protobuf messages one after the other are read as their union: the second names further outputs.
            model = (folder / MODEL).read_bytes() + (folder / WINDOWS).read_bytes()
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
            self._needed_alone = onnxruntime.RunOptions()
            self._needed_alone.only_execute_path_to_fetches = True
        except OSError as error:
            raise DataError(f"cannot read the model in {folder}: {error}; export the bundle again") from error
        except Exception as error:  # onnxruntime's own, one class a kind of failure
            raise DataError(f"the model in {folder} cannot be loaded: {error}; export the bundle again") from error

    def with_statistics(self, statistics: Mapping[str, NDArray[np.float32]]) -> Session:
        """The same model, told mean and deviation ``[2, D]`` of tasks' features, by task."""
        other = copy.copy(self)
        other._statistics = {statistics_name(task): values for task, values in statistics.items()}
        return other

    @property
    def columns(self) -> dict[str, int]:
        """How many numbers each of the model's outputs has."""
        return {output.name: output.shape[-1] for output in self._session.get_outputs()}

    @property
    def metadata(self) -> dict[str, str]:
        """What the model's file says of itself."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    def run(
        self, outputs: list[str], waveform: NDArray[np.float32], before: int = 0, after: int = 0, hears: int = 0
    ) -> list[Any]:
        """Values of the graph; what they do not need is not computed.

        Args:
            outputs: their names.
            waveform: ``[batch, samples]``.
            before: frames at the beginning that are no windows' but what surrounds them.
            after: the same at the end.
            hears: number of the input whose frames these are.
        """
        inputs = {WAVEFORM: waveform, context_name(hears): np.array([before, after], np.int64), **self._statistics}
        values: list[Any] = self._session.run(outputs, inputs, self._needed_alone)
        return values
