"""A measurement, from its specification to rows of its table."""

from __future__ import annotations

from dataclasses import asdict

import torch

from cohear.base.errors import RunFailed
from cohear.base.named import make, name_of
from cohear.base.streams import stream_seed
from cohear.base.tables import Row
from cohear.probes.network import TrainedNetwork
from cohear.probes.probe import PROBES, ProbeInputs
from cohear.probes.spec import ProbeSpec, check_probe_versions
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.run_folder import KEPT
from cohear.runs.task_data import load_task
from cohear.training.device import Device


def device_of(place: RunPlace) -> Device:
    """The device that measures, in full precision.

    Raises:
        UserError: the place has no such device.
    """
    return Device.of(place.device, "float32")


def probe_rows(spec: ProbeSpec, pack: Pack, place: RunPlace) -> list[Row]:
    """Rows of ``probe.csv``.

    What is drawn is the same for all seeds and arms of a fold, so that they differ by their networks alone.

    Raises:
        OtherVersions: the specification was planned for other code than there is here.
        DataError: a split, or what a network left, is not there.
        FolderError: a feature store is not there.
        UserError: the place has no such device.
        RunFailed: the probe measures something that it does not name.
    """
    check_probe_versions(spec)
    torch.set_num_threads(place.threads)
    device = device_of(place)
    probe, name = make(PROBES, spec.probe), name_of(spec.probe)
    tasks = {reference.name: load_task(reference, pack) for reference in spec.tasks}
    weights = {each: need for each, need in spec.needs.items() if need.file == KEPT["weights"]}
    given = ProbeInputs(
        tasks=tuple(tasks.values()),
        networks={
            each: TrainedNetwork.load(spec.networks[each], tasks, weights[each], pack, device) for each in weights
        },
        files={each: pack.file(need) for each, need in spec.needs.items() if each not in weights},
        draw=stream_seed(spec.study_seed, spec.fold, "task", *tasks, name) % 2**32,
    )
    numbers = list(probe.measure(given))
    if other := {number.name for number in numbers} - set(probe.measures):
        raise RunFailed(f"probe {name!r} measured {', '.join(sorted(other))}, which it does not name")
    return [asdict(number) for number in numbers]
