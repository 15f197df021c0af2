"""Which runs are wanted where repeats stop when verdicts are decided."""

from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohear.base.errors import StudyError
from cohear.base.yaml_text import read_yaml
from cohear.study.file import RepeatSettings, check_study
from cohear.study.plan.repeats import CellState, Repeats
from cohear.study.plan.row import PlanRow

SETTING = {"features": "summary", "encoder": "dnn", "arm": "base"}
HEAD = "study: s\ndatasets: {d: {path: d}}\ntasks: {a: {dataset: d, target: a}, b: {dataset: d, target: b}}\n"


def plan_of(tasks, rule):
    """Singles and pairs, with a control of each pair."""
    cells = [(task, "") for task in tasks]
    cells += [("+".join(pair), control) for pair in combinations(tasks, 2) for control in ("", "shuffled")]
    return [
        PlanRow(f"{name}{control}-{seed}-{fold}", *SETTING.values(), name, control, fold, seed)
        for seed, fold in rule.order()
        for name, control in cells
    ]


def cell(combination, state):
    verdict = {"decided": "helps"}.get(state, "undecided")
    return CellState(combination.split("+")[0], combination, *SETTING.values(), 5, verdict, state)


def until(folds=5, at_most=20):
    return RepeatSettings(folds=folds, until="decided", at_most=at_most)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 12), st.integers(5, 60))
def test_repeats_are_those_of_a_fixed_study_in_its_order(folds, at_most):
    adaptive = until(folds, at_most)
    fixed = RepeatSettings(folds=folds, seeds=-(-at_most // folds)).order()
    assert adaptive.order() == fixed[:at_most]
    looks = adaptive.looks()
    assert looks[-1] == at_most
    assert all(before < after for before, after in pairwise(looks))
    assert looks[0] >= 5
    assert all(look % folds == 0 for look in looks[:-1])
    assert RepeatSettings(folds=folds, seeds=2).looks() == ()


@settings(deadline=None, max_examples=40)
@given(st.data(), st.integers(2, 4), st.integers(1, 6), st.integers(5, 22))
def test_looks_add_whole_rounds_to_what_is_open_and_to_what_it_is_compared_with(data, many, folds, at_most):
    rule = until(folds, at_most)
    tasks = ["a", "b", "c", "d"][:many]
    plan = plan_of(tasks, rule)
    rows = {row.run: row for row in plan}
    repeats, before = Repeats(plan, rule.looks()), set()
    for _ in range(len(rule.looks()) + 1):
        wanted = repeats.wanted()
        assert before <= wanted
        for group, limit in repeats.limits.items():
            shown = {
                name: {r.seed * folds + r.fold for k in wanted if match(r := rows[k], name)}
                for name in (group[3], *group[3].split("+"))
            }
            assert shown[group[3]] == set(range(limit))
            assert all(set(range(limit)) <= shown[task] for task in group[3].split("+"))
            controls = [r for k in wanted if (r := rows[k]).control and r.combination == group[3]]
            assert len(controls) == limit
        longest = {task: max(n for g, n in repeats.limits.items() if task in g[3].split("+")) for task in tasks}
        assert all(sum(match(rows[k], task) for k in wanted) == longest[task] for task in tasks)
        states = [
            cell(group[3], data.draw(st.sampled_from(["decided", "open", "given up"]))) for group in repeats.limits
        ]
        most = repeats.at_most(states)
        assert wanted <= most <= set(rows)
        before, limits = wanted, dict(repeats.limits)
        went = repeats.go_on(states)
        going = {state.group for state in states if state.state == "open"}
        for group, limit in repeats.limits.items():
            more = group in going and limits[group] < at_most
            assert (limit > limits[group]) == more
        assert went == (repeats.limits != limits)
        assert repeats.wanted() <= most
        told, cells = Repeats.from_json(plan, repeats.to_json(states))
        assert (told.limits, cells) == (repeats.limits, states)
    assert not repeats.go_on([]) and repeats.at_most([]) == set(rows)


def match(row, combination):
    return row.combination == combination and not row.control


def test_a_combination_waits_where_a_run_of_it_failed():
    rule = until()
    repeats = Repeats(plan_of(["a", "b", "c"], rule), rule.looks())
    waiting = repeats.of_runs({"b-0-1"})
    assert {group[3] for group in waiting} == {"a+b", "b+c"}
    assert repeats.go_on([cell(group[3], "open") for group in repeats.limits], waiting)
    assert {group[3]: limit for group, limit in repeats.limits.items()} == {"a+b": 5, "a+c": 10, "b+c": 5}


def test_runs_bring_those_that_they_need_into_every_round():
    """Of whatever repeat and combination, and what these need in turn; what is not planned is not wanted."""
    rule = until()
    plan = [
        replace(row, needs=("c-0-1" if row.fold == 1 else "b+c-3-4", "gone"))
        if (row.combination, row.seed, row.control) == ("a+b", 0, "")
        else replace(row, needs=("a+c-2-0",))
        if row.run == "b+c-3-4"
        else row
        for row in plan_of(["a", "b", "c"], rule)
    ]
    plain, needy = Repeats(plan_of(["a", "b", "c"], rule), rule.looks()), Repeats(plan, rule.looks())
    assert needy.wanted() - plain.wanted() == {"b+c-3-4", "a+c-2-0"}
    assert plain.wanted() <= needy.wanted()
    assert needy.at_most([cell("a+c", "open")]) - plain.at_most([cell("a+c", "open")]) == {"b+c-3-4"}


def test_a_probe_that_failed_holds_nothing_back():
    """No gain stands on it; a network that failed holds its combinations, whatever probe there is."""
    rule = until()
    plan = plan_of(["a", "b"], rule)
    probe = PlanRow("probe", *SETTING.values(), "a+b", "", 0, 0, "a", job="probe", probe="transfer", needs=("a-0-0",))
    repeats = Repeats([*plan, probe], rule.looks())
    assert "probe" in repeats.wanted()
    assert repeats.of_runs({"probe"}) == set()
    assert {group[3] for group in repeats.of_runs({"probe", "a-0-0"})} == {"a+b"}
    assert repeats.go_on([cell("a+b", "open")], repeats.of_runs({"probe"}))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{until: decided}", "until: decided and at_most go together"),
        ("{at_most: 20}", "until: decided and at_most go together"),
        ("{until: decided, at_most: 20, seeds: 2}", "not both"),
        ("{until: bored, at_most: 20}", "repeats.until"),
        ("{until: decided, at_most: 4}", "repeats.at_most"),
        ("{until: decided, at_mots: 20}", "did you mean 'at_most'?"),
    ],
)
def test_mistakes_are_told_with_their_cure(text, told):
    with pytest.raises(StudyError, match="repeats") as error:
        check_study(read_yaml(f"{HEAD}repeats: {text}\n"))
    assert told in str(error.value)


def test_verdicts_need_tasks_that_are_trained_together():
    with pytest.raises(StudyError, match="no tasks are trained together"):
        check_study(read_yaml(f"{HEAD}repeats: {{until: decided, at_most: 20}}\ncombinations: [singles]\n"))
