"""The interface of a control: from the ordinary runs of a task and its partner to the run whose answer is known."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from cohear.base.registry import Registry
from cohear.models.choice import EncoderChoice
from cohear.models.heads import Head
from cohear.study.controls.clips import Clips
from cohear.training.spec import RunSpec


@dataclass(frozen=True)
class ControlInputs:
    """What one control run is made of.

    Attributes:
        focal: the task that the run is for.
        partner: the other task of the pair.
        single, pair: the ordinary runs of the focal task alone and of both, in the same setting and repeat.
        encoder: of both, as this machine finds it.
        inputs: width of what each task gives the encoder.
        heads: of each task.
        clips: of the study's tasks in each fold.
    """

    focal: str
    partner: str
    single: RunSpec
    pair: RunSpec
    encoder: EncoderChoice
    inputs: Mapping[str, int]
    heads: Mapping[str, Head]
    clips: Clips


class Control(ABC):
    """One kind of control; an instance makes all the runs of a plan."""

    has_partner: ClassVar[bool]
    """Whether the run is of both tasks, and stands beside this pair alone; else it stands beside all of the task's."""
    of_labels: ClassVar[bool] = False
    """Whether it changes the partner's labels, so that a partner without any has no such control."""

    def mistakes(self, encoders: Mapping[str, EncoderChoice]) -> list[str]:
        """Why a study cannot have this control, before any data are read; ``encoders`` by their names in tables."""
        return []

    @abstractmethod
    def make(self, given: ControlInputs) -> RunSpec:
        """The specification of the control run.

        It differs from one of the ordinary runs in what the control is about and in nothing else; above all the
        focal task keeps its name, which its random streams hang on, and its training and test clips.

        Raises:
            UserError: the data or the encoder do not allow it.
        """


CONTROLS: Registry[type[Control]] = Registry("control")
