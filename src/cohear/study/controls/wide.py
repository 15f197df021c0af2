"""The single run with the pair's parameters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from cohear.base.errors import UserError
from cohear.base.named import WithSettings, make
from cohear.models.choice import EncoderChoice
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.study.controls.control import CONTROLS, Control, ControlInputs
from cohear.training.spec import RunSpec

MOST_STEPS = 1 << 16
"""By which a setting is raised before it is found to add nothing."""
NEAR = 0.02
"""How far the parameters may be off, as a share of the pair's."""

Settings = dict[str, Any]


@CONTROLS.register("wide")
class Wide(Control):
    """The encoder is widened by the settings that it names in ``widths`` until the parameters are the pair's."""

    has_partner: ClassVar[bool] = False

    def __init__(self) -> None:
        self._found: dict[str, Settings] = {}

    def mistakes(self, encoders: Mapping[str, EncoderChoice]) -> list[str]:
        """Encoders that nothing can widen."""
        mistakes = []
        for label, encoder in encoders.items():
            try:
                widths = encoder.widths()
            except UserError as error:
                mistakes.append(f"'wide': {error}")
                continue
            if not widths:
                mistakes.append(
                    f"'wide' widens the encoder, and {label!r} names no settings for that; give its class an attribute "
                    "widths, as {'hidden': 1}, or leave 'wide' out"
                )
        return mistakes

    def make(self, given: ControlInputs) -> RunSpec:
        """The single run with a wider encoder."""
        sharing = given.pair.training.sharing
        pair = [task.name for task in given.pair.tasks]
        target = trainable_parameters(given, dict(given.encoder.settings), sharing, *pair)
        asked = [given.encoder.key(), dict(given.inputs), str(sharing), given.focal, target]
        name = json.dumps(asked, sort_keys=True)
        if name not in self._found:
            alone = given.single.training.sharing
            self._found[name] = widened(
                given.encoder, lambda settings: trainable_parameters(given, settings, alone, given.focal), target
            )
        encoder = replace(given.encoder, settings=self._found[name])
        return given.single.model_copy(update={"encoder": encoder.key()})


def trainable_parameters(given: ControlInputs, settings: Settings, sharing: str | WithSettings, *tasks: str) -> int:
    """Trainable numbers of a network of these tasks."""
    encoder = replace(given.encoder, settings=settings)
    inputs = {task: given.inputs[task] for task in tasks}
    heads = {task: given.heads[task] for task in tasks}
    network = make(SHARING, sharing, NetworkParts(inputs, heads, encoder.build, Draws(("size",))))
    return network.size()


def widened(encoder: EncoderChoice, count: Callable[[Settings], int], target: int) -> Settings:
    """Settings of the encoder with which there are about ``target`` parameters.

    Each setting is raised as far as there are not too many, the last one to what is nearest.

    Raises:
        UserError: nothing comes near enough.
    """
    settings = over = dict(encoder.settings)
    for name, (usual, step) in encoder.widths().items():
        settings, over = _raised(settings, name, usual, step, lambda wider: count(wider) <= target)
    best = min(settings, over, key=lambda each: abs(count(each) - target))
    off = count(best) / target - 1
    if abs(off) > NEAR:
        raise UserError(
            f"'wide' brings no width of encoder {encoder.name!r} nearer than {off:+.1%} to the {target} parameters of "
            f"a pair ({NEAR:.0%} is allowed); use a larger encoder, or leave 'wide' out"
        )
    return best


def _raised(
    settings: Settings, name: str, usual: float, step: float, fits: Callable[[Settings], bool]
) -> tuple[Settings, Settings]:
    """The settings with one of them raised as far as they fit, and by one step more."""
    first = settings.get(name, usual)

    def by(steps: int) -> Settings:
        return {**settings, name: first + steps * step} if steps else settings

    below, above = 0, 1
    while fits(by(above)):
        if above > MOST_STEPS:
            raise UserError(f"'wide' raised {name!r} to {by(above)[name]} and the encoder has hardly more parameters")
        below, above = above, 2 * above
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if fits(by(middle)) else (below, middle)
    return by(below), by(above)
