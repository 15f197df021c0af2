"""``cohear export`` and ``cohear bench`` through the real command line: a multiclass and a multilabel task."""

import errno
import json
import re
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pandas as pd
import pytest
import tiny
import yaml
from safetensors import safe_open

from cohear import Bundle, Study
from cohear.audio.decode import read_audio
from cohear.audio.segment import Segment
from cohear.base.errors import UserError
from cohear.base.tables import BEHIND, COST_CELL, MEASURED_COSTS, SHARED, SINGLES
from cohear.cli.export import _tasks
from cohear.export import parity as check
from cohear.export import quantise
from cohear.export.bench import bench
from cohear.export.quantise import Change, WorseThanAllowed, check_measured, choose

LICENCE = "licence: CC BY-NC 4.0\nname: Tones made here\n"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Two tasks, two encoders, two folds; predictions and weights kept."""
    root = tmp_path_factory.mktemp("export")
    tiny.write_datasets(root / "data")
    (root / "data" / "tones" / "dataset.yaml").write_text(LICENCE)
    rows = tiny.write_dataset(root / "data" / "doors", "door", ["open", "shut"], each=2, seed=3)
    for row in rows:
        row["door"] = "open;shut" if row["path"].endswith("3.wav") else row["door"]
    tiny.write_table(root / "data" / "doors", rows)
    bench = tiny.Bench(root)
    bench.run(
        datasets={"tones": {"path": "data/tones"}, "doors": {"path": "data/doors"}},
        tasks={"tone": {"dataset": "tones", "target": "tone"}, "door": {"dataset": "doors", "target": "door"}},
        features={"name": "summary", "statistics": "plain"},  # too easy by functionals: no threshold would be moved
        encoders=[{"name": "dnn", "hidden": 16, "layers": 1}, {"name": "dnn", "hidden": 8, "layers": 1}],
        training={"steps": 40, "batch": 8},
    )
    return bench


WIDE, NARROW = "dnn(hidden=16,layers=1)", "dnn(hidden=8,layers=1)"


@pytest.fixture(scope="module")
def exported(study):
    ended = study.cohear("export", "out", "--encoder", WIDE, "-o", "bundle")
    assert ended.returncode == 0, ended.stderr
    return study.root / "bundle", ended


def test_a_bundle_is_whole(exported):
    folder, ended = exported
    names = {path.name for path in folder.iterdir()}
    weights = {"weights.safetensors", "trained_on.json"}
    assert names == {"model.onnx", "windows.pb", "card.json", "README.md"} | weights
    assert "bundle: bundle" in ended.stdout
    assert "non-commercial" in ended.stderr
    assert "Traceback" not in ended.stderr
    model = onnx.load(str(folder / "model.onnx"))
    onnx.checker.check_model(model, full_check=True)
    assert [value.name for value in model.graph.input] == ["waveform"]
    assert [value.name for value in model.graph.output] == ["tone", "door"]
    told = {entry.key: entry.value for entry in model.metadata_props}
    assert (told["rate"], told["window"]) == ("16000", "0.2")
    tasks = json.loads(told["tasks"])
    assert tasks["tone"] == {"kind": "multiclass", "labels": ["high", "low", "mid"], "thresholds": []}
    assert len(tasks["door"]["thresholds"]) == 2
    with safe_open(folder / "weights.safetensors", "pt") as weights:
        assert json.loads(weights.metadata()["tasks"]) == ["tone", "door"]


def lie_in_the_way(root):
    """Places where no bundle can be, by what is wrong with them."""
    (root / "letter.txt").write_text("a letter")
    (root / "full").mkdir(exist_ok=True)
    (root / "full" / "photo.jpg").write_bytes(b"")
    for name in ("README.md", "card.json", "model.onnx"):
        (root / "of others").mkdir(exist_ok=True)
        (root / "of others" / name).write_text("{}")
    if not (root / "round").is_symlink():
        (root / "round").symlink_to(root / "round")
    return {
        "letter.txt": "is no bundle",
        "letter.txt/bundle": "is a file, not a folder",
        "letter.txt/below/bundle": "a part of the path is a file",
        "full": "'photo.jpg'",
        "of others": "'README.md'",
        "out": "is no bundle",
        ".": "the folder you are in",
        "/": "a disk is mounted",
        "/proc/none/bundle": "choose another place",
        "/proc/bundle": "choose another place",
        "a" * 300: "the name is too long",
        "b" * 250: "the name is too long",
        "round/bundle": "choose another place",
    }


def test_a_place_that_cannot_be_written_is_told_before_anything_is_trained(study, monkeypatch):
    def begun(*_, **__):
        raise AssertionError("the data are read already")

    monkeypatch.setattr("cohear.export.export.prepare_cell", begun)
    for place, told in lie_in_the_way(study.root).items():
        before = sorted(study.root.rglob("*"))
        ended = study.cohear("export", "out", "--encoder", WIDE, "-o", place)
        assert ended.returncode == 2 and told in ended.stderr, (place, ended.stderr)
        assert sorted(study.root.rglob("*")) == before
    with pytest.raises(AssertionError, match="read already"):  # a good place stays as it was
        study.cohear("export", "out", "--encoder", WIDE, "-o", "new/folders/bundle")
    assert not (study.root / "new").exists()


def test_a_place_whose_folder_takes_no_files_is_told(study, monkeypatch):
    """As root, who may write anywhere, has none: a file system that is read-only stands for it."""
    make = Path.mkdir

    def read_only(path, *how, **more):
        if path.parent.name == "kept":
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        make(path, *how, **more)

    (study.root / "kept").mkdir()
    monkeypatch.setattr(Path, "mkdir", read_only)
    ended = study.cohear("export", "out", "--encoder", WIDE, "-o", "kept/bundle")
    (study.root / "kept").rmdir()
    assert ended.returncode == 2 and "read-only" in ended.stderr


@pytest.mark.slow
def test_card_and_bench_count_parameters_alike(exported, study):
    folder, _ = exported
    ended = study.cohear("export", "out", "--encoder", WIDE, "--quantize", "int8-dynamic", "--force", "-o", "small")
    assert ended.returncode == 0, ended.stderr
    for bundle in (folder, study.root / "small"):
        (shared, *_) = [row for row in bench(bundle, seconds=0.5, repeats=2)["rows"] if row["setup"] == SHARED]
        told = json.loads((bundle / "card.json").read_text())["model"]["parameters"]
        assert told == shared["parameters"] > 0
        assert f"{told:,} parameters" in (bundle / "README.md").read_text()


def test_the_card_tells_what_to_expect(exported):
    folder, _ = exported
    card = json.loads((folder / "card.json").read_text())
    assert list(card["tasks"]) == ["tone", "door"]
    assert card["tasks"]["tone"]["clips"] == 30  # all of them
    assert "all clips" in card["training"]["weights"]
    run = folder.parent / "out" / "export" / "runs" / card["training"]["run"]
    assert json.loads((run / "record.json").read_text())["specification"]["fold"] == -1
    assert card["model"]["encoder"] == WIDE
    for task in card["tasks"].values():
        assert task["expected"]["repeats"] == 2
        assert 0 <= task["expected"]["low"] <= task["expected"]["mean"] <= task["expected"]["high"] <= 1
        assert task["calibration"]["temperature"] > 0
        assert 0 <= task["calibration"]["error_after"] <= 1
        assert task["gain"]["repeats"] == 2
    assert card["parity"]["clips"] == 50
    assert card["parity"]["largest_difference"] < 1e-4
    assert card["datasets"]["tones"]["licence"] == "CC BY-NC 4.0"
    assert any("non-commercial" in sentence for sentence in card["warnings"])
    _, head, body = (folder / "README.md").read_text().split("---\n", 2)
    header = yaml.safe_load(head)
    assert header["pipeline_tag"] == "audio-classification"
    assert header["license"] == "other"
    assert "Tones made here" in body
    assert "own threshold on (`thresholds` in `card.json`): macro F1" in body
    assert "Bundle.load" in body


def test_the_bundle_answers(study, exported):
    """What the study found easy: labels of its own clips, through the plain model and through `Bundle`."""
    folder, _ = exported
    bundle, right = Bundle.load(folder), 0
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    clips = sorted((study.root / "data" / "tones" / "audio").glob("*.wav"))
    for number, path in enumerate(clips):
        samples, rate = read_audio(Segment(path))
        answers = bundle.classify(samples, rate)
        plain = session.run(["tone"], {"waveform": samples[None]})[0][0]
        np.testing.assert_allclose(list(answers["tone"].probabilities.values()), plain, atol=1e-4)
        right += answers["tone"].label == ["low", "mid", "high"][number // 10]
    assert right >= 25


def test_licences_that_no_folder_states(study, exported):
    """They are carried over and warned about like those of a ``dataset.yaml``."""
    arguments = ["export", "out", "--encoder", WIDE, "-o", "licensed", "--licence"]
    ended = study.cohear(*arguments, "doors=free to use, but it must not be sold")
    assert ended.returncode == 0, ended.stderr
    assert "dataset doors restricts passing it on" in ended.stderr
    card = json.loads((study.root / "licensed" / "card.json").read_text())
    assert [each["licence"] for each in card["datasets"].values()] == [
        "CC BY-NC 4.0",
        "free to use, but it must not be sold",
    ]
    for wrong, sentence in (("door=x", "did you mean 'doors'"), ("doors", "DATASET=LICENCE"), ("=x", "DATASET=")):
        ended = study.cohear(*arguments, wrong)
        assert (ended.returncode, "Traceback" in ended.stderr) == (2, False)
        assert sentence in ended.stderr


@pytest.mark.slow
def test_tasks_one_run_and_the_twin_in_python(study, monkeypatch, tmp_path):
    monkeypatch.setenv("COHEAR_CACHE", str(study.cache))
    loaded = Study.load(study.root / "out")
    made = loaded.export(tmp_path / "one", tasks=["door"], encoder=NARROW, jobs=1)
    assert list(Bundle.load(made.folder).tasks) == ["door"]
    assert made.card["tasks"]["door"]["gain"] is None
    assert made.trained == 1
    monkeypatch.setattr(check, "LONGEST_SECONDS", 0.001)  # all clips are too long to be compared whole
    again = loaded.export(tmp_path / "one", tasks=["door"], encoder=NARROW, jobs=1)
    assert again.trained == 0  # the final training is kept
    assert again.card["parity"]["clips"] == 1
    plan = json.loads((study.root / "out" / "plan.json").read_text())["runs"]
    run = next(row["run"] for row in plan if row["combination"] == "tone+door" and row["encoder"] == NARROW)
    made = loaded.export(tmp_path / "run", run=run)
    kept = (study.root / "out" / "runs" / run / "weights.safetensors").read_bytes()
    assert (tmp_path / "run" / "weights.safetensors").read_bytes() == kept
    assert (made.trained, made.card["training"]["run"]) == (0, run)
    assert "taken from run" in made.card["training"]["weights"]


def test_without_a_wish_the_best_on_validation_is_taken(study, monkeypatch, tmp_path):
    monkeypatch.setenv("COHEAR_CACHE", str(study.cache))
    made = Study.load(study.root / "out").export(tmp_path / "best", jobs=1)
    training, tasks = made.card["training"], made.card["tasks"]
    assert training["chosen"].startswith("best mean on validation of 2")
    (other,) = training["left_out"]
    assert {made.card["model"]["encoder"], other["encoder"]} == {WIDE, NARROW}
    results = pd.read_csv(study.root / "out" / "results.csv")
    singles = results[results["combination"] == results["task"]].groupby(["task", "encoder"])["value"].mean()
    for name, task in tasks.items():
        best, better = singles[name].max(), task["better_single"]
        assert (best > task["expected"]["mean"] + 1e-9) == (better is not None)
        if better:
            assert better["score"] == pytest.approx(best)
            assert better["ahead"] == pytest.approx(best - task["expected"]["mean"])
            assert any(said.startswith(f"{name} is done better alone") for said in made.card["warnings"])


@pytest.mark.slow
def test_an_encoder_that_was_trained_on_singles_alone_is_trained_and_exported(study):
    """Where it is the better one: it was passed over without a word."""
    encoders = [{"name": "dnn", "hidden": 1, "layers": 1}, {"name": "dnn", "hidden": 16, "layers": 1}]
    encoders[1]["combinations"] = ["singles"]
    study.run("several", encoders=encoders, training={"steps": 40, "batch": 8})
    ended = study.cohear("export", "several", "-o", "several-bundle")
    assert ended.returncode == 0, ended.stderr
    card = json.loads((study.root / "several-bundle" / "card.json").read_text())
    assert card["model"]["encoder"] == WIDE
    foretold = "not trained on these tasks together: judged by each task alone, and by what sharing changes in others"
    assert card["training"]["chosen"].endswith(foretold)
    (other,) = card["training"]["left_out"]
    assert (other["features"], other["encoder"]) == ("summary", "dnn(hidden=1,layers=1)")
    assert f"taken: summary with {WIDE}, {card['training']['chosen']}" in ended.stderr
    assert f"not taken: summary with {other['encoder']}, {other['reason']}" in ended.stderr
    assert "no finished runs of tone+bird: its 2 repeats are trained now" in ended.stderr
    readme = (study.root / "several-bundle" / "README.md").read_text()
    assert foretold in readme and f"{other['encoder']}: {other['reason']}." in readme
    assert all(task["expected"]["repeats"] == 2 for task in card["tasks"].values())


@pytest.mark.slow
def test_what_a_study_did_not_keep_is_made_again_and_said(study):
    changed = {"keep": ["curves"], "encoders": [{"name": "dnn", "hidden": 4, "layers": 1}]}
    study.run("bare", **changed, combinations=["singles"])
    for path in (study.root / "bare" / "runs").glob("*/record.json"):  # as if another processor had made them
        record = json.loads(path.read_text())
        del record["checksum"]
        for task in record["tasks"].values():
            task["scores"]["test"]["last"][task["metric"]] = 0.123
        path.write_text(json.dumps(record))
    ended = study.cohear("export", "bare", "--tasks", "bird", "-o", "one-bundle")
    assert ended.returncode == 0, ended.stderr
    assert "kept no predictions of 2 runs" in ended.stderr
    card = json.loads((study.root / "one-bundle" / "card.json").read_text())
    assert any("kept no predictions" in sentence for sentence in card["warnings"])
    assert card["tasks"]["bird"]["expected"]["mean"] == pytest.approx(0.123)  # the study's, as its tables have it
    assert any("points otherwise than the study's" in sentence for sentence in card["warnings"])
    ended = study.cohear("export", "bare", "-o", "bare-bundle", "--quantize", "int8", "--force")
    assert ended.returncode == 0, ended.stderr
    assert "no finished runs of tone+bird: its 2 repeats are trained now" in ended.stderr
    assert "made again" not in ended.stderr  # they had never been made
    card = json.loads((study.root / "bare-bundle" / "card.json").read_text())
    measured = card["quantisation"]["measured"]
    assert set(measured) == {"static", "dynamic"}
    assert all(set(by_task) == {"tone", "bird"} for by_task in measured.values())
    assert all(change["repeats"] == 2 for by_task in measured.values() for change in by_task.values())
    assert card["model"]["precision"].startswith("int8")
    assert "What 8 bits cost" in (study.root / "bare-bundle" / "README.md").read_text()
    bundle = Bundle.load(study.root / "bare-bundle")
    assert bundle.classify(tiny.sound(300.0, 1), 16000)["tone"].label in bundle.tasks["tone"].labels
    initializers = onnx.load(str(study.root / "bare-bundle" / "model.onnx")).graph.initializer
    assert any(each.data_type in (onnx.TensorProto.INT8, onnx.TensorProto.UINT8) for each in initializers)


def test_int8_that_costs_more_than_a_point_is_refused():
    """Pitfall 22: what it costs is measured, and too much is not shipped unasked."""

    def changes(static, dynamic):
        return {
            method: {"t": Change("uar", 0.9, 0.9 + change, change, 100, 2)}
            for method, change in (("static", static), ("dynamic", dynamic))
        }

    assert choose(changes(-0.005, 0.0), None, {"t": 0.01}, force=False) == "dynamic"
    assert choose(changes(-0.005, -0.02), None, {"t": 0.01}, force=False) == "static"
    with pytest.raises(WorseThanAllowed, match=r"t loses 2\.0 points.*--force"):
        choose(changes(-0.02, -0.03), None, {"t": 0.01}, force=False)
    with pytest.raises(WorseThanAllowed, match="dynamic"):
        choose(changes(0.0, -0.03), "dynamic", {"t": 0.01}, force=False)
    assert choose(changes(-0.02, -0.03), None, {"t": 0.01}, force=True) == "static"
    assert choose(changes(-0.02, -0.03), None, {"t": 0.5}, force=True) == "static"
    with pytest.raises(WorseThanAllowed, match="a point"):  # of shares, whatever the task's margin
        choose(changes(-0.02, -0.03), None, {"t": 0.5}, force=False)
    check_measured(changes(0.0, 0.0), list(changes(0.0, 0.0)["static"]), force=False)
    with pytest.raises(UserError, match="costs never cannot be measured"):
        check_measured(changes(0.0, 0.0), ["never"], force=False)
    check_measured(changes(0.0, 0.0), ["never"], force=True)


@pytest.mark.slow
def test_a_refused_int8_leaves_nothing(study, exported, monkeypatch, tmp_path):
    """Pitfall 22 from end to end: it is measured on the study's own test clips before a bundle is written."""
    monkeypatch.setenv("COHEAR_CACHE", str(study.cache))
    monkeypatch.setattr(quantise, "MOST_LOST", -2.0)  # whatever it costs is too much
    loaded = Study.load(study.root / "out")
    with pytest.raises(WorseThanAllowed, match=r"int8 costs more than a point: .*; leave --quantize out, or add"):
        loaded.export(tmp_path / "x", encoder=WIDE, quantize="int8", jobs=1)
    assert not (tmp_path / "x").exists()
    card = loaded.export(tmp_path / "x", encoder=WIDE, quantize="int8", force=True, jobs=1).card
    told = card["quantisation"]["measured"][card["quantisation"]["method"]]
    assert all(change["change"] == pytest.approx(change["after"] - change["before"]) for change in told.values())


