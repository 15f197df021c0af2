"""What stands behind each cell: repeats, learning curves, classes, groups and the clips that changed most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cohear.analysis.tables.in_setting import in_setting
from cohear.report.folder import FolderContent
from cohear.report.numbers import level, signed
from cohear.report.parts.axis_ticks import axis_over
from cohear.report.parts.learning_curves import LearningCurves, charts_of
from cohear.report.parts.outcomes import Outcomes, TaskOutcome
from cohear.report.parts.sounds import Sounds
from cohear.report.parts.study_audio import AtHand
from cohear.report.parts.views import SettingView, Views

MOST_CLASSES = 24
"""Of a confusion matrix on the page; beyond that the scores of classes are listed alone."""
MOST_CLIPS = 5
"""That changed most, for the better and for the worse."""
FEWEST_ASKED = 2
"""Clips of a group, below which its share says nothing."""


@dataclass(frozen=True)
class CellSources:
    """Where what stands behind cells is read from.

    Attributes:
        at_hand: the study's audio; sounds are made of it where there is a ``sounds``.
    """

    content: FolderContent
    curves: LearningCurves
    outcomes: Outcomes
    at_hand: AtHand
    sounds: Sounds | None


def cell_sources(content: FolderContent, clips: bool) -> CellSources:
    """The sources of a folder; ``clips`` asks for players and pictures of clips."""
    runs = content.path / "runs"
    return CellSources(
        content,
        LearningCurves(content.statistics.tables.curves),
        Outcomes(runs, content.data.tasks),
        AtHand(content.path, content.study_text),
        Sounds() if clips else None,
    )


def behind(sources: CellSources, views: Views, view: SettingView) -> list[dict[str, Any]]:
    """What stands behind every cell of a setting, cells with large gains first where players must be rationed.

    Returns:
        One entry a cell: ``task``, ``combination``, ``repeats`` and what else there is: ``curves``, ``confusion``,
        ``classes``, ``groups``, ``clips``. All figures are texts as they are shown.
    """
    key = (view.features, view.encoder, view.arm)
    results, pairs = in_setting(sources.content.ordinary, key), in_setting(sources.content.statistics.pairs, key)
    runs = runs_by_repeat(results)
    cells = next(m.cells for m in views.matrices if (m.features, m.encoder, m.arm) == key)
    outcomes: dict[tuple[str, ...], dict[str, TaskOutcome]] = {}
    made: dict[int, dict[str, Any]] = {}
    for place in sorted(range(len(cells)), key=lambda place: -abs(np.nan_to_num(cells[place].gain))):
        cell = cells[place]
        own = pairs[(pairs["task"] == cell.task) & (pairs["combination"] == cell.combination)]
        sides = dict(zip(("alone", "together"), in_both(runs, cell.task, cell.combination), strict=True))
        entry: dict[str, Any] = {
            "task": cell.task,
            "combination": cell.combination,
            "repeats": _repeats(own, cell.fraction),
            "curves": charts_of(sources.curves, sides, cell.task, cell.metric, cell.fraction),
        }
        for side in map(tuple, sides.values()):
            if side not in outcomes:
                outcomes[side] = sources.outcomes.of(side)
        alone, together = (outcomes[tuple(side)].get(cell.task) for side in sides.values())
        if alone and together:
            entry |= _compared(alone, together, sources, cell.task)
        made[place] = entry
    return [made[place] for place in range(len(cells))]


def runs_by_repeat(results: pd.DataFrame) -> dict[str, dict[tuple[int, int], str]]:
    """The run of each fold and seed, by combination, of the ordinary runs of a setting."""
    return {
        str(name): {(row["fold"], row["seed"]): str(row["run"]) for row in rows.to_dict("records")}
        for name, rows in results.groupby("combination")
    }


def in_both(
    runs: Mapping[str, Mapping[tuple[int, int], str]], task: str, combination: str
) -> tuple[list[str], list[str]]:
    """Runs of a task alone and in a combination, of the repeats that both have: other test parts compare nothing."""
    alone, together = runs.get(task, {}), runs.get(combination, {})
    common = [repeat for repeat in alone if repeat in together]
    return [alone[repeat] for repeat in common], [together[repeat] for repeat in common]


def _repeats(pairs: pd.DataFrame, fraction: bool) -> dict[str, Any]:
    """Paired differences, a row a repeat, with the place of each on a common axis."""
    axis = axis_over([0.0, *pairs["difference"].tolist()])
    rows = [
        {
            "fold": str(row["fold"]),
            "seed": str(row["seed"]),
            "alone": level(row["single"], fraction),
            "together": level(row["shared"], fraction),
            "difference": signed(row["difference"], fraction),
            "place": axis.at(row["difference"]),
        }
        for row in pairs.to_dict("records")
    ]
    return {"zero": axis.at(0.0), "rows": rows}


def _compared(alone: TaskOutcome, together: TaskOutcome, sources: CellSources, task: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"classes": _classes(alone, together)}
    if alone.confusion is not None and together.confusion is not None and len(alone.labels) <= MOST_CLASSES:
        entry["confusion"] = {
            "labels": alone.labels,
            "alone": alone.confusion.tolist(),
            "together": together.confusion.tolist(),
        }
    groups = _groups(alone, together, sources.at_hand.groups(task))
    if groups:
        entry["groups"] = groups
    clips = _clips(alone, together, sources, task)
    if clips:
        entry["clips"] = clips
    return entry


def _classes(alone: TaskOutcome, together: TaskOutcome) -> dict[str, Any]:
    """Mean over the repeats of each label's score; a label that no test part has is left out."""
    one, two = (np.array(outcome.per_class) for outcome in (alone, together))  # [repeats, labels]
    rows = []
    for place, label in enumerate(alone.labels):
        before, after = (_mean(table[:, place]) for table in (one, two))
        if np.isfinite(before) and np.isfinite(after):
            rows.append(_change(label, before, after))
    return {"score": "share found" if alone.confusion is not None else "average precision", "rows": rows}


