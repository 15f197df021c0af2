"""Probes in a study: what they need is trained first and kept, and what they measure is a table."""

import shutil
from dataclasses import replace
from importlib.metadata import version

import pytest
import tiny

from cohear.analysis.tables.text import read_table
from cohear.base.errors import DataError, StudyError, UserError
from cohear.base.files import cache_folder, make_folder
from cohear.base.tables import MEASUREMENTS_CSV, PROBE_CSV, RESULTS_CSV
from cohear.base.versions import OtherVersions
from cohear.base.yaml_text import YamlText
from cohear.probes.measure import probe_rows
from cohear.runs.in_place import PackInPlace
from cohear.runs.job import job_of
from cohear.runs.place import RunPlace
from cohear.study.file import check_study
from cohear.study.folder.folder import StudyFolder, with_paths_from
from cohear.study.folder.tables import write_tables
from cohear.study.plan.repeats import Repeats
from cohear.study.plan.row import PlanRow
from cohear.study.prepare import prepare
from cohear.study.run import run_study, wanted_of
from cohear.testing.job import JobContract
from cohear.training.device import Device

TWO = {"probes": ["transfer", {"name": "transfer", "cost": 1.0}], "combinations": ["singles"], "keep": []}
WEIGHTS = "weights.safetensors"


def settings(root=None, **changes):
    made = check_study(YamlText({**tiny.settings(), **changes}))
    return made if root is None else with_paths_from(made, root)


def planned(out, **changes):
    """The plan of a study on the same data."""
    root = out.parent
    return prepare(settings(root, **{**TWO, **changes}), root, cache=make_folder(cache_folder()), jobs=1).plan


@pytest.fixture(scope="module")
def studied(tmp_path_factory):
    """The folder of a study that keeps nothing but what its two probes need."""
    root = tmp_path_factory.mktemp("probes")
    tiny.write_datasets(root / "data")
    out = root / "out"
    outcome = run_study(settings(root, **TWO), root, out)
    assert (outcome.planned, outcome.trained, outcome.failed) == (4 + 8, 4 + 8, {})
    return out


class TestProbe(JobContract):
    name = "probe"

    @pytest.fixture(autouse=True)
    def study(self, studied):
        self.spec = next(run.spec for run in planned(studied) if run.probe)
        self.pack = PackInPlace(studied / "splits", cache_folder(), studied.parent, (studied / "runs",))

    def given(self):
        return self.spec, self.pack

    def test_its_seconds_are_those_of_the_device_that_measures(self, monkeypatch):
        """On an accelerator the processor's say nothing."""
        ticks = iter([100.0, 107.5])
        monkeypatch.setattr(Device, "clock", lambda device: next(ticks))
        assert job_of(self.spec).run(self.spec, self.pack, frozenset(), RunPlace()).record.seconds == 7.5

    def test_other_code_is_told(self):
        with pytest.raises(OtherVersions, match="planned for other code"):
            probe_rows(
                self.spec.model_copy(update={"versions": {**self.spec.versions, "probes": 0}}), self.pack, RunPlace()
            )

    def test_weights_that_are_gone_or_damaged_are_told(self, tmp_path):
        [need] = self.spec.needs.values()
        with pytest.raises(DataError, match=f"has left no {WEIGHTS} here"):
            probe_rows(self.spec, replace(self.pack, runs=(tmp_path,)), RunPlace())
        (tmp_path / need.run).mkdir()
        (tmp_path / need.run / WEIGHTS).write_bytes(b"no weights")
        with pytest.raises(UserError, match=f"does not hold the run's weights .*; remove runs/{need.run} of"):
            probe_rows(self.spec, replace(self.pack, runs=(tmp_path,)), RunPlace())

    def test_a_network_that_is_not_the_needed_run_is_refused(self):
        content = self.spec.model_dump(mode="json")
        content["needs"]["partner"]["run"] = "0" * 16
        with pytest.raises(ValueError, match="are not the runs that it needs"):
            type(self.spec).model_validate(content)

    def test_modules_of_its_networks_are_part_of_the_pack(self):
        [(role, network)] = self.spec.networks.items()
        own = network.model_copy(update={"encoder": {"name": "mine", "module": "nets.mine:Net", "settings": {}}})
        changed = self.spec.model_copy(update={"networks": {role: own}})
        assert job_of(changed).modules(changed) == {"nets.mine"}


