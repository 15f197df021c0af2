"""Cures followed: what somebody is told would decide a question is done, and must do what it promises.

Each cure looks for its sentence in what is said of a study, makes the study that follows it, and tells what that study
lacks of what was promised. The larger study has the numbers of the smaller one, and more.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from said import Said
from shapes import NAMES
from studies import SimulatedStudy, everything, pairs, singles, tasks_named

Follow = Callable[[SimulatedStudy], Said]
Cure = Callable[[Said, Follow], Iterator[str]]
CURES: dict[str, Cure] = {}


def cure(follow: Cure) -> Cure:
    """Enter a cure under its name."""
    CURES[follow.__name__] = follow
    return follow


def everything_done(study: SimulatedStudy) -> SimulatedStudy:
    """The study with all its runs."""
    return replace(study, failed=0.0, left=0.0, fewer={}, unscored=0.0)


def with_more_tasks(study: SimulatedStudy, number: int) -> SimulatedStudy:
    """The study with new tasks; every setting that trains all pairs, or all in one network, goes on to do so."""
    known = {task.name for task in study.tasks}
    new = [task for task in tasks_named(*NAMES) if task.name not in known][:number]
    tasks = (*study.tasks, *(replace(task, metric=study.tasks[0].metric, scale=study.tasks[0].scale) for task in new))
    names = tuple(task.name for task in tasks)
    settings = tuple(replace(setting, groups=everything(names)) for setting in study.settings)
    return replace(study, tasks=tasks, settings=settings)


@cure
def a_second_seed_measures_the_share_of_the_folds(said: Said, follow: Follow) -> Iterator[str]:
    note = " ".join(said.texts["power"].split())
    if "note: With one seed a fold" not in note or said.study.looks:
        return
    then = follow(replace(everything_done(said.study), seeds=max(2, said.study.seeds)))
    after = " ".join(then.texts["power"].split())
    if "note: With one seed a fold" in after:
        yield f"with two seeds a fold power still says: {after[after.index('note: With one') :][:200]}"


@cure
def a_second_seed_of_the_caveat_tells_chance_and_data_apart(said: Said, follow: Follow) -> Iterator[str]:
    if not any("A second seed a fold tells them apart" in note for note in said.notes) or said.study.looks:
        return
    then = follow(replace(everything_done(said.study), seeds=max(2, said.study.seeds)))
    if any("A second seed a fold tells them apart" in note for note in then.notes):
        yield f"with two seeds a fold gains still says: {then.notes}"
    elif any(not row["share_measured"] for row in then.power["cells"]):
        number = sum(not row["share_measured"] for row in then.power["cells"])
        yield f"with two seeds a fold the share is not measured of {number} of {len(then.power['cells'])} cells"


@cure
def five_repeats_have_a_verdict(said: Said, follow: Follow) -> Iterator[str]:
    found = [
        re.search(r"At least (\d+) more repeats?: with fewer", view.answer.decides.plain)
        for view in said.views.settings
    ]
    if not any(found) or said.study.looks:
        return
    study = everything_done(said.study)
    more = math.ceil(max(int(one[1]) for one in found if one) / study.folds)
    then = follow(replace(study, seeds=study.seeds + more))
    for view in then.views.settings:
        if "with fewer than" in view.answer.decides.plain:
            yield f"with {study.folds} x {study.seeds + more} repeats the page still says: {view.answer.decides.plain}"


@cure
def what_tells_an_error_tells_it(said: Said, follow: Follow) -> Iterator[str]:
    if "No cell has an error that is known" not in said.answers["improve"]["would_change"]:
        return
    study = everything_done(said.study)
    then = follow(replace(study, folds=max(5, study.folds)))
    if "No cell has an error that is known" in then.answers["improve"]["would_change"]:
        yield f"with {then.study.folds} folds still: {then.answers['improve']['would_change']}"


@cure
def pairs_of_the_same_tasks_in_both_tell_whether_gains_persist(said: Said, follow: Follow) -> Iterator[str]:
    change = said.answers["persistence"]["would_change"]
    if (
        "Pairs of the same tasks with a second" not in change
        and "pairs of the same tasks in both would tell" not in change
    ):
        return
    study = everything_done(said.study)
    names = tuple(task.name for task in study.tasks)
    first, *others = study.settings
    second = others[0] if others else replace(first, encoder="second")
    groups = (*singles(names), *pairs(names))
    then = follow(replace(study, settings=(replace(first, groups=groups), replace(second, groups=groups))))
    told = then.answers["persistence"]
    if not any(one["within"] is not None for one in told["agreements"]):
        yield f"with all pairs of {len(names)} tasks in both: {told['answer']} {told['would_change']}"


@cure
def so_many_tasks_tell_whether_gains_persist(said: Said, follow: Follow) -> Iterator[str]:
    """Where another task is asked for, it is enough."""
    change = said.answers["persistence"]["would_change"]
    found = re.search(r"(four|a fourth|[Mm]ore) tasks?", change) if "Ranks need" in change else None
    if not found or len(said.study.settings) < 2:
        return
    study = everything_done(said.study)
    then = follow(with_more_tasks(study, max(1, 4 - len(study.tasks))))
    told = then.answers["persistence"]
    if not any(one["within"] is not None for one in told["agreements"]):
        yield f"with {len(then.study.tasks)} tasks: {told['answer']} {told['would_change']}"


@cure
def three_tasks_in_one_network_begin_to_answer(said: Said, follow: Follow) -> Iterator[str]:
    change = said.answers["combining"]["would_change"]
    if "Three tasks or more in one network" not in change:
        return
    study = everything_done(said.study)
    study = with_more_tasks(study, max(0, 3 - len(study.tasks)))
    then = follow(study)
    if "Three tasks or more in one network" in then.answers["combining"]["would_change"]:
        yield f"with {len(study.tasks)} tasks in one network: {then.answers['combining']['answer']}"


@cure
def encoders_of_several_widths_tell_what_a_larger_one_restores(said: Said, follow: Follow) -> Iterator[str]:
    change = said.answers["combining"]["would_change"]
    if "ncoders of several widths" not in change:
        return
    study = everything_done(said.study)
    first = study.settings[0]
    then = follow(replace(study, settings=(first, replace(first, encoder="wider", parameters=3 * first.parameters))))
    if "ncoders of several widths" in then.answers["combining"]["would_change"]:
        yield f"with a wider encoder: {then.answers['combining']['would_change']}"


@cure
def groups_between_tell_where_it_turns(said: Said, follow: Follow) -> Iterator[str]:
    change = said.answers["combining"]["would_change"]
    if "where it turns" not in change:
        return
    study = everything_done(said.study)
    names = tuple(task.name for task in study.tasks)
    between = tuple(names[:size] for size in range(3, len(names)))
    settings = tuple(replace(one, groups=tuple(dict.fromkeys((*one.groups, *between)))) for one in study.settings)
    then = follow(replace(study, settings=settings))
    if "where it turns" in then.answers["combining"]["would_change"]:
        yield f"with groups of 3 to {len(names) - 1}: {then.answers['combining']['would_change']}"


@cure
def singles_and_pairs_begin_to_answer(said: Said, follow: Follow) -> Iterator[str]:
    if "Single and pair runs on the same repeats" not in said.answers["improve"]["would_change"]:
        return
    study = everything_done(said.study)
    study = with_more_tasks(study, max(0, 2 - len(study.tasks)))
    names = tuple(task.name for task in study.tasks)
    first = replace(study.settings[0], groups=(*singles(names), *pairs(names)))
    then = follow(replace(study, settings=(first,)))
    if "No pair has been compared yet" in then.answers["improve"]["answer"]:
        yield f"with singles and pairs: {then.answers['improve']['answer']}"


@cure
def pairs_of_three_tasks_can_go_with_measurements(said: Said, follow: Follow) -> Iterator[str]:
    if "It takes pairs of at least three tasks" not in said.answers["measurements"]["would_change"]:
        return
    study = everything_done(said.study)
    study = with_more_tasks(study, max(0, 3 - len(study.tasks)))
    names = tuple(task.name for task in study.tasks)
    first = replace(study.settings[0], groups=(*singles(names), *pairs(names)))
    study = replace(study, settings=(first,), folds=max(2, study.folds), bare=False, facts=True)
    then = follow(study)
    if "Nothing was measured" in then.answers["measurements"]["answer"]:
        yield f"with pairs of {len(names)} tasks: {then.answers['measurements']['answer']}"


@cure
def two_repeats_of_combinations_have_a_grouping(said: Said, follow: Follow) -> Iterator[str]:
    if "takes two repeats of combinations" not in said.page_text:
        return
    study = everything_done(said.study)
    if len({task.metric for task in study.tasks}) > 1:
        return
    then = follow(study if study.folds * study.seeds > 1 else replace(study, folds=2))
    if any(view.groupings is None and view.answer.measured for view in then.views.settings):
        yield f"with {then.study.folds} x {then.study.seeds} repeats: no grouping"


@cure
def test_clips_tell_how_sure_equal_gains_are(said: Said, follow: Follow) -> Iterator[str]:
    if not any("only be told with `test_clips`" in note for note in said.notes):
        return
    tasks = tuple(replace(task, clips=task.clips or 100) for task in said.study.tasks)
    then = follow(replace(everything_done(said.study), tasks=tasks, bare=False))
    unknown = [row for row in then.power["cells"] if row["error"] is None and row["repeats"] > 1]
    if unknown:
        yield f"with test_clips {len(unknown)} of {len(then.power['cells'])} cells have no error that is known"
