"""The driver: order, needs, retries and failures, with a pool that does what it is told."""

import json

import pytest

from cohear.base.errors import CohearError, DataError, RunFailed, UserError
from cohear.base.files import make_folder
from cohear.runs.cost import Cost
from cohear.runs.job import JOBS, Job
from cohear.runs.record import Record, read_record
from cohear.runs.run_folder import RunFolders
from cohear.runs.spec import Need, Spec
from cohear.study.launch.driver import MORE_MEMORY, TRIES, ensure
from cohear.study.launch.failure import Failure
from cohear.study.launch.launcher import Pool, RunEvent
from cohear.study.launch.needs import Wanted, with_needs
from cohear.testing.launcher import KeptEvents


class StepSpec(Spec):
    job: str = "step"
    name: str


@JOBS.register("step")
class Step(Job[StepSpec]):
    specification = StepSpec
    leaves = frozenset({"made.txt", "more.txt"})

    def cost(self, spec):
        return Cost("step", 1)

    def run(self, spec, pack, files, place):
        raise NotImplementedError


class Knotted(StepSpec):
    """Its key is its name, so that runs can need each other in a circle."""

    @property
    def key(self):
        return self.name


def spec(name="a", *needs, file="made.txt", seed=0, kind=StepSpec):
    needed = {str(number): Need(run=getattr(run, "key", run), file=file) for number, run in enumerate(needs)}
    return kind(name=name, needs=needed, tasks=(), study_seed=0, fold=0, seed=seed, versions={})


class Scripted(Pool):
    """Does one run after another; ``fails`` says how runs end, by their name."""

    forgets = frozenset()

    def __init__(self, runs, jobs=1, fails=None):
        self.runs, self.jobs, self.fails = runs, jobs, fails or {}
        self.started, self._going = [], []

    def room(self):
        return self.jobs - len(self._going)

    def start(self, spec, files):
        self.started.append((spec.name, files))
        self._going.append((spec, files))

    def events(self):
        while self._going:
            spec, files = self._going[0]
            yield RunEvent("started", spec.key)
            self._going.pop(0)
            how = self.fails.get(spec.name)
            how = how.pop(0) if isinstance(how, list) and how else how or None
            if how == "killed":
                yield RunEvent("killed", spec.key, Failure("its worker was ended", ""))
            elif how:
                yield RunEvent("failed", spec.key, how if isinstance(how, Failure) else Failure(how, "Traceback"))
            else:
                leave(self.runs, spec, files - self.forgets)
                yield RunEvent("finished", spec.key)

    def close(self):
        self._going.clear()


def leave(runs, spec, files=()):
    folder = make_folder(runs / spec.key)
    for file in files:
        (folder / file).write_text("x")
    Record(spec.key, spec.model_dump(mode="json"), {}, seconds=1.0).write(folder)


def drive(tmp_path, specs, *, fails=None, jobs=1, files=(), others=(), **options):
    pool, told = Scripted(tmp_path, jobs, fails), KeptEvents()
    wanted = [Wanted(each, frozenset(files)) for each in specs]
    ended = ensure(wanted, pool, RunFolders(tmp_path, others), progress=told, **options)
    return ended, pool, told


def names(pool):
    return [name for name, _ in pool.started]


def test_runs_begin_in_the_order_given_and_what_is_done_is_not_done_again(tmp_path):
    specs = [spec(name) for name in "cab"]
    leave(tmp_path, specs[1])
    ended, pool, _ = drive(tmp_path, specs)
    assert names(pool) == ["c", "b"]
    assert ended.done == {each.key for each in specs}
    assert ended.trained == {specs[0].key, specs[2].key}
    assert drive(tmp_path, specs)[1].started == []


def test_a_run_that_lacks_a_wanted_file_is_done_again(tmp_path):
    one, other = spec("one"), spec("other")
    leave(tmp_path, one, ["made.txt"])
    leave(tmp_path, other)
    ended, pool, _ = drive(tmp_path, [one, other], files=["made.txt"])
    assert names(pool) == ["other"]
    assert ended.trained == {other.key}