def test_the_table_holds_means_over_folds_for_each_ordered_pair(studied):
    rows = read_table(studied / "measurements.csv", MEASUREMENTS_CSV)
    rows = rows[rows["partner"] != ""]  # beside what every run measures of its tasks
    assert sorted(zip(rows["task"], rows["partner"], rows["name"], strict=True)) == sorted(
        (task, partner, name)
        for task, partner in (("tone", "bird"), ("bird", "tone"))
        for name in ("transfer", "transfer(cost=1.0)")
    )
    assert set(rows["encoder"]) == {"dnn(hidden=16,layers=1)"}
    assert rows["value"].between(0, 1).all()
    assert (rows["cost"] > 0).all()


def test_weights_are_kept_of_what_is_needed_and_missed_where_they_are_gone(studied, tmp_path):
    """A single that was trained before there was a probe, and kept none, is trained again; nothing else is."""
    folder, plan = StudyFolder(studied), planned(studied)
    kept = {path.parent.name for path in studied.glob(f"runs/*/{WEIGHTS}")}
    assert kept == {row.run for row in folder.read_plan() if row.is_network}
    assert not [key for key, run in wanted_of(plan, [], folder).items() if not folder.is_done(key, run.files)]
    copy = StudyFolder(tmp_path)
    shutil.copytree(folder.runs, copy.runs)
    for run in kept:
        (copy.runs / run / WEIGHTS).unlink()
    assert {key for key, run in wanted_of(plan, [], copy).items() if not copy.is_done(key, run.files)} == kept
    without = planned(studied, probes=[])
    assert all(copy.is_done(key, run.files) for key, run in wanted_of(without, [], copy).items())


@pytest.mark.slow
def test_weights_that_are_damaged_cost_what_needs_them_alone(bench):
    """They had ended every call of the study, without a word of how to go on."""
    out = bench.run("out")
    rows = [row for row in tiny.results(out) if row["combination"] == "tone"]
    damaged = out / "runs" / rows[0]["run"] / WEIGHTS
    damaged.write_bytes(damaged.read_bytes()[:100])
    ended = bench.cohear("run", bench.study(probes=["transfer"]), "--out", "out")
    assert ended.returncode == 1
    assert f"remove runs/{rows[0]['run']} of the study folder" in ended.stderr
    assert "1 of 10 runs failed" in ended.stderr
    assert len(tiny.records(out)) == 9
    shutil.rmtree(damaged.parent)
    ended = bench.cohear("run", bench.root / "study.yaml", "--out", "out")
    assert ended.returncode == 0, ended.stderr
    assert len(tiny.records(out)) == 10


def test_the_plan_tells_what_each_run_needs(studied):
    """Read again as it was written, and of a plan that is older as nothing."""
    plan = StudyFolder(studied).read_plan()
    assert [row.needs for row in plan] == [
        tuple(need.run for need in run.spec.needs.values()) for run in planned(studied)
    ]
    assert all(bool(row.needs) == bool(row.probe) for row in plan)
    costs = [job_of(run.spec).cost(run.spec) for run in planned(studied)]
    assert [row.time for row in plan] == costs  # the driver and `status` have one estimate
    older = {name: value for name, value in plan[0].to_json().items() if name != "needs"}
    assert PlanRow.from_json(older).needs == ()


def test_results_hold_no_measurement_and_names_of_columns_stay(studied):
    rows = tiny.results(studied)
    assert len(rows) == 4
    assert list(rows[0]) == [name for name in RESULTS_CSV.names if "seconds" not in name]


