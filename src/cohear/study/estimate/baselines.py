"""How long a fit of a baseline takes: it is tried whole on tasks, and told of others by their number of clips."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cohear.baselines.spec import BaselineSpec
from cohear.study.estimate.sizes import Sizes
from cohear.study.estimate.trials import Trial, Trials

SECONDS = 4.0
"""Of the processor that are given to trying a baseline; its smallest and its largest task are tried in any case."""
USUAL_POWER, POWERS = 1.3, (0.5, 2.5)
"""Of the number of clips: where two tasks do not tell it, and between which it lies."""


def fits_of(spec: BaselineSpec) -> str:
    """Fits of one kind differ in tasks and fold alone."""
    content = spec.model_dump(mode="json")
    return json.dumps([content["baseline"], spec.front_end, spec.window], sort_keys=True)


@dataclass(frozen=True)
class Fits:
    """Fits of one baseline that were tried.

    Attributes:
        tried: seconds by task and clips.
        power: of the number of clips that seconds go with.
        bytes: that a fit leaves, the mean.
        memory: bytes that the largest took.
    """

    tried: dict[tuple[str, int], float]
    power: float
    bytes: float
    memory: int

    def seconds(self, spec: BaselineSpec, sizes: Sizes) -> float:
        """Of one: as its own task took where that was tried, else as the one with the nearest number of clips."""
        name, clips = spec.tasks[0].name, clips_fitted(spec, sizes)
        nearest = min(self.tried, key=lambda each: (each[0] != name, abs(math.log(each[1] / clips))))
        return self.tried[nearest] * float((clips / nearest[1]) ** self.power)


def clips_fitted(spec: BaselineSpec, sizes: Sizes) -> int:
    """Clips that it is fitted to."""
    return max(1, len(sizes.clips(spec.tasks[0].split, "train")))


def tried_fits(
    specs: Sequence[BaselineSpec], trials: Trials, sizes: Sizes, files: Callable[[BaselineSpec], frozenset[str]]
) -> Fits:
    """Try the fits of a baseline, one a task, from the smallest on, as long as there is time; and the largest.

    Raises:
        RunFailed: as the real runs would.
    """
    by_task: dict[str, BaselineSpec] = {}
    for spec in specs:
        by_task.setdefault(spec.tasks[0].name, spec)
    smallest, *rest = sorted(by_task.values(), key=lambda spec: clips_fitted(spec, sizes))
    left, made = SECONDS, list[tuple[BaselineSpec, Trial]]()
    for spec in [smallest, *rest[-1:], *rest[:-1]]:
        if left <= 0 and len(made) > 1:
            break
        made.append((spec, trials.of(spec, files(spec))))
        left -= made[-1][1].seconds
    tried = {(spec.tasks[0].name, clips_fitted(spec, sizes)): trial.seconds for spec, trial in made}
    sums = [sum(trial.bytes.values()) for _, trial in made]
    return Fits(tried, _power(tried), sum(sums) / len(sums), max(trial.memory for _, trial in made))


def _power(tried: dict[tuple[str, int], float]) -> float:
    """From the smallest and the largest."""
    small, large = (choose(tried, key=lambda each: each[1]) for choose in (min, max))
    if large[1] < 2 * small[1]:
        return USUAL_POWER
    power = math.log(max(tried[large], 1e-6) / max(tried[small], 1e-6)) / math.log(large[1] / small[1])
    return min(max(power, POWERS[0]), POWERS[1])
