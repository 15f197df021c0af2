"""Every mistake is one clear sentence with exit code 2; nothing is lost."""

import json
import resource
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
import tiny
import yaml
from in_process import NAME, entered

TASKS = tiny.settings()["tasks"]
TONE = TASKS["tone"]


def tone(**changes):
    return {"tasks": {"tone": {**TONE, **changes}, "bird": TASKS["bird"]}}


@pytest.fixture
def call(bench, monkeypatch):
    """The command line: exit code, output, errors. Runs are trained in this process too, and nobody reads the page."""
    monkeypatch.setattr("cohear.api.report.make_report", lambda *_, **__: Path())

    def run(verb, *arguments):
        here = ["--launcher", NAME] if verb == "run" and "--launcher" not in arguments else []
        with entered():
            ended = bench.cohear(verb, *arguments, *here)
        return ended.returncode, ended.stdout, ended.stderr

    return run


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"datasets": {"tones": {"path": "x"}, "birds": {"path": "data/birds"}}},
            "does not exist; check datasets.tones.path",
        ),
        (tone(target="tune"), "tasks.tone: dataset 'tones' has no column 'tune' (did you mean 'tone'?)"),
        (tone(hold_out="groop"), "no column 'groop' (did you mean 'group'?)"),
        (tone(folds="group", hold_out="group"), "give hold_out (groups held out) or folds (official ones), not both"),
        ({"featurez": "x"}, "featurez (line 28): unknown key (did you mean 'features'?)"),
        (tone(metrik="uar"), "tasks.tone.metrik (line 11): unknown key (did you mean 'metric'?)"),
        ({"training": {"step": 3}}, "training.step (line 26): unknown key (did you mean 'steps'?)"),
        (
            {"arms": {"x": {"training": {"stepz": 3}}}},
            "arms.x.training.stepz (line 31): unknown key (did you mean 'steps'?)",
        ),
        (
            {"arms": {"x": {"training": {"steps": "a"}}}},
            "arms.x.training.steps (line 31): must be a whole number, found 'a'",
        ),
        ({"arms": {}}, "arms (line 28): must hold at least one"),
        ({"window": "wide"}, "window (line 23): must be a number, found 'wide'"),
        ({"window": -1}, "window (line 23): must be greater than 0, found '-1'"),
        ({"datasets": {"tones": "data/tones"}}, "datasets.tones (line 3): must hold keys and values"),
        ({"window": "inf"}, "window (line 23): must be a finite number, found 'inf'"),
        ({"margin": "inf"}, "margin (line 28): must be a finite number, found 'inf'"),
        ({"training": {"learning_rate": "1e999"}}, "training.learning_rate (line 26): must be a finite number"),
        (tone(window="nan"), "tasks.tone.window (line 11): must be a finite number, found 'nan'"),
        ({"features": [{"name": "summary", "hop_ms": ".inf"}]}, "features.0 (line 15): hop_ms must be a finite number"),
        ({"encoders": [{"name": "dnn", "dropout": "nan"}]}, "encoders.0 (line 17): dropout must be a finite number"),
        ({"encoders": [{"name": "dnn", "hidden": 3.5}]}, "encoder 'dnn': hidden must be a whole number, not 3.5"),
        ({"encoders": [{"name": "dnn", "hidden": "wide"}]}, "encoder 'dnn': hidden must be a number, not wide"),
        (
            {"training": {"objective": {"name": "sum", "price": "inf"}}},
            "training.objective (line 26): price must be a finite number, not inf",
        ),
        ({"study": "a/b"}, "has no slash in it"),
        ({"study": None}, "study: is missing"),
        ({"tasks": {"a+b": TONE}}, "a task's name has no '+'"),
        ({"keep": ["curve"]}, "must be 'curves', 'predictions' or 'weights', found 'curve'"),
        ({"training": {"objective": "summ"}}, "training.objective: unknown objective 'summ' (did you mean 'sum'?)"),
        (
            {"training": {"objective": {"name": "sum", "weight": 2}}},
            "training.objective: objective 'sum' has no setting 'weight'",
        ),
        (
            {"arms": {"x": {"training": {"sharing": {"name": "multihead", "depth": 2}}}}},
            "arms.x.training.sharing: sharing scheme 'multihead' has no setting 'depth'",
        ),
        (
            {"training": {"sharing": {"depth": 2}}},
            "training.sharing (line 26): must be a name, or a name with settings as in {name: …, setting: …}",
        ),
        ({"training": {"schedule": "mixd"}}, "unknown schedule 'mixd' (did you mean 'mixed'?)"),
        ({"training": {"sharing": "multihed"}}, "unknown sharing scheme 'multihed' (did you mean 'multihead'?)"),
        ({"features": ["sumary"]}, "features.0: unknown front-end 'sumary' (did you mean 'summary'?)"),
        (
            {"features": [{"name": "summary", "band": 3}]},
            "front-end 'summary' has no setting 'band' (did you mean 'bands'?)",
        ),
        ({"features": ["summary", {"name": "summary", "bands": 24}]}, "features.1: the same as features.0"),
        ({"encoders": ["dnnn"]}, "encoders.0: unknown encoder 'dnnn' (did you mean 'dnn'?)"),
        ({"encoders": [{"name": "dnn", "hiden": 3}]}, "encoder 'dnn' has no setting 'hiden' (did you mean 'hidden'?)"),
        ({"encoders": [{"name": "dnn", "hidden": -4}]}, "encoder 'dnn' cannot be made with its settings"),
        ({"encoders": ["dnn", "dnn"]}, "encoders.1: the same as encoders.0"),
        (
            {"encoders": ["small"]},
            "encoder 'small' fits none of the features (summary); add one that it takes (logmel, mfcc, pcen)",
        ),
        ({"encoders": [{"name": "m", "module": "no.such:Net", "features": "vector"}]}, "cannot be imported"),
        ({"combinations": ["singls"]}, "must be 'singles', 'pairs' or 'all', found 'singls'"),
        ({"combinations": []}, "combinations: is empty"),
        ({"combinations": [["tone", "brd"]]}, "there is no task 'brd' (did you mean 'bird'?)"),
        ({"combinations": {"sizes": [7]}}, "7 tasks asked for, the study has 2"),
        ({"related": [["tone", "brd"]]}, "related.0: there is no task 'brd' (did you mean 'bird'?)"),
        ({"related": [["tone", "tone"]]}, "related.0: holds tone, tone; name two tasks"),
        ({"related": [["tone", "bird"], ["bird", "tone"]]}, "related.1: the same as related.0"),
        (tone(dataset="tonez"), "there is no dataset 'tonez' (did you mean 'tones'?)"),
        (tone(kind="multiklass"), "unknown target kind 'multiklass' (did you mean 'multiclass'?)"),
        (tone(metric="uarr"), "unknown metric 'uarr' (did you mean 'uar'?)"),
        (tone(metric="map"), "a task of kind multiclass has no metric 'map'"),
        (tone(metrics=["auk"]), "tasks.tone.metrics: unknown metric 'auk' (did you mean 'auc'?)"),
        (tone(metrics="map"), "tasks.tone.metrics: a task of kind multiclass has no metric 'map'"),
        (tone(metrics=["auc", "top3"]), "'top3' is the same whatever is answered to a task with fewer than 4 labels"),
        (tone(only=["lo", "mid"]), "tasks.tone.only: there is no label 'lo' (did you mean 'low'?)"),
        (tone(only=["low"]), "needs at least 2 labels, column 'tone' leaves only 'low'"),
        (tone(target="group", hold_out="group"), "no fold has 2 labels in both training and test"),
        ({"controls": ["shufled"]}, "did you mean 'shuffled'?"),
        ({"repeats": {"folds": 1000000}}, "repeats (line 20): a cell has at most 1,000 repeats"),
        ({"repeats": {"until": "decided", "at_most": 10**9}}, "or at_most), not 1,000,000,000 repeats"),
    ],
)
def test_mistake_in_a_study(bench, call, changes, sentence):
    code, output, told = call("run", bench.study(**changes), "--out", "out")
    assert code == 2
    assert sentence in told
    assert told.startswith("error: ")
    assert len(told.splitlines()) == 1
    assert "Traceback" not in told
    assert output == ""
    assert not (bench.root / "out" / "study.yaml").exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("study: [a\nb: c", "line 2: not valid YAML"),
        ("study: a\nstudy: b", "line 2: study stands twice"),
        ("study: a\ndatasets:\n  x: {path: a}\n  x: {path: b}", "line 4: datasets.x stands twice"),
        ("", "expected keys study, datasets and tasks"),
        (b"study: \xe4", "cannot be read"),
    ],
)
def test_no_study_file(bench, call, text, sentence):
    path = bench.root / "study.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    code, _, told = call("run", path)
    assert code == 2
    assert sentence in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [("run", "none.yaml"), ("run", "data"), ("status", "none"), ("gains", "none"), ("report", "data")]
)
def test_nothing_there(call, arguments):
    code, _, told = call(*arguments)
    assert code == 2
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("run", "loop"), ("run", "study.yaml", "--out", "loop/out")])
def test_links_that_lead_in_a_circle(bench, call, arguments):
    bench.study(datasets={"tones": {"path": "loop"}, "birds": {"path": "data/birds"}})
    (bench.root / "loop").symlink_to("loop")
    code, output, told = call(*arguments)
    assert (code, output) == (2, "")
    assert "loop" in told and len(told.splitlines()) == 1


