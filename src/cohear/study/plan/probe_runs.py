"""The runs of a study's probes: one an ordered pair, setting and fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

from cohear.base.named import make, name_of, settings_of
from cohear.base.plugins import versions_of_plugins
from cohear.probes.probe import PROBES, Role
from cohear.probes.spec import ProbeSpec, probe_versions
from cohear.runs.run_folder import KEPT
from cohear.runs.spec import Need
from cohear.study.file import StudySettings
from cohear.study.plan.plan import PlannedRun, part_label
from cohear.training.spec import RunSpec


def probe_runs(settings: StudySettings, networks: Sequence[PlannedRun[RunSpec]]) -> list[PlannedRun[ProbeSpec]]:
    """All measurements, in the first repeat of each fold and the first arm, of tasks that hear alike.

    Tasks with different front-ends are not asked: an encoder that never saw such features says nothing of them.

    Args:
        settings: the study.
        networks: its ordinary runs.
    """
    plugins = versions_of_plugins(settings.plugins)
    arm = next(iter(settings.arms))
    cells: dict[tuple[str, str, int], dict[str, RunSpec]] = {}
    for run in networks:
        if run.arm == arm and run.seed == 0 and run.combination in settings.tasks:
            cells.setdefault((run.features, run.encoder, run.fold), {})[run.combination] = run.spec
    plan = []
    for (features, encoder, fold), singles in cells.items():
        for probe in settings.probes:
            name, part = name_of(probe), make(PROBES, probe)
            for task, partner in permutations(singles, 2):
                roles: Mapping[Role, RunSpec] = {"task": singles[task], "partner": singles[partner]}
                heard, beside = (each.heard(each.tasks[0]) for each in roles.values())
                if heard != beside:
                    continue
                needed = {role: roles[role] for role in sorted(part.needs)}
                spec = ProbeSpec(
                    probe=probe,
                    tasks=tuple(each.tasks[0] for each in roles.values()),
                    networks=dict(needed),
                    needs={role: Need(run=each.key, file=KEPT["weights"]) for role, each in needed.items()},
                    study_seed=settings.seed,
                    fold=fold,
                    seed=0,
                    versions={**probe_versions(name), **plugins},
                )
                pair = "+".join(each for each in settings.tasks if each in (task, partner))
                label = part_label(name, settings_of(probe))
                plan.append(PlannedRun(spec, features, encoder, arm, pair, "", fold, 0, task, label))
    return plan
