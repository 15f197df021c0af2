"""A study's models as they are before training: what they cost does not depend on weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx

from cohear.base.errors import FolderError
from cohear.base.moments import Moments
from cohear.base.named import WithSettings, make
from cohear.base.study_facts import DATA_JSON, read_facts
from cohear.export.assemble import assemble
from cohear.export.exportable import check_exportable
from cohear.export.forms import of_frames
from cohear.export.kinds import decoding_in_graph
from cohear.export.network import network_graph
from cohear.export.network_inputs import input_numbers
from cohear.export.outputs import Output
from cohear.export.write import windowing_of
from cohear.features.front_end import FrontEnd
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.heads import Head, head_of
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.runs.input_scale import InputScale
from cohear.runtime.card import Windowing
from cohear.study.file import StudySettings
from cohear.study.folder.folder import StudyFolder
from cohear.study.plan.labels import FrontEndLabels
from cohear.tasks import TARGET_KINDS


class Architecture(NamedTuple):
    """What the cost of a combination depends on: arms that differ in training alone cost the same.

    Attributes:
        features: the front-end by its name in the tables.
        encoder: the same.
        window: seconds.
        sharing: the scheme.
        scaled: tasks whose features are normalised.
    """

    features: str
    encoder: str
    window: float
    sharing: str | WithSettings
    scaled: frozenset[str] = frozenset()


@dataclass(frozen=True)
class UntrainedModels:
    """Makes the models of a study, which keep their first weights.

    Attributes:
        settings: of the study.
        front_ends: of the grid, by their names in the tables.
        encoders: the same.
        outputs: of all tasks with labels.
        heads: the same, by task.
    """

    settings: StudySettings
    front_ends: Mapping[str, FrontEnd]
    encoders: Mapping[str, EncoderChoice]
    outputs: Sequence[Output]
    heads: Mapping[str, Head]

    @classmethod
    def of_study(cls, folder: StudyFolder, settings: StudySettings, code: Path) -> UntrainedModels:
        """With the labels that the study found."""
        outputs, heads = _outputs(folder, settings)
        label = FrontEndLabels(settings)
        front_ends = {label(each): each for each in settings.front_ends()}
        encoders = {each.label: each for each in settings.encoder_choices(str(code))}
        return cls(settings, front_ends, encoders, outputs, heads)

    def write(self, built: Architecture, path: Path) -> list[Windowing]:
        """Write the model of all tasks; returns how it cuts waveforms into windows, by the number of the input.

        Raises:
            UserError: it cannot be exported.
        """
        choice = self.encoders[built.encoder]
        cell = self.settings.inputs(self.front_ends[built.features], built.window)
        inputs = {task: TaskInput.of(*own) for task, own in cell.items() if task in self.heads}
        check_exportable(inputs)
        hears, different = input_numbers(inputs), list(dict.fromkeys(inputs.values()))
        widths = {task: given.width for task, given in inputs.items()}
        network = make(SHARING, built.sharing, NetworkParts(widths, self.heads, choice.build, Draws((0, 0, 0))))
        strides = {task: network.encoder_of(task).stride for task in hears}
        outputs = [
            replace(
                each,
                hears=hears[each.task],
                decoding=of_frames(each.decoding, strides[each.task]),
                scale=_some_scale(inputs[each.task]) if each.task in built.scaled else None,
            )
            for each in self.outputs
        ]
        graph = network_graph(network.eval(), inputs, built.scaled)
        onnx.save(assemble(different, graph, outputs), str(path))
        return [windowing_of(given) for given in different]


def _some_scale(given: TaskInput) -> InputScale:
    """What features are normalised by costs the same whatever it is."""
    plain = Moments(0, np.zeros(given.width), np.ones(given.width))
    return InputScale.of_all(plain, 0, of_frames=given.front_end.layout != "vector")


def _outputs(folder: StudyFolder, settings: StudySettings) -> tuple[list[Output], dict[str, Head]]:
    """The tasks' outputs and heads, by the labels that the study found."""
    found, heads = [], {}
    facts = read_facts(folder.root).tasks
    for task in settings.tasks:
        if task in settings.label_free:
            continue
        if task not in facts:
            raise FolderError(f"{folder.root / DATA_JSON} tells nothing of {task!r}; run the study again to write it")
        kind, labels = TARGET_KINDS[facts[task].kind], facts[task].labels
        found.append(Output(decoding_in_graph(kind, task, labels, settings.tasks[task].unit or "")))
        heads[task] = head_of(kind, labels)
    return found, heads