def test_bench(study, exported):
    told = bench(exported[0], seconds=1.0, repeats=3)
    rows = [row for row in told["rows"] if row["threads"] == 1]
    shared, singles, behind = rows
    assert [row["models"] for row in rows] == [1, 2, 3]
    assert all(row["milliseconds"] > 0 and row["load_seconds"] > 0 and row["parameters"] > 0 for row in rows)
    assert singles["multiply_adds"] > behind["multiply_adds"] > shared["multiply_adds"] > 1e7  # the spectrum alone
    assert shared["bytes"] == (exported[0] / "model.onnx").stat().st_size
    assert told["ratios"]["1"]["single models"]["bytes"] > 1.5
    ended = study.cohear("bench", "bundle", "--repeats", "2", "--seconds", "0.5")
    assert ended.returncode == 0, ended.stderr
    assert "times the bytes of one shared model" in ended.stdout


@pytest.mark.slow
def test_bench_of_a_study(study):
    """Every combination of every encoder, untrained; answers and figures then tell it."""
    out = study.root / "out"
    before = json.loads(study.cohear("answers", "out", "--json").stdout)["savings"]
    ended = study.cohear("bench", "out", "--repeats", "2", "--seconds", "0.5", "--json")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert (told["study"], told["threads"], told["repeats"]) == ("tiny", 1, 2)
    cells = {(row["encoder"], row["combination"], row["setup"]): row for row in told["rows"]}
    assert len(cells) == len(told["rows"]) == 2 * (2 + 3)
    shared, singles, behind = (cells[WIDE, "tone+door", setup] for setup in (SHARED, SINGLES, BEHIND))
    alone = [cells[WIDE, task, SHARED] for task in ("tone", "door")]
    assert [row["models"] for row in (shared, singles, behind)] == [1, 2, 3]
    assert singles["multiply_adds"] == sum(row["multiply_adds"] for row in alone)
    assert singles["bytes"] == pytest.approx(sum(row["bytes"] for row in alone), rel=0.01)  # names of graphs differ
    assert singles["multiply_adds"] > behind["multiply_adds"] > shared["multiply_adds"] > alone[0]["multiply_adds"]
    assert all(row[cost] > 0 for row in told["rows"] for cost in MEASURED_COSTS)
    table = (out / "costs.csv").read_text().splitlines()
    assert table[0].split(",") == [*COST_CELL, *MEASURED_COSTS] and len(table) == 1 + len(told["rows"])
    after = json.loads(study.cohear("answers", "out", "--json").stdout)["savings"]
    assert [row.keys() for row in after["costs"]] == [row.keys() for row in before["costs"]]
    assert {row["milliseconds"] for row in before["costs"]} == {None}
    assert all(0 < row["bytes_ratio"] < 1 and row["milliseconds"] > 0 for row in after["costs"])
    assert "cohear bench" in before["would_change"] and "ms a second of audio" in after["answer"]


