"""The same recording twice: equal samples and near-duplicates, inside a dataset and across all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from cohear.base.arrays import Integers
from cohear.base.counting import counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence, NearDuplicate, Place, equal_sets
from cohear.data.audit.finding import AuditFinding, Code
from cohear.data.tables.clip_name import ClipName

_RULE = "The leakage rule keeps equal samples on one side of every split; each still counts twice in a score."


class DuplicatesCheck(Check):
    """Equal and nearly equal clips, inside a dataset and across all of them."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "exact-duplicates",
            ("warning",),
            "Clips of one dataset have the same samples under different names.",
            "Keep one of each set. " + _RULE,
        ),
        Code(
            "exact-duplicates-across-datasets",
            ("warning",),
            "Clips of different datasets have the same samples.",
            "Give them one source_id, or remove them from one dataset. " + _RULE,
        ),
        Code(
            "near-duplicates",
            ("warning", "note"),
            "Clips of one dataset hold the same recording (other level, coding, cut or noise); a note where the group "
            "keeps them together.",
            "Give them one group (`cohear check --write groups.csv` does), or keep one of them.",
        ),
        Code(
            "near-duplicates-across-datasets",
            ("warning", "note"),
            "Clips of different datasets hold the same recording; a note where an equal source_id says so already.",
            "Give them one source_id, so that the leakage rule keeps them apart, or remove them from one dataset.",
        ),
        Code(
            "leaking-near-duplicates",
            ("error",),
            "A recording is tested on and, as a near-duplicate that the leakage rule cannot know, trained on.",
            "Give both clips one group (`cohear check --write groups.csv` does, and tells which tasks must hold it "
            "out) or source_id, or remove one of them.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Exact ones first, then near ones, then those that leak."""
        sets = equal_sets(evidence)
        yield from self._exact(evidence, sets)
        yield from self._near(evidence)
        yield from self._leaking(evidence)

    def _exact(self, evidence: Evidence, sets: Sequence[Sequence[Place]]) -> Iterable[AuditFinding]:
        for name in evidence.datasets:
            inside = [same for places in sets if len(same := [p for p in places if p.dataset == name]) > 1]
            if inside:
                yield self._equal(evidence, "exact-duplicates", inside, name)
        across = [places for places in sets if len({place.dataset for place in places}) > 1]
        if across:
            yield self._equal(evidence, "exact-duplicates-across-datasets", across, "")

    def _equal(self, evidence: Evidence, code: str, sets: Sequence[Sequence[Place]], dataset: str) -> AuditFinding:
        names = [[evidence.name(place) for place in places] for places in sets]
        clips = [name for same in names for name in same]
        return self.finding(
            code,
            "warning",
            f"{counted(len(sets), 'set')} of clips with the same samples, {counted(len(clips), 'clip')} in all: "
            f"{' = '.join(_shown(name, dataset) for name in names[0][:3])}{' and others' if len(sets) > 1 else ''}",
            dataset=dataset,
            clips=clips,
            figures={"sets": [[list(name) for name in same] for same in names]},
        )

    def _near(self, evidence: Evidence) -> Iterable[AuditFinding]:
        kept: dict[tuple[str, bool], list[NearDuplicate]] = {}
        names = {place.dataset for pair in evidence.near for place in (pair.first, pair.second)}
        ties = {name: _Ties.of(evidence, name) for name in names}
        for pair in evidence.near:
            inside = pair.first.dataset == pair.second.dataset
            kept.setdefault((pair.first.dataset if inside else "", _kept_together(ties, pair)), []).append(pair)
        for (dataset, together), pairs in sorted(kept.items()):
            what = "kept together by group or source_id" if together else "that nothing keeps together"
            first = [_shown(evidence.name(place), dataset) for place in (pairs[0].first, pairs[0].second)]
            yield self.finding(
                "near-duplicates" if dataset else "near-duplicates-across-datasets",
                "note" if together else "warning",
                f"{counted(len(pairs), 'pair')} of near-duplicates {what}: {first[0]} and {first[1]} "
                f"(correlation {pairs[0].correlation:.3f}){' and others' if len(pairs) > 1 else ''}",
                dataset=dataset,
                clips=_clips(evidence, pairs),
                figures={"pairs": _pairs(evidence, pairs)},
            )

    def _leaking(self, evidence: Evidence) -> Iterable[AuditFinding]:
        of_places: dict[tuple[str, str], dict[int, list[NearDuplicate]]] = {}
        for fold in evidence.folds:
            learnt, tested = evidence.sides(fold)
            for pair in evidence.near:
                one, two = pair.first, pair.second
                if (one in learnt and two in tested) or (two in learnt and one in tested):
                    of_places.setdefault((one.dataset, two.dataset), {}).setdefault(fold, []).append(pair)
        for datasets, by_fold in sorted(of_places.items()):
            dataset = datasets[0] if datasets[0] == datasets[1] else ""
            pairs = list(dict.fromkeys(pair for found in by_fold.values() for pair in found))
            names = [_shown(evidence.name(place), dataset) for place in (pairs[0].first, pairs[0].second)]
            lie = "lies" if len(pairs) == 1 else "lie"
            yield self.finding(
                "leaking-near-duplicates",
                "error",
                f"{counted(len(pairs), 'pair')} of near-duplicates {lie} on both sides of a split (fold "
                f"{', '.join(map(str, by_fold))}): {names[0]} and {names[1]}"
                f"{' and others' if len(pairs) > 1 else ''}",
                dataset=dataset,
                clips=_clips(evidence, pairs),
                figures={"folds": {str(fold): _pairs(evidence, found) for fold, found in by_fold.items()}},
            )


@dataclass(frozen=True)
class _Ties:
    """What keeps clips of a dataset on one side of every split.

    Attributes:
        sides: of every task's rule, what it holds out or its official folds, as
            :meth:`cohear.data.audit.evidence.MeasuredDataset.sides_of` gives them; none without tasks.
        groups, sources: cells of ``group`` and of ``source_id``.
    """

    sides: Sequence[Integers]
    groups: Sequence[str]
    sources: Sequence[str]

    @classmethod
    def of(cls, evidence: Evidence, name: str) -> _Ties:
        """Those of a dataset: a table's columns are read here, and not again for every pair."""
        data, tasks = evidence.datasets[name], evidence.tasks_of(name)
        groups, sources = (data.table.optional_column(column) for column in ("group", "source_id"))
        return cls(data.sides_of(tasks) if tasks else (), groups, sources)

    def hold(self, one: int, other: int) -> bool:
        """Whether two of its rows are kept together by the rules of all tasks, or by an equal group."""
        by_rules = bool(self.sides) and all(sides[one] == sides[other] for sides in self.sides)
        return by_rules or _equal_cells(self.groups[one], self.groups[other])


def _kept_together(ties: Mapping[str, _Ties], pair: NearDuplicate) -> bool:
    """Whether an equal source_id, or what ties the clips of a dataset, keeps two clips on one side of a split."""
    one, two = pair.first, pair.second
    if one.dataset == two.dataset and ties[one.dataset].hold(one.row, two.row):
        return True
    return _equal_cells(ties[one.dataset].sources[one.row], ties[two.dataset].sources[two.row])


def _equal_cells(one: str, other: str) -> bool:
    return bool(one) and one == other


def _shown(name: ClipName, dataset: str) -> str:
    return repr(name.clip) if dataset else f"{name.clip!r} of {name.dataset}"


def _clips(evidence: Evidence, pairs: Sequence[NearDuplicate]) -> list[ClipName]:
    return list(dict.fromkeys(evidence.name(place) for pair in pairs for place in (pair.first, pair.second)))


def _pairs(evidence: Evidence, pairs: Sequence[NearDuplicate]) -> list[dict[str, object]]:
    return [
        {
            "first": list(evidence.name(pair.first)),
            "second": list(evidence.name(pair.second)),
            "correlation": pair.correlation,
            "offset": pair.offset,
            "errors": pair.errors,
        }
        for pair in pairs
    ]


CHECKS.register("duplicates")(DuplicatesCheck())
