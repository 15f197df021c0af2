"""cohear datasets and cohear init through the real command line."""

import json

import pytest

import cohear.api
from cohear.base.errors import FolderError
from cohear.data.readers import public_layouts


def test_datasets_are_listed_without_having_any(bench):
    ended = bench.cohear("datasets")
    assert ended.returncode == 0
    listed = ended.stdout.replace("\n", " ")
    assert all(name in listed for name in public_layouts())
    assert "…" not in "".join(line for line in ended.stdout.splitlines() if "http" in line), "addresses are whole"
    entries = json.loads(bench.cohear("datasets", "--json").stdout)
    assert [entry["reader"] for entry in entries] == list(public_layouts())
    assert all(entry["tasks"] and entry["licence"] and entry["homepage"] and entry["place"] for entry in entries)
    assert entries == cohear.api.datasets()


def test_fetch_says_what_is_wrong(bench):
    ended = bench.cohear("datasets", "fetch", "esc5")
    assert ended.returncode == 2
    assert "unknown public dataset 'esc5' (did you mean 'esc50'?)" in ended.stderr
    ended = bench.cohear("datasets", "fetch", "gtzan")
    assert ended.returncode == 2
    assert "has no plain public download: get it from https://" in ended.stderr


def test_export_through_the_command_line(bench):
    ended = bench.cohear("datasets", "export", "data/birds", "--as", "audiofolder", "--out", "copy")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (bench.root / "copy" / "metadata.csv").read_text().startswith("file_name,")
    ended = bench.cohear("datasets", "export", "copy", "--out", "copy")
    assert ended.returncode == 2
    assert "is there and not empty" in ended.stderr
    ended = bench.cohear("datasets", "export", "copy", "--as", "zip", "--out", "other")
    assert "unknown export layout 'zip'" in ended.stderr


@pytest.mark.slow
def test_init_and_a_first_run(bench):
    """From folders to a study folder without an edit but for the length of training."""
    ended = bench.cohear("init", "data/tones", "data/birds", "data/doors")
    assert ended.returncode == 0, ended.stderr
    assert "study.yaml: 3 datasets, 3 tasks" in ended.stdout
    ended = bench.cohear("run", "study.yaml", "--dry-run")
    assert ended.returncode == 0, ended.stderr
    file = bench.root / "study.yaml"
    file.write_text(file.read_text().replace("[singles, pairs, all]", "[singles]") + "training: {steps: 2, batch: 4}\n")
    ended = bench.cohear("run", "study.yaml", "--out", "out", "--jobs", "1")
    assert ended.returncode == 0, ended.stderr
    assert (bench.root / "out" / "results.csv").is_file()


def test_init_says_what_is_wrong(bench):
    assert bench.cohear("init", "data/tones").returncode == 0
    ended = bench.cohear("init", "data/birds")
    assert ended.returncode == 2
    assert "study.yaml is there already; name another one with -o, or write over it with --force" in ended.stderr
    assert bench.cohear("init", "data/birds", "--force").returncode == 0
    ended = bench.cohear("init", "nowhere", "-o", "x.yaml")
    assert ended.returncode == 2
    assert "nowhere does not exist" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (bench.root / "x.yaml").exists()


def test_the_twin_in_python(bench, monkeypatch):
    monkeypatch.chdir(bench.root)
    study = cohear.api.Study.propose(["data/tones", "data/birds"], bench.root / "mine.yaml")
    assert list(study.settings.tasks) == ["tone", "bird"]
    assert study.plan()[0]
    with pytest.raises(FolderError):
        cohear.api.Study.propose(["data/tones"], bench.root / "mine.yaml")