NO_NEW_FILES = next((path for path in (Path("/proc/fs/nfsd"), Path("/proc/fs/jbd2")) if path.is_dir()), None)


@pytest.mark.skipif(NO_NEW_FILES is None, reason="needs an empty folder that takes no files")
@pytest.mark.parametrize("below", ["", "out"])
def test_a_place_that_takes_no_new_files(bench, call, below):
    """A file system that says "not found" of every new file, as /proc does."""
    if below == "" and any(NO_NEW_FILES.iterdir()):
        pytest.skip("the folder is in use")
    code, output, told = call("run", bench.study(), "--out", NO_NEW_FILES / below)
    assert (code, output) == (2, "")
    assert "choose another place" in told and len(told.splitlines()) == 1


def test_unknown_launcher_is_told_before_anything_is_read(bench, call):
    code, _, told = call("run", bench.study(), "--out", "out", "--launcher", "lokal")
    assert (code, told) == (2, "error: unknown launcher 'lokal' (did you mean 'local'?)\n")
    assert not (bench.root / "out").exists()
    assert not bench.cache.exists()


def test_several_mistakes_are_all_told(bench, call):
    tasks = {"tone": {**TONE, "target": "tune"}, "bird": {"dataset": "birds", "target": "brid"}}
    code, _, told = call("run", bench.study(tasks=tasks))
    assert code == 2
    assert told.startswith("error: 2 mistakes\n  - tasks.tone: ")
    assert "\n  - tasks.bird: " in told


