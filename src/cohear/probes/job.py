"""The job ``probe``: measures something of tasks, on clips and on networks that were trained before."""

from __future__ import annotations

from typing import ClassVar

from cohear.base.memory import peak_memory
from cohear.base.named import name_of
from cohear.base.tables import PROBE_CSV
from cohear.probes.spec import ProbeSpec
from cohear.runs import NETWORK, PROBE
from cohear.runs.cost import BRIEF, Cost
from cohear.runs.job import JOBS, Job, Result
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.record import Record
from cohear.runs.spec import Spec


@JOBS.register(PROBE)
class MakeProbe(Job[ProbeSpec]):
    """Leaves a small table; no task is scored."""

    specification: ClassVar[type[Spec]] = ProbeSpec
    leaves: ClassVar[frozenset[str]] = frozenset({PROBE_CSV.file})
    always: ClassVar[frozenset[str]] = leaves

    def cost(self, spec: ProbeSpec) -> Cost:
        """The same for all subjects."""
        return Cost(f"probe {name_of(spec.probe)}", BRIEF)

    def modules(self, spec: ProbeSpec) -> frozenset[str]:
        """Those of the networks' encoders."""
        network = JOBS[NETWORK]()
        return frozenset().union(*(network.modules(each) for each in spec.networks.values()))

    def warm_up(self) -> None:
        """As for the networks that it looks at."""
        JOBS[NETWORK]().warm_up()
        import cohear.probes.measure  # noqa: F401, PLC0415

    def run(self, spec: ProbeSpec, pack: Pack, files: frozenset[str], place: RunPlace) -> Result:
        """Measure."""
        from cohear.probes.measure import device_of, probe_rows  # noqa: PLC0415

        clock = device_of(place).clock
        began = clock()
        rows = probe_rows(spec, pack, place)
        made = {PROBE_CSV.file: PROBE_CSV.text(rows).encode("utf-8")}
        record = Record(
            run=spec.key,
            specification=spec.model_dump(mode="json"),
            tasks={},
            seconds=round(clock() - began, 3),
            peak_memory_bytes=peak_memory(),
        )
        return Result(record, {name: content for name, content in made.items() if name in files})
