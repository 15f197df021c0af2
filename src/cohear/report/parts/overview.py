"""Figures beside the matrix: how much was run and how long it took, gaps between parts, examples of classes."""

from typing import Any

from cohear.analysis.tables.columns import SETTING
from cohear.analysis.tables.in_setting import in_setting
from cohear.report.folder import FolderContent
from cohear.report.numbers import duration, level, number, signed
from cohear.report.parts.behind_cells import CellSources
from cohear.report.parts.scores import better_by
from cohear.report.parts.views import setting_label, setting_order
from cohear.study.folder import status_words
from cohear.study.folder.status import Status

MOST_EXAMPLES = 24
"""Labels of a task of which a clip is shown."""


def facts(study: FolderContent) -> dict[str, Any]:
    """A few figures for the first screen."""
    ordinary = study.ordinary
    repeats = ordinary.groupby("combination")[["fold", "seed"]].apply(lambda rows: len(rows.drop_duplicates()))
    return {
        "tasks": ordinary["task"].nunique(),
        "pairs": sum(name.count("+") == 1 for name in ordinary["combination"].unique()),
        "groups": sum(name.count("+") > 1 for name in ordinary["combination"].unique()),
        "repeats": int(repeats.max()) if len(repeats) else 0,
        "datasets": len(study.data.datasets),
        "seconds": float(study.results.drop_duplicates("run")["seconds"].sum()),
    }


def progress_of(status: Status) -> dict[str, Any]:
    """How far the study has come: what is done, what failed, and what is left, in words."""
    left = []
    if status.done != status.planned:
        time = status_words.time_left(status, duration) if status.working else ""
        left.append(f"{', '.join(filter(None, (status_words.left(status), time)))}: figures will still change")
        left += [] if status.working else [status_words.idle("no process")]
    failed = status_words.failed(len(status.failed)) if status.failed else ""
    return {"done": status_words.runs_done(status), "failed": failed, "left": left}


def gaps(study: FolderContent) -> dict[str, list[dict[str, str]]]:
    """Mean scores of each task alone by part, and how much better training is than test; a row a setting."""
    alone = study.ordinary[study.ordinary["combination"] == study.ordinary["task"]]
    scores = study.metrics[study.metrics["selection"] == "last"].merge(
        alone[["run", "task", "metric", "higher_is_better", *SETTING]], on=["run", "task", "metric"]
    )
    settings = setting_order(study)
    by_task: dict[str, list[dict[str, str]]] = {}
    for setting in settings:
        for task, rows in in_setting(scores, setting).groupby("task"):
            fraction = study.statistics.units[str(rows["metric"].iloc[0])].points
            means = rows.groupby("part")["value"].mean().dropna()
            parts = {str(part): level(float(value), fraction) for part, value in means.items()}
            train, test = (float(means.get(part, float("nan"))) for part in ("train", "test"))
            gap = signed(better_by(train, test, bool(rows["higher_is_better"].iloc[0])), fraction)
            by_task.setdefault(str(task), []).append({**parts, "gap": gap, "setting": setting_label(setting, settings)})
    return by_task


def run_times(study: FolderContent) -> list[list[str]]:
    """A row a setting and size of combination: runs, parameters, steps, mean seconds of a run."""
    runs = study.ordinary.drop_duplicates("run")
    runs = runs.assign(size=runs["combination"].str.count(r"\+") + 1)
    rows = []
    for names, own in runs.groupby([*SETTING, "size"], sort=False):
        *setting, size = names
        parameters, steps = own["parameters"].dropna(), own["steps"].dropna()
        rows.append(
            [
                *map(str, setting),
                str(size),
                str(len(own)),
                number(round(float(parameters.mean()))) if len(parameters) else "–",
                number(round(float(steps.mean()))) if len(steps) else "–",
                f"{own['seconds'].mean():.1f}" if own["seconds"].notna().any() else "–",
            ]
        )
    return sorted(rows, key=lambda row: (row[:3], int(row[3])))


def examples(sources: CellSources, study: FolderContent) -> dict[str, list[dict[str, Any]]]:
    """A spectrogram of a clip of each class, by task; empty where no clips were asked for or none are at hand."""
    found: dict[str, list[dict[str, Any]]] = {}
    if sources.sounds is None:
        return found
    for task in study.data.tasks:
        segments = sources.at_hand.segments(task)
        for label, clip in list(sources.at_hand.examples(task).items())[:MOST_EXAMPLES]:
            place = sources.sounds.number(segments[clip]) if clip in segments else None
            if place is not None:
                found.setdefault(task, []).append({"label": label, "clip": clip, "sound": place})
    return found
