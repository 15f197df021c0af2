"""The specification of the job ``network``: one network, trained for one or several tasks."""

from __future__ import annotations

from typing import Any

from cohear.runs import NETWORK
from cohear.runs.spec import Spec
from cohear.training.settings import TrainingSettings


class RunSpec(Spec):
    """The training of a network.

    Attributes:
        front_end: name and settings.
        encoder: ``EncoderChoice.key()``.
        window: seconds.
        training: all settings; ``precision`` is settled here, never ``auto``.
        versions: see ``versions.py``.
    """

    job: str = NETWORK
    front_end: dict[str, Any]
    encoder: dict[str, Any]
    window: float
    training: TrainingSettings