def test_without_probes_there_is_no_table(studied, tmp_path):
    folder = StudyFolder(tmp_path)
    (tmp_path / MEASUREMENTS_CSV.file).write_text("of an earlier plan", encoding="utf-8")
    (folder.runs / "earlier").mkdir(parents=True)
    (folder.runs / "earlier" / PROBE_CSV.file).write_text("measured", encoding="utf-8")
    folder.write_plan("tiny", [run.row for run in planned(studied, probes=[])])
    write_tables(folder)
    assert not (tmp_path / MEASUREMENTS_CSV.file).exists()


def test_a_table_from_elsewhere_stays_where_nothing_was_measured(studied, tmp_path):
    """As one that was copied beside the records without the journal of what was measured."""
    folder = StudyFolder(tmp_path)
    (tmp_path / MEASUREMENTS_CSV.file).write_text("from elsewhere", encoding="utf-8")
    folder.write_plan("tiny", [run.row for run in planned(studied, probes=[])])
    write_tables(folder)
    assert (tmp_path / MEASUREMENTS_CSV.file).read_text(encoding="utf-8") == "from elsewhere"


def test_networks_keep_their_keys_and_seeds_and_arms_add_no_probe(studied):
    arms = {"base": {}, "longer": {"training": {"steps": 12}}}
    plain, more = planned(studied), planned(studied, repeats={"folds": 2, "seeds": 2}, arms=arms)
    assert [run.key for run in plain if run.probe] == [run.key for run in more if run.probe]
    without = planned(studied, probes=[])
    assert [run.key for run in plain if not run.probe] == [run.key for run in without]


def test_tasks_that_hear_otherwise_are_not_asked(studied):
    tasks = {**tiny.settings()["tasks"]}
    tasks["bird"] = {**tasks["bird"], "features": {"name": "summary", "window_ms": 25.0}}
    with pytest.raises(StudyError, match=r"probes.0: probe 'transfer' has nothing to look at.*give tasks the same"):
        planned(studied, tasks=tasks)
    tasks["door"] = {"dataset": "birds", "target": "bird"}
    asked = [run.row for run in planned(studied, tasks=tasks) if run.probe]
    assert {(row.focal, row.combination) for row in asked} == {("tone", "tone+door"), ("door", "tone+door")}


def test_the_key_of_a_probe_holds_the_packages_that_it_measures_with(studied):
    [spec, *_] = [run.spec for run in planned(studied) if run.probe]
    assert spec.versions["scikit-learn"] == version("scikit-learn")


def test_repeats_that_stop_have_each_probe_once(studied):
    """It is wanted at the first look, and makes no combination of its own."""
    plan = [run.row for run in planned(studied, combinations=["singles", "pairs"])]
    repeats = Repeats(plan, (2, 4))
    assert {group[3] for group in repeats.limits} == {"tone+bird"}
    assert {row.run for row in plan if row.probe} <= repeats.wanted()


@pytest.mark.parametrize(
    ("changes", "mistake"),
    [
        ({"probes": ["transfr"]}, "probes.0: unknown probe 'transfr' (did you mean 'transfer'?)"),
        (
            {"probes": [{"name": "transfer", "coost": 1}]},
            "probes.0: probe 'transfer' has no setting 'coost' (did you mean 'cost'?)",
        ),
        ({"probes": ["transfer", "transfer"]}, "probes.1: the same as probes.0; leave one out, or give it another"),
        (
            {"probes": ["transfer"], "tasks": {"tone": {"dataset": "tones", "target": "tone"}}},
            "probes: they measure a task beside another, and the study has one task; leave them out",
        ),
    ],
)
def test_mistakes_are_told_with_their_place(changes, mistake):
    with pytest.raises(StudyError) as raised:
        settings(**changes)
    [told] = raised.value.mistakes
    assert told.startswith(mistake)
