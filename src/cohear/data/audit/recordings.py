"""Recordings that several datasets were cut from, where columns other than an equal ``source_id`` say so.

ESC-50 calls it ``src_file``, UrbanSound8K ``fsID``, others ``freesound_id`` or ``ytid``; one writes ``freesound:1234``,
another ``1234`` or ``1234.wav``. Tasks of both that are trained together learn from what the other one is tested on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import ClassVar

from cohear.base.counting import counted
from cohear.data.audit.audit_check import CHECKS, Check
from cohear.data.audit.evidence import Evidence, MeasuredDataset, Place
from cohear.data.audit.finding import AuditFinding, Code, quoted
from cohear.data.tables.targets import words_of

_SITES = {
    "freesound": "freesound",
    "fs": "freesound",
    "fsid": "freesound",
    "youtube": "youtube",
    "yt": "youtube",
    "ytid": "youtube",
    "xc": "xeno-canto",
    "xeno": "xeno-canto",
    "fma": "fma",
}
"""Words of columns, and what stands before a name, that say whose recordings are meant."""
_WORDS = frozenset({*_SITES, "source", "sourceid", "src", "original", "parent"})
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
_NUMBER = re.compile(r"0*(\d+)")
_FEWEST_DIGITS = 5  # of a number that nobody else counts up to by himself
_FEWEST_CHARACTERS = 11  # of another name, as those of YouTube


class RecordingsCheck(Check):
    """What columns say that clips were cut from, across datasets."""

    codes: ClassVar[tuple[Code, ...]] = (
        Code(
            "recordings-across-datasets",
            ("error", "warning"),
            "Columns of two datasets (`freesound_id`, `src_file`, `ytid`) name the same original recordings, and no "
            "equal `source_id` says so; an error where one dataset is trained and the other tested on.",
            "Call the column `source_id` in both and write each recording in one way, so that the leakage rule keeps "
            "them apart.",
        ),
    )

    def find(self, evidence: Evidence) -> Iterable[AuditFinding]:
        """Two datasets at a time."""
        named = {name: _recordings(data) for name, data in evidence.datasets.items()}
        for one, two in combinations(named, 2):
            shared = _shared(named[one], named[two])
            if shared:
                yield self._of_two(evidence, one, two, shared)

    def _of_two(
        self, evidence: Evidence, one: str, two: str, shared: dict[str, tuple[dict[int, str], dict[int, str]]]
    ) -> AuditFinding:
        places = {
            name: [{Place(data, row) for row in rows} for data, rows in zip((one, two), both, strict=True)]
            for name, both in shared.items()
        }
        leaking = [
            fold
            for fold in evidence.folds
            for learnt, tested in [evidence.sides(fold)]
            if any((a & learnt and b & tested) or (b & learnt and a & tested) for a, b in places.values())
        ]
        columns = [sorted({column for both in shared.values() for column in both[side].values()}) for side in (0, 1)]
        where = f"; in fold {', '.join(map(str, leaking))} they are trained and tested on" if leaking else ""
        return self.finding(
            "recordings-across-datasets",
            "error" if leaking else "warning",
            f"{counted(len(shared), 'recording')} in {one} ({quoted(columns[0])}) and {two} ({quoted(columns[1])}) "
            f"without an equal source_id: {quoted(sorted(shared))}{where}",
            clips=[evidence.name(place) for both in places.values() for side in both for place in sorted(side)],
            figures={
                "recordings": {
                    name: [list(evidence.name(place)) for side in both for place in sorted(side)]
                    for name, both in places.items()
                },
                "folds": leaking,
            },
        )


_Named = dict[str, dict[int, tuple[str, str, str]]]
"""By a recording's bare name, the rows that were cut from it: whose it is, the column that says so, ``source_id``."""


def _recordings(data: MeasuredDataset) -> _Named:
    found: _Named = {}
    sources = data.table.optional_column("source_id")
    for column, site in _columns(data):
        for row, cell in enumerate(data.table.column(column, data.name)):
            whose, name = _bare(cell)
            if name:
                found.setdefault(name, {}).setdefault(row, (whose or site, column, sources[row]))
    return found


def _columns(data: MeasuredDataset) -> Iterator[tuple[str, str]]:
    """Columns that name what clips were cut from, and whose recordings those are, where the column says it."""
    for column in map(str, data.table.rows.columns):
        words = words_of(column)
        if words & _WORDS:
            yield column, next((_SITES[word] for word in sorted(words) if word in _SITES), "")


def _bare(cell: str) -> tuple[str, str]:
    """Whose recording it is, where that stands before it, and its name; no name where it could be anybody's."""
    before, _, rest = cell.strip().rpartition(":")
    name = _SUFFIX.sub("", rest.replace("\\", "/").rstrip("/"))
    number = _NUMBER.fullmatch(name)
    if number:
        return _site(before), number[1] if len(number[1]) >= _FEWEST_DIGITS else ""
    tells = len(name) >= _FEWEST_CHARACTERS and any(letter.isdigit() for letter in name)
    return _site(before), name if tells else ""


def _site(before: str) -> str:
    return _SITES.get(before.lower(), before.lower())


def _shared(one: _Named, two: _Named) -> dict[str, tuple[dict[int, str], dict[int, str]]]:
    """Recordings of both, with the columns of the rows on either side that no equal ``source_id`` joins."""
    shared = {}
    for name in one.keys() & two.keys():
        sites = [{whose for whose, _, _ in side[name].values()} for side in (one, two)]
        known = {source for _, _, source in one[name].values()} & {source for _, _, source in two[name].values()} - {""}
        open_rows = [
            {row: column for row, (_, column, source) in side[name].items() if source not in known}
            for side in (one, two)
        ]
        alike = "" in sites[0] | sites[1] or sites[0] & sites[1]
        if alike and (open_rows[0] or open_rows[1]) and not (known and not all(open_rows)):
            shared[name] = (open_rows[0], open_rows[1])
    return shared


CHECKS.register("recordings")(RecordingsCheck())