def test_runs_of_another_folder_count(tmp_path):
    one = spec("one")
    leave(tmp_path / "elsewhere", one, ["made.txt"])
    _, pool, _ = drive(tmp_path / "here", [one], files=["made.txt"], others=(tmp_path / "elsewhere",))
    assert pool.started == []


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_run_waits_for_what_it_needs(tmp_path, jobs):
    """And what it needs is asked to leave the file, whether or not anybody else wants it."""
    first = spec("first")
    second = spec("second", first)
    third = spec("third", first, second, file="more.txt")
    ended, pool, told = drive(tmp_path, [third, second, spec("free"), first], jobs=jobs)
    assert not ended.failed
    finished = [event.run for event in told.events if event.kind == "finished"]
    begun = [event.run for event in told.events if event.kind == "started"]
    for needy, needed in ((second, first), (third, first), (third, second)):
        order = [("s", run) for run in begun]
        assert order.index(("s", needy.key)) > order.index(("s", needed.key))
        assert finished.index(needy.key) > finished.index(needed.key)
    files = dict(pool.started)
    assert files["first"] == {"made.txt", "more.txt"}
    assert files["second"] == {"more.txt"}
    assert files["third"] == frozenset()


def test_a_need_that_is_done_is_not_waited_for(tmp_path):
    first = spec("first")
    leave(tmp_path, first, ["made.txt"])
    ended, pool, _ = drive(tmp_path, [spec("second", first)])
    assert names(pool) == ["second"]
    assert len(ended.done) == 1


def test_a_need_of_a_failed_run_fails_with_a_sentence_that_names_it(tmp_path):
    first = spec("first")
    second = spec("second", first)
    third = spec("third", second)
    ended, pool, told = drive(tmp_path, [first, second, third, spec("free")], fails={"first": "ValueError: broken"})
    assert names(pool) == ["first", "free"]
    assert ended.failed[second.key] == f"it needs made.txt of run {first.key}, which failed: ValueError: broken"
    assert ended.failed[third.key].startswith(f"it needs made.txt of run {second.key}, which failed: it needs")
    assert [event.run for event in told.events if event.kind == "failed"] == [first.key, second.key, third.key]
    kept = json.loads((tmp_path / first.key / "error.json").read_text())
    assert kept == {"error": "ValueError: broken", "traceback": "Traceback", "tries": 1}


def test_runs_that_may_be_needed_are_wanted_where_they_are(tmp_path):
    """And only then: not what is there, and not what nobody needs."""
    first, there = spec("first"), spec("there")
    second = spec("second", first, there)
    third, idle = spec("third", second), spec("idle")
    leave(tmp_path, there, ["made.txt"])
    others = {each.key: each for each in (idle, there, second, first)}
    runs = with_needs([Wanted(third)], RunFolders(tmp_path), others)
    assert list(runs) == [third.key, second.key, first.key]
    assert {run.spec.name: run.files for run in runs.values()} == {
        "third": frozenset(),
        "second": {"made.txt"},
        "first": {"made.txt"},
    }


def test_what_failed_before_is_not_tried_again_nor_what_needs_it(tmp_path):
    first = spec("first")
    ended, pool, _ = drive(tmp_path, [first, spec("second", first), spec("free")], failed={first.key: "before"})
    assert names(pool) == ["free"]
    assert len(ended.failed) == 2


@pytest.mark.parametrize(
    ("specs", "sentence"),
    [
        ([spec("a", "0123")], r"run \w+ needs made.txt of run 0123, which is neither done here nor among the runs"),
        ([spec("a", spec("b"), file="maid.txt"), spec("b")], r"whose job 'step' leaves no such file .*'made.txt'"),
        ([spec("a", "b", kind=Knotted), spec("b", "a", kind=Knotted)], "runs need each other in a circle: "),
        ([spec("a", "a", kind=Knotted)], "runs need each other in a circle: a → a"),
    ],
)
def test_needs_that_nothing_fills_are_refused_before_anything_begins(tmp_path, specs, sentence):
    pool = Scripted(tmp_path)
    with pytest.raises(UserError, match=sentence):
        ensure([Wanted(each) for each in specs], pool, RunFolders(tmp_path))
    assert pool.started == []


