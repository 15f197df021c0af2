"""Front-ends that read files, from the study file through the workers to the tables."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
import yaml
from front_ends import Projected, write_matrix

from cohear.base.assets import PLACES, Asset, contents_in
from cohear.base.errors import DataError, StudyError
from cohear.base.files import make_folder
from cohear.features import FRONT_ENDS
from cohear.runs.in_place import PackInPlace
from cohear.study.file import load_study
from cohear.study.folder.folder import with_paths_from
from cohear.study.prepare import prepare
from cohear.training.sources import inputs_of

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"
TONE, BIRD = {"dataset": "tones", "target": "tone"}, {"dataset": "birds", "target": "bird"}
SHORT = {"repeats": {"folds": 1, "seeds": 1}}


@pytest.fixture(scope="module", autouse=True)
def _registered():
    FRONT_ENDS.register("projected")(Projected)


def study_of_matrices(root, *, bird="matrices/bird.npy", **changes):
    """Two tasks behind one encoder, each through matrices of its own, bird in shorter windows."""
    own = {"features": {"name": "projected", "path": [{"file": bird}]}, "window": 0.1}
    grid = {"features": [{"name": "projected", "path": "matrices/all.npy"}], "encoders": ["small"], **SHORT}
    return tiny.write_study(root, **{**grid, "tasks": {"tone": TONE, "bird": BIRD | own}, **changes})


def planned(root, **changes):
    settings = with_paths_from(load_study(study_of_matrices(root, **changes)), root)
    return prepare(settings, root, cache=make_folder(root / "cache"), jobs=1)


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "one"
    tiny.write_datasets(root / "data")
    write_matrix(root / "matrices" / "all.npy", seed=1)
    write_matrix(root / "matrices" / "bird.npy", seed=2)
    return root


def keys(prepared):
    return {run.combination: run.key for run in prepared.plan}, {store.key for store in prepared.stores}


def test_keys_are_of_what_files_hold(root, tmp_path):
    """Whoever has the same files has the same runs, wherever they lie; whoever has others has other ones."""
    first = planned(root)
    elsewhere = shutil.copytree(root, tmp_path / "other" / "two", ignore=shutil.ignore_patterns("cache"))
    (elsewhere / "matrices" / "bird.npy").rename(elsewhere / "matrices" / "wren.npy")
    assert keys(planned(elsewhere, bird="matrices/wren.npy")) == keys(first)
    for run in first.plan:
        assert str(tmp_path) not in run.spec.model_dump_json()
    write_matrix(root / "matrices" / "bird.npy", seed=3)
    (before, old), (after, new) = keys(first), keys(planned(root))
    assert after["tone"] == before["tone"]
    assert all(after[name] != before[name] for name in ("bird", "tone+bird"))
    assert len(new & old) == 1  # tones are heard as before


def test_a_pack_tells_a_worker_where_files_lie(root, monkeypatch):
    """It knows nothing else of this machine; a file that was changed meanwhile is none of them."""
    specs = {run.combination: run.spec for run in planned(root).plan}
    contents = set(contents_in(specs["tone+bird"].model_dump(mode="json")))
    assert contents == {Asset.at(root / "matrices" / name).content for name in ("all.npy", "bird.npy")}
    pack = PackInPlace.of(specs.values(), splits=root, cache=root, code=root, runs=[])
    assert pack.manifest.assets == tuple(sorted(contents))
    only = PackInPlace.of([specs["tone"]], splits=root, cache=root, code=root, runs=[])
    assert only.manifest.assets == (Asset.at(root / "matrices" / "all.npy").content,)
    before = {task: (each.window, each.width) for task, each in inputs_of(specs["tone+bird"]).items()}
    assert before == {"tone": (20, 5), "bird": (10, 5)}
    known, told = dict(PLACES), pack.to_json()
    monkeypatch.setattr("cohear.base.assets.PLACES", {})
    with pytest.raises(DataError, match="is not known here"):
        inputs_of(specs["tone+bird"])
    worker = PackInPlace.from_json(told)
    worker.open()
    assert {task: (each.window, each.width) for task, each in inputs_of(specs["tone+bird"]).items()} == before
    write_matrix(known[next(iter(only.manifest.assets))], seed=9)
    with pytest.raises(DataError, match=r"all\.npy was changed while the study was at work"):
        inputs_of(specs["tone"])


def test_two_files_of_one_name_are_told_apart(root):
    write_matrix(root / "matrices" / "other" / "all.npy", seed=5)
    alike = {"name": "projected", "path": "matrices/other/all.npy"}
    with pytest.raises(StudyError, match=r"would both be called 'projected\(path=all\.npy\)' in the tables"):
        planned(root, tasks={"tone": TONE, "bird": BIRD | {"features": alike}})
    same = {"name": "projected", "path": "matrices/copy.npy"}
    shutil.copy(root / "matrices" / "all.npy", root / "matrices" / "copy.npy")
    assert len(planned(root, tasks={"tone": TONE, "bird": BIRD | {"features": same}}).stores) == 2  # a dataset each


@pytest.fixture
def vectors(bench):
    """A bench with the front-end of CONTRIBUTING as a plugin, and its table for two datasets."""
    blocks = re.findall(r"^```python\n(.*?)^```$", CONTRIBUTING.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    [example] = [block for block in blocks if "class Vectors(" in block]
    (bench.root / "vectors.py").write_text(example, encoding="utf-8")
    lines = [f"audio/{number:03}.wav,{number % 7},{number // 10},0.5\n" for number in range(30)]
    (bench.root / "tables").mkdir()
    (bench.root / "tables" / "all.csv").write_text("".join(lines), encoding="utf-8")
    (bench.root / "tables" / "birds.csv").write_text("".join(lines[:20]), encoding="utf-8")
    return bench


def of_table(name, **more):
    return {"name": "vectors", "table": f"tables/{name}.csv", **more}


def study_of_vectors(**changes):
    bird = BIRD | {"features": of_table("birds"), "window": 0.1}
    return {
        "plugins": ["vectors.py"],
        "features": [of_table("all")],
        "tasks": {"tone": TONE, "bird": bird},
        "baselines": [{"name": "majority", "features": of_table("all", rate="8000"), "tasks": ["tone"]}],
        **SHORT,
        **changes,
    }


def test_vectors_made_elsewhere_become_a_study(vectors):
    """By the command and its workers; the study folder, which lies elsewhere, is a study file of its own."""
    study = vectors.study(**study_of_vectors())
    ended = vectors.cohear("run", study, "--out", "deep/er/out", "--jobs", "1")
    assert ended.returncode == 0, ended.stderr
    out = vectors.root / "deep" / "er" / "out"
    found = {(row["features"], row["encoder"], row["combination"]) for row in tiny.results(out)}
    network, baseline = "vectors(table=all.csv)", "vectors(table=all.csv,rate=8000)"
    assert {features for features, *_ in found} == {network, baseline}
    assert len(found) == 4
    written = yaml.safe_load((out / "study.yaml").read_text(encoding="utf-8"))
    assert written["features"][0]["table"] == "../../../tables/all.csv"
    assert written["tasks"]["bird"]["features"]["table"] == "../../../tables/birds.csv"
    assert written["baselines"][0]["features"]["table"] == "../../../tables/all.csv"
    times = tiny.times(out)
    again = vectors.cohear("run", out, "--dry-run")
    assert (again.returncode, tiny.times(out)) == (0, times), again.stderr
    refused = vectors.cohear("export", out, "-o", "bundle")
    assert refused.returncode == 2
    assert "'vectors'" in refused.stderr


def test_an_edit_of_a_plugin_makes_its_features_anew(vectors):
    """Nobody needs to think of its version, nor of what it inherits."""
    plugin = vectors.root / "vectors.py"
    other = vectors.root / "other.py"
    other.write_text("# of no front-end\n", encoding="utf-8")
    script = (
        "import json, sys; from pathlib import Path; from cohear.base.plugins import load_plugin\n"
        "for path in sys.argv[1:]: load_plugin(Path(path))\n"
        "from cohear.features import LogMel, build_front_end, store_key\n"
        "from cohear.features.build import front_end_of\n"
        "front_end = build_front_end({'name': 'vectors', 'table': 'tables/all.csv'})\n"
        "assert front_end_of(front_end.key()) == front_end and 'source' not in LogMel().key()\n"
        "print(store_key(front_end, [], []))"
    )

    def key(*plugins):
        made = subprocess.run(
            [sys.executable, "-c", script, *plugins], check=False, capture_output=True, text=True, cwd=vectors.root
        )
        assert made.returncode == 0, made.stderr
        return made.stdout

    first = key(plugin)
    assert key(other, plugin) == key(shutil.copy(plugin, vectors.root / "moved.py")) == first
    plugin.write_text(plugin.read_text(encoding="utf-8") + "\n\nEDITED = True\n", encoding="utf-8")
    assert key(plugin) != first


def test_what_is_missing_is_told_before_anything_trains(vectors):
    """Each with its place, in one sentence."""
    for name in ("all", "birds"):
        (vectors.root / "tables" / f"{name}.csv").unlink()
    ended = vectors.cohear("run", vectors.study(**study_of_vectors()), "--out", "out")
    assert ended.returncode == 2
    for place, name in (("features.0", "all"), ("tasks.bird.features", "birds"), ("baselines.0.features", "all")):
        file = vectors.root / "tables" / f"{name}.csv"
        assert f"{place}: front-end 'vectors': table: there is no file {file}\n" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\x93NUMPY", "cannot be read: UnicodeDecodeError"),
        (b"audio/000.wav,much\n", "cannot be read: ValueError: could not convert string to float: 'much'"),
        (b"audio/000.wav,1\nb,1,2\n", "front-end 'vectors': all.csv must have as many numbers in each line"),
        (b"audio/000.wav,1\n", "all.csv has no line for 'audio/001.wav' of dataset 'tones'"),
    ],
)
def test_a_table_that_cannot_be_used_is_told(vectors, content, sentence):
    (vectors.root / "tables" / "all.csv").write_bytes(content)
    study = vectors.study(**study_of_vectors(tasks={"tone": TONE}, baselines=[], combinations=["singles"]))
    ended = vectors.cohear("run", study, "--out", "out")
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1), ended.stderr
    assert sentence in ended.stderr
    assert not tiny.records(vectors.root / "out")
