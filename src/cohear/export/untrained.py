"""A study's models as they are before training: what they cost does not depend on weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import onnx

from cohear.base.errors import FolderError
from cohear.base.named import WithSettings, make
from cohear.export.assemble import Output, assemble
from cohear.export.kinds import decoding_in_graph
from cohear.export.network import network_graph
from cohear.export.write import windowing_of
from cohear.features.front_end import FrontEnd
from cohear.models.choice import EncoderChoice
from cohear.models.heads import Head, head_of
from cohear.models.sharing import SHARING, Draws
from cohear.runtime.card import Windowing
from cohear.study.folder import StudyFolder
from cohear.study.plan import encoder_label, front_end_label
from cohear.study.spec import StudySettings
from cohear.tasks import TARGET_KINDS
from cohear.training.loop import window_frames


class Architecture(NamedTuple):
    """What the cost of a combination depends on: arms that differ in training alone cost the same.

    Attributes:
        features: the front-end by its name in the tables.
        encoder: the same.
        window: seconds.
        sharing: the scheme.
    """

    features: str
    encoder: str
    window: float
    sharing: str | WithSettings


@dataclass(frozen=True)
class UntrainedModels:
    """Makes the models of a study, which keep their first weights.

    Attributes:
        front_ends: by their names in the tables.
        encoders: the same.
        outputs: of all tasks.
        heads: the same, by task.
    """

    front_ends: Mapping[str, FrontEnd]
    encoders: Mapping[str, EncoderChoice]
    outputs: Sequence[Output]
    heads: Mapping[str, Head]

    @classmethod
    def of_study(cls, folder: StudyFolder, settings: StudySettings, code: Path) -> UntrainedModels:
        """With the labels that the study found."""
        outputs, heads = _outputs(folder, settings)
        front_ends = {front_end_label(each): each for each in settings.front_ends()}
        encoders = {encoder_label(each): each for each in settings.encoder_choices(str(code))}
        return cls(front_ends, encoders, outputs, heads)

    def write(self, built: Architecture, path: Path) -> Windowing:
        """Write the model of all tasks; returns how it cuts waveforms into windows.

        Raises:
            UserError: it cannot be exported.
        """
        front_end, choice = self.front_ends[built.features], self.encoders[built.encoder]
        window = window_frames(built.window, front_end)
        inputs = dict.fromkeys(self.heads, front_end.input_width)
        network = make(SHARING, built.sharing, inputs, self.heads, choice.build, Draws((0, 0, 0)))
        model = assemble(front_end, network_graph(network.eval(), front_end, window), window, self.outputs)
        onnx.save(model, str(path))
        return windowing_of(front_end, window)


def _outputs(folder: StudyFolder, settings: StudySettings) -> tuple[list[Output], dict[str, Head]]:
    """The tasks' outputs and heads, by the labels that the study found."""
    found, heads = [], {}
    try:
        facts = folder.read_facts()["tasks"]
        for task in settings.tasks:
            kind, labels = TARGET_KINDS[facts[task]["kind"]], facts[task]["labels"]
            found.append(Output(decoding_in_graph(kind, task, labels)))
            heads[task] = head_of(kind, labels)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FolderError(f"cannot read {folder.root / 'data.json'}; run the study again to write it") from error
    return found, heads
