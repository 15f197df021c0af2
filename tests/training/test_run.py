"""Batches, curve, checkpoints, evaluation: the parts of one run, on a study that was trained."""

import json
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import tiny
import torch

from cohear.base.errors import DataError
from cohear.base.files import digest, write_json
from cohear.features.augmentation import LogEnergies
from cohear.features.front_end import FrontEnd
from cohear.features.logmel import LogMel
from cohear.features.task_input import TaskInput
from cohear.runs.in_place import PackInPlace
from cohear.runs.task_data import load_task
from cohear.tasks import Multiclass, Multilabel, Targets, WindowTargets
from cohear.training import evaluate
from cohear.training.batches import TaskBatches, balanced_draws, shuffled_passes
from cohear.training.checkpoints import Checkpoints
from cohear.training.curve import grid
from cohear.training.evaluate import Evaluation
from cohear.training.loop import train_one
from cohear.training.networks import make_network
from cohear.training.optimiser import learning_rate_factor
from cohear.training.settings import TrainingSettings
from cohear.training.sources import inputs_of
from cohear.training.spec import RunSpec

NAME = (0, 0, 0)


@pytest.fixture(scope="module")
def pack(finished):
    return PackInPlace(finished.root / "out" / "splits", finished.cache)


@pytest.fixture(scope="module")
def specs(finished):
    """Specifications by encoder and combination."""
    told = [json.loads(path.read_text()) for path in tiny.records(finished.root / "out").values()]
    found = [RunSpec.model_validate(record["specification"]) for record in told]
    return {(spec.encoder["name"], "+".join(task.name for task in spec.tasks)): spec for spec in found}


def data_of(spec, pack):
    task = spec.tasks[0]
    return load_task(task, pack), inputs_of(spec)[task.name]


def test_passes_hold_every_clip_in_a_new_order():
    """Pitfall 10: batches differ from pass to pass."""
    clips = np.arange(10, 22)
    drawn = shuffled_passes(clips, (7, 12), "x")
    assert all(sorted(each) == list(clips) for each in drawn)
    assert len({tuple(each) for each in drawn}) == 7
    np.testing.assert_array_equal(shuffled_passes(clips, (7, 12), "x"), drawn)
    cut = shuffled_passes(clips, (5, 5), "x").ravel()
    np.testing.assert_array_equal(cut, drawn.ravel()[:25])


def test_balanced_draws_take_each_label_equally_often(specs, pack):
    data, _ = data_of(specs["dnn", "tone"], pack)
    values = np.array([0] * 20 + [1] * 3 + [2] * 1)
    uneven = replace(data, targets=Targets(values, np.ones(24, bool)), parts={**data.parts, "train": np.arange(24)})
    drawn = balanced_draws(uneven, (30, 4), "x")
    assert list(np.bincount(values[drawn.ravel()])) == [40, 40, 40]
    assert set(drawn.ravel()) == set(range(24))
    assert sorted(values[balanced_draws(uneven, (1, 2), "x")[0]]) in ([0, 1], [0, 2], [1, 2])  # too few for all labels
    uneven = replace(uneven, kind=Multilabel(), labels=["a", "b"])
    several = np.zeros((24, 2), np.float32)
    several[:6, 0] = several[3:9, 1] = 1
    drawn = balanced_draws(replace(uneven, targets=Targets(several, np.ones((24, 2), bool))), (30, 4), "x").ravel()
    assert (drawn >= 9).sum() == 40


@pytest.mark.parametrize("encoder", ["dnn", "small"])
def test_windows_are_keyed_and_come_from_training_alone(specs, pack, encoder):
    """Pitfalls 4 and 23: a task's batches depend on its own name, never on partners; no window is a test clip's."""
    data, given = data_of(specs[encoder, "tone"], pack)
    settings = TrainingSettings(steps=6, batch=4)

    def batches(**changes):
        made = TaskBatches(replace(data, **changes), given, settings, NAME)
        return [made.make(step) for step in range(6)]

    first, again, other = batches(), batches(), batches(name="other")
    for one, two in zip(first, again, strict=True):
        assert torch.equal(one.windows.features, two.windows.features)
        assert torch.equal(one.targets.values, two.targets.values)
    assert any(not torch.equal(a.windows.features, b.windows.features) for a, b in zip(first, other, strict=True))
    held_out = np.concatenate([data.parts["validation"], data.parts["test"]])
    values = data.targets.values.copy()
    values[held_out] = 77
    spoilt = batches(targets=Targets(values, data.targets.known))
    assert not any((rows.targets.values == 77).any() for rows in spoilt)
    assert len({rows.windows.features.numpy().tobytes() for rows in first}) == 6


