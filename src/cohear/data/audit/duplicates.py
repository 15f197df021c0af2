"""The same sound twice: equal samples, near-duplicates, labels that contradict each other, excerpts that repeat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from cohear.data.audit.check import CHECKS, Check
from cohear.data.audit.evidence import Evidence, Measured, NearDuplicate, Place
from cohear.data.audit.finding import ClipName, Code, Finding, numbered
from cohear.data.selection import guess_kind
from cohear.tasks.kind import TARGET_KINDS

_RULE = "The leakage rule keeps equal samples on one side of every split; each still counts twice in a score."


class Duplicates(Check):
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
            "Give them one group (or source_id), or keep one of them.",
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
            "Give both clips one group or source_id, or remove one of them.",
        ),
        Code(
            "contradicting-labels",
            ("error", "warning"),
            "The same recording has different labels in a column that a task learns; a warning for near-duplicates.",
            "Correct the wrong one, remove both, or make it a multilabel column.",
        ),
        Code(
            "repeated-excerpt",
            ("warning",),
            "A clip is a shorter excerpt, repeated to fill its length.",
            "Cut it to the excerpt, or use a window no longer than that; the repeat gives the true length away.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[Finding]:
        """Exact ones first, then near ones, then what follows from both."""
        sets = _equal_sets(evidence)
        yield from self._exact(evidence, sets)
        yield from self._near(evidence)
        yield from self._leaking(evidence)
        yield from self._contradicting(evidence, sets)
        for data in evidence.datasets.values():
            yield from self._repeated(data)

    def _exact(self, evidence: Evidence, sets: Sequence[Sequence[Place]]) -> Iterable[Finding]:
        for name in evidence.datasets:
            inside = [same for places in sets if len(same := [p for p in places if p.dataset == name]) > 1]
            if inside:
                yield self._equal(evidence, "exact-duplicates", inside, name)
        across = [places for places in sets if len({place.dataset for place in places}) > 1]
        if across:
            yield self._equal(evidence, "exact-duplicates-across-datasets", across, "")

    def _equal(self, evidence: Evidence, code: str, sets: Sequence[Sequence[Place]], dataset: str) -> Finding:
        names = [[evidence.name(place) for place in places] for places in sets]
        clips = [name for same in names for name in same]
        return self.finding(
            code,
            "warning",
            f"{numbered(len(sets), 'set')} of clips with the same samples, {len(clips):,} clips in all: "
            f"{' = '.join(_shown(name, dataset) for name in names[0][:3])}{' and others' if len(sets) > 1 else ''}",
            dataset=dataset,
            clips=clips,
            figures={"sets": [[list(name) for name in same] for same in names]},
        )

    def _near(self, evidence: Evidence) -> Iterable[Finding]:
        kept: dict[tuple[str, bool], list[NearDuplicate]] = {}
        for pair in evidence.near:
            inside = pair.first.dataset == pair.second.dataset
            kept.setdefault((pair.first.dataset if inside else "", _kept_together(evidence, pair)), []).append(pair)
        for (dataset, together), pairs in sorted(kept.items()):
            what = "kept together by group or source_id" if together else "that nothing keeps together"
            first = [_shown(evidence.name(place), dataset) for place in (pairs[0].first, pairs[0].second)]
            yield self.finding(
                "near-duplicates" if dataset else "near-duplicates-across-datasets",
                "note" if together else "warning",
                f"{numbered(len(pairs), 'pair')} of near-duplicates {what}: {first[0]} and {first[1]} "
                f"(correlation {pairs[0].correlation:.3f}){' and others' if len(pairs) > 1 else ''}",
                dataset=dataset,
                clips=_clips(evidence, pairs),
                figures={"pairs": _pairs(evidence, pairs)},
            )

    def _leaking(self, evidence: Evidence) -> Iterable[Finding]:
        by_fold: dict[int, list[NearDuplicate]] = {}
        for fold in evidence.folds:
            learnt, tested = evidence.sides(fold)
            for pair in evidence.near:
                one, two = pair.first, pair.second
                if (one in learnt and two in tested) or (two in learnt and one in tested):
                    by_fold.setdefault(fold, []).append(pair)
        if by_fold:
            pairs = list(dict.fromkeys(pair for found in by_fold.values() for pair in found))
            names = [str(evidence.name(place).clip) for place in (pairs[0].first, pairs[0].second)]
            yield self.finding(
                "leaking-near-duplicates",
                "error",
                f"{numbered(len(pairs), 'pair')} of near-duplicates lie on both sides of a split (fold "
                f"{', '.join(map(str, by_fold))}): {names[0]!r} and {names[1]!r}"
                f"{' and others' if len(pairs) > 1 else ''}",
                clips=_clips(evidence, pairs),
                figures={"folds": {str(fold): _pairs(evidence, found) for fold, found in by_fold.items()}},
            )

    def _contradicting(self, evidence: Evidence, sets: Sequence[Sequence[Place]]) -> Iterable[Finding]:
        for name, target in dict.fromkeys((task.dataset, task.target) for task in evidence.tasks):
            data = evidence.datasets.get(name)
            if data is None or target not in data.table.rows.columns:
                continue
            cells = data.table.column(target, name)
            kind = TARGET_KINDS[guess_kind(cells)]
            labels = [frozenset(kind.labels_in(cell)) for cell in cells]
            alike = [[place.row for place in places if place.dataset == name] for places in sets]
            near = [
                [pair.first.row, pair.second.row]
                for pair in evidence.near
                if pair.first.dataset == pair.second.dataset == name
            ]
            for every, severity, what in ((alike, "error", "equal"), (near, "warning", "nearly equal")):
                found = [rows for rows in every if len({labels[row] for row in rows if labels[row]}) > 1]
                if found:
                    rows = [row for same in found for row in same]
                    yield self.finding(
                        "contradicting-labels",
                        "error" if severity == "error" else "warning",
                        f"{numbered(len(found), 'set')} of {what} clips with different {target!r}: "
                        + " but ".join(f"{data.ids[row]!r} is {cells[row]!r}" for row in found[0][:2]),
                        dataset=name,
                        clips=data.names(dict.fromkeys(rows)),
                        figures={"column": target, "sets": [{data.ids[r]: cells[r] for r in same} for same in found]},
                    )

    def _repeated(self, data: Measured) -> Iterable[Finding]:
        rows = [row for row, measures in enumerate(data.measures) if measures.repeat]
        if rows:
            repeats = {data.ids[row]: repeat for row in rows if (repeat := data.measures[row].repeat)}
            shortest = min(repeats, key=lambda clip: repeats[clip].seconds)
            yield self.finding(
                "repeated-excerpt",
                "warning",
                f"{len(rows):,} of {numbered(len(data.ids), 'clip')} repeat a shorter excerpt; {shortest!r} repeats "
                f"{repeats[shortest].seconds:.2f} s",
                dataset=data.name,
                clips=data.names(rows),
                figures={"seconds": {clip: round(repeat.seconds, 4) for clip, repeat in repeats.items()}},
            )


def _equal_sets(evidence: Evidence) -> list[list[Place]]:
    """Clips with equal samples at an equal rate, two at least; silence is told of elsewhere."""
    places: dict[tuple[str, int], list[Place]] = {}
    for name, data in evidence.datasets.items():
        for row, fact in enumerate(data.facts):
            if not fact.silent:
                places.setdefault((fact.content, fact.rate), []).append(Place(name, row))
    return [same for same in places.values() if len(same) > 1]


def _kept_together(evidence: Evidence, pair: NearDuplicate) -> bool:
    """Whether an equal source_id, or inside a dataset an equal group, keeps two clips on one side of a split."""
    for column in ("source_id", "group"):
        if column == "group" and pair.first.dataset != pair.second.dataset:
            continue
        cells = [
            evidence.datasets[place.dataset].table.optional_column(column)[place.row]
            for place in (pair.first, pair.second)
        ]
        if cells[0] and cells[0] == cells[1]:
            return True
    return False


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
        }
        for pair in pairs
    ]


CHECKS.register("duplicates")(Duplicates())