def test_a_killed_run_is_tried_again_and_not_for_ever(tmp_path):
    ended, pool, told = drive(tmp_path, [spec("a"), spec("b")], fails={"a": ["killed"], "b": "killed"})
    assert names(pool) == ["a", "b", "a", "b", "b"]
    assert TRIES == 3
    assert list(ended.failed) == [spec("b").key]
    kinds = [event.kind for event in told.events if event.run == spec("b").key]
    assert kinds == ["started", "killed", "started", "killed", "started", "failed"]


def test_a_run_whose_folder_is_not_whole_is_not_done(tmp_path, monkeypatch):
    """Whatever a pool says of it."""
    monkeypatch.setattr(Scripted, "forgets", frozenset(["made.txt"]))
    ended, _, _ = drive(tmp_path, [spec("a")], files=["made.txt", "more.txt"])
    assert ended.failed == {spec("a").key: "it is said to be finished, and its folder is not whole"}


def test_what_concerns_all_runs_ends_them(tmp_path):
    with pytest.raises(DataError, match="gone"):
        drive(tmp_path, [spec("a"), spec("b")], fails={"a": Failure("gone", "", "DataError")})


def test_runs_that_fail_alike_end_the_rest(tmp_path):
    specs = [spec("a", seed=seed) for seed in range(9)]
    with pytest.raises(RunFailed, match="3 runs in a row failed with the same error, so the 6 that are left"):
        drive(tmp_path, specs, fails={"a": "OSError: no library"})


def test_a_pool_without_room_is_told_as_such(tmp_path):
    with pytest.raises(CohearError, match="begins none of the 1 runs"):
        drive(tmp_path, [spec("a")], jobs=0)


def test_a_finished_run_tells_how_long_others_take(tmp_path):
    """And progress is told of all runs before one begins."""
    seen = {}

    class Planned(KeptEvents):
        def runs_planned(self, wanted, done, at_most, time_left):
            seen.update(wanted=wanted, done=done, at_most=at_most, left=time_left.of(wanted - done))

    specs = [spec("a"), spec("b"), spec("c")]
    leave(tmp_path, specs[0])
    ensure(map(Wanted, specs), Scripted(tmp_path), RunFolders(tmp_path), progress=Planned(), at_most=7)
    assert seen == {"wanted": {s.key for s in specs}, "done": {specs[0].key}, "at_most": 7, "left": 2.0}


def test_a_run_that_lacked_memory_is_tried_by_itself(tmp_path):
    """Nothing else of the result is another one then; where it lacks memory even so, the cure is told."""
    lacks = Failure("OutOfMemoryError: CUDA out of memory", "Traceback", out_of_memory=True)
    specs = [spec(name) for name in "abcd"]
    ended, pool, told = drive(tmp_path / "once", specs, fails={"b": [lacks]}, jobs=3)
    assert names(pool) == ["a", "b", "c", "d", "b"]
    assert not ended.failed
    going, beside = set(), {}
    for event in told.events:
        if event.kind == "started":
            going.add(event.run)
            beside.setdefault(event.run, []).append(len(going))
        else:
            going.discard(event.run)
    assert beside[specs[1].key][-1] == 1
    assert [event.error for event in told.events if event.kind == "killed"] == [lacks.error]
    ended, pool, _ = drive(tmp_path / "twice", specs, fails={"b": [lacks, lacks]}, jobs=3)
    assert names(pool) == ["a", "b", "c", "d", "b"]
    assert list(ended.failed.values()) == [f"{lacks.error}; {MORE_MEMORY}"]
    kept = json.loads((tmp_path / "twice" / specs[1].key / "error.json").read_text())
    assert (kept["traceback"], kept["tries"]) == ("Traceback", 2)


def test_a_record_with_a_wrong_digit_is_done_again(tmp_path):
    one = spec("a")
    leave(tmp_path, one)
    file = tmp_path / one.key / "record.json"
    text = file.read_text()
    assert read_record(file.parent) is not None
    for damaged in (text.replace('"seconds": 1.0', '"seconds": 9.0'), text[: len(text) // 2], "[]", ""):
        assert damaged != text
        file.write_text(damaged)
        assert read_record(file.parent) is None
    _, pool, _ = drive(tmp_path, [one])
    assert names(pool) == ["a"]
    assert file.read_text() == text