def test_bench_of_a_study_whose_tables_are_damaged(study, tmp_path):
    """One sentence, and the table that was there stays."""
    shutil.copytree(study.root / "out", tmp_path / "out")
    (tmp_path / "out" / "costs.csv").write_text("features,encoder\n")
    (tmp_path / "out" / "data.json").write_text("{")
    ended = study.cohear("bench", tmp_path / "out")
    assert ended.returncode == 2 and "Traceback" not in ended.stderr
    assert "data.json: " in ended.stderr and "; run the study again" in ended.stderr
    assert (tmp_path / "out" / "costs.csv").read_text() == "features,encoder\n"
    ended = study.cohear("answers", tmp_path / "out")
    assert ended.returncode == 2 and "Traceback" not in ended.stderr


WISHES = {
    "no task": ({"tasks": ["tome"]}, "did you mean 'tone'"),
    "no encoder": ({"encoder": "dmn"}, "--encoder"),
    "no run": ({"run": "0123"}, "no finished run"),
    "no method": ({"quantize": "int4"}, "int8-static"),
    "run and tasks": ({"run": "0123", "tasks": ["tone"]}, "leave those options out"),
}


@pytest.mark.parametrize("wish", WISHES)
def test_wishes_that_cannot_be_fulfilled(study, wish, tmp_path):
    wishes, sentence = WISHES[wish]
    with pytest.raises(UserError, match=re.escape(sentence)):
        Study.load(study.root / "out").export(tmp_path / "x", **wishes)
    assert not (tmp_path / "x").exists()


