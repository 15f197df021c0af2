"""What stands behind each cell: repeats, learning curves, classes, groups and the clips that changed most."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from cohear.analysis.tables.in_setting import in_setting
from cohear.report.folder import FolderContent
from cohear.report.numbers import level, signed
from cohear.report.parts.axis_ticks import axis_over
from cohear.report.parts.learning_curves import LearningCurves, charts_of
from cohear.report.parts.number_outcomes import NumberOutcome, distance_texts, distances_of_groups, pictures_of
from cohear.report.parts.outcomes import LabelOutcome, Outcomes, TaskOutcome
from cohear.report.parts.sounds import Sounds
from cohear.report.parts.study_audio import AtHand
from cohear.report.parts.timeline_outcomes import TimelineOutcome, roll_of
from cohear.report.parts.views import SettingView, Views

_Row = TypeVar("_Row")

MOST_CLASSES = 24
"""Of a confusion matrix on the page; beyond that the scores of classes are listed alone."""
MOST_CLIPS = 5
"""That changed most, for the better and for the worse."""
MOST_ROLLS = 3
"""Clips of a task in time that are drawn, of those that changed most."""
FEWEST_GROUPS = 2
"""Below which there is nothing to compare."""
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
        ``classes``, ``pictures``, ``groups``, ``clips``. All figures are texts as they are shown.
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
            entry |= COMPARED[alone.form](alone, together, sources, cell.task)
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


def _compared_labels(alone: LabelOutcome, together: LabelOutcome, sources: CellSources, task: str) -> dict[str, Any]:
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


def _classes(alone: LabelOutcome, together: LabelOutcome) -> dict[str, Any]:
    """Mean over the repeats of each label's score; a label that no test part has is left out."""
    one, two = (np.array(outcome.per_class) for outcome in (alone, together))  # [repeats, labels]
    rows = []
    for place, label in enumerate(alone.labels):
        before, after = (_mean(table[:, place]) for table in (one, two))
        if np.isfinite(before) and np.isfinite(after):
            rows.append(_change(label, before, after))
    return {"score": "share found" if alone.confusion is not None else "average precision", "rows": rows}


def _groups(alone: LabelOutcome, together: LabelOutcome, groups: Mapping[str, str]) -> list[dict[str, str]]:
    """Share of clips answered rightly in each group; test clips without a group are left out."""
    tables = [_of_groups(outcome, groups) for outcome in (alone, together)]
    shared = [name for name in tables[0] if name in tables[1] and tables[0][name][1] >= FEWEST_ASKED]
    if len(shared) < FEWEST_GROUPS:
        return []
    before, after = ({name: table[name][0] / table[name][1] for name in shared} for table in tables)
    rows = [(name, before[name], after[name]) for name in shared]
    rows.sort(key=lambda row: (row[2] - row[1], row[0]))
    return [_change(*row) for row in _ends(rows)]


