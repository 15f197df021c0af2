"""Encoders of the grid are made once before any data are read: a setting that is misspelt shows at once."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from cohear.base.errors import UserError
from cohear.features.front_end import FrontEnd
from cohear.models.choice import EncoderChoice
from cohear.models.encoder import ENCODERS


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
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    encoder.build({"task": front_end.input_width})
            except UserError as error:
                mistakes.append(f"encoders.{number}: {error}")
            except (RuntimeError, ZeroDivisionError) as error:  # torch's own, for sizes that no layer has
                mistakes.append(
                    f"encoders.{number}: encoder {encoder.name!r} cannot be made with its settings: {error}"
                )
    return list(dict.fromkeys(mistakes))
