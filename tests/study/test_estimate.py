"""What a plan is foretold to cost."""

import json

import numpy as np
import pytest
import tiny

from cohear import Study
from cohear.base.files import write_json
from cohear.features.store import open_store
from cohear.runs.in_place import PackInPlace
from cohear.runs.record import Record
from cohear.study.estimate.baselines import Fits
from cohear.study.estimate.networks import Pace, Traces, kind_of, tried
from cohear.study.estimate.sizes import Sizes
from cohear.study.estimate.stand_in import FEWEST, StandIns
from cohear.study.estimate.trials import Trial, Trials, few_in_each
from cohear.study.launch.progress import NoProgress
from cohear.study.prepare import make_stores, prepare
from cohear.training.evaluate import Evaluation
from cohear.training.loop import train_one


@pytest.fixture
def prepared(bench):
    """A study of three tasks with singles, pairs and all, its features not made."""
    study = Study.load(
        bench.study(
            **{
                "datasets": {name: {"path": f"data/{name}"} for name in ("tones", "birds", "doors")},
                "tasks": {
                    "tone": {"dataset": "tones", "target": "tone"},
                    "bird": {"dataset": "birds", "target": "bird"},
                    "door": {"dataset": "doors", "target": "door"},
                },
                "combinations": ["singles", "pairs", "all"],
                "features": ["logmel"],
                "encoders": [{"name": "small"}],
            }
        )
    )
    return prepare(study.settings, bench.root, cache=bench.cache)


class Told(Trials):
    """Trials that take what is laid down, and leave files of sizes that are laid down."""

    PACE = Pace(start=0.3, a_task=0.05, a_step=0.002, a_width=0.01, a_window=0.004)
    TRACES = Traces(start=1000, a_task=500, a_prediction=40)

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self.made = []

    def of(self, spec, files):
        load = self._sizes.load(spec)
        bytes_left = {
            "record.json": int(self.TRACES.start + self.TRACES.a_task * load.tasks),
            "predictions.csv": round(self.TRACES.a_prediction * load.told),
        }
        record = Record(spec.key, {}, {}, seconds=0.0, peak_memory_bytes=1000 * load.tasks)
        self.made.append(Trial(spec, self.PACE.seconds(load), 0.0, record, bytes_left))
        return self.made[-1]


def test_what_a_run_takes_is_found_from_trials_that_are_shorter(prepared):
    sizes = Sizes(prepared)
    planned = [run.spec for run in prepared.plan]
    long = planned[0].training.model_copy(update={"steps": 900})
    specs = [spec.model_copy(update={"training": long}) for spec in planned]
    trials = Told(sizes)
    found = tried(specs, trials, sizes, lambda spec: frozenset())
    for spec in specs:
        load = sizes.load(spec)
        assert found.pace.seconds(load) == pytest.approx(Told.PACE.seconds(load), rel=1e-6)
        assert found.traces.bytes(load) == pytest.approx(Told.TRACES.bytes(load), rel=0.01)
    assert max(trial.spec.training.steps for trial in trials.made) < 900
    assert {len(trial.spec.tasks) for trial in trials.made} == {1, 3}
    assert found.memory == 3000


def test_runs_of_few_steps_are_tried_whole(prepared):
    sizes = Sizes(prepared)
    trials = Told(sizes)
    tried([run.spec for run in prepared.plan], trials, sizes, lambda spec: frozenset())
    assert max(trial.spec.training.steps for trial in trials.made) == 10


def test_kinds_differ_in_what_makes_a_step_dear(prepared):
    spec = prepared.plan[0].spec

    def changed(**training):
        return kind_of(spec.model_copy(update={"training": spec.training.model_copy(update=training)}))

    assert changed(steps=7) == changed(learning_rate=1.0) == kind_of(spec)
    assert changed(batch=64) != kind_of(spec) != changed(augment="none")


def test_stand_ins_are_as_long_as_the_features_and_nothing_is_left_in_the_cache(prepared, bench, tmp_path):
    sizes, place = Sizes(prepared), tmp_path / "stand-ins"
    place.mkdir()
    stores = StandIns(prepared, sizes, bench.cache, place)
    assert stores.missing.keys() == {store.key for store in prepared.stores}
    assert all(seconds > 0 for seconds in stores.missing.values())
    assert not (bench.cache / "features").exists()
    stood_in = {key: open_store(key, place) for key in stores.missing}
    make_stores(prepared, cache=bench.cache, jobs=1, progress=NoProgress())
    for key, one in stood_in.items():
        real = open_store(key, bench.cache)
        assert (one.offsets == real.offsets).all()
        assert one.contents == real.contents
        assert (np.abs(one.frames).max(axis=1) > 0).all()
    on_disk = sum((bench.cache / "features" / key / "frames.npy").stat().st_size for key in stood_in)
    assert stores.bytes == pytest.approx(on_disk, rel=0.1)
    (again := tmp_path / "again").mkdir()
    assert StandIns(prepared, sizes, bench.cache, again).missing == {}
    assert open_store(next(iter(stood_in)), again).contents


