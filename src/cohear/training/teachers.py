"""Teachers: the networks of single runs, which a network of several tasks learns from before it learns from labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from cohear.models.sharing import Network
from cohear.runs.pack import Pack
from cohear.runs.task_data import TaskData
from cohear.training.batches import Rows
from cohear.training.device import Device
from cohear.training.networks import load_network
from cohear.training.spec import RunSpec, teachers_of


class Teachers:
    """Those of a run, annealed from teacher to label (born-again multi-task networks, Clark et al. 2019).

    A teacher hears the windows that the network learns from, augmented as they are (Beyer et al. 2022). At the first
    step a task learns from its teacher alone, at the last one from its labels nearly alone.

    Args:
        networks: of each task that has teachers, in evaluation mode; of several the answers are averaged.
        steps: that a task takes.
    """

    def __init__(self, networks: Mapping[str, Sequence[Network]], steps: int) -> None:
        self._networks, self._steps = networks, steps

    @classmethod
    def of(cls, spec: RunSpec, tasks: Mapping[str, TaskData], pack: Pack, device: Device) -> Teachers:
        """Read the weights that single runs have left.

        Raises:
            DataError: they are not there.
            UserError: they are damaged, or not such a run's.
        """
        networks = {}
        for reference in spec.tasks:
            own, code, teacher = {reference.name: tasks[reference.name]}, str(pack.code), spec.teacher(reference)
            files = [pack.file(spec.needs[name]) for name in teachers_of(reference.name, spec.needs)]
            if files:
                networks[reference.name] = [device.put(load_network(teacher, own, each, code)) for each in files]
        return cls(networks, spec.training.steps)

    def annealed(self, loss: Tensor, task: TaskData, logits: Tensor, rows: Rows, taken: int) -> Tensor:
        """A loss by labels, and in its place as much as is due by then of that by what the task's teacher says.

        Args:
            loss: by labels.
            task: whose.
            logits: of the network that learns, float32.
            rows: of the batch.
            taken: steps that the task has taken before this one.
        """
        if task.name not in self._networks:
            return loss
        with torch.no_grad():
            answers = [each({task.name: rows.windows})[task.name].float() for each in self._networks[task.name]]
            told = torch.stack(answers).mean(dim=0) if len(answers) > 1 else answers[0]
        due = 1 - taken / self._steps
        return torch.lerp(loss, task.kind.loss(logits, rows.targets, teacher=told), due)
