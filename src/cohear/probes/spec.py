"""The specification of the job ``probe``: one probe of one subject."""

from __future__ import annotations

from pydantic import Field, model_validator

from cohear.base.named import Named, name_of
from cohear.base.versions import demand_same, installed
from cohear.probes.probe import PROBES
from cohear.runs import PROBE
from cohear.runs.spec import Spec
from cohear.training.spec import RunSpec

PROBES_VERSION = 1
"""Goes up when the same specification would measure other numbers."""


class ProbeSpec(Spec):
    """A measurement. ``tasks`` are those of its subject, ``needs`` are named by the probe.

    For a probe that rests on features each task names its front-end and window, since no network does.

    Attributes:
        probe: name in ``PROBES``, with the settings that it is given.
        networks: how the network was trained that each need is of.
        versions: see :func:`probe_versions`.
    """

    job: str = PROBE
    probe: Named
    networks: dict[str, RunSpec] = Field({})

    @model_validator(mode="after")
    def _networks_are_the_needed_ones(self) -> ProbeSpec:
        if {name: need.run for name, need in self.needs.items()} != {n: spec.key for n, spec in self.networks.items()}:
            raise ValueError("the networks of a probe are not the runs that it needs")
        return self


def probe_versions(name: str) -> dict[str, str | int]:
    """What a run's key holds of the software, for the probe of a name; networks bring their own."""
    probe = PROBES[name]
    packages = {package: installed(package) for package in probe.packages}
    return {"probes": PROBES_VERSION, f"probe {name!r}": probe.version, **packages}


def check_probe_versions(spec: ProbeSpec) -> None:
    """See that the code here is the code that a run was planned for.

    Raises:
        OtherVersions: naming all that differs.
    """
    demand_same(spec.versions, probe_versions(name_of(spec.probe)))
