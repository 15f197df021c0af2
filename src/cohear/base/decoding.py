"""How a model's output of a task is read: what a target kind says of it, a bundle's card carries and a runtime obeys.

Outputs of windows are pooled to those of a clip by their mean, and then pass the decoding's activation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Activation = Literal["softmax", "sigmoid", "identity"]


@dataclass(frozen=True)
class LabelDecoding:
    """Labels of a clip, each with a probability.

    Attributes:
        name: of the task, and of the model's output.
        kind: ``multiclass`` (one label an answer) or ``multilabel`` (any number).
        labels: in the order of the probabilities.
        thresholds: of a multilabel task, one a label: probability from which on it is given; else empty.

    Raises:
        ValueError: labels are not different texts, or thresholds are missing.
    """

    name: str
    kind: Literal["multiclass", "multilabel"]
    labels: tuple[str, ...]
    thresholds: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _check_names(self.name, "labels", self.labels)
        if not self.exclusive and len(self.thresholds) != len(self.labels):
            raise ValueError(f"task {self.name!r} has {len(self.thresholds)} thresholds for {len(self.labels)} labels")

    @property
    def exclusive(self) -> bool:
        """Whether an answer is one label: the most probable."""
        return self.kind == "multiclass"

    @property
    def columns(self) -> tuple[str, ...]:
        """What each number of the output is of."""
        return self.labels

    @property
    def activation(self) -> Activation:
        """From pooled outputs to probabilities."""
        return "softmax" if self.exclusive else "sigmoid"


@dataclass(frozen=True)
class NumberDecoding:
    """Numbers of a clip, each in the unit and on the scale of the data.

    Attributes:
        name: of the task, and of the model's output.
        kind: ``number``.
        names: what each of them is of, in order.
        unit: of all of them; empty where they have none.
        low, high: ends of the scale, None where it has none.
        spread: one each: how far from it nine truths in ten were, on clips that were not trained on; empty where that
            is not known.

    Raises:
        ValueError: names are not different texts, or there are fewer spreads than names.
    """

    name: str
    kind: Literal["number"]
    names: tuple[str, ...]
    unit: str = ""
    low: float | None = None
    high: float | None = None
    spread: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        _check_names(self.name, "names", self.names)
        if self.spread and len(self.spread) != len(self.names):
            raise ValueError(f"task {self.name!r} has {len(self.spread)} spreads for {len(self.names)} numbers")

    @property
    def columns(self) -> tuple[str, ...]:
        """What each number of the output is of."""
        return self.names

    @property
    def activation(self) -> Activation:
        """None: a head gives the numbers themselves."""
        return "identity"


Decoding: TypeAlias = LabelDecoding | NumberDecoding


def decoding_of(name: str, entry: Mapping[str, Any]) -> Decoding:
    """The decoding that a task's entry of a card tells.

    Raises:
        KeyError, TypeError, ValueError: it tells none.
    """
    kind = entry["kind"]
    if kind in ("multiclass", "multilabel"):
        return LabelDecoding(name, kind, tuple(entry["labels"]), _numbers(entry.get("thresholds")))
    if kind == "number":
        low, high = entry.get("low"), entry.get("high")
        return NumberDecoding(
            name, kind, tuple(entry["names"]), entry["unit"], low, high, _numbers(entry.get("spread"))
        )
    raise ValueError(f"task {name!r} has kind {kind!r}")


def entry_of(decoding: Decoding) -> dict[str, Any]:
    """What a card tells of a decoding, from which ``decoding_of`` makes it again."""
    return {key: list(value) if isinstance(value, tuple) else value for key, value in _fields(decoding).items()}


def activated(activation: Activation, outputs: NDArray[Any]) -> NDArray[Any]:
    """What pooled outputs ``[..., columns]`` become; the type of the numbers stays.

    >>> activated("softmax", np.zeros((1, 4))).tolist()
    [[0.25, 0.25, 0.25, 0.25]]
    """
    if activation == "softmax":
        powers = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
    if activation == "sigmoid":
        return np.asarray(0.5 * (1 + np.tanh(0.5 * outputs)))
    return outputs


def _fields(decoding: Decoding) -> dict[str, Any]:
    return {key: value for key, value in asdict(decoding).items() if key != "name"}


def _numbers(values: Any) -> tuple[float, ...]:  # noqa: ANN401 - whatever a card holds
    return tuple(float(value) for value in values or ())


def _check_names(task: str, what: str, names: tuple[str, ...]) -> None:
    if not names or len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{what} of task {task!r} are not different texts")