def test_a_dataset_that_would_take_long_is_tried_on_some_clips(prepared, bench, tmp_path, monkeypatch):
    monkeypatch.setattr("cohear.study.estimate.stand_in.SECONDS", 0.0)
    stores = StandIns(prepared, sizes := Sizes(prepared), bench.cache, tmp_path)
    for key in stores.missing:
        made = {folder.name for folder in (tmp_path / "features").iterdir()}
        assert key in made
        assert len(open_store(key, tmp_path)) == len(sizes.offsets(key)) - 1 > FEWEST


def test_scored_windows_are_counted_as_a_run_scores_them(prepared, bench, monkeypatch, tmp_path):
    """But for silence and for which steps validation picks."""
    spec, sizes = prepared.plan[0].spec, Sizes(prepared)
    make_stores(prepared, cache=bench.cache, jobs=1, progress=NoProgress())
    scored = {"train": 0, "validation": 0, "test": 0}
    predict = Evaluation.predict

    def counted(self, network, step=None):
        scored[self.part] += len(self._starts)
        return predict(self, network, step)

    monkeypatch.setattr(Evaluation, "predict", counted)
    (tmp_path / "splits").mkdir()
    for name, content in sizes.splits.items():
        write_json(tmp_path / "splits" / f"{name}.json", content)
    pack = PackInPlace(tmp_path / "splits", bench.cache)
    train_one(spec, pack)
    window = sizes._windows
    [task] = spec.tasks
    frames = round(spec.window * 100)
    assert scored["train"] == window(task.split, task.store, "train", frames)
    assert scored["validation"] == 10 * window(task.split, task.store, "validation", frames)
    assert scored["test"] in {n * window(task.split, task.store, "test", frames) for n in (1, 2)}


def test_few_clips_lie_evenly_in_each_part():
    parts = ["train"] * 100 + ["test"] * 3 + ["heard"] * 5 + ["validation"] * 20
    few = few_in_each(parts, 4)
    assert [place for place, part in enumerate(few) if part == "train"] == [0, 33, 66, 99]
    assert few.count("test") == 3
    assert few.count("validation") == 4
    assert few.count("heard") == 0


def test_a_fit_is_told_by_its_own_task_then_by_the_nearest_size():
    class Counted:
        def clips(self, split, part):
            return range(int(split))

    class Fit:
        def __init__(self, name, clips):
            self.tasks = [type("Task", (), {"name": name, "split": str(clips)})]

    fits = Fits({("a", 100): 1.0, ("b", 400): 16.0}, 2.0, 0.0, 0)
    assert fits.seconds(Fit("a", 100), Counted()) == 1.0
    assert fits.seconds(Fit("a", 200), Counted()) == 4.0
    assert fits.seconds(Fit("c", 800), Counted()) == 64.0


EVERYTHING = {
    "baselines": ["svm"],
    "probes": ["transfer"],
    "controls": [{"name": "shuffled", "pairs": [["tone", "bird"]]}],
    "encoders": [{"name": "mlp", "hidden": 16}],
    "arms": {"base": {}, "half": {"labels": 0.5}, "taught": {"training": {"teachers": "singles"}}},
    "training": {"steps": 60, "batch": 4},
}


@pytest.mark.slow
def test_networks_controls_baselines_and_probes_are_priced_as_they_cost(bench):
    study = bench.study(**EVERYTHING)
    ended = bench.cohear("run", study, "--out", "out", "--dry-run", "--jobs", "1")
    assert ended.returncode == 0, ended.stderr
    for told in (
        "svm",
        "shuffled",
        "transfer",
        "half",
        "taught",
        "core time: ",
        "1 run at once",
        "memory: at most",
        "of features",
    ):
        assert told in ended.stdout
    assert not (bench.root / "out").exists()
    assert not (bench.cache / "features").exists()
    with bench.here():
        found, _ = Study.load(study, bench.root / "out").estimate(jobs=1)
    assert bench.cohear("run", study, "--out", "out", "--jobs", "1").returncode == 0
    records = [json.loads(path.read_text()) for path in tiny.records(bench.root / "out").values()]
    assert sum(price.left for price in found.prices) == len(records)
    assert all(price.seconds > 0 for price in found.prices if price.left)
    assert 0.7 < found.run_seconds / sum(record["seconds"] for record in records) < 2.0  # and what is around each
    assert 0.8 < found.memory / max(record["peak_memory_bytes"] for record in records) < 1.25
    on_disk = sum(path.stat().st_size for path in (bench.root / "out" / "runs").rglob("*") if path.is_file())
    assert found.bytes - found.feature_bytes == pytest.approx(on_disk, rel=0.2)


@pytest.mark.slow
def test_a_trial_that_fails_is_told_and_the_plan_is_shown(bench):
    study = bench.study(encoders=tiny.slow_encoder(bench.root, 0.0))
    (bench.root / "fail").touch()
    ended = bench.cohear("run", study, "--out", "out", "--dry-run")
    assert ended.returncode == 0, ended.stderr
    assert "plan of tiny" in ended.stdout
    assert "what they cost is not known, since a trial failed" in ended.stdout
    assert "the flux capacitor is empty" in ended.stdout


def test_nothing_is_tried_where_all_is_done(finished):
    with finished.here():
        found, _ = Study.load(finished.root / "study.yaml", finished.root / "out").estimate()
    assert (found.seconds, found.tried) == (0.0, 0.0)
    assert all(price.runs == price.done for price in found.prices)
