"""What a network's run reads beside the data of its tasks."""

from __future__ import annotations

from cohear.features.front_end import FrontEnd, build_front_end
from cohear.training.spec import RunSpec


def load_front_end(spec: RunSpec) -> FrontEnd:
    """The run's front-end."""
    settings = {name: value for name, value in spec.front_end.items() if name != "version"}
    return build_front_end(settings)
