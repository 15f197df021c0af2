"""What the network of a bundle needs of other runs, where everything is trained on all clips."""

import json
import os
from dataclasses import replace
from types import SimpleNamespace
from unittest import mock

import in_process
import pytest
import tiny

from cohear.base.errors import UserError
from cohear.base.files import make_folder
from cohear.base.yaml_text import YamlText
from cohear.export.runs import ALL_CLIPS, TRAINED, Places, final_runs, train_missing
from cohear.runs.place import RunPlace
from cohear.runs.run_folder import KEPT
from cohear.runs.spec import Need, Spec
from cohear.study.file import check_study
from cohear.study.folder.folder import StudyFolder, with_paths_from
from cohear.study.launch.needs import Wanted
from cohear.study.launch.progress import NoProgress
from cohear.study.prepare import make_stores, prepare, write_splits

WEIGHTS = KEPT["weights"]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Places, and a tiny study whose features are there and of which nothing is trained."""
    root = tmp_path_factory.mktemp("final")
    tiny.write_datasets(root / "data")
    cache = make_folder(root / "cache")
    settings = with_paths_from(check_study(YamlText({**tiny.settings(), "probes": ["transfer"]})), root)
    prepared = prepare(settings, root, cache=cache, jobs=1)
    make_stores(prepared, cache=cache, jobs=1, progress=NoProgress())
    folder = StudyFolder(root / "out")
    for each in (folder.runs, folder.splits, folder.root / TRAINED):
        make_folder(each)
    write_splits(prepared, folder)
    return Places(folder, cache, root), prepared


def of(prepared, combination, fold=0):
    runs = [run for run in prepared.plan if (run.combination, run.fold) == (combination, fold)]
    return next(run.spec for run in runs if not run.probe)


def needy(spec, **needs):
    return spec.model_copy(update={"needs": {name: Need(run=run, file=WEIGHTS) for name, run in needs.items()}})


def test_a_network_that_needs_none_is_one_run(study):
    places, prepared = study
    [final] = final_runs(places, prepared, of(prepared, "tone+bird"))
    assert (final.fold, final.seed, final.needs) == (ALL_CLIPS, 0, {})
    for task in final.tasks:
        split = json.loads((places.study.splits / f"{task.split}.json").read_text(encoding="utf-8"))
        assert set(split["parts"]) == {"train"}


def test_what_a_final_network_learns_from_has_learnt_from_all_clips_too(study):
    """Whatever the fold of the repeat, and through however many others; what is needed twice is there once."""
    places, prepared = study
    singles = {task: of(prepared, task, fold=1) for task in ("tone", "bird")}
    [tone], [bird] = (final_runs(places, prepared, single) for single in singles.values())
    pair = needy(of(prepared, "tone+bird", fold=1), first=singles["tone"].key, second=singles["bird"].key)
    *needed, final = final_runs(places, prepared, pair)
    assert needed == [tone, bird]
    assert {name: need.run for name, need in final.needs.items()} == {"first": tone.key, "second": bird.key}
    assert {need.file for need in final.needs.values()} == {WEIGHTS}
    assert {singles[task].key for task in singles} & {need.run for need in final.needs.values()} == set()
    tuned = needy(of(prepared, "bird", fold=1), start=pair.key, teacher=singles["tone"].key)
    prepared = replace(prepared, plan=[*prepared.plan, replace(prepared.plan[0], spec=pair)])
    *needed, last = final_runs(places, prepared, tuned)
    assert needed == [tone, bird, final]
    assert {name: need.run for name, need in last.needs.items()} == {"start": final.key, "teacher": tone.key}


def test_a_run_that_only_its_record_knows_is_made_final_too(study, monkeypatch):
    places, prepared = study
    single = of(prepared, "tone")
    record = SimpleNamespace(specification=single.model_dump(mode="json"))
    monkeypatch.setattr(StudyFolder, "record", lambda self, key: record if key == single.key else None)
    needed, _ = final_runs(places, replace(prepared, plan=[]), needy(of(prepared, "bird"), teacher=single.key))
    assert [needed] == final_runs(places, prepared, single)


def test_what_cannot_learn_from_all_clips_is_refused(study):
    places, prepared = study
    probe = next(run.key for run in prepared.plan if run.probe)
    for run, why in ((probe, "which is a probe and no network"), ("0123", "not in the plan and has no record")):
        with pytest.raises(UserError, match=f"needs {WEIGHTS} of run {run}.*{why}.*by --run"):
            final_runs(places, prepared, needy(of(prepared, "tone+bird"), teacher=run))


def test_what_is_needed_is_trained_first(study):
    """Whether it is of a final network or of a repeat."""
    places, prepared = study
    repeat = needy(of(prepared, "tone+bird"), teacher=of(prepared, "tone").key)
    finals = final_runs(places, prepared, repeat)
    others: dict[str, Spec] = {spec.key: spec for spec in [*(run.spec for run in prepared.plan), *finals]}
    wanted = [Wanted(spec, frozenset([WEIGHTS])) for spec in (repeat, finals[-1])]
    with mock.patch.dict(os.environ), in_process.entered():
        number = train_missing(places, wanted, others, [], in_process.NAME, RunPlace(), 1, NoProgress())
        again = train_missing(places, wanted, others, [], in_process.NAME, RunPlace(), 1, NoProgress())
    assert (number, again) == (4, 0)
    done = {path.parent.name for path in places.folders.into.glob(f"*/{WEIGHTS}")}
    assert done == {repeat.key, of(prepared, "tone").key, *(spec.key for spec in finals)}
