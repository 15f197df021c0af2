"""The way of a run: from the command to its row in ``results.csv`` it passes few files, and CONTRIBUTING lists them."""

import inspect
import re
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest import mock

import in_process
import pytest
import tiny

from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.dnn import Dnn
from cohear.runs.in_place import PackInPlace
from cohear.runs.record import Record, TaskRecord
from cohear.tasks import Metric
from cohear.tasks.multiclass import Multiclass
from cohear.training.job import NetworkJob
from cohear.training.loop import RunResult
from cohear.training.objectives import Sum
from cohear.training.schedule import Mixed

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "cohear"
MOST_FILES = 30

STATIONS = {
    "its specification": (EncoderChoice, "key"),
    "its start": (NetworkJob, "run"),
    "its order": (Mixed, "order"),
    "its clips": (PackInPlace, "store"),
    "its batches": (TaskInput, "seen"),
    "its encoder": (Dnn, "stages"),
    "its loss": (Multiclass, "loss"),
    "its gradients": (Sum, "backward"),
    "its scores": (Metric, "score"),
    "its record": (RunResult, "parameters"),
    "its files": (Record, "write"),
    "its row": (TaskRecord, "score"),
}
"""What a run comes by, and what is asked for there."""

BETWEEN_PROCESSES = {"study/launch/local.py", "study/launch/worker.py"}
"""The launcher of this machine: in this test a run is carried out in the process of the command."""

MEASURED_LATER = {"probes/measure.py", "study/measure.py", "study/folder/journal_of_measurements.py"}
ASIDE = {"training/curve.py", "training/versions.py", "api/gains.py", "api/report.py", "api/tables.py", *MEASURED_LATER}
"""What scores for another file (``curve.csv``), refuses runs of other code, and reads results or measures later."""


@contextmanager
def stacks():
    """``{station: files}`` of the product that stand on the stack wherever a station is asked for."""
    found = {station: set() for station in STATIONS}
    with ExitStack() as patches:
        for owner in {owner for owner, _ in STATIONS.values()}:
            stations = {name: station for station, (its, name) in STATIONS.items() if its is owner}
            patches.enter_context(watched(owner, stations, found))
        yield found


def watched(owner, stations, found):
    """Note the stack whenever a class is asked for one of these names."""
    before, its_file = owner.__getattribute__, Path(inspect.getfile(owner))

    def asked(self, name):
        if name in stations:
            frame, files = sys._getframe(1), {its_file}
            while frame:
                files.add(Path(frame.f_code.co_filename))
                frame = frame.f_back
            of_product = {file.relative_to(SOURCE).as_posix() for file in files if file.is_relative_to(SOURCE)}
            found[stations[name]] |= of_product
        return before(self, name)

    return mock.patch.object(owner, "__getattribute__", asked)


@pytest.fixture(scope="module")
def passed(tmp_path_factory):
    """Files by station, of a study of two tasks."""
    root = tmp_path_factory.mktemp("path")
    tiny.write_datasets(root / "data")
    bench = tiny.Bench(root)
    with in_process.entered(), stacks() as found:
        ended = bench.cohear("run", bench.study(), "--out", "out", "--launcher", in_process.NAME)
    assert ended.returncode == 0, ended.stderr
    return found


def test_every_station_is_passed(passed):
    assert [station for station, files in passed.items() if not files] == []


def test_a_run_passes_few_files_and_they_are_listed(passed):
    files = (set().union(*passed.values()) | BETWEEN_PROCESSES) - ASIDE
    files = {file for file in files if not file.startswith("base/")}  # tools of every room
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    listed = re.search(r"(?s)the files that a run passes.*?```\n(.*?)```", text)
    assert set(re.findall(r"[\w/]+\.py", listed[1])) == files
    assert len(files) <= MOST_FILES
