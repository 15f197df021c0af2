"""Features at one scale: whose statistics, that no test clip's labels enter, and that nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest
import tiny
from tiny import Bench

from cohear.base.errors import StudyError
from cohear.base.files import cache_folder, make_folder
from cohear.base.moments import RELEVANCE, Moments
from cohear.base.yaml_text import YamlText
from cohear.features.task_input import TaskInput
from cohear.runs.scaled_task import with_scale
from cohear.study.data_facts import data_facts
from cohear.study.file import check_study
from cohear.study.folder.folder import with_paths_from
from cohear.study.prepare import prepare
from cohear.testing.plain import BANDS, CLIPS, FRAMES, plain_task


class Plain:
    """Frames as they are."""

    layout, input_width, hop, rate = "sequence", BANDS, 1, 1

    def window_input(self, windows, lengths):
        return windows.copy()


GIVEN = TaskInput(Plain(), FRAMES)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    made = tmp_path_factory.mktemp("normalise")
    tiny.write_datasets(made / "data")
    return made


def planned(root, **changes):
    settings = with_paths_from(check_study(YamlText({**tiny.settings(), **changes})), root)
    return prepare(settings, root, cache=make_folder(cache_folder()), jobs=1)


def write_without_groups(data):
    """The datasets, whose tables have paths and labels alone."""
    tiny.write_datasets(data)
    for name in ("tones", "birds"):
        table = data / name / "manifest.csv"
        lines = [line.split(",") for line in table.read_text().splitlines()]
        table.write_text("\n".join(",".join([line[0], line[2]]) for line in lines) + "\n")


def seen(task):
    """All clips' frames as an encoder sees them, ``[N, FRAMES, BANDS]``."""
    frames = task.store.frames.reshape(CLIPS, FRAMES, BANDS)
    return task.scale.applied(frames, np.full(CLIPS, FRAMES), np.arange(CLIPS))


def test_by_dataset_the_training_part_has_mean_nought_and_deviation_one():
    task = with_scale(plain_task("one", 0), GIVEN, "dataset")
    train = seen(task)[task.parts["train"]].reshape(-1, BANDS)
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-5)


def test_by_dataset_no_other_clip_is_looked_at():
    task = plain_task("one", 0)
    frames = task.store.frames.copy()
    frames[24 * FRAMES :] = np.nan  # validation and test
    spoilt = replace(task, store=replace(task.store, frames=frames))
    np.testing.assert_array_equal(
        with_scale(spoilt, GIVEN, "dataset").scale.scales, with_scale(task, GIVEN, "dataset").scale.scales
    )