def test_vectors_of_a_step_are_those_of_its_windows_in_whatever_order_steps_are_asked_for(specs, pack, monkeypatch):
    data, given = data_of(specs["dnn", "tone"], pack)
    monkeypatch.setattr("cohear.training.batches.STEPS_AT_ONCE", 3)
    batches = TaskBatches(data, given, TrainingSettings(steps=8, batch=4), NAME)
    for step in (0, 1, 7, 2, 3, 3, 6):
        vectors, _ = given.seen(data.store, data.rows[batches._clips[step]], batches._starts[step])
        np.testing.assert_array_equal(batches.make(step).windows.features.numpy(), vectors)


class Moments(Multiclass):
    """Targets that are where in its clip each frame of a window lies, and what is heard there."""

    def targets(self, truth, places, features):
        at = (places.starts[:, None] + np.arange(features.shape[1])) * places.tempo[:, None]
        inside = np.arange(features.shape[1]) < places.lengths[:, None]
        return WindowTargets(torch.from_numpy(at), torch.from_numpy(inside))


@pytest.mark.parametrize("augment", ["none", "standard"])
def test_a_kind_is_told_where_windows_lie(specs, pack, augment):
    """Frame by frame, also at another pace: the frames of the clip around each moment enclose the window's."""
    data, given = data_of(specs["small", "tone"], pack)
    rows = []

    class Plain(LogMel):
        augmentation = None if augment == "none" else LogEnergies(given.front_end.bands)

    settings = TrainingSettings(steps=8, batch=4, augment=augment)
    batches = TaskBatches(replace(data, kind=Moments()), TaskInput(Plain(), 20), settings, NAME)
    for step in range(8):
        made = batches.make(step)
        for at, inside, clip in zip(made.targets.values, made.targets.known, batches._clips[step], strict=True):
            row = data.rows[clip]
            frames = data.store.frames[data.store.offsets[row] : data.store.offsets[row + 1]]
            assert at[inside].max() < len(frames)
            rows.append(at[inside].numpy())
        if augment == "none":
            first = frames[at[inside].long().numpy()]
            np.testing.assert_array_equal(made.windows.features[-1][inside].numpy(), first)
    steps = {round(float(step), 6) for at in rows for step in np.diff(at)}
    assert (steps == {1.0}) is (augment == "none")


def test_a_kind_takes_its_scale_from_training_clips_alone(specs, pack, monkeypatch):
    """What it is fitted to are the training part's targets, in every run of the fold alike."""
    seen = []
    monkeypatch.setattr(Multiclass, "fitted", lambda kind, train: seen.append(train) or kind)
    for combination in ("tone", "tone+bird"):
        data = load_task(specs["dnn", combination].tasks[0], pack)
        assert seen[-1].values.tolist() == data.targets.values[data.parts["train"]].tolist()
        assert len(seen[-1].values) < len(data.clips)


class Embedding(LogMel):
    """A sequence whose numbers are no energies: it says nothing of augmentation."""

    augmentation = FrontEnd.augmentation


def test_frames_of_a_front_end_that_names_no_augmentation_are_left_alone(specs, pack):
    """Levels and warped bands are for log energies; whatever else a sequence holds is learnt from as it is."""
    data, _ = data_of(specs["small", "tone"], pack)
    stored = {frame.tobytes() for frame in np.asarray(data.store.frames)}
    for front_end, same in ((Embedding(), True), (LogMel(), False)):
        batches = TaskBatches(data, TaskInput(front_end, 20), TrainingSettings(steps=2, batch=4), NAME)
        seen = [frame.tobytes() for frame in batches.make(0).windows.features.numpy().reshape(-1, 64)]
        assert (set(seen) <= stored) is same


def test_parts_share_no_clip_and_no_group(specs, pack, finished):
    """Pitfall 4: clips are parted before any window is cut."""
    data, _ = data_of(specs["dnn", "tone"], pack)
    lines = (finished.root / "data" / "tones" / "manifest.csv").read_text().split()[1:]
    groups = {line.split(",")[0]: line.split(",")[1] for line in lines}
    by_part = {part: {groups[data.clips[clip]] for clip in clips} for part, clips in data.parts.items()}
    assert all(by_part.values())
    assert by_part["test"].isdisjoint(by_part["train"] | by_part["validation"])
    assert by_part["train"].isdisjoint(by_part["validation"])


@pytest.mark.parametrize("encoder", ["dnn", "small"])
def test_score_of_a_clip_does_not_depend_on_batch_mates(specs, pack, encoder, monkeypatch):
    """Pitfalls 10 and 18: no gradients, no statistics are touched, and any batch gives the same logits."""
    spec = specs[encoder, "tone"]
    data, given = data_of(spec, pack)
    network = make_network(spec, {"tone": data}).train()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    evaluation = Evaluation(data, "test", given, NAME)
    expected = evaluation.predict(network).logits
    for size in (1, 3):
        monkeypatch.setattr(evaluate, "WINDOWS_A_BATCH", size)
        np.testing.assert_allclose(evaluation.predict(network).logits, expected, rtol=1e-4, atol=1e-5)
    assert network.training
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())
    assert all(parameter.grad is None for parameter in network.parameters())


