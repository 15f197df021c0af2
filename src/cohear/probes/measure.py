"""A measurement, from its specification to rows of its table."""

from __future__ import annotations

from typing import cast

from cohear.base.named import make, name_of
from cohear.base.streams import stream_seed
from cohear.base.tables import Row
from cohear.probes.probe import PROBES, ProbeInputs, Role
from cohear.probes.single import Single
from cohear.probes.spec import ProbeSpec, check_probe_versions
from cohear.runs.pack import Pack
from cohear.runs.task_data import load_task


def probe_rows(spec: ProbeSpec, pack: Pack) -> list[Row]:
    """Rows of ``probe.csv``.

    Raises:
        OtherVersions: the specification was planned for other code than there is here.
        DataError: a split, or the weights of a network, are not there.
        FolderError: a feature store is not there.
    """
    check_probe_versions(spec)
    probe = make(PROBES, spec.probe)
    task, partner = (load_task(reference, pack) for reference in spec.tasks)
    roles = {"task": task, "partner": partner}
    given = ProbeInputs(
        task=task,
        partner=partner,
        networks={
            cast(Role, role): Single.load(network, roles[role], spec.needs[role], pack)
            for role, network in spec.networks.items()
        },
        draw=stream_seed(spec.study_seed, spec.fold, "task", task.name, partner.name, name_of(spec.probe)) % 2**32,
    )
    values = probe.measure(given)
    return [
        {"task": task.name, "partner": partner.name, "name": name, "value": values[name]} for name in probe.measures
    ]
