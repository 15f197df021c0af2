"""The launcher ``ssh`` and real servers on loopback: what goes there, what comes back, and hosts that are lost."""

import io
import os
import re
import signal
import subprocess
import threading
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar
from unittest import mock

import pytest
import soundfile
import ssh_hosts
import tiny
from command import called
from same_runs import same_runs

from cohear.base.errors import CohearError, UserError
from cohear.base.files import digest_of_bytes
from cohear.base.named import as_named, make
from cohear.runs.in_place import PackInPlace
from cohear.runs.record import read_record
from cohear.study.launch.launcher import LAUNCHERS
from cohear.study.launch.ssh import there
from cohear.study.launch.ssh.connection import Connection
from cohear.study.launch.ssh.frames import read_frame, write_frame
from cohear.study.launch.ssh.host import Told
from cohear.study.launch.ssh.installed import OLDEST_PYTHON, code_here, first_text, packages_needed
from cohear.testing.launcher import LauncherContract
from cohear.training.spec import RunSpec

needs_servers = pytest.mark.skipif(bool(ssh_hosts.MISSING), reason=ssh_hosts.MISSING)
PATIENCE = 900.0
"""Seconds for tests whose hosts load torch, each by itself, beside whatever else the machine does."""


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """Two hosts that have the Python of the tests; what was sent there stays."""
    with ssh_hosts.machines(tmp_path_factory.mktemp("network")) as there:
        for name in ("one", "two"):
            there.add(name)
        with mock.patch.dict(os.environ, there.environment):
            yield there


@pytest.fixture
def hosts(network):
    """All of them are up."""
    for machine in network.hosts.values():
        if not machine.is_up:
            machine.start()
    return network


def run(finished, out, *hosts, more=()):
    """The study of `finished`, elsewhere."""
    named = [word for host in hosts for word in ("--host", host)]
    arguments = ("run", "study.yaml", "--out", out, "--launcher", "ssh", "--jobs", "1", *named, *more)
    return called(*arguments, folder=finished.root, environment={"COHEAR_CACHE": str(finished.cache)})


@contextmanager
def meanwhile(does, when):
    """Do something in another thread once it is time."""
    over = threading.Event()

    def watch():
        while not over.is_set():
            if when():
                does()
                return
            time.sleep(0.01)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def until(is_so, seconds=30):
    """Wait for something."""
    end = time.monotonic() + seconds
    while not is_so() and time.monotonic() < end:
        time.sleep(0.05)
    return is_so()


