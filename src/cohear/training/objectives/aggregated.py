"""Objectives that look at each task's gradient in the weights that tasks share, with torchjd's aggregators.

torchjd (Quinton & Rey 2024) is asked what becomes of gradients alone; they are found here. An aggregator whose result
is a weighted sum of its rows, with weights that turn on lengths of rows and angles between them, sees a square matrix
of the same lengths and angles in place of rows as long as all weights of a network. Its weights hold for some steps.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor, nn

from cohear.base.errors import MissingExtra, UserError
from cohear.base.versions import installed
from cohear.training.objectives.gradients import TaskGradients, fill_weighted
from cohear.training.objectives.objective import OBJECTIVES, Objective, Step

if TYPE_CHECKING:
    from torchjd.aggregation import Aggregator

SOLVED_ANEW = 10
"""Steps for which weights hold unless told."""


class OfGradients(Objective):
    """What becomes of the gradients of several tasks is an aggregator's; heads learn from their own losses, plainly.

    A subclass says which aggregator. Where tasks share nothing, nothing is changed.

    Args:
        tasks: see `Objective`.
        settings: of the aggregator.
    """

    called: ClassVar[str]
    """Its name in torchjd."""
    solvers: ClassVar[Sequence[str]] = ()
    """Packages that the aggregator needs beside torchjd."""

    def __init__(self, tasks: Sequence[str], **settings: object) -> None:
        super().__init__(tasks)
        self.made_of()
        self._settings = settings
        self._aggregators: dict[tuple[str, ...], Aggregator] = {}
        self.aggregator(tasks)  # refuses its settings before anything is trained

    @classmethod
    def made_of(cls) -> dict[str, str]:
        """Versions of torchjd and the solvers.

        Raises:
            MissingExtra, UserError: one of them is not installed.
        """
        try:
            versions = {"torchjd": installed("torchjd")}
        except PackageNotFoundError as error:
            raise MissingExtra("torchjd", "objectives") from error
        for package in cls.solvers:
            try:
                versions[package] = installed(package)
            except PackageNotFoundError as error:
                raise UserError(f"this needs {package}: pip install {package}") from error
        return versions

    def make(self, tasks: int) -> Aggregator:
        """The aggregator of gradients of so many tasks, new.

        Raises:
            ValueError: torchjd refuses a setting.
        """
        made: Aggregator = getattr(import_module("torchjd.aggregation"), self.called)(**self._settings)
        return made

    def aggregator(self, tasks: Sequence[str]) -> Aggregator:
        """That of some tasks, which may keep what it has seen of them."""
        if (those := tuple(tasks)) not in self._aggregators:
            self._aggregators[those] = self.make(len(those))
        return self._aggregators[those]


@dataclass
class _Held:
    """Weights of tasks that are in batches together, for which parameters they are, and how many steps have passed."""

    weights: Tensor
    shared: list[nn.Parameter] = field(default_factory=list)
    passed: int = 0


class Weighing(OfGradients):
    """An aggregator of weighted sums, whose weights are found anew every so many steps (as in Navon et al. 2022).

    Finding them costs a backward pass a task, and waits for the device; holding them costs one pass for all
    (`benchmarks/objectives.py`).

    Args:
        tasks: see `Objective`.
        every: steps that weights hold for; with 1 each step has its own, as the papers mostly have it.
        settings: see `OfGradients`.
    """

    of_a_mean: ClassVar[bool] = False
    """Whether its weights add up to 1, or would for tasks that agree; as many times larger they are a sum's size."""

    def __init__(self, tasks: Sequence[str], *, every: int = SOLVED_ANEW, **settings: object) -> None:
        if every < 1:
            raise ValueError(f"every is a number of steps, 1 or more, not {every}")
        super().__init__(tasks, **settings)
        self._every = every
        self._held: dict[tuple[str, ...], _Held] = {}

    def backward(self, step: Step) -> None:
        """A backward pass a task where weights are due, else one."""
        if len(step.losses) == 1:
            torch.autograd.backward(list(step.losses.values()))
            return
        held = self._held.setdefault(tuple(step.losses), _Held(torch.zeros(len(step.losses))))
        if held.passed % self._every:
            fill_weighted(step, held.shared, held.weights)
        else:
            gradients = TaskGradients.of(step)
            if gradients.shared:
                held.shared, held.weights = gradients.shared, self.weights(list(step.losses), gradients.rows)
            gradients.fill(held.weights.to(gradients.rows) @ gradients.rows)
        held.passed += 1

    def weights(self, tasks: Sequence[str], rows: Tensor) -> Tensor:
        """Those that the rows are summed with, on the processor, where the aggregator draws too.

        Args:
            tasks: whose gradients these are.
            rows: ``[tasks, numbers]``.
        """
        small = _of_same_angles(rows)
        combined = self.aggregator(tasks)(small)
        weights: Tensor = combined @ torch.linalg.pinv(small, hermitian=True, rtol=1e-5)
        return weights * len(rows) if self.of_a_mean else weights


