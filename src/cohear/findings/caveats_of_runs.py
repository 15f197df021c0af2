"""Which runs failed: they are no results, and no row of a table has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.columns import SETTING
from cohear.analysis.tables.of_study import PLACE
from cohear.base.counting import counted
from cohear.findings.caveats import MOST_LEFT_OUT, Caveat
from cohear.findings.finding import StudyFinding, TableRows
from cohear.findings.kind import FINDINGS, Said
from cohear.findings.sentences import setting_name
from cohear.findings.words import NOTHING, Name, Words, words


class RunsFailed(Caveat):
    """Combinations, controls and probes with runs that failed and have no record."""

    code: ClassVar[str] = "runs-failed"

    def find(self, statistics: Statistics) -> Iterable[StudyFinding]:
        """One, of all of them."""
        failures = statistics.tables.failures
        failed = [
            {**dict(zip(PLACE, map(str, place), strict=True)), **_of_runs(here)}
            for place, here in failures.groupby(list(PLACE), sort=False)
        ]
        if failed:
            yield StudyFinding(code=self.code, figures={"failed": failed}, rows=(TableRows("plan.json"),))

    def said(self, finding: StudyFinding) -> Said:
        """A sentence for each combination in a setting, and how many there are beyond those a terminal has room for."""
        failed = finding.figures["failed"]
        more = len(failed) - MOST_LEFT_OUT
        rest = words(f"Runs of {counted(more, 'more combination')} failed.") if more > 0 else NOTHING
        return Said(NOTHING, aside=rest, details=tuple(("", _failed(place)) for place in failed))


def _of_runs(here: Any) -> dict[str, Any]:  # noqa: ANN401 - a part of a table
    """How many failed of how many that ended, and why the first did."""
    error = next(iter(str(here["error"].iloc[0]).splitlines()), "").rstrip(". ")
    return {"runs": len(here), "tried": int(here["tried"].iloc[0]), "error": error}


def _failed(place: Mapping[str, Any]) -> Words:
    count, tried = place["runs"], place["tried"]
    some = f"All {tried} runs" if count == tried else f"{count} of {tried} runs"
    runs = "The run of '" if tried == 1 else f"{some} of '"
    kind = NOTHING
    if place["control"]:
        kind = words("' as control '", Name(place["control"]), "' of '", Name(place["focal"]))
    elif place["probe"]:
        of = words("' of '", Name(place["focal"])) if place["focal"] else NOTHING
        kind = words("' in probe '", Name(place["probe"]), of)
    setting = Name(setting_name([place[name] for name in SETTING]))
    left = "measurement" if place["probe"] else "result"
    are = f"failed and is no {left}: " if count == 1 else f"failed and are no {left}s: "
    return words(runs, Name(place["combination"]), kind, "' (", setting, ") ", are, place["error"], ".")


FINDINGS.register(RunsFailed.code)(RunsFailed())