def _of_groups(outcome: LabelOutcome, groups: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for clip, (right, asked) in outcome.clips.items():
        if clip in groups:
            hits, total = found.get(groups[clip], (0, 0))
            found[groups[clip]] = (hits + right, total + asked)
    return found


def _clips(alone: LabelOutcome, together: LabelOutcome, sources: CellSources, task: str) -> list[dict[str, Any]]:
    """Clips whose share of right answers changed most, the best first."""
    changed = []
    for clip, (right, asked) in together.clips.items():
        before = alone.clips.get(clip)
        if before and before[0] * asked != right * before[1]:
            changed.append((right / asked - before[0] / before[1], clip))
    told = {
        clip: {"label": together.truth[clip], "alone": _share(alone.clips[clip]), "together": _share(counts)}
        for clip, counts in together.clips.items()
        if clip in alone.clips
    }
    return _changed_most(changed, told, sources, task)


def _changed_most(
    changed: list[tuple[float, str]], told: Mapping[str, Mapping[str, str]], sources: CellSources, task: str
) -> list[dict[str, Any]]:
    """The clips that changed most, the best first, with their sounds where these are at hand.

    Args:
        changed: by how much each clip is better, plus is good, and the clip.
        told: what stands in its row.
        sources: of the cells.
        task: whose clips.
    """
    changed.sort(key=lambda one: (-one[0], one[1]))
    better = [one for one in changed if one[0] > 0][:MOST_CLIPS]
    worse = [one for one in changed if one[0] < 0][-MOST_CLIPS:]
    segments = sources.at_hand.segments(task) if sources.sounds else {}
    rows = []
    for _, clip in [*better, *worse]:
        row: dict[str, Any] = {"clip": clip, **told[clip]}
        if sources.sounds and clip in segments:
            row["sound"] = sources.sounds.number(segments[clip])
        rows.append(row)
    return rows


def _compared_numbers(alone: NumberOutcome, together: NumberOutcome, sources: CellSources, task: str) -> dict[str, Any]:
    """Pictures, and how far answers are from the truth, group by group and clip by clip."""
    entry: dict[str, Any] = {"pictures": pictures_of(alone, together)}
    unit, before, after = alone.decoding.unit, alone.distances(), together.distances()
    shared = [clip for clip in after if clip in before]
    groups = sources.at_hand.groups(task)
    held = distances_of_groups({clip: before[clip] for clip in shared}, groups), distances_of_groups(after, groups)
    means = [(name, float(own.mean()), float(held[1][name].mean())) for name, own in held[0].items()]
    if len(means) >= FEWEST_GROUPS:
        means.sort(key=lambda row: (row[1] - row[2], row[0]))
        rows = [{"name": name, **distance_texts(unit, *both)} for name, *both in _ends(means)]
        entry["distances"] = {"unit": unit, "rows": rows}
    changed = [(before[clip] - after[clip], clip) for clip in shared if before[clip] != after[clip]]
    told = {
        clip: {"label": together.cell_of(clip), **distance_texts(unit, before[clip], after[clip])} for clip in shared
    }
    if clips := _changed_most(changed, told, sources, task):
        entry["far"] = {"unit": unit, "rows": clips}
    return entry


def _compared_timelines(
    alone: TimelineOutcome, together: TimelineOutcome, sources: CellSources, task: str
) -> dict[str, Any]:
    """F1 of each label over all steps, and the clips that changed most as piano rolls."""
    both = zip(alone.decoding.labels, alone.f1_by_label(), together.f1_by_label(), strict=True)
    rows = [_change(label, before, after) for label, before, after in both if np.isfinite([before, after]).all()]
    entry: dict[str, Any] = {"classes": {"score": "F1 over steps", "rows": rows}}
    shared = [clip for clip in together.said if clip in alone.said]
    changed = [(together.right(clip) - alone.right(clip), clip) for clip in shared]
    changed.sort(key=lambda one: (-abs(one[0]), one[1]))
    segments = sources.at_hand.segments(task) if sources.sounds else {}
    rolls = []
    for _, clip in changed[:MOST_ROLLS]:
        roll = {"clip": clip, **roll_of(clip, {"alone": alone, "together": together})}
        if sources.sounds and clip in segments:
            roll["sound"] = sources.sounds.number(segments[clip])
        rolls.append(roll)
    if rolls:
        entry["rolls"] = rolls
    return entry


COMPARED: Mapping[str, Callable[[Any, Any, CellSources, str], dict[str, Any]]] = {
    LabelOutcome.form: _compared_labels,
    NumberOutcome.form: _compared_numbers,
    TimelineOutcome.form: _compared_timelines,
}
"""What stands behind a cell of a task alone and together, by the form of its outcomes."""


def _ends(rows: list[_Row]) -> list[_Row]:
    """All rows, or of many the first and the last few."""
    return rows if len(rows) <= 2 * MOST_CLIPS else [*rows[:MOST_CLIPS], *rows[-MOST_CLIPS:]]


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
