"""The training of many runs as one: the same steps as of one, taken by all of their networks together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import torch
from torch import Tensor

from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.training.at_once.stack import Stack, shape_of
from cohear.training.batches import Rows
from cohear.training.device import Device
from cohear.training.loop import Learner, RunResult, train_one
from cohear.training.optimiser import optimiser_of
from cohear.training.run_features import RunFeatures
from cohear.training.spec import RunSpec

_STATES = 10
"""Times its parameters that a network takes: gradients, two moments, checkpoints, and copies on their way."""
_ON_THE_WAY = 12
"""Numbers that are kept of each unit and row of a step for the way back, copies and gradients with them."""

_Ended = tuple[RunSpec, RunResult | Exception]


@dataclass
class _Member:
    """A run among others.

    Attributes:
        run: its way.
        seconds: of the device that it took so far.
        error: what ended it before the others.
        here: the batch that it is at.
    """

    run: Learner
    seconds: float
    error: Exception | None = None
    here: Mapping[str, Rows] = field(default_factory=dict)

    @property
    def by_place(self) -> dict[int, Rows]:
        """The batch, by the place of the task among the run's own."""
        return {self.run.network.tasks.index(task): rows for task, rows in self.here.items()}


def train_together(specs: Sequence[RunSpec], pack: Pack, place: RunPlace) -> Iterator[_Ended]:
    """Train runs as one, as far as their networks are of one shape and the device has memory, and score each.

    Each is what it is alone, but for rounding. One that fails does so alone: the others go on.

    Args:
        specs: alike (`cohear.training.at_once.alike.alike`).
        pack: what they read from.
        place: whose device they are trained on.

    Yields:
        Each run with its result, or with what ended it; its seconds are its share of those of all.
    """
    device = Device.of(place.device, specs[0].training.precision)
    room = device.memory / (2 * place.at_once)
    features, groups = RunFeatures.beside_networks(device, place), dict[object, list[_Member]]()
    for spec in specs:
        began = device.clock()
        try:
            run = Learner(spec, pack, device, features)
        except Exception as error:
            yield spec, error
            continue
        member = _Member(run, device.clock() - began)
        groups.setdefault((shape_of(run.network), _places(run)), []).append(member)
    for members in groups.values():
        most = max(1, int(min(len(members), room / bytes_of(members[0].run))))
        for first in range(0, len(members), most):
            yield from _trained(members[first : first + most], features, pack, place)


def bytes_of(run: Learner) -> int:
    """Of the memory of a device that a run's network takes while it learns."""
    numbers = sum(each.numel() for each in run.network.parameters())
    units = sum(each.shape[0] for each in run.network.parameters() if each.ndim > 1)
    rows = run.spec.training.batch * len(run.tasks)
    return 4 * (_STATES * numbers + _ON_THE_WAY * rows * units)


def _places(run: Learner) -> tuple[tuple[int, ...], ...]:
    """Which of its tasks are in each step."""
    return tuple(tuple(sorted(run.network.tasks.index(task) for task in together)) for together in run.order)


def _trained(members: Sequence[_Member], features: RunFeatures, pack: Pack, place: RunPlace) -> Iterator[_Ended]:
    """Networks of one shape: all steps of all of them, then the scores of each."""
    device = features.device
    began, room = device.clock(), True
    try:
        _take_steps(members, device)
    except torch.OutOfMemoryError:
        room = False
    if not room:  # out of the handler, which keeps all that had no room
        yield from _one_at_a_time(members, features, pack, place)
        return
    share = (device.clock() - began) / len(members)
    for each in members:
        yield _ended(each, partial(_scored, each, share, device))


def _scored(member: _Member, seconds: float, device: Device) -> RunResult:
    """A run after its steps, which took so many seconds."""
    began = device.clock()
    scores = member.run.scores()
    return member.run.result(scores, member.seconds + seconds + device.clock() - began)


def _one_at_a_time(members: Sequence[_Member], features: RunFeatures, pack: Pack, place: RunPlace) -> Iterator[_Ended]:
    """From the beginning, where memory ran out: others may have it, and one at a time needs least."""
    for each in members:  # what all of them have there
        each.run.network.cpu()
        each.here = {}
    for each in members:
        yield _ended(each, partial(train_one, each.run.spec, pack, place, features=features))


def _ended(member: _Member, end: Callable[[], RunResult]) -> _Ended:
    """A run with how it ends, unless it has ended before."""
    if member.error is not None:
        return member.run.spec, member.error
    try:
        return member.run.spec, end()
    except Exception as error:
        return member.run.spec, error


def _take_steps(members: Sequence[_Member], device: Device) -> None:
    """What `cohear.training.loop.train_one` does in steps, with all networks as one."""
    stack, order = Stack([each.run.network for each in members], device), members[0].run.order
    optimiser, learning_rate = optimiser_of(members[0].run.spec.training, len(order), stack.weights, stack.others)
    for each in members:
        each.run.network.train()
    for step in range(len(order)):
        optimiser.zero_grad(set_to_none=True)
        for each in _going(members):
            with _alone(each):
                each.here = each.run.batch(each.run.order[step])
        if not (going := _going(members)):
            return
        rows = [(going[0] if each.error else each).by_place for each in members]
        logits = stack.logits([{place: own.windows for place, own in each.items()} for each in rows], step)
        losses: list[Tensor] = []
        for each, own in zip(members, logits, strict=True):
            if each.error is None:
                with _alone(each):
                    named = {each.run.network.tasks[place]: told for place, told in own.items()}
                    losses += each.run.losses(step, each.here, named).values()
        if losses:
            torch.autograd.backward(losses)
        optimiser.step()
        learning_rate.step()
        for each in _going(members):
            with _alone(each):
                each.run.stepped(step, each.here)
    stack.let_go()


def _going(members: Sequence[_Member]) -> list[_Member]:
    return [each for each in members if each.error is None]


@contextmanager
def _alone(member: _Member) -> Iterator[None]:
    """In which what goes wrong ends this run, and no other; memory that runs out is that of all.

    Its network stays in the stack, is given the batches of another, and learns nothing more.
    """
    try:
        yield
    except torch.OutOfMemoryError:
        raise
    except Exception as error:
        member.error = error