def test_empty_label_column(bench, call):
    rows = [{"path": f"audio/{n:03}.wav", "group": str(n % 5), "tone": ""} for n in range(30)]
    tiny.write_table(bench.root / "data" / "tones", rows)
    code, _, told = call("run", bench.study())
    assert (code, told) == (2, "error: tasks.tone: column 'tone' of dataset 'tones' is empty; name another target\n")


def spoil(folder):
    """Four files that cannot be read."""
    whole = folder / "whole.flac"
    soundfile.write(whole, tiny.sound(500, 1, 2.0), 16000)
    (folder / "001.wav").write_bytes(b"")
    (folder / "002.wav").write_text("this is no sound", encoding="utf-8")
    (folder / "003.wav").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    broken = tiny.sound(500, 2)
    broken[100] = np.nan
    soundfile.write(folder / "004.wav", broken, 16000, subtype="FLOAT")


def test_unreadable_files_stop_or_are_skipped_and_counted(bench, call):
    """Pitfall 16: clips and labels stay joined when files are left out."""
    spoil(bench.root / "data" / "tones" / "audio")
    code, _, told = call("run", bench.study(), "--out", "out")
    assert code == 2
    assert "dataset 'tones': 4 of 30 clips cannot be read (mend or remove them, or set on_bad_file: skip)" in told
    for reason in (
        "001.wav: the file is empty (0 bytes)",
        "002.wav: it is text, not audio",
        "003.wav: ",
        "004.wav: ",
    ):
        assert reason in told
    code, _, told = call("run", bench.study(on_bad_file="skip"), "--out", "out")
    assert code == 0
    assert "note: datasets.tones: 4 clips are missing, because their audio cannot be read" in told
    facts = json.loads((bench.root / "out" / "data.json").read_text())
    assert len(facts["datasets"]["tones"]["bad_files"]) == 4
    assert facts["datasets"]["tones"]["clips"] == 26
    with (bench.root / "data" / "tones" / "manifest.csv").open() as file:
        truth = {line.split(",")[0]: line.strip().split(",")[2] for line in file}
    for path in (bench.root / "out").glob("splits/*.json"):
        split = json.loads(path.read_text())
        if split["task"] == "tone":
            told_labels = [split["labels"][value] for value in split["targets"]]
            assert told_labels == [truth[clip] for clip in split["clips"]]


def test_folders_that_are_not_ours(bench, call):
    study = bench.study()
    assert call("run", study, "--out", "out")[0] == 0
    before = tiny.times(bench.root / "out")
    other = bench.root / "other.yaml"
    other.write_text(yaml.safe_dump(tiny.settings(study="other")), encoding="utf-8")
    told = call("run", other, "--out", "out")
    assert told[0] == 2
    assert "out holds the study 'tiny', not 'other'; give --out another folder" in told[2]
    told = call("run", study, "--out", "data")
    assert told[0] == 2
    assert "data holds files that are no study's; give --out a new or empty folder" in told[2]
    told = call("run", study, "--out", "study.yaml/out")
    assert told[0] == 2
    assert "a part of the path is a file, not a folder" in told[2]
    assert tiny.times(bench.root / "out") == before