def _of_same_angles(rows: Tensor) -> Tensor:
    """``[tasks, tasks]`` rows as long as those of a matrix, at the same angles: the root of their inner products."""
    wide = rows.cpu().double()  # which not every device has
    values, vectors = torch.linalg.eigh(wide @ wide.T)
    root: Tensor = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    return root.float()


@OBJECTIVES.register("pcgrad")
class PCGrad(Weighing):
    """From each gradient what goes against another's is taken away, in an order that is drawn (Yu et al. 2020)."""

    called: ClassVar[str] = "PCGrad"


@OBJECTIVES.register("gradvac")
class GradVac(Weighing):
    """As PCGrad, up to the angle that two tasks have mostly had (Wang et al. 2021).

    Args:
        tasks: see `Objective`.
        every: see `Weighing`.
        beta: share of the angle that there is now in what is expected of the next.
    """

    called: ClassVar[str] = "GradVac"

    def __init__(self, tasks: Sequence[str], *, every: int = SOLVED_ANEW, beta: float = 0.5) -> None:
        super().__init__(tasks, every=every, beta=beta)


@OBJECTIVES.register("mgda")
class MGDA(Weighing):
    """The shortest of all weighted means, along which all losses fall alike (Désidéri 2012, Sener & Koltun 2018)."""

    called: ClassVar[str] = "MGDA"
    of_a_mean: ClassVar[bool] = True


@OBJECTIVES.register("imtl-g")
class ImtlG(Weighing):
    """The weighted mean on which the gradients of all tasks are equally long (Liu et al. 2021)."""

    called: ClassVar[str] = "IMTLG"
    of_a_mean: ClassVar[bool] = True


@OBJECTIVES.register("aligned-mtl")
class AlignedMTL(Weighing):
    """The mean of gradients that were turned apart until none dominates (Senushkin et al. 2023)."""

    called: ClassVar[str] = "AlignedMTL"
    of_a_mean: ClassVar[bool] = True


@OBJECTIVES.register("config")
class ConFIG(Weighing):
    """The direction at the same angle to all gradients, as far as they go along it together (Liu et al. 2025)."""

    called: ClassVar[str] = "ConFIG"


@OBJECTIVES.register("cagrad")
class CAGrad(Weighing):
    """Near the mean, what makes the loss that falls least fall most (Liu et al. 2021).

    Args:
        tasks: see `Objective`.
        every: see `Weighing`.
        c: how far from the mean, in its length.
    """

    called: ClassVar[str] = "CAGrad"
    of_a_mean: ClassVar[bool] = True
    solvers: ClassVar[Sequence[str]] = ("cvxpy",)

    def __init__(self, tasks: Sequence[str], *, every: int = SOLVED_ANEW, c: float = 0.5) -> None:
        super().__init__(tasks, every=every, c=c)


@OBJECTIVES.register("nash-mtl")
class NashMTL(Weighing):
    """What tasks would agree on as a bargain, no longer than 1 (Navon et al. 2022)."""

    called: ClassVar[str] = "NashMTL"
    solvers: ClassVar[Sequence[str]] = ("cvxpy", "ecos")

    def make(self, tasks: int) -> Aggregator:
        """It has to be told their number."""
        self._settings = {"n_tasks": tasks}
        return super().make(tasks)

    def weights(self, tasks: Sequence[str], rows: Tensor) -> Tensor:
        """Without the warnings that its solver has for those who wrote the problem down."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return super().weights(tasks, rows)


@OBJECTIVES.register("graddrop")
class GradDrop(OfGradients):
    """Of each number of the gradients one sign, drawn by how much they agree, is kept (Chen et al. 2020).

    It turns on every number, so that every step has a backward pass a task.
    """

    called: ClassVar[str] = "GradDrop"

    def backward(self, step: Step) -> None:
        """A backward pass a task; what is drawn is drawn on the processor, wherever the gradients are."""
        gradients = TaskGradients.of(step)
        rows = gradients.rows
        gradients.fill(self.aggregator(list(step.losses))(rows.cpu()).to(rows.device))