MISTAKES = [["export", "out", "-o", "data"], ["bench", "data"], ["export", "nil", "-o", "x"]]


@pytest.mark.parametrize("arguments", MISTAKES)
def test_mistakes_on_the_command_line(study, arguments):
    ended = study.cohear(*arguments)
    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert "no bundle" in ended.stderr or "nil" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_damaged_bundle_is_told_by_bench(exported, tmp_path):
    for file in exported[0].iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes()[: 2000 if file.suffix == ".onnx" else None])
    with pytest.raises(UserError, match="cannot be loaded"):
        bench(tmp_path)


def test_the_folder_one_is_in_is_not_replaced(study, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="the folder you are in"):
        Study.load(study.root / "out").export(Path())


def test_names_of_tasks_may_hold_commas():
    known = ["a", "b", "a, b", "ü,x"]
    assert _tasks("a, b", known) == ["a, b"]
    assert _tasks(" b ,a,", known) == ["b", "a"]
    assert _tasks("ü,x,a", known) == ["ü,x", "a"]
    assert _tasks("ab, nothing,a", known) == ["ab", "nothing", "a"]
    for none in ("", " , "):
        with pytest.raises(UserError, match="names no task"):
            _tasks(none, known)


def test_target_kinds_that_no_runtime_knows_are_refused():
    from cohear.export.kinds import decoding_in_graph
    from cohear.tasks import TARGET_KINDS
    from cohear.tasks.multiclass import Multiclass

    class Loudest(Multiclass):
        def pool(self, out, places, clips):
            raise NotImplementedError

    class Doubtful(Multiclass):
        def output_names(self, labels):
            return [*labels, "doubt"]

    known = [decoding_in_graph(TARGET_KINDS[kind], "t", ["a", "b"]) for kind in ("multiclass", "multilabel")]
    assert [decoding.kind for decoding in known] == ["multiclass", "multilabel"]
    for kind, why in ((Loudest(), "in a way of its own"), (Doubtful(), "has other columns")):
        with pytest.raises(UserError, match=f"cannot be exported; .*{why}"):
            decoding_in_graph(kind, "t", ["a", "b"])