def sounds(data):
    """Bytes of the middle of each recording, as files hold them and as programs do."""
    for path in sorted(data.rglob("*.wav")):
        content = path.read_bytes()
        yield content[len(content) // 2 :][:32]
        samples, _ = soundfile.read(path, dtype="float32")
        yield samples[len(samples) // 2 :][:8].tobytes()


@needs_servers
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
def test_a_host_that_is_cut_off_costs_no_run_and_no_sound_crosses(hosts, finished, tmp_path):
    out, crossed = tmp_path / "out", hosts.root / "crossed"
    begun = b'"event": "started"'
    back = crossed / "two.back"
    with meanwhile(hosts.hosts["two"].cut_off, lambda: back.exists() and begun in back.read_bytes()):
        ended = run(finished, out, "one", "two")
    assert ended.returncode == 0, ended.stderr
    assert "is tried again: host two was lost: " in ended.stderr
    assert same_runs(finished.root / "out" / "runs", out / "runs") == 6
    assert tiny.results(out) == tiny.results(finished.root / "out")
    records = [read_record(path) for path in (out / "runs").iterdir()]
    assert {record.launcher for record in records} == {"ssh"}
    assert {record.host for record in records} in ({"one"}, {"one", "two"})
    assert hosts.hosts["two"].workers() == []
    assert until(lambda: hosts.hosts["one"].workers() == [])
    files = [path for name in hosts.hosts for path in (hosts.root / name).rglob("*") if path.is_file()]
    everywhere = hosts.crossed() + b"".join(path.read_bytes() for path in files)
    pieces = list(sounds(finished.root / "data"))
    assert len(pieces) > 100
    assert pieces[0] in (finished.root / "data" / "birds" / "audio" / "000.wav").read_bytes()
    assert [piece for piece in pieces if piece in everywhere] == []
    assert not list(hosts.root.glob("one/**/runs/made/*"))
    assert not list((finished.cache / "packs").glob(".sent*"))


@needs_servers
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
def test_a_host_that_comes_back_goes_on_and_has_what_was_sent(hosts, finished, tmp_path):
    """From a pack that lies elsewhere, too."""
    assert finished.cohear("pack", "study.yaml", "-o", tmp_path / "pack").returncode == 0
    back = hosts.root / "crossed" / "one.back"
    before = back.stat().st_size if back.exists() else 0
    one = hosts.hosts["one"]

    def away():
        one.cut_off()
        time.sleep(0.3)
        one.start()

    with meanwhile(away, lambda: back.exists() and b'"event": "finished"' in back.read_bytes()[before:]):
        ended = run(finished, tmp_path / "out", "one", more=["--from", tmp_path / "pack"])
    assert ended.returncode == 0, ended.stderr
    assert same_runs(finished.root / "out" / "runs", tmp_path / "out" / "runs") == 6
    assert ended.stderr.count("of the pack are sent there") <= 1


@needs_servers
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_driver_that_is_ended_leaves_no_worker_and_repeats_nothing(hosts, finished, tmp_path, how):
    bench, out = tiny.Bench(finished.root), tmp_path / "out"
    process = bench.start("run", "study.yaml", "--out", out, "--launcher", "ssh", "--host", "one", "--jobs", "1")
    assert until(lambda: tiny.records(out), PATIENCE / 3)
    os.killpg(process.pid, how)
    process.communicate()
    assert until(lambda: hosts.hosts["one"].workers() == [])
    done = tiny.times(out)
    assert 0 < len(done) < 6
    ended = run(finished, out, "one")
    assert ended.returncode == 0, ended.stderr
    assert same_runs(finished.root / "out" / "runs", out / "runs") == 6
    assert done.items() <= tiny.times(out).items()


def refused(finished, tmp_path, *hosts):
    """The sentence that a run ends with that no host takes."""
    ended = run(finished, tmp_path / "out", *hosts)
    assert ended.returncode == 2
    [line] = [line for line in ended.stderr.splitlines() if line.startswith("error: ")]
    return line.removeprefix("error: ")


@needs_servers
def test_what_is_wrong_with_a_host_is_one_sentence(hosts, finished, tmp_path):
    one = hosts.hosts["one"]
    hosts.know("refused", one.port, key="other_key")
    hosts.know("strange", one.port, known=False)
    bare = hosts.add("bare", PATH="/nowhere")
    full = hosts.add("full", XDG_CACHE_HOME="/proc/full")
    hosts.know("asleep", 1)
    for name, told in {
        "nobody.invalid": "give it by a name that `ssh` knows, from DNS or ~/.ssh/config",
        "strange": "call `ssh` to it once by hand",
        "refused": "no password is asked here",
        "asleep": "see that its ssh server runs, and at this port",
        "bare": "install Python, or name it with --python",
        "full": "nothing can be kept in /proc/full/cohear: No such file or directory",
    }.items():
        sentence = refused(finished, tmp_path, name)
        assert sentence.startswith(f"host {name}: "), sentence
        assert told in sentence, sentence
    several = refused(finished, tmp_path, "refused", "asleep")
    assert "host refused: " in several
    assert "host asleep: " in several
    for machine in (bare, full):
        assert machine.workers() == []
    assert not tiny.records(tmp_path / "out")


@needs_servers
def test_a_disk_that_is_full_there_is_told(hosts, finished, tmp_path):
    """A limit on the size of files stands for the end of a disk."""
    small = tmp_path / "python-small"
    small.write_text('#!/bin/sh\nulimit -f 8\nexec python3 "$@"\n', encoding="utf-8")
    small.chmod(0o755)
    with pytest.raises(CohearError, match=r"nothing can be kept in \S+: File too large"):
        way = Connection(hosts.add("tight").name, str(small), first_text())
        try:
            way.send({"oldest": OLDEST_PYTHON, "code": "none", "packages": {}})
            assert way.receive()[0] == {"code": False}
            way.send({}, code_here()[1])
            raise CohearError(way.receive()[0]["refused"])
        finally:
            way.forget()


def prepared(host, packages, oldest=OLDEST_PYTHON):
    """What a host says when it is asked for packages."""
    way = Connection(host, "python3", first_text())
    said = []
    try:
        way.send({"oldest": oldest, "code": code_here()[0], "packages": packages})
        while not {"python", "refused"} & (told := way.receive()[0]).keys():
            said.append(told)
            if told.get("code") is False:
                way.send({}, code_here()[1])
    finally:
        way.forget()
    return [*said, told]


def wheel(folder, name, version):
    """A package of one module."""
    about, folder = f"{name}-{version}.dist-info", Path(folder)
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as files:
        files.writestr(f"{name}.py", f"version = {version!r}\n")
        files.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        files.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        files.writestr(f"{about}/RECORD", "")


@needs_servers
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
def test_what_a_host_lacks_is_installed_on_top_of_what_it_has(hosts, tmp_path):
    wheel(tmp_path / "index", "cohear_made_up", "1.5")
    there = hosts.add("made", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path / "index"))
    packages = {"torch": "", "cohear_made_up": "==1.5"}
    first, again = prepared("made", packages), prepared("made", packages)
    assert [told.get("lacking") for told in first] == [None, ["cohear_made_up==1.5"], None]
    assert [*first[-1]] == ["python"]
    assert [*again[-1]] == ["python"]
    assert "makes" not in str(again)
    place = Path(first[1]["makes"])
    assert place.is_relative_to(there.home / "cache" / "cohear" / "ssh" / "environments")
    python = place / "bin" / "python"
    command = "import cohear_made_up, filelock; print(cohear_made_up.version)"
    ended = subprocess.run([python, "-c", command], check=True, capture_output=True, text=True)
    assert ended.stdout == "1.5\n"


@needs_servers
def test_a_host_without_an_index_says_what_is_missing(hosts, tmp_path):
    hosts.add("alone", PIP_NO_INDEX="1")
    told = prepared("alone", {"torch": ">=2.4", "filelock": "==0.1", "pandas": ">=99.1", "cohear_made_up": ""})[-1][
        "refused"
    ]
    assert re.search(
        r"lacks filelock==0\.1, pandas>=99\.1, cohear_made_up, and an environment with that cannot be made in ", told
    )
    assert "No matching distribution found" in told
    assert "\n" not in told
    assert not list(hosts.root.glob("alone/cache/cohear/ssh/environments/*"))
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n", encoding="utf-8")
    hosts.add("debian", PYTHONPATH=str(tmp_path))
    assert "(its venv is not whole, on Debian: apt install" in prepared("debian", {"cohear_made_up": ""})[-1]["refused"]
    old = prepared("alone", {}, oldest=[9, 0])[-1]["refused"]
    assert "and cohear needs 9.0: name another one with --python" in old


def test_ssh_needs_hosts(tmp_path, finished):
    ended = finished.cohear("run", "study.yaml", "--launcher", "ssh", "--out", tmp_path / "out")
    assert ended.returncode == 2
    assert ended.stderr == "error: --launcher ssh needs machines: --host user@vm, any number of times\n"
    ended = finished.cohear("run", "study.yaml", "--host", "vm", "--out", tmp_path / "out")
    assert ended.stderr == "error: launcher 'local' has no setting 'hosts'\n"
    for hosts, told in {(): "needs machines to go to", ("-oProxyCommand=x",): "'-oProxyCommand=x' is no host"}.items():
        pack = PackInPlace.of([], splits=tmp_path, cache=tmp_path, code=tmp_path, runs=[])
        with pytest.raises(UserError, match=f"launcher 'ssh': {told}"):
            make(LAUNCHERS, as_named({"name": "ssh", "hosts": list(hosts)}), pack, tmp_path)


class Silent:
    """A host that says nothing by itself."""

    name, is_ready, is_gone, room = "one", True, False, 1

    def __init__(self):
        self.going = {"key": (None, frozenset(["curve.csv"]))}

    def close(self):
        self.going.clear()


def heard(tmp_path, message, content=b""):
    """What a pool makes of a host's words."""
    pack = PackInPlace.of([], splits=tmp_path, cache=tmp_path, code=tmp_path, runs=[])
    pool, host, said = (
        make(LAUNCHERS, as_named({"name": "ssh", "hosts": ["one"]}), pack, tmp_path / "runs"),
        Silent(),
        [],
    )
    pool._hosts, pool.say = [host], said.append
    pool._told.put(Told(host, "message", {"run": "other", "event": "finished", "files": []}))  # nobody's
    pool._told.put(Told(host, "message", {"run": "key", **message}, content))
    [event] = pool.events()
    assert event.run == "key"
    return event, host, said


CONTENTS = {"record.json": b"record", "curve.csv": b"curve"}


def finished_with(**contents):
    return {
        "event": "finished",
        "files": [[name, len(content), digest_of_bytes(content)] for name, content in contents.items()],
    }


@pytest.mark.parametrize(
    ("contents", "sent", "kind"),
    [
        (CONTENTS, b"recordcurve", "finished"),
        (CONTENTS, b"recordcurvE", "killed"),
        (CONTENTS, b"recordcurv", "killed"),
        ({"record.json": b"record"}, b"record", "killed"),
        ({**CONTENTS, "../more": b""}, b"recordcurve", "killed"),
    ],
)
def test_what_comes_back_is_checked(tmp_path, contents, sent, kind):
    event, _, _ = heard(tmp_path, finished_with(**contents), sent)
    assert event.kind == kind
    found = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert found == ({f"runs/key/{name}": content for name, content in CONTENTS.items()} if kind == "finished" else {})


@pytest.mark.parametrize("concerns", ["FolderError", "DataError", ""])
def test_a_full_disk_is_that_host_s_alone(tmp_path, concerns):
    failure = {"error": "cannot write there: no space is left on the disk", "detail": "", "concerns_all": concerns}
    event, host, _ = heard(tmp_path, {"event": "failed", "failure": failure})
    assert event.error == failure["error"]
    assert (event.kind, host.is_gone) == (("killed", True) if concerns == "FolderError" else ("failed", False))


def test_without_ssh_that_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="there is no `ssh` on this machine"):
        Connection("one", "python3", b"")


