"""The job ``baseline``: its contract, its choice on validation, and no torch."""

import subprocess
import sys

import numpy as np
import pytest
import tiny

from cohear.base.errors import RunFailed
from cohear.base.files import make_folder
from cohear.base.versions import OtherVersions
from cohear.baselines.baseline import BASELINES, Baseline
from cohear.baselines.fit import fit_baseline
from cohear.runs.in_place import PackInPlace
from cohear.study.file import load_study
from cohear.study.folder.folder import StudyFolder, with_paths_from
from cohear.study.launch.progress import NoProgress
from cohear.study.prepare import make_stores, prepare, write_splits
from cohear.testing.job import JobContract


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Specifications of a study's baselines by name and task, and their pack."""
    root = tmp_path_factory.mktemp("baselines")
    tiny.write_datasets(root / "data")
    path = tiny.write_study(root, baselines=["svm", {"name": "forest", "trees": 5}], repeats={"folds": 1})
    made = prepare(with_paths_from(load_study(path), root), root, cache=make_folder(root / "cache"), jobs=1)
    make_stores(made, cache=root / "cache", jobs=1, progress=NoProgress())
    folder = StudyFolder(root / "out")
    make_folder(folder.splits)
    write_splits(made, folder)
    specs = {(run.encoder, run.combination): run.spec for run in made.plan if run.spec.job == "baseline"}
    return specs, PackInPlace(folder.splits, root / "cache", root, (folder.runs,))


class TestBaseline(JobContract):
    name = "baseline"

    @pytest.fixture(autouse=True)
    def study(self, prepared):
        self.specs, self.pack = prepared

    def given(self):
        return self.specs["forest(trees=5)", "bird"], self.pack

    def test_it_is_neither_trained_in_steps_nor_counted_in_parameters(self):
        record = self.run(frozenset()).record
        assert (record.parameters, record.steps) == (None, None)
        assert record.tasks["bird"].selected_steps == {}

    def test_other_code_is_told(self):
        spec, pack = self.given()
        for changed in (
            {"versions": {**spec.versions, "scikit-learn": "0.1"}},
            {"front_end": {**spec.front_end, "version": 0}},
        ):
            with pytest.raises(OtherVersions, match="planned for other code"):
                fit_baseline(spec.model_copy(update=changed), pack, frozenset())


class Fixed:
    """Says what it is told to, by the number that leads a vector."""

    def __init__(self, right):
        self.right = right

    def fit(self, vectors, truth):
        self.classes_ = np.unique(truth)
        self.seen = {vector.tobytes(): each for vector, each in zip(vectors, truth, strict=True)}

    def predict_proba(self, vectors):
        told = [self.seen.get(vector.tobytes(), self.classes_[0]) if self.right else 0 for vector in vectors]
        return np.eye(len(self.classes_))[np.array(told)]


def test_validation_alone_chooses(prepared, monkeypatch):
    """The estimator that knows the training clips by heart is no better on validation, so the first is kept."""

    class ByHeart(Baseline):
        def classifiers(self, given):
            return [Fixed(False), Fixed(True)]

    monkeypatch.setitem(BASELINES._entries, "svm", ByHeart)
    specs, pack = prepared
    [task] = fit_baseline(specs["svm", "tone"], pack, frozenset()).record.tasks.values()
    scores = {part: task.score(part) for part in ("train", "validation", "test")}
    assert scores == pytest.approx({"train": 1 / 3, "validation": 1 / 3, "test": 1 / 3})


class Lost(Fixed):
    """Answers what is no number."""

    def predict_proba(self, vectors):
        return np.full((len(vectors), len(self.classes_)), np.nan)


def test_what_is_no_number_is_no_score(prepared, monkeypatch):
    """argmax of NaN is the first class, and a recall of one in so many."""

    class Hopeless(Baseline):
        def classifiers(self, given):
            return [Lost(True)]

    monkeypatch.setitem(BASELINES._entries, "svm", Hopeless)
    specs, pack = prepared
    with pytest.raises(RunFailed, match=r"a logit of task 'tone' is not a finite number on the .* part"):
        fit_baseline(specs["svm", "tone"], pack, frozenset())


WITHOUT_TORCH = """
import sys
from pathlib import Path
from cohear.runs.in_place import PackInPlace
from cohear.runs.job import job_of, read_spec
from cohear.runs.place import RunPlace
pack, content = PackInPlace.from_json(sys.argv[1]), __import__("json").loads(sys.argv[2])
spec = read_spec(content)
job_of(spec).warm_up()
assert job_of(spec).run(spec, pack, job_of(spec).leaves, RunPlace()).record.tasks
print(*({"torch"} & set(sys.modules)))
"""


def test_torch_is_never_loaded(prepared):
    specs, pack = prepared
    spec = specs["svm", "tone"]
    arguments = [sys.executable, "-c", WITHOUT_TORCH, pack.to_json(), spec.model_dump_json()]
    told = subprocess.run(arguments, check=True, capture_output=True, text=True)
    assert told.stdout.split() == []
