"""A study on other machines: a pack, workers that stand alone, and a run from the pack, equal to a local one."""

import json
import re
import shutil
from pathlib import Path

import in_process
import pytest
import registries
import tiny
from command import called
from same_runs import same_runs

from cohear.base.errors import UserError
from cohear.runs.pack_index import PackIndex
from cohear.runs.spec import Need, TaskReference
from cohear.study.elsewhere.shares import share_number, share_of
from cohear.study.elsewhere.stand_alone import work
from cohear.study.launch.launcher import LAUNCHERS
from cohear.study.launch.needs import Wanted
from cohear.training.settings import TrainingSettings
from cohear.training.spec import RunSpec


@pytest.fixture
def workers_here():
    """Workers train in the process of the test."""
    with registries.entered(LAUNCHERS, {"local": in_process.InProcess}):
        yield


@pytest.fixture(scope="module")
def packed(finished, tmp_path_factory):
    """A pack, every test's: what is there stays as it is."""
    folder = tmp_path_factory.mktemp("packed") / "pack"
    ended = finished.cohear("pack", "study.yaml", "-o", folder)
    assert ended.returncode == 0, ended.stderr
    return folder


class Elsewhere:
    """A machine with a study file and a pack, without datasets, with an empty cache."""

    def __init__(self, root, packed, study):
        self.root, self.pack = root, Path(shutil.copytree(packed, root / "pack"))
        shutil.copy(study, root / "study.yaml")

    def cohear(self, *arguments, cache="cache"):
        environment = {"COHEAR_CACHE": str(self.root / cache), "HOME": str(self.root / "home")}
        return called(*arguments, folder=self.root, environment=environment)


@pytest.fixture
def elsewhere(tmp_path, packed, finished):
    return Elsewhere(tmp_path, packed, finished.root / "study.yaml")


def test_two_workers_and_a_run_from_the_pack_equal_a_local_run(elsewhere, finished, workers_here):
    for shard in ("1/2", "2/2"):
        ended = elsewhere.cohear("worker", "pack", "--shard", shard, "--out", "pack", cache=f"cache-{shard[0]}")
        assert (ended.returncode, ended.stdout) == (0, "3 of 3 runs trained, 0 were there: pack\n"), ended.stderr
    again = elsewhere.cohear("worker", "pack", "--out", "pack")
    assert again.stdout == "0 of 6 runs trained, 6 were there: pack\n"
    times = tiny.times(elsewhere.pack)
    ended = elsewhere.cohear("run", "study.yaml", "--from", "pack", "--out", "out")
    assert ended.returncode == 0, ended.stderr
    local, out = finished.root / "out", elsewhere.root / "out"
    assert same_runs(local / "runs", out / "runs") == 6
    assert tiny.results(out) == tiny.results(local)
    for file in ("plan.json", "data.json", "arms.csv", "metrics.csv", "gains.csv"):
        assert (out / file).read_bytes() == (local / file).read_bytes(), file
    assert {path.name: path.read_bytes() for path in (out / "splits").iterdir()} == {
        path.name: path.read_bytes() for path in (local / "splits").iterdir()
    }
    assert tiny.times(elsewhere.pack) == times
    assert not (elsewhere.root / "cache" / "features").exists()  # all runs were there: nothing was fetched


def test_what_no_worker_trained_is_trained_here_from_the_pack(elsewhere, finished, workers_here):
    elsewhere.cohear("worker", "pack", "--shard", "1/3", "--out", "records")
    elsewhere.cohear("worker", "pack", "--shard", "1/3", "--out", "pack", cache="another")
    assert same_runs(elsewhere.root / "records" / "runs", elsewhere.pack / "runs") == 2
    broken = sorted((elsewhere.pack / "runs").iterdir())[0]
    (broken / "record.json").write_text("{", encoding="utf-8")  # is no result
    ended = elsewhere.cohear("run", "study.yaml", "--from", "pack", "--out", "out")
    assert ended.returncode == 0, ended.stderr
    assert same_runs(finished.root / "out" / "runs", elsewhere.root / "out" / "runs") == 6
    assert (elsewhere.root / "cache" / "features").exists()


@pytest.mark.slow
def test_a_worker_has_a_process_of_its_own(elsewhere, finished):
    bench = tiny.Bench(elsewhere.root)
    ended = bench.cohear_apart("worker", f"file://{elsewhere.pack}", "--out", f"file://{elsewhere.pack}", "--jobs", "2")
    assert ended.returncode == 0, ended.stderr
    assert same_runs(finished.root / "out" / "runs", elsewhere.pack / "runs") == 6


def test_size_is_told_beforehand_beside_that_of_the_audio(finished, tmp_path):
    ended = finished.cohear("pack", "study.yaml", "-o", tmp_path / "pack", "--dry-run")
    assert ended.stdout.startswith("6 runs, about 0.")
    assert "of audio in 50 files, none of which goes along" in ended.stdout
    assert not (tmp_path / "pack").exists()


def test_the_size_that_is_told_is_about_right(finished, packed, tmp_path):
    from cohear.api import Study

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COHEAR_CACHE", str(finished.cache))
        told = Study.load(finished.root / "study.yaml").pack(str(tmp_path / "pack"))
    assert told.audio_bytes == sum(path.stat().st_size for path in (finished.root / "data").rglob("*.wav")) * 5 // 7
    assert told.expected == pytest.approx(told.sent.bytes, rel=0.3)
    size = sum(path.stat().st_size for path in (tmp_path / "pack").rglob("*") if path.is_file())
    assert told.sent.bytes == told.sent.sent == size


