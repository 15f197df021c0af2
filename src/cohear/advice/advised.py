"""The document of advice: expected gains, the runs that teach most next, the grouping to train."""

from __future__ import annotations

from typing import TypedDict

from cohear.base.setting import InSetting


class ExpectedGain(InSetting):
    """What a task is expected to gain in a combination, in one score.

    ``gain`` with its 95 % interval ``low``, ``high`` is in the score's own unit, plus is better; ``measured`` is the
    mean of ``repeats``, None where there are none.
    """

    task: str
    combination: str
    score: str
    unit: str
    gain: float
    low: float
    high: float
    measured: float | None
    repeats: int
    reason: str


class NextRun(InSetting):
    """A network to train next.

    ``worth`` is by how much the mean gain of a task in the best grouping is expected to rise when it is known,
    ``seconds`` what its ``repeats`` take of a core, ``planned`` whether the study's plan has it, ``measured`` on how
    many repeats it was run.
    """

    combination: str
    repeats: int
    measured: int
    planned: bool
    worth: float
    unit: str
    seconds: float | None
    reason: str


class ServedTask(TypedDict):
    """A task of a grouping: the network that serves it, its expected gain, and its expected score and log loss."""

    task: str
    combination: str
    gain: float
    low: float
    high: float
    score: float | None
    nll: float | None


class AdvisedNetwork(TypedDict):
    """A network of a grouping, and whether it was run."""

    combination: str
    run: bool
    parameters: float | None


class AdvisedGrouping(InSetting):
    """The grouping to train in a setting, or why there is none (``missing``).

    ``gain`` is the expected mean gain of a task over separate networks, with its 95 % interval, in ``score``;
    ``better`` the probability that it is above 0. ``loss`` is the expected mean log loss of a task, ``loss_separate``
    that of separate networks, ``loss_everything`` that of the grouping that one would take if every gain were known;
    where runs have no log loss the three are mean scores. ``everything`` is what knowing every gain would be expected
    to add to ``gain``. ``exact`` tells whether every division was looked at.
    """

    score: str
    unit: str
    missing: str
    networks: list[AdvisedNetwork]
    tasks: list[ServedTask]
    gain: float | None
    low: float | None
    high: float | None
    better: float | None
    loss: float | None
    loss_separate: float | None
    loss_everything: float | None
    everything: float | None
    parameters: float | None
    multiply_adds: float | None
    milliseconds: float | None
    bytes: float | None
    exact: bool
    words: str


class Advised(TypedDict):
    """What `cohear advise` prints as JSON."""

    gains: list[ExpectedGain]
    next: list[NextRun]
    grouping: list[AdvisedGrouping]