def test_messages_come_as_they_were_sent(tmp_path):
    file = tmp_path / "pipe"
    with file.open("wb", 0) as stream:
        sent = [write_frame(stream, {"a": "ü"}, b"\x00\n"), write_frame(stream, {})]
    assert file.stat().st_size == sum(sent)
    with file.open("rb", 0) as stream:
        assert [read_frame(stream), read_frame(stream), read_frame(stream)] == [
            ({"a": "ü"}, b"\x00\n"),
            ({}, b""),
            None,
        ]
    file.write_bytes(file.read_bytes()[:-1])
    with file.open("rb", 0) as stream:
        assert [read_frame(stream), read_frame(stream)] == [({"a": "ü"}, b"\x00\n"), None]


def test_a_driver_that_is_silent_is_taken_for_gone(monkeypatch):
    monkeypatch.setattr(there, "SILENCE_SECONDS", 0.05)
    reads, writes = os.pipe()
    with there.Ear(reads, "rb") as ear, os.fdopen(writes, "wb", 0) as mouth:
        write_frame(mouth, {"alive": True})
        mouth.write(b"\0")
        assert [read_frame(ear), read_frame(ear)] == [({"alive": True}, b""), None]


def test_packages_have_the_versions_that_keys_name_and_no_others():
    needed = packages_needed({"torch": ["2"], "training": ["7"]}, {"parts-of-mine": "3.1"})
    assert re.fullmatch(r"==\d+\.\d+\.\d+", needed["torch"])
    assert needed["parts-of-mine"] == "==3.1"
    assert re.fullmatch(r">=\d+\.\d+", needed["numpy"])
    assert "pytest" not in needed
    assert "onnx" not in needed