@pytest.mark.parametrize("damage", ["flipped", "missing"])
def test_damaged_features_train_nothing(damage, elsewhere, workers_here):
    for shard in elsewhere.pack.glob("features/*.shard"):
        content = bytearray(shard.read_bytes())
        content[len(content) // 2] ^= 1
        shard.write_bytes(content) if damage == "flipped" else shard.unlink()
    for verb in (("worker", "pack", "--out", "pack"), ("run", "study.yaml", "--from", "pack", "--out", "out")):
        ended = elsewhere.cohear(*verb)
        assert ended.returncode == 2
        [line] = [line for line in ended.stderr.splitlines() if line.startswith("error: ")]
        assert line.startswith("error: pack/features/")
        assert ("is damaged" if damage == "flipped" else "is missing") in line
        assert "run `cohear pack` again" in line
    assert not list(elsewhere.root.glob("**/record.json"))


def test_a_pack_for_other_code_trains_nothing(elsewhere, workers_here):
    """As one that was made with another torch."""
    file = elsewhere.pack / "pack.json"
    index = PackIndex.model_validate_json(file.read_text(encoding="utf-8"))
    specs = [RunSpec.model_validate(run) for run in index.manifest.runs.values()]
    others = [spec.model_copy(update={"versions": {**spec.versions, "torch": "1.0"}}) for spec in specs]
    runs = {spec.key: spec.model_dump(mode="json") for spec in others}
    wanted = dict(zip(runs, index.wanted.values(), strict=True))
    manifest = index.manifest.model_copy(update={"runs": runs})
    changed = index.model_copy(update={"manifest": manifest, "wanted": wanted})
    file.write_text(json.dumps(changed.model_dump(mode="json")), encoding="utf-8")
    ended = elsewhere.cohear("worker", "pack", "--out", "pack")
    assert ended.returncode == 2
    assert "error: the run was planned for other code than there is here: torch (1.0, here" in ended.stderr
    assert not list(elsewhere.pack.glob("runs/*/record.json"))


def test_another_study_file_is_refused_with_what_differs(elsewhere, workers_here):
    tiny.write_study(elsewhere.root, **{**tiny.TWO_ENCODERS, "window": 0.1, "seed": 3})
    ended = elsewhere.cohear("run", "study.yaml", "--from", "pack", "--out", "out")
    assert ended.returncode == 2
    assert (
        "error: the pack pack was made of another study file, which differs in seed, window: pack this" in ended.stderr
    )
    assert not (elsewhere.root / "out").exists()


@pytest.mark.parametrize("text", ["", "0/2", "3/2", "1", "a/b", "1/0", "-1/2"])
def test_a_share_that_is_none_is_a_mistake(text):
    with pytest.raises(UserError, match="--shard takes I/N"):
        share_number(text)


def wanted(seed, *needs):
    needed = {str(number): Need(run=key, file="weights.safetensors") for number, key in enumerate(needs)}
    spec = RunSpec(
        tasks=(TaskReference(name="a", split="s", store="t"),),
        front_end={"name": "logmel"},
        encoder={"name": "small"},
        window=1.0,
        training=TrainingSettings(),
        study_seed=0,
        fold=0,
        seed=seed,
        versions={},
        needs=needed,
    )
    return Wanted(spec)


def test_records_are_not_promised_where_none_can_be_left(elsewhere):
    """Before anything is trained: a web server takes none."""
    with pytest.raises(UserError, match=r"--out: nothing can be left behind http://example.org/runs; give a folder"):
        work(str(elsewhere), "http://example.org/runs")


def test_shares_are_all_runs_once_and_what_needs_each_other_stays_together():
    plain = [wanted(seed) for seed in range(5)]
    taught = [wanted(10 + number, plain[number].spec.key) for number in (0, 3)]
    both = wanted(20, plain[0].spec.key, plain[1].spec.key)
    runs = {run.spec.key: run for run in [*plain, *taught, both]}
    for of in (1, 2, 3, 9):
        shares = [share_of(runs, number, of) for number in range(1, of + 1)]
        assert sorted(key for share in shares for key in share) == sorted(runs)
        for share in shares:
            assert all(need.run in share for run in share.values() for need in run.spec.needs.values())
            assert list(share) == [key for key in runs if key in share]
    assert len(share_of(runs, 1, 2)) + len(share_of(runs, 2, 2)) == 8
    assert share_of(runs, 2, 2)


MACHINES = Path(__file__).resolve().parents[2] / "docs" / "machines.md"


def test_commands_of_the_paper_work(finished, tmp_path, workers_here):
    """In their order, with folders in place of what is elsewhere."""
    blocks = re.findall(r"^```\n(.*?)^```$", MACHINES.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    commands = [line.split() for block in blocks for line in block.splitlines()]
    commands = [command for command in commands if "--launcher" not in command]
    assert len(commands) == 8
    shutil.copy(finished.root / "study.yaml", tmp_path)
    for number, (_, *arguments) in enumerate(commands):
        at = finished.root if arguments[0] == "pack" else tmp_path
        told = [re.sub(r"^(s3:/)?/(mnt/shared|bucket)", str(tmp_path), word) for word in arguments]
        cache = finished.cache if arguments[0] == "pack" else tmp_path / f"cache-{number}"
        ended = called(*told, folder=at, environment={"COHEAR_CACHE": str(cache)})
        assert ended.returncode == 0, (arguments, ended.stderr)
    assert same_runs(finished.root / "out" / "runs", tmp_path / "out" / "first" / "runs") == 6
