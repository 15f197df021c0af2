"""From a bundle and clip tables to what the bundle is worth on them, top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.base.counting import counted
from cohear.base.errors import UserError
from cohear.base.registry import did_you_mean
from cohear.evaluation.answering import pooled_answers
from cohear.evaluation.by_value import ByColumn, scores_by_value
from cohear.evaluation.evaluated import CalibrationBeside, Evaluated, MetricFound, OfGroup, TaskEvaluated
from cohear.evaluation.forms import ANSWERS_JUDGED
from cohear.evaluation.intervals import interval_over_groups
from cohear.evaluation.labelled import AskedTask, LabelledClips, labelled_clips
from cohear.evaluation.promise import beside_promise
from cohear.evaluation.told import ToldOfClips, kind_in, outputs_of
from cohear.export.trained_on import read_trained_on
from cohear.runtime.bundle import Bundle
from cohear.study.draft.datasets import Found, find_datasets
from cohear.study.launch.progress import NoProgress, Progress
from cohear.tasks import METRICS, TARGET_KINDS

NOT_TOLD = "the bundle does not tell which clips it was trained on, so none is set aside; export it again"


@dataclass(frozen=True)
class _Asked:
    """A task with its clips in every table that has some."""

    task: AskedTask
    clips: list[LabelledClips]


def evaluate_bundle(
    path: Path,
    tables: Sequence[Path],
    *,
    targets: Mapping[str, str] | None = None,
    group: str | None = None,
    by: Sequence[str] = (),
    cache: Path,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Evaluated:
    """Ask a bundle about labelled clips, those left out that it was trained on.

    Args:
        path: folder of the bundle.
        tables: folders of datasets or table files.
        targets: columns that hold the truth of tasks, where not those of the study.
        group: column of the groups; None for the one that says so.
        by: columns by whose values the tasks' metrics are told.
        cache: folder of facts about audio.
        jobs: files read at once; None for one a core.
        progress: told of everything.

    Raises:
        UserError: no table has a clip that a task can be asked about, or a wish that cannot be fulfilled.
    """
    progress, bundle = progress or NoProgress(), Bundle.load(path)
    columns = _columns(bundle, targets or {})
    found, places = find_datasets(list(tables), cache=cache, jobs=jobs, progress=progress)
    remarks = [f"{left}: {why}" for left, why in places.left_out.items()]
    remarks += [
        f"{counted(len(each.dataset.bad), 'clip')} of {each.name} cannot be read" for each in found if each.dataset.bad
    ]
    trained_on = read_trained_on(path)
    remarks += [] if trained_on else [NOT_TOLD]
    asked, not_asked = list[_Asked](), dict[str, str]()
    for name, column in columns.items():
        entry = bundle.card["tasks"][name]
        kind = kind_in(TARGET_KINDS[entry.get("target_kind", entry["kind"])], entry)
        task = AskedTask(name, kind, bundle.tasks[name].columns, column)
        own = [labelled_clips(task, each.dataset, trained_on, group) for each in found]
        there = [each for each in own if each is not None]
        if why := _why_not_asked(task, there, found):
            not_asked[name] = why
        else:
            asked.append(_Asked(task, [each for each in there if len(each.rows)]))
    if not asked:
        reasons = "".join(f"\n  - {name}: {why}" for name, why in not_asked.items())
        raise UserError(f"there is nothing to ask this bundle about:{reasons}")
    _check_columns(by, found)
    answers = _answers(bundle, found, asked, progress)
    with progress.stage("score") as advance:
        tasks = {}
        for number, each in enumerate(asked):
            tasks[each.task.name] = _evaluated(bundle, each, answers, by)
            advance(number + 1, len(asked))
    return Evaluated(str(bundle.card["name"]), tasks, not_asked, remarks)


def _columns(bundle: Bundle, wishes: Mapping[str, str]) -> dict[str, str]:
    """The column that holds each task's truth: the one that is asked for, or that of the study."""
    for name in wishes:
        if name not in bundle.tasks:
            raise UserError(f"--target: the bundle has no task {name!r}{did_you_mean(name, bundle.tasks)}")
    return {name: wishes.get(name, bundle.card["tasks"][name].get("target") or name) for name in bundle.tasks}


def _why_not_asked(task: AskedTask, there: Sequence[LabelledClips], found: Sequence[Found]) -> str:
    """Why a task has no clips; empty where it has some."""
    if not there:
        columns = list(dict.fromkeys(str(name) for each in found for name in each.dataset.table.rows.columns))
        hint = did_you_mean(task.column, columns)
        return f"no table has a column {task.column!r}{hint}; name another with --target {task.name}=COLUMN"
    aside = sum(each.set_aside for each in there)
    if any(len(each.rows) for each in there):
        return ""
    if aside:
        return f"it was trained on all of the {counted(aside, 'labelled clip')}: give clips that it has not heard"
    return f"no clip has a label in column {task.column!r}"


