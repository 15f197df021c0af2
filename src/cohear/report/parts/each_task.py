"""Each task alone without opening a cell: which labels are taken for which, and the clips that are hardest."""

from typing import Any

from cohear.analysis.tables.in_setting import in_setting
from cohear.report.parts.behind_cells import MOST_CLASSES, MOST_CLIPS, CellSources, runs_by_repeat
from cohear.report.parts.outcomes import LabelOutcome
from cohear.report.parts.views import SettingView


def each_task(sources: CellSources, view: SettingView) -> list[dict[str, Any]]:
    """What the single runs of a setting said of their test clips, where they kept it.

    Returns:
        One entry a task with labels: ``task``, ``labels``, ``confusion`` (clips ``[label, answer]``, None of several
        labels a clip or of more than :data:`cohear.report.parts.behind_cells.MOST_CLASSES`), and ``worst``: clips that
        are answered rightly least often, each with its label, ``right`` and maybe its ``sound``.
    """
    runs = runs_by_repeat(in_setting(sources.content.ordinary, (view.features, view.encoder, view.arm)))
    found = []
    for rows in view.scores:
        outcome = sources.outcomes.of(list(runs.get(rows.task, {}).values())).get(rows.task)
        if isinstance(outcome, LabelOutcome):
            small = outcome.confusion is not None and len(outcome.labels) <= MOST_CLASSES
            confusion = outcome.confusion.tolist() if small and outcome.confusion is not None else None
            worst = _worst(outcome, sources, rows.task)
            found.append({"task": rows.task, "labels": outcome.labels, "confusion": confusion, "worst": worst})
    return found


def _worst(outcome: LabelOutcome, sources: CellSources, task: str) -> list[dict[str, Any]]:
    missed = [(right / asked, -asked, clip) for clip, (right, asked) in outcome.clips.items() if right < asked]
    segments = sources.at_hand.segments(task) if sources.sounds else {}
    rows: list[dict[str, Any]] = []
    for _, _, clip in sorted(missed)[:MOST_CLIPS]:
        right, asked = outcome.clips[clip]
        row: dict[str, Any] = {"clip": clip, "label": outcome.truth[clip], "right": f"{right} of {asked}"}
        if sources.sounds and clip in segments:
            row["sound"] = sources.sounds.number(segments[clip])
        rows.append(row)
    return rows