def _groups(alone: TaskOutcome, together: TaskOutcome, groups: Mapping[str, str]) -> list[dict[str, str]]:
    """Share of clips answered rightly in each group; test clips without a group are left out."""
    tables = [_of_groups(outcome, groups) for outcome in (alone, together)]
    shared = [name for name in tables[0] if name in tables[1] and tables[0][name][1] >= FEWEST_ASKED]
    if len(shared) < 2:
        return []
    before, after = ({name: table[name][0] / table[name][1] for name in shared} for table in tables)
    rows = [(name, before[name], after[name]) for name in shared]
    rows.sort(key=lambda row: (row[2] - row[1], row[0]))
    shown = rows if len(rows) <= 2 * MOST_CLIPS else [*rows[:MOST_CLIPS], *rows[-MOST_CLIPS:]]
    return [_change(*row) for row in shown]


def _of_groups(outcome: TaskOutcome, groups: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for clip, (right, asked) in outcome.clips.items():
        if clip in groups:
            hits, total = found.get(groups[clip], (0, 0))
            found[groups[clip]] = (hits + right, total + asked)
    return found


def _clips(alone: TaskOutcome, together: TaskOutcome, sources: CellSources, task: str) -> list[dict[str, Any]]:
    """Clips whose share of right answers changed most, the best first."""
    changed = []
    for clip, (right, asked) in together.clips.items():
        before = alone.clips.get(clip)
        if before and before[0] * asked != right * before[1]:
            changed.append((right / asked - before[0] / before[1], clip))
    changed.sort(key=lambda one: (-one[0], one[1]))
    better = [one for one in changed if one[0] > 0][:MOST_CLIPS]
    worse = [one for one in changed if one[0] < 0][-MOST_CLIPS:]
    segments = sources.at_hand.segments(task) if sources.sounds else {}
    rows = []
    for _, clip in [*better, *worse]:
        row: dict[str, Any] = {
            "clip": clip,
            "label": together.truth[clip],
            "alone": _share(alone.clips[clip]),
            "together": _share(together.clips[clip]),
        }
        if sources.sounds and clip in segments:
            row["sound"] = sources.sounds.number(segments[clip])
        rows.append(row)
    return rows


def _share(counts: Sequence[int]) -> str:
    return f"{counts[0]} of {counts[1]}"


def _change(name: str, before: float, after: float) -> dict[str, str]:
    return {
        "name": name,
        "alone": level(before, True),
        "together": level(after, True),
        "change": signed(after - before, True),
    }


def _mean(values: Any) -> float:  # noqa: ANN401 - a column of numbers
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
