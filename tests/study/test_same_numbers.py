"""The same study gives the same numbers, whatever is beside, before or after it."""

import csv
import json
import shutil

import pytest
import soundfile
import tiny
from safetensors.numpy import load_file

from cohear.api import Study
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.trained_again import why_replaced
from cohear.training.device import Device

pytestmark = pytest.mark.slow


def weights(out, run):
    return load_file(out / "runs" / run / "weights.safetensors")


def curve(out, run, task):
    with (out / "runs" / run / "curve.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["task"] == task]


def test_twice_with_cold_and_warm_cache_and_datasets_in_another_order(bench):
    """Pitfalls 1, 2, 3: nothing is normalised by data outside the network, so order, cache and folds change nothing."""
    first = bench.run("first")
    warm = bench.run_apart("warm")
    shutil.rmtree(bench.cache)
    turned = dict(reversed(tiny.settings()["datasets"].items()))
    cold = bench.run("cold", datasets=turned)
    for other in (warm, cold):
        assert tiny.results(other) == tiny.results(first)
        assert (other / "metrics.csv").read_bytes() == (first / "metrics.csv").read_bytes()
    for run in tiny.records(first):
        ours, theirs = weights(first, run), weights(cold, run)
        assert all(ours[name].tobytes() == theirs[name].tobytes() for name in ours)


@pytest.fixture(scope="module")
def independent(tmp_path_factory):
    """Singles and pairs, shared and independent, in both precisions, of dnn (with dropout) and small."""
    root = tmp_path_factory.mktemp("independent")
    tiny.write_datasets(root / "data")
    arms = {
        f"{sharing} {precision}": {"training": {"sharing": sharing, "precision": precision}}
        for sharing in ("multihead", "independent")
        for precision in ("bfloat16", "float32")
    }
    return tiny.Bench(root).run(
        features=["summary", "logmel"],
        encoders=[{"name": "dnn", "hidden": 16, "layers": 2, "dropout": 0.5}, "small"],
        arms=arms,
        repeats={"folds": 1, "seeds": 1},
    )


@pytest.mark.parametrize("precision", ["bfloat16", "float32"])
@pytest.mark.parametrize("features", ["summary", "logmel"])
def test_independent_pair_equals_single_runs_bit_for_bit(independent, features, precision):
    """Pitfalls 6 and 23: draws are keyed by task, and a task's curve has the scale that it has alone."""
    rows = [
        row
        for row in tiny.results(independent)
        if row["features"] == features and row["arm"] == f"independent {precision}"
    ]
    pair = {row["task"]: row for row in rows if row["combination"] == "tone+bird"}
    for number, task in enumerate(("tone", "bird")):
        [single] = [row for row in rows if row["combination"] == task]
        assert pair[task]["value"] == single["value"]
        alone, beside = weights(independent, single["run"]), weights(independent, pair[task]["run"])
        assert len(beside) == 2 * len(alone)
        for name, tensor in alone.items():
            place = name.replace("encoders.0.", f"encoders.{number}.").replace("heads.0.", f"heads.{number}.")
            assert tensor.tobytes() == beside[place].tobytes(), name
        assert curve(independent, single["run"], task) == curve(independent, pair[task]["run"], task)


def test_shared_curve_has_the_scale_of_the_single_one(independent):
    """Pitfalls 6, 14, 19: losses are a task's own mean, steps are equal and told, gains are against single runs."""
    rows = [row for row in tiny.results(independent) if row["arm"] == "multihead float32"]
    assert {row["steps"] for row in rows} == {"10"}
    for features in ("summary", "logmel"):
        runs = {row["combination"]: row["run"] for row in rows if row["features"] == features}
        for task in ("tone", "bird"):
            alone, beside = curve(independent, runs[task], task), curve(independent, runs["tone+bird"], task)
            assert [(p["step"], p["part"]) for p in alone] == [(p["step"], p["part"]) for p in beside]
            first = [float(points[0]["loss"]) for points in (alone, beside)]
            assert 0.5 < first[0] / first[1] < 2
    with (independent / "gains.csv").open(encoding="utf-8", newline="") as file:
        for gain in csv.DictReader(file):
            [single] = [
                row
                for row in tiny.results(independent)
                if (row["combination"], row["features"], row["arm"]) == (gain["task"], gain["features"], gain["arm"])
            ]
            assert float(gain["single"]) == pytest.approx(float(single["value"]))


def test_sharing_of_no_one_is_trained_once(independent):
    """A single run has no sharing scheme: both arms show the same run."""
    singles = [row for row in tiny.results(independent) if "+" not in row["combination"]]
    by_cell = {}
    for row in singles:
        precision = row["arm"].split()[1]
        by_cell.setdefault((row["features"], row["task"], precision), set()).add(row["run"])
    assert all(len(runs) == 1 for runs in by_cell.values())


def test_growing_study_trains_only_what_is_new(bench):
    """Pitfall 24: a task, partners and repeats are added; every old run keeps key, record and number."""
    tasks, one = tiny.settings()["tasks"], {"folds": 1, "seeds": 1}
    stages = [
        {"tasks": {"tone": tasks["tone"]}, "repeats": one},
        {"repeats": one},
        {},
        {"repeats": {"folds": 2, "seeds": 2}},
    ]
    before, rows = {}, {}
    for stage, runs in zip(stages, (1, 3, 6, 12), strict=True):
        out = bench.run("out", **stage)
        now = tiny.times(out)
        assert before.items() <= now.items()
        assert len(now) == runs
        here = {(row["run"], row["task"]): row for row in tiny.results(out)}
        assert all(here[place] == row for place, row in rows.items() if place in here)
        before, rows = now, rows | here


def test_study_goes_on_in_its_precision_on_a_machine_that_prefers_another(bench, monkeypatch):
    """Half of a study in one precision and half in another would not compare; an old record is as good as here."""
    out = bench.run("out")
    began = Device.of("cpu").precision
    other = {"bfloat16": "float32", "float32": "bfloat16"}[began]
    monkeypatch.setattr("cohear.training.device._fastest_precision", lambda name: other)
    before = tiny.times(out)
    ended = bench.cohear("run", bench.root / "study.yaml", "--out", out, "--dry-run")
    assert f"goes on in {began}, as it began" in ended.stdout + ended.stderr
    plan, done, _ = Study.load(bench.root / "study.yaml", out).plan()
    assert done == {run.key for run in plan} == set(before)
    assert {run.spec.training.precision for run in plan} == {began}
    bench.run("out")
    assert tiny.times(out) == before
    assert json.loads((out / "environment.json").read_text())["precision"] == began
    fresh, done, warnings = Study.load(bench.root / "study.yaml", bench.root / "fresh").plan()
    assert {run.spec.training.precision for run in fresh} == {other}
    assert not done
    assert "goes on" not in " ".join(warnings)


def test_a_task_that_hears_otherwise_is_told_as_what_changed(bench):
    """The audio is what it was, and was blamed."""
    out, tasks = bench.run("out"), tiny.settings()["tasks"]

    def told(**changes):
        plan, _, _ = Study.load(bench.study(tasks={**tasks, "bird": {**tasks["bird"], **changes}}), out).plan()
        return why_replaced(StudyFolder(out), plan)

    assert told() == []
    alone = "2 finished runs are trained again: {} changed"
    beside = "2 finished runs are trained again: {} of task 'bird' changed"
    assert told(window=0.1) == [alone.format("window"), beside.format("window")]
    assert told(features={"name": "summary", "hop_ms": 20}) == [alone.format("features"), beside.format("features")]


def test_runs_are_trained_again_where_the_leakage_rule_sets_clips_aside_and_it_is_said(bench):
    """Pitfall 13: the new task tests a recording that the old one trained on."""
    tiny.write_dataset(bench.root / "data" / "tones", "tone", ["low", "mid", "high"], each=3, seed=1)  # 1 is below 5 %
    tasks = tiny.settings()["tasks"]
    old = {"tasks": {"tone": tasks["tone"]}, "repeats": {"folds": 1, "seeds": 1}}
    out = bench.run("out", **old)
    before = tiny.times(out)
    [split] = [json.loads(path.read_text()) for path in (out / "splits").iterdir()]
    trained = split["clips"][split["parts"].index("train")]
    doors = bench.root / "data" / "doors"
    audio, rate = soundfile.read(bench.root / "data" / "tones" / trained, dtype="int16")
    soundfile.write(doors / "audio" / "copy.flac", audio, rate)
    rows = [
        {"path": f"audio/{n:03}.wav", "door": "open" if n < 10 else "shut", "fold": str(n % 2 + 1)} for n in range(20)
    ]
    tiny.write_table(doors, [*rows, {"path": "audio/copy.flac", "door": "open", "fold": "1"}])
    grown = {
        "datasets": {"tones": {"path": "data/tones"}, "doors": {"path": "data/doors"}},
        "tasks": {"tone": tasks["tone"], "door": {"dataset": "doors", "target": "door", "folds": "fold"}},
        "repeats": old["repeats"],
    }
    ended = bench.cohear("run", bench.study(**grown), "--out", "out")
    assert ended.returncode == 0, ended.stderr
    assert "note: tasks.tone: the leakage rule sets aside 1 training and validation clip in every fold" in ended.stderr
    assert "note: 1 finished run is trained again: the clips of task 'tone' changed" in ended.stderr
    [single] = [row for row in tiny.results(out) if row["combination"] == "tone"]
    assert single["run"] not in before
    assert before.items() <= tiny.times(out).items()
