"""A bundle on a machine that has never heard of torch: what is installed there, and what works."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib import metadata
from pathlib import Path

import pytest
import soundfile
from tiny_bundle import tone

ROOT = Path(__file__).parents[2]
RUNTIME = {"numpy", "onnxruntime", "soundfile", "soxr"}
COMMANDS = {"typer", "rich"}

ONLY = """
import sys

class Only:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ALLOWED | sys.stdlib_module_names and not name.startswith("_sysconfigdata"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

ALLOWED = set(sys.argv.pop(1).split(","))
sys.meta_path.insert(0, Only())
"""

PYTHON = """
from pathlib import Path
import numpy
from cohear import Bundle
from cohear.runtime.detector import EventSettings, events_of
from cohear.runtime.files import classify_file
from cohear.runtime.sources import play_file
from cohear.runtime.stream import Stream

bundle = Bundle.load(sys.argv[1])
path = Path(sys.argv[2])
rate, blocks = play_file(path, float("inf"))
stream = Stream(bundle, rate)
windows = [window for block in blocks for window in stream.push(block)] + stream.end()
for events in (events_of(windows, bundle.tasks), classify_file(bundle, path, events=EventSettings()).events):
    print(*((event.task, event.label, round(event.offset, 3)) for event in events))
print(bundle.classify(numpy.sin(numpy.arange(4410.0)), 44100)["pitch"].label != "")
"""


def modules_of(packages):
    """What can be imported where these packages, and those that they require, are all there is."""
    found, left = set(), list(packages)
    while left:
        name = re.sub(r"[-_.]+", "-", left.pop()).lower()
        if name not in found:
            try:
                required = metadata.requires(name) or []
            except metadata.PackageNotFoundError:  # of another Python or system
                continue
            found.add(name)
            left += [re.match(r"[\w.-]+", each)[0] for each in required if "extra ==" not in each]
    of_module = metadata.packages_distributions()
    return {module for module, names in of_module.items() if found & {re.sub(r"[-_.]+", "-", n).lower() for n in names}}


@pytest.fixture(scope="module")
def wav(tmp_path_factory):
    path = tmp_path_factory.mktemp("bare") / "mid.wav"
    soundfile.write(path, tone("mid", rate=44100), 44100)
    return path


def run_with(packages, code, *arguments):
    allowed = ",".join({"cohear", *modules_of(packages)})
    return subprocess.run(
        [sys.executable, "-c", ONLY + code, allowed, *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_python_with_four_packages(tiny_folder, wav):
    """Samples, files, streams and events; nothing but onnxruntime, numpy, soundfile and soxr can be imported."""
    assert not {"torch", "scipy", "pandas", "onnx", "typer"} & modules_of(RUNTIME)
    ended = run_with(RUNTIME, PYTHON, tiny_folder, wav)
    assert ended.stdout.splitlines() == ["('parts', 'mid', 1.0) ('pitch', 'mid', 1.0)"] * 2 + ["True"], ended.stderr


def test_nothing_is_reported_and_nothing_kept(tiny_folder, tmp_path):
    """onnxruntime would write a number of the machine into the user's cache, and report what it runs."""
    code = "import sys\nfrom cohear import Bundle\nBundle.load(sys.argv[1]).classify([0.0] * 100, 16000)"
    quiet = {"ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "CI", "XDG_CACHE_HOME"}
    home = {name: value for name, value in os.environ.items() if name not in quiet} | {"HOME": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", code, tiny_folder], env=home, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("arguments", "told"), [(["classify"], "mid 1.00"), (["listen", "--file"], "pitch: mid")])
def test_commands_with_two_more(tiny_folder, wav, arguments, told):
    verb, *options = arguments
    code = "sys.argv[0] = 'cohear'\nfrom cohear.cli import main\nmain()\n"
    ended = run_with(RUNTIME | COMMANDS, code, verb, tiny_folder, *options, wav)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert told in ended.stdout


def test_what_needs_more_says_so(tmp_path):
    code = "sys.argv[0] = 'cohear'\nfrom cohear.cli import main\nmain()\n"
    ended = run_with(RUNTIME | COMMANDS, code, "check", tmp_path / "study.yaml")
    assert ended.returncode == 2
    assert re.search(r"needs \w+, .*pip install cohear", ended.stderr)
    assert "Traceback" not in ended.stderr


def documented():
    """The ``pip install`` lines of docs/runtime.md for a machine without torch: ours without its requirements, and
    theirs."""
    page = (ROOT / "docs" / "runtime.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```sh\n(pip install --no-deps .*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [line.partition("#")[0].split()[2:] for line in block.splitlines()]


def test_what_the_docs_install_is_what_is_tested():
    ours, theirs, serving, _, formats = documented()
    assert ours == ["--no-deps", "cohear"]
    assert set(theirs) == RUNTIME | COMMANDS
    assert formats == ["av"]
    assert not modules_of([*theirs, *serving, *formats]) & {"torch", "scipy", "pandas", "sklearn", "onnx"}


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The folder of commands of an environment with what the docs install, and nothing else."""
    place = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", place], check=True)
    _, theirs, serving, *_ = documented()
    for packages in (["--no-deps", str(ROOT)], [*theirs, *serving]):
        pip = [place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        ended = subprocess.run([*pip, *packages], capture_output=True, text=True, check=False)
        if ended.returncode:
            pytest.skip(f"pip cannot install here: {ended.stderr.strip().splitlines()[-1]}")
    return place / "bin"


@pytest.mark.slow
def test_an_environment_without_torch(bare, tiny_folder, wav):
    listed = subprocess.run([bare / "python", "-m", "pip", "list"], capture_output=True, text=True, check=True).stdout
    assert not re.search(r"^(torch|scipy|pandas|scikit-learn|onnx) ", listed, re.MULTILINE)
    arguments = {
        "classify": [wav, "--json"],
        "listen": ["--file", wav, "--speed", "0", "--json"],
    }
    for verb, options in arguments.items():
        ended = subprocess.run(
            [bare / "cohear", verb, tiny_folder, *options], capture_output=True, text=True, check=False
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        assert all(isinstance(json.loads(line), dict) for line in ended.stdout.splitlines())
        assert '"mid"' in ended.stdout


@pytest.mark.slow
def test_a_server_without_torch(bare, tiny_folder, wav):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([bare / "cohear", "serve", tiny_folder, "--port", str(port)]) as server:
        try:
            request = urllib.request.Request(f"http://127.0.0.1:{port}/classify", wav.read_bytes())
            for _ in range(600):
                try:
                    with urllib.request.urlopen(request, timeout=30) as answer:
                        assert b'"mid"' in answer.read()
                    break
                except (ConnectionError, urllib.error.URLError):
                    assert server.poll() is None
                    time.sleep(0.1)
            else:
                pytest.fail("the server did not answer")
        finally:
            server.terminate()