def test_study_file_of_the_author_is_never_written_over(bench, call):
    study = bench.study()
    with study.open("a", encoding="utf-8") as file:
        file.write("# a remark\n")
    before = study.read_bytes()
    code, _, told = call("run", study, "--out", ".")
    assert code == 2
    assert told == (
        "error: study.yaml was not written by a run, which would write over it; give --out a new or empty folder\n"
    )
    mine = bench.root / "mine"
    mine.mkdir()
    (mine / "study.yaml").write_bytes(before)
    (mine / "plan.json").write_text('{"tasks": []}', encoding="utf-8")
    code, _, told = call("run", study, "--out", "mine")
    assert code == 2
    assert "mine/plan.json is no plan of a study" in told
    assert before == study.read_bytes() == (mine / "study.yaml").read_bytes()


def test_remarks_in_a_study_folder_stay(bench, call):
    assert call("run", bench.study(), "--out", "out")[0] == 0
    resolved = bench.root / "out" / "study.yaml"
    resolved.write_text("# a remark\n" + resolved.read_text(encoding="utf-8"), encoding="utf-8")
    assert call("run", "out")[0] == 0
    assert resolved.read_text(encoding="utf-8").startswith("# a remark\n")
    assert call("run", bench.study(window=0.3), "--out", "out")[0] == 0
    assert "window: 0.3" in resolved.read_text(encoding="utf-8")


def limited(bench, out):
    """The study where no file may be larger than 30 kB."""
    return subprocess.run(
        [tiny.COHEAR, "run", bench.study(encoders=[{"name": "dnn", "hidden": 64, "layers": 1}]), "--out", out],
        capture_output=True,
        text=True,
        cwd=bench.root,
        env=bench.environment(),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000)),
        check=False,
    )


@pytest.mark.slow
def test_no_room_for_features_or_runs(bench):
    """Files stop growing, first those of the cache, then those of the study folder; mended, it goes on."""
    for place in ("cache", "out"):
        ended = limited(bench, "out")
        assert ended.returncode == 2, ended.stderr
        assert ended.stderr.count("\n") == 1
        assert "the file would be larger than the system allows" in ended.stderr
        assert f"/{place}/" in ended.stderr or f"{place}/" in ended.stderr
        if place == "cache":
            bench.run("warm")  # makes the features
    out = bench.run("out", encoders=[{"name": "dnn", "hidden": 64, "layers": 1}])
    assert len(tiny.records(out)) == 6


def test_full_disk(bench):
    """A real one: a small tmpfs, for the study folder and for the cache."""
    disk = bench.root / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    ).returncode:
        pytest.skip("this process may not mount a tmpfs")
    try:
        ended = bench.cohear("run", bench.study(), "--out", disk / "out")
        assert ended.returncode == 2, ended.stderr
        assert "no space is left on the disk" in ended.stderr
        assert len(ended.stderr.splitlines()) == 1
        bench.cache = disk / "cache"
        ended = bench.cohear("run", bench.study(), "--out", "other")
        assert ended.returncode == 2, ended.stderr
        assert len(ended.stderr.splitlines()) == 1
        assert "disk" in ended.stderr
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_odd_clips_and_labels_are_handled_without_fuss(bench, call):
    """Pitfall 15: dotted, empty-looking and numeric labels, dotted task names, a class that a fold lacks."""
    labels = ["a.b", "c d", "größe", "1", "yes", "no", "on", "off"]
    folder = bench.root / "data" / "odd"
    rows = tiny.write_dataset(folder, "label", labels, groups=4, seed=9)
    audio = folder / "audio"
    soundfile.write(audio / "000.wav", np.zeros(4800), 16000)
    soundfile.write(audio / "001.wav", tiny.sound(700, 1)[:1], 16000)
    soundfile.write(audio / "002.wav", np.stack([tiny.sound(700, 2), tiny.sound(700, 3)], 1), 16000)
    soundfile.write(audio / "003.wav", tiny.sound(700, 4, rate=44100), 44100)
    for row in rows:
        if row["label"] == "off":
            row["group"] = "g0"
    tiny.write_table(folder, rows)
    code, _, told = call(
        "run",
        bench.study(
            datasets={"odd": {"path": "data/odd"}, "birds": {"path": "data/birds"}},
            tasks={"o.d.d": {"dataset": "odd", "target": "label"}, "vögel no": TASKS["bird"]},
        ),
        "--out",
        "out",
    )
    assert code == 0
    assert "datasets.odd: 1 clip is digital silence from end to end, 'audio/000.wav' among them" in told
    assert "tasks.o.d.d: label 'off' is absent from training or test in fold 0, 1 and left out of that score" in told
    out = bench.root / "out"
    facts = json.loads((out / "data.json").read_text())
    assert facts["tasks"]["o.d.d"]["labels"] == sorted(labels)
    assert facts["datasets"]["odd"]["rates"] == {"16000": 31, "44100": 1}
    assert {row["combination"] for row in tiny.results(out)} == {"o.d.d", "vögel no", "o.d.d+vögel no"}
    assert all(row["value"] for row in tiny.results(out))
