"""Mistakes that raise no error: each test fails where a run makes one of them."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
import soundfile
import tiny
import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

from cohear.base.errors import RunFailed
from cohear.base.files import digest, make_folder, write_json
from cohear.features.windows import scored_windows
from cohear.runs.in_place import PackInPlace
from cohear.runs.spec import Need, TaskReference
from cohear.runs.task_data import load_task
from cohear.study.file import load_study
from cohear.study.folder.folder import StudyFolder, with_paths_from
from cohear.study.launch.progress import NoProgress
from cohear.study.prepare import make_stores, prepare, write_splits
from cohear.tasks.targets import WindowPlaces
from cohear.training.batches import as_windows
from cohear.training.loop import train_one
from cohear.training.optimiser import learning_rate_factor
from cohear.training.record import record_of
from cohear.training.schedule import Mixed
from cohear.training.settings import TrainingSettings
from cohear.training.sources import inputs_of
from cohear.training.spec import RunSpec

STEPS = 6
ENCODERS = ("dnn", "small")


@dataclass
class Planned:
    """A study made ready in this process: specifications by encoder, arm and combination."""

    specs: dict[tuple[str, str, str], RunSpec]
    pack: PackInPlace

    def train(self, encoder, combination="tone", arm="base"):
        return train_one(self.specs[encoder, arm, combination], self.pack)


def plan(root, training=None, **changes):
    grid = {
        "features": ["summary", "logmel"],
        "encoders": [{"name": "dnn", "hidden": 8, "layers": 1}, "small"],
        "repeats": {"folds": 1, "seeds": 1},
        "training": {"steps": STEPS, "batch": 4, "precision": "float32", **(training or {})},
    }
    settings = with_paths_from(load_study(tiny.write_study(root, **{**grid, **changes})), root)
    prepared = prepare(settings, root, cache=make_folder(root / "cache"), jobs=1)
    make_stores(prepared, cache=root / "cache", jobs=1, progress=NoProgress())
    folder = StudyFolder(root / "out")
    make_folder(folder.splits)
    write_splits(prepared, folder)
    specs = {(run.spec.encoder["name"], run.arm, run.combination): run.spec for run in prepared.plan}
    return Planned(specs, PackInPlace(folder.splits, root / "cache"))


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    root = tmp_path_factory.mktemp("planned")
    tiny.write_datasets(root / "data")
    return plan(root)


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """A folder with clips of 0.1 to 0.35 s, all lengths mixed."""
    root = tmp_path_factory.mktemp("short")
    tiny.write_datasets(root / "data")
    for folder in ("tones", "birds"):
        for number, path in enumerate(sorted((root / "data" / folder / "audio").glob("*.wav"))):
            samples, rate = soundfile.read(path)
            soundfile.write(path, np.tile(samples, 2)[: round((0.1 + 0.05 * (number % 6)) * rate)], rate)
    return root


def weights(result):
    return {name: tensor.numpy().tobytes() for name, tensor in result.network.state_dict().items()}


def split_of(spec, pack):
    return json.loads((pack.splits / f"{spec.tasks[0].split}.json").read_text())


@pytest.mark.parametrize("encoder", ENCODERS)
def test_audio_of_test_clips_trains_nothing(tmp_path, encoder):
    """Pitfalls 1 and 3: no statistic of a dataset, which its test clips are part of, reaches training."""
    tiny.write_datasets(tmp_path / "data")
    before = plan(tmp_path)
    trained = before.train(encoder)
    split = split_of(before.specs[encoder, "base", "tone"], before.pack)
    tested = [clip for clip, part in zip(split["clips"], split["parts"], strict=True) if part == "test"]
    for number, clip in enumerate(tested):
        soundfile.write(tmp_path / "data" / "tones" / clip, 3 * tiny.sound(2000, 77 + number), tiny.RATE)
    after = plan(tmp_path)
    again = after.train(encoder)
    assert split_of(after.specs[encoder, "base", "tone"], after.pack)["parts"] == split["parts"]
    assert weights(again) == weights(trained)
    assert again.curve == trained.curve
    logits = [result.tasks["tone"].predictions["test"].logits for result in (trained, again)]
    assert not np.allclose(*logits)


@pytest.mark.parametrize("encoder", ENCODERS)
def test_a_run_takes_its_whole_budget(planned, encoder):
    """Pitfall 8: all steps are taken, at the learning rates of the plan, and the last curve point is at the end."""
    rates = []
    hook = register_optimizer_step_pre_hook(lambda optimiser, *_: rates.append(optimiser.param_groups[0]["lr"]))
    try:
        result = planned.train(encoder)
    finally:
        hook.remove()
    settings = result.spec.training
    factors = [learning_rate_factor(step, STEPS, settings.warmup) for step in range(STEPS)]
    assert rates == pytest.approx([settings.learning_rate * factor for factor in factors])
    assert rates[-1] < 0.2 * max(rates)
    assert result.curve[-1]["step"] == result.tasks["tone"].steps["last"] == record_of(result).steps == STEPS


def test_a_run_that_ends_early_is_no_result(planned, monkeypatch):
    """Pitfall 8: fewer steps are not reported as the full budget."""
    whole = Mixed.order
    monkeypatch.setattr(Mixed, "order", lambda *arguments: whole(*arguments)[: STEPS - 2])
    with pytest.raises(RunFailed, match=rf"another number of steps than {STEPS} \(tone: {STEPS - 2}\)"):
        planned.train("dnn")


@pytest.mark.parametrize("encoder", ENCODERS)
def test_padding_changes_no_result(short, encoder):
    """Pitfall 18: with all clips shorter than the window, a longer window (more padding) trains the same network."""
    found = []
    for window in (0.4, 0.7):
        result = plan(short, {"steps": 3, "augment": "none"}, window=window).train(encoder)
        found.append(result.tasks["tone"].predictions["test"].logits)
    np.testing.assert_allclose(*found, rtol=0, atol=1e-3)


@pytest.mark.parametrize("encoder", ENCODERS)
def test_independent_equals_single_on_clips_of_mixed_lengths(short, encoder):
    """Pitfall 18: bit for bit, also where windows are padded."""
    study = plan(short, window=0.25, arms={"base": {}, "apart": {"training": {"sharing": "independent"}}})
    pair = weights(study.train(encoder, "tone+bird", "apart"))
    for number, task in enumerate(("tone", "bird")):
        for name, tensor in weights(study.train(encoder, task)).items():
            place = name.replace("encoders.0.", f"encoders.{number}.").replace("heads.0.", f"heads.{number}.")
            assert pair[place] == tensor, name


OTHER = {
    "sampling": "passes",
    "augment": "none",
    "precision": "bfloat16",
    "needs": {"teacher": Need(run="r", file="f")},
}


NOT_THERE = {"front_end": {"name": "summary"}, "window": 0.3, "teacher_encoder": {"name": "small"}}
"""What a task may have for itself, or a run for its teachers, and has not."""


def other(name, value):
    """Another value of a field."""
    if value is None:
        return NOT_THERE[name]
    if name in OTHER:
        return OTHER[name]
    if isinstance(value, str):
        return value + "x"
    if isinstance(value, dict):
        return {**value, "one more": 1}
    if isinstance(value, bool):
        return not value
    return value[:0] if isinstance(value, tuple) else value + 1


def test_every_field_of_a_specification_is_in_its_key(planned):
    """Pitfall 5, also for a copy of a specification whose key was asked for before."""
    spec = planned.specs["dnn", "base", "tone"]
    plain = [name for name in RunSpec.model_fields if name != "training"]
    keys = [spec.key]
    keys += [spec.model_copy(update={name: other(name, getattr(spec, name))}).key for name in plain]
    for name in TrainingSettings.model_fields:
        training = spec.training.model_copy(update={name: other(name, getattr(spec.training, name))})
        keys.append(spec.model_copy(update={"training": training}).key)
    for name in TaskReference.model_fields:
        task = spec.tasks[0].model_copy(update={name: other(name, getattr(spec.tasks[0], name))})
        keys.append(spec.model_copy(update={"tasks": (task,)}).key)
    for part in ("front_end", "encoder", "versions"):
        for name in (entries := getattr(spec, part)):
            keys.append(spec.model_copy(update={part: {**entries, name: "another"}}).key)
    assert len(set(keys)) == len(keys)
    assert spec.model_copy().key == RunSpec.model_validate(spec.model_dump(mode="json")).key == spec.key


def test_validation_labels_choose_picks_and_nothing_else(planned, tmp_path):
    """Pitfalls 8 and 9: picks are by validation, as the curve shows it, and training does not see it."""
    spec = planned.specs["dnn", "base", "tone"]
    split = split_of(spec, planned.pack)
    turned = {"validation": max(split["targets"])}
    split["targets"] = [
        turned[part] - value if part in turned else value
        for value, part in zip(split["targets"], split["parts"], strict=True)
    ]
    write_json(tmp_path / f"{digest(split)}.json", split)
    task = spec.tasks[0].model_copy(update={"split": digest(split)})
    changed = train_one(spec.model_copy(update={"tasks": (task,)}), PackInPlace(tmp_path, planned.pack.cache))
    trained = planned.train("dnn")
    assert weights(changed) == weights(trained)

    def points(result, part):
        return [point for point in result.curve if point["part"] == part]

    assert points(changed, "train") == points(trained, "train")
    assert points(changed, "validation") != points(trained, "validation")
    for result in (changed, trained):
        scores, validated = result.tasks["tone"], points(result, "validation")
        metric = scores.data.metric.name
        assert validated[-1]["metric"] == scores.scores["validation"]["last"][metric]
        best = max(validated, key=lambda point: point["metric"])
        assert scores.steps["own"] == scores.steps["joint"] == best["step"]
        assert scores.scores["validation"]["own"][metric] == best["metric"]


@pytest.mark.parametrize("encoder", ENCODERS)
def test_scores_are_in_float32_whatever_training_is_in(planned, encoder):
    """Logits of a run trained in bfloat16 are those of its weights in float32."""
    spec = planned.specs[encoder, "base", "tone"]
    training = spec.training.model_copy(update={"precision": "bfloat16"})
    result = train_one(spec.model_copy(update={"training": training}), planned.pack)
    data, given = load_task(spec.tasks[0], planned.pack), inputs_of(spec)["tone"]
    rows = data.rows[data.parts["test"]]
    clip_of_window, starts = scored_windows(data.store, rows, given.window)
    features, lengths = given.seen(data.store, rows[clip_of_window], starts)
    windows = as_windows(given, features, lengths, data, np.zeros(len(features), np.int64))
    with torch.inference_mode():
        logits = result.network.eval()({"tone": windows})["tone"].numpy()
    places = WindowPlaces(clip_of_window, starts, lengths, np.ones(len(starts)), 0.01)
    expected = data.kind.pool(logits, places, data.store.lengths[rows]).values
    np.testing.assert_allclose(result.tasks["tone"].predictions["test"].logits, expected, rtol=1e-5, atol=1e-6)
