"""The specification of the job ``baseline``: a baseline, fitted to one task in one fold."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from cohear.base.named import Named, name_of
from cohear.base.versions import demand_same
from cohear.baselines.baseline import BASELINES
from cohear.features.build import versions_here, versions_planned
from cohear.runs import BASELINE
from cohear.runs.spec import Spec

BASELINES_VERSION = 2
"""Goes up when the same specification would be fitted to other numbers."""


class BaselineSpec(Spec):
    """A baseline that is fitted. It draws what differs by fold alone, so its seed is always 0.

    Attributes:
        baseline: name in ``BASELINES``, with the settings that it is given.
        front_end: name, version and settings.
        window: seconds.
        versions: see :func:`baseline_versions`.
    """

    job: str = BASELINE
    baseline: Named
    front_end: dict[str, Any]
    window: float


def baseline_versions(name: str) -> dict[str, str | int]:
    """What a run's key holds of the software, for the baseline of a name."""
    return {
        "baselines": BASELINES_VERSION,
        "scikit-learn": version("scikit-learn"),
        f"baseline {name!r}": BASELINES[name].version,
    }


def check_baseline_versions(spec: BaselineSpec) -> None:
    """See that the code here is the code that a run was planned for.

    Raises:
        OtherVersions: naming all that differs.
    """
    here = {**baseline_versions(name_of(spec.baseline)), **versions_here(spec.front_end)}
    demand_same({**spec.versions, **versions_planned(spec.front_end)}, here)
