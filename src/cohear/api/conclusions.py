"""What a table of results answers, and what it could find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cohear.api.tables import refresh_tables
from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean

if TYPE_CHECKING:
    from cohear.findings.answers import Answers
    from cohear.findings.power import Power


def power(folder: str | Path) -> Power:
    """What a folder with a ``results.csv`` could find, and what it lacks (:func:`cohear.findings.power.power`).

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    from cohear.analysis.statistics import Statistics
    from cohear.findings import Findings
    from cohear.findings.power import power as power_of

    refresh_tables(Path(folder))
    return power_of(Findings(Statistics.of_folder(Path(folder))))


def answers(folder: str | Path, related: Sequence[str] = ()) -> Answers:
    """Answers of a folder with a ``results.csv`` (:func:`cohear.findings.answers.answers`).

    Args:
        folder: a study folder, or any folder with a ``results.csv``.
        related: pairs of related tasks, ``a+b`` each.

    Raises:
        UserError: there is no such table, it cannot be compared, or a pair names no two tasks of it.
    """
    from cohear.analysis.statistics import Statistics
    from cohear.findings import Findings
    from cohear.findings.answers import answers as answers_from

    refresh_tables(Path(folder))
    statistics = Statistics.of_folder(Path(folder))
    known = set(statistics.results["task"])
    pairs = [frozenset(pair.split("+")) for pair in related]
    for pair, given in zip(pairs, related, strict=True):
        strange = sorted(pair - known)
        if strange:
            raise UserError(f"--related {given}: there is no task {strange[0]!r}{did_you_mean(strange[0], known)}")
        if len(pair) != 2:
            raise UserError(f"--related {given}: name two tasks with '+' between")
    return answers_from(Findings(replace(statistics, related=frozenset(pairs) or statistics.related)))
