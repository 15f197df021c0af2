"""The job ``baseline``: fits a baseline to one task."""

from __future__ import annotations

import json
from typing import ClassVar

from cohear.base.tables import PREDICTIONS_CSV
from cohear.baselines.spec import BaselineSpec
from cohear.features.build import runs_code_of_others
from cohear.runs import BASELINE
from cohear.runs.cost import BRIEF, Cost
from cohear.runs.job import JOBS, Job, Result
from cohear.runs.pack import Pack
from cohear.runs.place import RunPlace
from cohear.runs.spec import Spec


@JOBS.register(BASELINE)
class FitBaseline(Job[BaselineSpec]):
    """Deterministic; scikit-learn is loaded where it is warmed up or run, torch never is."""

    specification: ClassVar[type[Spec]] = BaselineSpec
    leaves: ClassVar[frozenset[str]] = frozenset({PREDICTIONS_CSV.file})

    def cost(self, spec: BaselineSpec) -> Cost:
        """The same for all tasks."""
        content = spec.model_dump(mode="json")
        return Cost(json.dumps([content["front_end"], content["baseline"]], sort_keys=True), BRIEF)

    def warm_up(self) -> None:
        """Import scikit-learn."""
        import cohear.baselines.fit  # noqa: F401, PLC0415

    def share(self, spec: BaselineSpec, pack: Pack) -> None:
        """Make the front-end, and vectors of all windows; where it runs code of others, runs do so for themselves."""
        if runs_code_of_others(spec.front_end):
            return
        from cohear.baselines.fit import input_of  # noqa: PLC0415

        input_of(spec).make_vectors(spec.tasks[0].store, pack.store)

    def run(self, spec: BaselineSpec, pack: Pack, files: frozenset[str], place: RunPlace) -> Result:
        """Fit and score it, on the processor."""
        from cohear.baselines.fit import fit_baseline  # noqa: PLC0415

        return fit_baseline(spec, pack, files)
