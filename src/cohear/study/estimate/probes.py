"""How long a probe takes: it is tried once, on networks that hardly learnt."""

from __future__ import annotations

import json
from collections.abc import Callable

from cohear.probes.spec import ProbeSpec
from cohear.runs.spec import Need
from cohear.study.estimate.networks import FEW_CLIPS, SHORTEST
from cohear.study.estimate.trials import Trial, Trials


def probes_of(spec: ProbeSpec) -> str:
    """Probes of one kind differ in subjects and repeat alone."""
    content = spec.model_dump(mode="json")
    networks = {(each.front_end["name"], each.encoder["name"]) for each in spec.networks.values()}
    return json.dumps([content["probe"], len(spec.tasks), sorted(networks)], sort_keys=True)


def tried_probe(spec: ProbeSpec, trials: Trials, files: Callable[[ProbeSpec], frozenset[str]]) -> Trial:
    """Try one at its real size; its networks are trained for a few steps first, since what they say takes as long.

    Raises:
        RunFailed: as the real runs would.
    """
    networks = {name: trials.short(each, SHORTEST, FEW_CLIPS) for name, each in spec.networks.items()}
    needs = {name: Need(run=networks[name].key, file=need.file) for name, need in spec.needs.items()}
    for name, network in networks.items():
        trials.of(network, frozenset({needs[name].file}))
    return trials.of(spec.model_copy(update={"networks": networks, "needs": needs}), files(spec))
