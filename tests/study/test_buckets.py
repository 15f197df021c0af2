"""A pack in a bucket of an S3 server that is killed, comes back, and refuses one request in twenty."""

import os
import shutil
from unittest import mock

import in_process
import pytest
import registries
import tiny
from buckets import CREDENTIALS, buckets
from command import called
from safetensors.numpy import load_file

from cohear.base.url_folder import UrlFolder
from cohear.study.launch.launcher import LAUNCHERS

URL = "s3://packs/first"


@pytest.fixture(scope="module")
def server():
    with buckets() as server, mock.patch.dict(os.environ, server.environment):
        import s3fs

        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("packs")
        yield server


@pytest.fixture
def workers_here():
    with registries.entered(LAUNCHERS, {"local": in_process.InProcess}):
        yield


def test_a_server_begins_empty_whatever_the_last_one_held(server):
    with buckets() as other, mock.patch.dict(os.environ, other.environment):
        import s3fs

        assert s3fs.S3FileSystem(skip_instance_cache=True).ls("") == []
        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("packs")


def test_what_is_not_there_is_nothing_and_what_is_there_is_listed(server):
    folder = UrlFolder("s3://packs/other")
    assert folder.read("a/b") is None
    assert folder.sizes("a") == {}
    folder.write("a/b", b"words")
    assert folder.sizes("a") == {"a/b": 5}
    assert folder.read("a/b") == b"words"


def test_a_bucket_that_is_not_there_is_a_mistake(server, finished):
    ended = finished.cohear("pack", "study.yaml", "-o", "s3://none/first")
    assert ended.returncode == 2
    assert "there is no such bucket or folder; make it" in ended.stderr


@pytest.mark.slow
def test_a_pack_in_a_bucket_equals_a_local_run(server, finished, tmp_path, workers_here):
    server.refuse_every = 20
    for number, away in enumerate([5, 0]):
        server.down_at = server.requests + away if away else 0
        ended = finished.cohear("pack", "study.yaml", "-o", URL)
        assert ended.returncode == 0, ended.stderr
        assert ("0.0 MB sent" in ended.stdout) == (number == 1)
    assert server.stops == 1
    shutil.copy(finished.root / "study.yaml", tmp_path)
    for number in (1, 2):
        server.down_at = server.requests + 8
        cache = {"COHEAR_CACHE": str(tmp_path / f"cache-{number}")}
        ended = called("worker", URL, "--shard", f"{number}/3", "--out", URL, folder=tmp_path, environment=cache)
        assert (ended.returncode, ended.stdout) == (0, f"2 of 2 runs trained, 0 were there: {URL}\n"), ended.stderr
    cache = {"COHEAR_CACHE": str(tmp_path / "cache")}
    ended = called("run", "study.yaml", "--from", URL, "--out", "out", folder=tmp_path, environment=cache)
    assert ended.returncode == 0, ended.stderr
    assert server.stops == 3
    assert server.refused >= 3
    local, out = finished.root / "out", tmp_path / "out"
    assert tiny.results(out) == tiny.results(local)
    for run in (local / "runs").iterdir():
        own = load_file(out / "runs" / run.name / "weights.safetensors")
        assert {name: value.tobytes() for name, value in own.items()} == {
            name: value.tobytes() for name, value in load_file(run / "weights.safetensors").items()
        }


@pytest.mark.slow
def test_the_command_reaches_a_bucket_from_a_process_of_its_own(server, finished, tmp_path):
    server.refuse_every = server.down_at = 0
    finished.cohear("pack", "study.yaml", "-o", "s3://packs/apart")
    bench = tiny.Bench(tmp_path)
    with mock.patch.dict(os.environ, {**server.environment, **CREDENTIALS}):
        ended = bench.cohear_apart("worker", "s3://packs/apart", "--shard", "1/3", "--out", "s3://packs/apart")
    assert ended.returncode == 0, ended.stderr
    assert len([name for name in UrlFolder("s3://packs/apart").sizes("runs") if name.endswith("record.json")]) == 2
