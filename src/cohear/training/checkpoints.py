"""Which weights are scored: those of the last step, and two picks by validation beside them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from torch import Tensor

from cohear.models.sharing import Network

State = dict[str, Tensor]


class Checkpoints:
    """Keeps the weights that a selection rule would take.

    ``last`` (primary) is the network after its last step, chosen by nothing. ``joint`` has the best mean over the
    tasks on validation, ``own`` is each task's best: as many networks as tasks, which nobody can have in one.
    """

    def __init__(self, metric_sign: Mapping[str, int]) -> None:
        self._sign = metric_sign
        self._best_joint = -math.inf
        self._best_own = dict.fromkeys(metric_sign, -math.inf)
        self._states: dict[int, State] = {}
        self._joint_step: int | None = None
        self._own_step: dict[str, int | None] = dict.fromkeys(metric_sign)

    def offer(self, step: int, network: Network, validation: Mapping[str, float]) -> None:
        """Look at the weights after ``step`` steps; a task without a validation score has no say."""
        values = {task: self._sign[task] * value for task, value in validation.items() if not math.isnan(value)}
        if values and sum(values.values()) / len(values) > self._best_joint:
            self._best_joint = sum(values.values()) / len(values)
            self._joint_step = step
        for task, value in values.items():
            if value > self._best_own[task]:
                self._best_own[task] = value
                self._own_step[task] = step
        wanted = {self._joint_step, *self._own_step.values()}
        if step in wanted:
            self._states[step] = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
        self._states = {kept: state for kept, state in self._states.items() if kept in wanted}

    def picks(self) -> Iterator[tuple[str, int, State, list[str]]]:
        """Each secondary selection: its name, step, weights, and the tasks that it is for."""
        if self._joint_step is not None:
            yield "joint", self._joint_step, self._states[self._joint_step], list(self._sign)
        for task, step in self._own_step.items():
            if step is not None:
                yield "own", step, self._states[step], [task]
