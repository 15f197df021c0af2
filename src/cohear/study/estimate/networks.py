"""How long a network's run takes: a sum of what is paid once, by the task, by the step and by the scored window."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cohear.base.tables import PREDICTIONS_CSV
from cohear.study.estimate.sizes import Load, Sizes
from cohear.study.estimate.trials import Trial, Trials
from cohear.training.spec import RunSpec

SHORTEST = 3
"""Steps of a trial. One to three tell nothing else: what the first step loads is paid once a run."""
FEW_CLIPS = 8
"""In each part of a trial."""
ENOUGH = 0.4
"""Processor seconds by which two trials should differ, for what differs between them to be told from their scatter."""


@dataclass(frozen=True)
class Pace:
    """Processor seconds of networks of one kind.

    Attributes:
        start: a run.
        a_task: a run's task: reading, and all that is done once for it.
        a_step: whatever is in it.
        a_width: of a step (`Load.width`).
        a_window: that is scored.
    """

    start: float
    a_task: float
    a_step: float
    a_width: float
    a_window: float

    def seconds(self, load: Load) -> float:
        """Of a run."""
        a_step = self.a_step + self.a_width * load.width
        return self.start + self.a_task * load.tasks + a_step * load.steps + self.a_window * load.scored


@dataclass(frozen=True)
class Traces:
    """Bytes that networks of one kind leave: of files that are as long whatever they are tested on, and predictions."""

    start: float
    a_task: float
    a_prediction: float

    def bytes(self, load: Load) -> float:
        """Of a run."""
        return self.start + self.a_task * load.tasks + self.a_prediction * load.told


@dataclass(frozen=True)
class NetworkKind:
    """What is known of networks of one kind."""

    pace: Pace
    traces: Traces
    memory: int
    """Bytes that the largest took in a trial, few of its features among them."""


def kind_of(spec: RunSpec) -> str:
    """Networks of one kind differ in tasks, steps, labels and repeat alone."""
    training = spec.training.model_dump(mode="json", exclude={"steps", "learning_rate", "weight_decay", "warmup"})
    return json.dumps([spec.front_end, spec.encoder, spec.window, training], sort_keys=True)


def tried(
    specs: Sequence[RunSpec], trials: Trials, sizes: Sizes, files: Callable[[RunSpec], frozenset[str]]
) -> NetworkKind:
    """Try networks of one kind: the one with least to do, and the one with the most tasks.

    Args:
        specs: all that are left of the kind.
        trials: carries them out.
        sizes: of the study.
        files: that are kept of a run.

    Raises:
        RunFailed: as the real runs would.
    """
    begins = len(trials.made)
    loads = {spec.key: sizes.load(spec) for spec in specs}
    small = min(specs, key=lambda spec: (loads[spec.key].tasks, loads[spec.key].width, loads[spec.key].scored))
    large = max(specs, key=lambda spec: (loads[spec.key].width, loads[spec.key].tasks, -loads[spec.key].scored))

    def of(spec: RunSpec, steps: int, clips: int) -> tuple[Trial, Load]:
        short = trials.short(spec, steps, clips)
        return trials.of(short, files(spec)), sizes.load(short)

    def step_of(spec: RunSpec, first: Trial, its: Load) -> float:
        """Seconds a step, from a second trial that has so many more that it takes clearly longer."""
        steps, more = its.steps, 0.0
        while more < ENOUGH and steps < spec.training.steps:
            steps = min(spec.training.steps, its.steps + round((steps - its.steps or 1) * _factor(more)))
            longer, load = of(spec, steps, FEW_CLIPS)
            more = longer.seconds - first.seconds - a_window * (load.scored - its.scored)  # it is looked at more often
        return max(more, 0.0) / (steps - its.steps) if steps > its.steps else 0.0

    first, load = of(small, SHORTEST, FEW_CLIPS)
    clips, more, scored = FEW_CLIPS, 0.0, load.scored
    most = max(len(sizes.clips(small.tasks[0].split, part)) for part in ("train", "validation", "test"))
    while more < ENOUGH / 2 and clips < most:
        clips = min(most, round(clips * _factor(more)))
        longer, wider = of(small, SHORTEST, clips)
        more, scored = longer.seconds - first.seconds, wider.scored
    a_window = max(more, 0.0) / (scored - load.scored) if scored > load.scored else 0.0
    step = step_of(small, first, load)
    rest = first.seconds - step * load.steps - a_window * load.scored
    if loads[large.key].tasks == load.tasks:
        alone = Pace(max(rest, 0.0), 0.0, 0.0, step / load.width, a_window)
        return NetworkKind(alone, _traces(first, load, first, load), _most(trials.made[begins:]))
    second, other = of(large, SHORTEST, FEW_CLIPS)
    of_large = step_of(large, second, other)
    a_width = max(of_large - step, 0.0) / (other.width - load.width) if other.width > load.width else 0.0
    others_rest = second.seconds - of_large * other.steps - a_window * other.scored
    a_task = max(others_rest - rest, 0.0) / (other.tasks - load.tasks)
    pace = Pace(rest - a_task * load.tasks, a_task, step - a_width * load.width, a_width, a_window)
    return NetworkKind(pace, _traces(first, load, second, other), _most(trials.made[begins:]))


def _most(made: Sequence[Trial]) -> int:
    """Bytes of memory: now the trial of many tasks takes most, now the one that scores many windows at once."""
    return max(trial.memory for trial in made)


def _factor(more: float) -> float:
    """By how much a trial grows that took so much longer than the shortest."""
    return min(24.0, max(2.0, 1.3 * ENOUGH / max(more, 1e-3)))


def _traces(one: Trial, its: Load, two: Trial, of_two: Load) -> Traces:
    """From two trials, which may be the same."""
    told = one.bytes.get(PREDICTIONS_CSV.file, 0) + two.bytes.get(PREDICTIONS_CSV.file, 0)
    rest, others = (sum(trial.bytes.values()) - trial.bytes.get(PREDICTIONS_CSV.file, 0) for trial in (one, two))
    a_task = (others - rest) / (of_two.tasks - its.tasks) if of_two.tasks > its.tasks else 0.0
    return Traces(rest - a_task * its.tasks, a_task, told / max(its.told + of_two.told, 1.0))