def _check_columns(by: Sequence[str], found: Sequence[Found]) -> None:
    for name in by:
        columns = [str(column) for each in found for column in each.dataset.table.rows.columns]
        if name not in columns:
            raise UserError(f"--by: no table has a column {name!r}{did_you_mean(name, columns)}")


def _answers(
    bundle: Bundle, found: Sequence[Found], asked: Sequence[_Asked], progress: Progress
) -> dict[str, dict[int, dict[str, Floats]]]:
    """What the bundle says of every clip that some task is asked about, by dataset, row and task."""
    answers = {}
    for each in found:
        groups: dict[int, str] = {}
        for own in (clips for one in asked for clips in one.clips if clips.dataset is each.dataset):
            groups.update(zip(own.rows.tolist(), own.groups, strict=True))
        with progress.stage(f"ask about {each.name}") as advance:
            answers[each.name] = pooled_answers(bundle, each.dataset, sorted(groups), groups, advance)
    return answers


def _evaluated(
    bundle: Bundle, asked: _Asked, answers: Mapping[str, Mapping[int, Mapping[str, Floats]]], by: Sequence[str]
) -> TaskEvaluated:
    """One task on all its clips."""
    task, decoding = asked.task, bundle.tasks[asked.task.name]
    entry, judged = bundle.card["tasks"][task.name], ANSWERS_JUDGED[decoding.form]
    cells = [cell for clips in asked.clips for cell in clips.cells]
    rows = [(clips.dataset.name, row) for clips in asked.clips for row in clips.rows.tolist()]
    outputs = outputs_of([answers[name][row][task.name] for name, row in rows], len(decoding.columns))
    whole = ToldOfClips(task.kind, decoding, outputs, task.kind.encode(cells, task.labels))
    known = whole.known()
    raw = whole.take(known)
    told = judged.decided(raw, decoding)
    groups = [group for clips in asked.clips for group in clips.groups]
    groups = [groups[clip] for clip in known.tolist()]
    expected = entry.get("expected") or {}
    names, others = task.kind.metrics_with(expected.get("others") or {}), expected.get("others") or {}
    own = str(expected.get("metric") or task.kind.default_metric)
    metrics, beside = [], None
    for name in dict.fromkeys([own, *names]):
        value, metric = told.score(name), METRICS[name].of_targets_in(str(entry.get("unit") or ""))
        interval = interval_over_groups(partial(told.score_of, name), groups, metric, value)
        ends = (interval.low, interval.high) if interval else (float("nan"), float("nan"))
        promised = expected.get("mean") if name == own else others.get(name)
        metrics.append(MetricFound(name, metric.shown_unit, value, *ends, promised))
        beside = beside_promise(value, interval, expected) if name == own else beside
    assert beside is not None
    confusion, calibration = judged.confusion(raw, decoding), judged.calibration(raw, decoding)
    unknown: dict[str, int] = {}
    for clips in asked.clips:
        for label, number in clips.unknown.items():
            unknown[label] = unknown.get(label, 0) + number
    counts = task.kind.counts(raw.targets, task.labels)
    return TaskEvaluated(
        column=task.column,
        datasets=[clips.dataset.name for clips in asked.clips],
        clips=len(known),
        groups=len(set(groups)),
        grouped_by=list(dict.fromkeys(clips.grouped_by for clips in asked.clips if clips.grouped_by)),
        set_aside=sum(clips.set_aside for clips in asked.clips),
        unknown_labels=unknown,
        labels_without_clips=[label for label, count in zip(task.labels, counts, strict=True) if not count],
        metric=own,
        metrics=metrics,
        beside=beside,
        confusion=confusion,
        calibration=CalibrationBeside(
            calibration.what,
            calibration.value,
            (entry.get("calibration") or {}).get(judged.card_key),
            raw.log_loss(),
        ),
        by_group=_by_group(told, groups, [each.metric for each in metrics]),
        by_column=[_by_column(told, raw, own, groups, name, asked, known) for name in by],
    )


def _by_group(told: ToldOfClips, groups: Sequence[str], metrics: Sequence[str]) -> list[OfGroup]:
    """Of each group that has several clips; one clip has no score of its own."""
    named = np.array(groups)
    found = []
    for group in sorted(set(groups)):
        clips = np.flatnonzero(named == group)
        if len(clips) > 1:
            some = told.take(clips)
            found.append(OfGroup(group, len(clips), {name: some.score(name) for name in metrics}))
    return found


def _by_column(
    told: ToldOfClips,
    raw: ToldOfClips,
    metric: str,
    groups: Sequence[str],
    column: str,
    asked: _Asked,
    known: NDArray[np.int64],
) -> ByColumn:
    cells = [cell for clips in asked.clips for cell in clips.column(column)]
    cells = [cells[clip] for clip in known.tolist()]
    recalls = ANSWERS_JUDGED[raw.decoding.form].recalls(raw, raw.decoding)
    return scores_by_value(told, METRICS[metric], groups, column, cells, recalls)
