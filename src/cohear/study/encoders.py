"""Networks of the grid are made once before any data are read: a setting that is misspelt shows at once."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence

from cohear.base.errors import UserError
from cohear.base.named import WithSettings, make
from cohear.features.front_end import FrontEnd
from cohear.models.choice import EncoderChoice
from cohear.models.encoder import ENCODERS
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws


def mistakes_in_encoders(encoders: Sequence[EncoderChoice], front_ends: Sequence[FrontEnd]) -> list[str]:
    """Why encoders cannot be made for the front-ends they fit, each with its place in the study file.

    One whose name is unknown, and a module that nobody knows where to look for, are not judged.
    """
    mistakes = []
    for number, encoder in enumerate(encoders):
        if encoder.name not in ENCODERS if encoder.module is None else encoder.folder is None:
            continue
        for front_end in front_ends:
            if not encoder.fits(front_end.layout):
                continue
            try:
                _quietly(lambda: encoder.build({"task": front_end.input_width}))  # noqa: B023 - called at once
            except UserError as error:
                mistakes.append(f"encoders.{number}: {error}")
            except (RuntimeError, ZeroDivisionError) as error:  # torch's own, for sizes that no layer has
                mistakes.append(
                    f"encoders.{number}: encoder {encoder.name!r} cannot be made with its settings: {error}"
                )
    return list(dict.fromkeys(mistakes))


def mistakes_in_sharing(
    schemes: Mapping[str, WithSettings],
    tasks: Sequence[str],
    encoders: Sequence[EncoderChoice],
    front_ends: Sequence[FrontEnd],
) -> list[str]:
    """Why sharing schemes cannot be made of all tasks with encoders that can.

    Args:
        schemes: by their places in the study file.
        tasks: of the study.
        encoders: of the grid.
        front_ends: of the grid.
    """
    mistakes = []
    for place, scheme in schemes.items():
        for encoder in encoders:
            for front_end in front_ends:
                if not encoder.fits(front_end.layout):
                    continue
                inputs, heads = dict.fromkeys(tasks, front_end.input_width), dict.fromkeys(tasks, layer(2))
                try:
                    _quietly(lambda: make(SHARING, scheme, inputs, heads, encoder.build, Draws((0, 0, 0))))  # noqa: B023
                except UserError as error:
                    mistakes.append(f"{place}: {error}")
    return list(dict.fromkeys(mistakes))


def _quietly(make_it: Callable[[], object]) -> None:
    """Without torch's warnings of layers that hold nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        make_it()