def test_the_same_code_is_the_same_bytes_and_no_cache():
    digest, content = code_here()
    assert (digest, content) == code_here()
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        names = files.namelist()
    assert "cohear/study/launch/ssh/there.py" in names
    assert [name for name in names if "__pycache__" in name] == []
    compile(first_text(), "first", "exec")
    assert b"from cohear" not in first_text()


MACHINES = Path(__file__).resolve().parents[2] / "docs" / "machines.md"


@needs_servers
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
def test_commands_of_the_paper_work(hosts, finished, tmp_path):
    """With hosts that are there in place of its own."""
    text = MACHINES.read_text(encoding="utf-8")
    commands = re.findall(r"^cohear (run .*--launcher ssh.*)$", text, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        named = command.replace("user@vm", "one").replace("user@other", "two").replace("out/", f"{tmp_path}/")
        ended = called(*named.split(), folder=finished.root, environment={"COHEAR_CACHE": str(finished.cache)})
        assert ended.returncode == 0, ended.stderr
    assert same_runs(finished.root / "out" / "runs", tmp_path / "first" / "runs") == 6


@needs_servers
@pytest.mark.slow
@pytest.mark.timeout(PATIENCE)
class TestSsh(LauncherContract):
    name = "ssh"
    settings: ClassVar = {"hosts": ["one"]}

    @pytest.fixture(autouse=True)
    def study(self, hosts, finished, tmp_path, monkeypatch):
        monkeypatch.setenv("COHEAR_CACHE", str(finished.cache))
        records = [read_record(path) for path in sorted((finished.root / "out" / "runs").iterdir())]
        specs = [RunSpec.model_validate(record.specification) for record in records]
        self.specs = [spec for spec in specs if spec.encoder["name"] == "dnn"]
        self.runs = tmp_path / "runs"
        self.pack = PackInPlace.of(
            self.specs, splits=finished.root / "out" / "splits", cache=finished.cache, code=tmp_path, runs=[self.runs]
        )

    def given(self):
        return self.specs, self.pack, self.runs