def test_by_group_each_group_has_its_own_and_those_without_have_that_of_training():
    groups = ["loud", "soft", ""] * (CLIPS // 3)
    task = replace(plain_task("one", 0), groups=groups)
    frames = task.store.frames.copy().reshape(CLIPS, FRAMES, BANDS)
    frames[::3] += 50
    task = with_scale(replace(task, store=replace(task.store, frames=frames.reshape(-1, BANDS))), GIVEN, "group")
    loud, soft, none = (task.scale.scales[task.scale.of_clip[clip]] for clip in range(3))
    np.testing.assert_allclose(none, task.scale.usual.scale)
    share = 16 / (16 + RELEVANCE)  # a clip is a window here
    own = frames[::3].reshape(-1, BANDS).mean(axis=0)
    np.testing.assert_allclose(loud[0], share * own + (1 - share) * task.scale.usual.first, rtol=1e-5)
    assert (loud[0] > soft[0] + 20).all()


def test_labels_are_not_looked_at():
    """Nor is who is in which part, but for what is known of all."""
    task = replace(plain_task("one", 0), groups=["a", "b"] * (CLIPS // 2))
    other = replace(task, targets=task.targets.take(np.roll(np.arange(CLIPS), 1)))
    np.testing.assert_array_equal(
        with_scale(task, GIVEN, "group").scale.scales, with_scale(other, GIVEN, "group").scale.scales
    )


def test_what_is_beyond_a_window_stays_nought_and_what_never_varies_is_not_blown_up():
    task = plain_task("one", 0)
    frames = task.store.frames.copy()
    frames[:, 0] = -7.3
    task = with_scale(replace(task, store=replace(task.store, frames=frames)), GIVEN, "dataset")
    windows = frames[: 2 * FRAMES].reshape(2, FRAMES, BANDS).copy()
    windows[1, 3:] = 0
    given = task.scale.applied(windows, np.array([FRAMES, 3]), np.array([0, 1]))
    assert (given[1, 3:] == 0).all()
    np.testing.assert_allclose(given[0, :, 0], 0, atol=1e-4)
    assert np.abs(task.scale.applied(windows + 1, np.array([FRAMES, 3]), np.array([0, 1]))[0, :, 0]).max() < 1.1


def test_a_hardly_seen_group_is_taken_for_all():
    usual, own = Moments(400, np.zeros(1), np.ones(1)), Moments(0, np.full(1, 9.0), np.full(1, 90.0))
    np.testing.assert_allclose(usual.adapted_to(own).scale, [[0], [1]])
    many = usual.adapted_to(replace(own, windows=1e9))
    np.testing.assert_allclose(many.scale, [[9], [3]], rtol=1e-6)


def test_keys_of_runs_change_where_it_is_asked_for_alone(root):
    """And splits tell groups where a task is normalised by them alone."""
    usual, none = planned(root), planned(root, normalise="none")
    assert [run.key for run in usual.plan] == [run.key for run in none.plan]
    mixed = planned(root, arms={"base": {}, "scaled": {"normalise": "dataset"}, "own": {"normalise": "group"}})
    by_arm = {arm: [run for run in mixed.plan if run.arm == arm] for arm in ("base", "scaled", "own")}
    assert [run.key for run in by_arm["base"]] == [run.key for run in usual.plan]
    assert {each.normalise for run in by_arm["scaled"] for each in run.spec.tasks} == {"dataset"}
    splits = {arm: {each.split for run in runs for each in run.spec.tasks} for arm, runs in by_arm.items()}
    assert splits["base"] == splits["scaled"]
    assert not splits["own"] & splits["base"]
    assert {tuple(sorted(set(split.groups))) for split in mixed.further_splits} == {("g0", "g1", "g2", "g3", "g4")}


def test_a_task_has_its_own_word(root):
    tasks = tiny.settings()["tasks"]
    tasks["tone"]["normalise"] = "group"
    found = planned(root, tasks=tasks, normalise="dataset")
    assert {each.name: each.normalise for run in found.plan for each in run.spec.tasks} == {
        "tone": "group",
        "bird": "dataset",
    }
    told = [sentence for sentence in found.warnings if "unlabelled clips" in sentence]
    assert len(told) == 1 and told[0].startswith("tasks.tone:")


def test_groups_that_go_with_labels_are_told(tmp_path):
    """A speaker who speaks in one mood alone loses the mood with the mean."""
    tiny.write_datasets(tmp_path / "data")
    table = tmp_path / "data" / "tones" / "manifest.csv"
    head, *lines = [line.split(",") for line in table.read_text().splitlines()]
    path, group, tone = (head.index(name) for name in ("path", "group", "tone"))
    lines = [[row[path], f"{row[group]} {row[tone]}", row[tone]] for row in lines]
    table.write_text("\n".join(",".join(row) for row in [["path", "group", "tone"], *lines]) + "\n")
    [told] = [sentence for sentence in planned(tmp_path, normalise="group").warnings if "middle group" in sentence]
    assert told.startswith("tasks.tone: the middle group has 1 of 3 labels")


def test_without_groups_it_is_refused(tmp_path):
    write_without_groups(tmp_path / "data")
    with pytest.raises(StudyError, match=r"tasks.tone: normalise: group needs groups .* 'tones' tells none"):
        planned(tmp_path, normalise="group")


def test_clips_whose_labels_an_arm_leaves_out_are_heard_for_their_group(root):
    """So a group has the same scale however few labels it has; a control that takes validation away leaves it too."""
    arms = {"base": {}, "tenth": {"labels": 0.2}}
    made = planned(root, arms=arms, normalise="group", controls=["duplicate"], combinations=["singles", "pairs"])
    for split in made.further_splits:
        told = split.to_json()
        if split.task == "tone":
            assert len(told["clips"]) == len(told["groups"]) == 30
    assert any("heard" in split.to_json()["parts"] for split in made.further_splits)


def test_a_baseline_asks_for_groups_where_no_arm_does(tmp_path, root):
    """It is refused in the same sentence, and tells that clips of tested groups are heard."""
    made = planned(root, normalise="group", arms={"plain": {"normalise": "none"}}, baselines=["svm"])
    assert sum("unlabelled clips" in sentence for sentence in made.warnings) == 2
    by_base = planned(root, arms={"base": {"normalise": "group"}}, baselines=["svm"])
    assert {run.spec.tasks[0].normalise for run in by_base.plan if run.encoder == "svm"} == {"group"}
    write_without_groups(tmp_path / "data")
    with pytest.raises(StudyError, match="needs groups"):
        planned(tmp_path, normalise="group", arms={"plain": {"normalise": "none"}}, baselines=["svm"])


def test_an_arm_that_comes_to_the_same_scale_is_a_label_budget(root):
    arms = {"base": {}, "tenth": {"labels": 0.5, "normalise": "dataset"}}
    assert set(data_facts(planned(root, arms=arms, normalise="dataset")).label_budgets) == {"base", "tenth"}


def test_a_baseline_hears_groups_at_their_scale(root):
    plain, by_group = (planned(root, baselines=["svm"], normalise=how) for how in ("dataset", "group"))
    first, other = ([run for run in each.plan if run.encoder == "svm"] for each in (plain, by_group))
    assert {run.spec.tasks[0].normalise for run in first} == {"none"}  # which a baseline is at its dataset's scale of
    assert {run.spec.tasks[0].normalise for run in other} == {"group"}


@pytest.mark.parametrize("how", ["dataset", "group"])
def test_a_study_runs_to_its_end(tmp_path, how):
    bench = Bench(tmp_path)
    tiny.write_datasets(bench.root / "data")
    grid = {"baselines": ["svm"], "controls": ["duplicate", "shuffled"], "combinations": ["singles", "pairs"]}
    out = bench.run(normalise=how, **grid)
    assert f"base,normalise,{how}" in (out / "arms.csv").read_text()
    found = tiny.results(out)
    assert {row["control"] for row in found} == {"", "duplicate", "shuffled"}
    assert all(row["value"] for row in found)
    plain = bench.run("plain", combinations=["singles"])
    scores = {(row["run"], row["task"]) for row in tiny.results(out)}
    assert not scores & {(row["run"], row["task"]) for row in tiny.results(plain)}
