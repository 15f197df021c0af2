"""How a model's output of a task is read: what a target kind says of it, a bundle's card carries and a runtime obeys.

A decoding is of a form (labels of a clip, numbers, a time line). It says what its entry of a card holds; how a graph
computes an output of its form is its twin in `cohear.export.forms`, and what is answered its twin in
`cohear.runtime.forms`. Nobody else asks of which form a decoding is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar, Literal, cast

import numpy as np
from numpy.typing import NDArray

from cohear.base.registry import Registry

Activation = Literal["softmax", "sigmoid", "identity"]


@dataclass(frozen=True)
class Decoding(ABC):
    """How a task is read; a frozen dataclass, whose fields are what a card's entry holds.

    Attributes:
        name: of the task, and of the model's output.
        kind: what a card calls it; a form may have several.
    """

    form: ClassVar[str]
    """Its name among the twins."""
    counted: ClassVar[str] = "labels"
    """What its columns are of."""
    name: str
    kind: str

    @classmethod
    @abstractmethod
    def of_entry(cls, name: str, entry: Mapping[str, object]) -> Decoding:
        """The decoding that a task's entry of a card tells.

        Raises:
            KeyError, TypeError, ValueError: it tells none.
        """

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """What each number of the output is of: of its last axis."""

    @property
    @abstractmethod
    def activation(self) -> Activation:
        """From pooled outputs to what the model gives."""

    @abstractmethod
    def meaning(self) -> Decoding:
        """The same without what is set on clips that were not trained on, and may be set anew."""


DECODINGS: Registry[type[Decoding]] = Registry("kind of decoding", {"timeline": "cohear.base.timeline"})
"""By the ``kind`` of a card's entry."""


@DECODINGS.register("multiclass")
@DECODINGS.register("multilabel")
@dataclass(frozen=True)
class LabelDecoding(Decoding):
    """Labels of a clip, each with a probability.

    Attributes:
        kind: ``multiclass`` (one label an answer) or ``multilabel`` (any number).
        labels: in the order of the probabilities.
        thresholds: of a multilabel task, one a label: probability from which on it is given; else empty.

    Raises:
        ValueError: labels are not different texts, or thresholds are missing.
    """

    form: ClassVar[str] = "labels"
    kind: Literal["multiclass", "multilabel"]
    labels: tuple[str, ...]
    thresholds: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        check_different(self.name, "labels", self.labels)
        if not self.exclusive:
            check_thresholds(self.name, self.labels, self.thresholds)

    @classmethod
    def of_entry(cls, name: str, entry: Mapping[str, object]) -> LabelDecoding:
        """Thresholds may be missing."""
        kind = cast(Literal["multiclass", "multilabel"], entry["kind"])
        return cls(name, kind, texts(entry["labels"]), numbers(entry.get("thresholds")))

    @property
    def exclusive(self) -> bool:
        """Whether an answer is one label: the most probable."""
        return self.kind == "multiclass"

    @property
    def columns(self) -> tuple[str, ...]:
        """A label each."""
        return self.labels

    @property
    def activation(self) -> Activation:
        """From pooled outputs to probabilities."""
        return "softmax" if self.exclusive else "sigmoid"

    def meaning(self) -> LabelDecoding:
        """With thresholds of one half."""
        return replace(self, thresholds=(0.5,) * len(self.labels))


@DECODINGS.register("number")
@dataclass(frozen=True)
class NumberDecoding(Decoding):
    """Numbers of a clip, each in the unit and on the scale of the data.

    Attributes:
        kind: ``number``.
        names: what each of them is of, in order.
        unit: of all of them; empty where they have none.
        low, high: ends of the scale, None where it has none.
        spread: one each: how far from it nine truths in ten were, on clips that were not trained on; empty where that
            is not known.

    Raises:
        ValueError: names are not different texts, or there are fewer spreads than names.
    """

    form: ClassVar[str] = "numbers"
    counted: ClassVar[str] = "numbers"
    kind: Literal["number"]
    names: tuple[str, ...]
    unit: str = ""
    low: float | None = None
    high: float | None = None
    spread: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        check_different(self.name, "names", self.names)
        if self.spread and len(self.spread) != len(self.names):
            raise ValueError(f"task {self.name!r} has {len(self.spread)} spreads for {len(self.names)} numbers")

    @classmethod
    def of_entry(cls, name: str, entry: Mapping[str, object]) -> NumberDecoding:
        """Ends of the scale and spread may be missing."""
        low, high = (cast(float | None, entry.get(end)) for end in ("low", "high"))
        names, unit, spread = texts(entry["names"]), str(entry["unit"]), numbers(entry.get("spread"))
        return cls(name, "number", names, unit, low, high, spread)

    @property
    def columns(self) -> tuple[str, ...]:
        """A number each."""
        return self.names

    @property
    def activation(self) -> Activation:
        """None: a head gives the numbers themselves."""
        return "identity"

    def meaning(self) -> NumberDecoding:
        """Without a spread."""
        return replace(self, spread=())


def decoding_of(name: str, entry: Mapping[str, Any]) -> Decoding:
    """The decoding that a task's entry of a card tells.

    Raises:
        KeyError, TypeError, ValueError: it tells none.
    """
    kind = entry["kind"]
    if kind not in DECODINGS:
        raise ValueError(f"task {name!r} has kind {kind!r}")
    return DECODINGS[kind].of_entry(name, entry)


def entry_of(decoding: Decoding) -> dict[str, Any]:
    """What a card tells of a decoding, from which ``decoding_of`` makes it again."""
    told = {key: value for key, value in asdict(decoding).items() if key != "name"}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in told.items()}


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


def texts(value: object) -> tuple[str, ...]:
    """Texts of an entry of a card; raises TypeError where it is no list."""
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r} is no list")
    return tuple(value)


def numbers(value: object) -> tuple[float, ...]:
    """Numbers of an entry of a card; none where it has none. Raises TypeError where it is no list."""
    return tuple(float(each) for each in texts(value or ()))


def check_different(task: str, what: str, names: tuple[str, ...]) -> None:
    """Raise ValueError where names are not different texts."""
    if not names or len(set(names)) < len(names) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{what} of task {task!r} are not different texts")


def check_thresholds(task: str, labels: tuple[str, ...], thresholds: tuple[float, ...]) -> None:
    """Raise ValueError where there is not one for each label."""
    if len(thresholds) != len(labels):
        raise ValueError(f"task {task!r} has {len(thresholds)} thresholds for {len(labels)} labels")