def relabelled(spec, pack, tmp_path):
    """The specification with the test labels turned round."""
    split = json.loads((pack.splits / f"{spec.tasks[0].split}.json").read_text())
    top = max(split["targets"])
    split["targets"] = [
        top - value if part == "test" else value for value, part in zip(split["targets"], split["parts"], strict=True)
    ]
    write_json(tmp_path / f"{digest(split)}.json", split)
    task = spec.tasks[0].model_copy(update={"split": digest(split)})
    return spec.model_copy(update={"tasks": (task,)})


@pytest.mark.parametrize("encoder", ["dnn", "small"])
def test_test_labels_choose_nothing(specs, pack, tmp_path, encoder):
    """Pitfalls 8 and 9: other test labels give the same weights and picks; all steps are taken."""
    spec = specs[encoder, "tone"]
    changed = train_one(relabelled(spec, pack, tmp_path), PackInPlace(tmp_path, pack.cache))
    trained = train_one(spec, pack)
    ours, theirs = trained.network.state_dict(), changed.network.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    assert trained.curve == changed.curve
    one, other = trained.tasks["tone"], changed.tasks["tone"]
    assert one.steps == other.steps
    assert one.steps["last"] == spec.training.steps
    assert one.scores["validation"] == other.scores["validation"]
    assert one.scores["test"] != other.scores["test"]


def test_split_that_was_changed_is_refused(specs, pack, tmp_path):
    """Pitfalls 5 and 16: a run's data are found by content."""
    spec = specs["dnn", "tone"]
    split = json.loads((pack.splits / f"{spec.tasks[0].split}.json").read_text())
    split["contents"].reverse()
    (tmp_path / f"{spec.tasks[0].split}.json").write_text(json.dumps(split))
    with pytest.raises(DataError, match="was changed after it was written"):
        load_task(spec.tasks[0], PackInPlace(tmp_path, pack.cache))
    write_json(tmp_path / f"{digest(split)}.json", split)
    with pytest.raises(DataError, match="does not hold the clips of its split"):
        load_task(spec.tasks[0].model_copy(update={"split": digest(split)}), PackInPlace(tmp_path, pack.cache))


class FakeNetwork:
    """A network whose weights are the step's number."""

    def __init__(self, step):
        self.step = step

    def state_dict(self):
        return {"step": torch.tensor(self.step)}


def test_checkpoints_pick_by_validation():
    """Pitfall 25: ``joint`` is one network of one run, the best mean; ``own`` is each task's best; first of equals."""
    kept = Checkpoints({"a": 1, "b": -1})
    scores = [(0.5, 0.5), (0.9, 0.8), (0.6, 0.1), (0.9, float("nan")), (0.6, 0.1)]
    for step, (a, b) in enumerate(scores, start=1):
        kept.offer(step, FakeNetwork(step), {"a": a, "b": b})
    picks = [(name, step, int(state["step"]), tasks) for name, step, state, tasks in kept.picks()]
    assert picks == [("joint", 4, 4, ["a", "b"]), ("own", 2, 2, ["a"]), ("own", 3, 3, ["b"])]


def test_no_weights_are_scored_twice_on_the_same_clips(specs, pack, monkeypatch):
    """Validation is known from the looks, the last step among them; two selections may pick the same step."""
    scored, predict = [], evaluate.Evaluation.predict

    def watched(self, network, step=None):
        weights = torch.cat([each.flatten().double() for each in network.state_dict().values()]).numpy().tobytes()
        scored.append((self.task.name, self.part, weights))
        return predict(self, network, step)

    monkeypatch.setattr(evaluate.Evaluation, "predict", watched)
    result = train_one(specs["dnn", "tone+bird"], pack)
    assert len(scored) == len(set(scored))
    for task in result.tasks.values():
        assert all(set(task.scores[part]) == {"last", "joint", "own"} for part in ("validation", "test"))
        picked = {step: task.scores["test"][selection] for selection, step in task.steps.items()}
        assert all(task.scores["test"][selection] == picked[step] for selection, step in task.steps.items())


def test_checkpoints_without_validation_pick_nothing():
    kept = Checkpoints({"a": 1})
    kept.offer(1, FakeNetwork(1), {"a": float("nan")})
    assert list(kept.picks()) == []


@pytest.mark.parametrize(("steps", "expected"), [(1, [1]), (5, [1, 2, 3, 4, 5]), (600, list(range(60, 601, 60)))])
def test_curves_have_a_fixed_grid(steps, expected):
    found = grid(steps)
    assert set(found) <= set(expected)
    assert found[-1] == steps


def test_learning_rate_warms_up_and_decays_to_its_end():
    factors = [learning_rate_factor(step, 100, 0.1) for step in range(101)]
    assert factors[0] == pytest.approx(0.1)
    assert max(factors) == factors[9] == 1
    assert factors[100] == pytest.approx(0)
    assert all(a >= b for a, b in pairwise(factors[10:]))
