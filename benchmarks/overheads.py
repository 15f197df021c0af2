"""What a run takes beyond its training, on each launcher, and what a plan of 10,000 runs takes that train nothing.

Usage: ``python benchmarks/overheads.py [DATA_FOLDER] [--runs 40] [--many 10000] [--only local,ray,many] [--out FILE]``;
no data is read.

A run's overhead is what the clock says from one that ends to the next that ends, one at a time, less what its record
says that it took itself. The first run, which starts everything, is left out. `many` plans runs, has a launcher that
trains nothing leave a record of each, and makes the tables of them.
"""

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))

import tiny

from cohear.analysis.tables.text import markdown_table
from cohear.base.files import write_text
from cohear.base.processor import processor_name
from cohear.base.yaml_text import YamlText
from cohear.runs.in_place import PackInPlace
from cohear.runs.job import read_spec
from cohear.runs.record import read_record
from cohear.runs.run_folder import RunFolders
from cohear.study.file import check_study
from cohear.study.folder.folder import StudyFolder, with_paths_from
from cohear.study.folder.tables import write_tables
from cohear.study.launch.driver import ensure
from cohear.study.launch.launcher import LAUNCHERS, Pool, RunEvent
from cohear.study.launch.needs import Wanted
from cohear.study.launch.progress import NoProgress
from cohear.study.prepare import prepare
from cohear.study.run import run_study, write_inputs

MOST = {"local": 0.3, "ray": 0.5}
"""Seconds a run."""
MOST_OF_MANY = (120.0, 1.0)
"""Seconds, and GB."""


class Clocked(NoProgress):
    """Keeps when each run ended."""

    def __init__(self) -> None:
        self.ended: list[tuple[str, float]] = []

    def run_event(self, event: RunEvent) -> None:
        if event.kind == "finished":
            self.ended.append((event.run, time.perf_counter()))


def tiny_study(root: Path, **changes):
    """Settings of a study of tiny networks, its audio beside it."""
    tiny.write_datasets(root / "data")
    settings = {"combinations": ["singles", "pairs"], "repeats": {"folds": 2, "seeds": 1}, **changes}
    return with_paths_from(check_study(YamlText(tiny.settings(**settings))), root)


def overhead(root: Path, name: str, runs: int) -> list[float]:
    """Seconds that each run took beyond itself."""
    settings, out = tiny_study(root), root / "out"
    run_study(settings, root, out, jobs=1)
    records = [read_record(path) for path in sorted((out / "runs").iterdir())]
    first = read_spec(records[0].specification)
    specs = [first.model_copy(update={"seed": seed}) for seed in range(runs + 1)]
    into = root / name
    into.mkdir()
    cache = Path(os.environ["COHEAR_CACHE"])
    pack = PackInPlace.of(specs, splits=out / "splits", cache=cache, code=root, runs=[into])
    told = Clocked()
    with closing(LAUNCHERS[name](pack, into, 1)) as pool:
        ended = ensure([Wanted(spec) for spec in specs], pool, RunFolders(into), progress=told)
    assert len(ended.trained) == runs + 1, ended.failed
    times = dict(told.ended)
    order = [key for key, _ in told.ended]
    return [times[after] - times[before] - read_record(into / after).wall_seconds for before, after in pairwise(order)]


class Trains(Pool):
    """Leaves a record of each run, and trains nothing."""

    def __init__(self, record, runs: Path) -> None:
        self._record, self._runs, self._going = record, runs, []

    def room(self) -> int:
        return 8 - len(self._going)

    def start(self, spec, files) -> None:
        self._going.append(spec)

    def events(self):
        while self._going:
            spec = self._going.pop(0)
            yield RunEvent("started", spec.key)
            tasks = {task.name: self._record.tasks[sorted(self._record.tasks)[0]] for task in spec.tasks}
            folder = self._runs / spec.key
            folder.mkdir()
            replace(self._record, run=spec.key, specification=spec.model_dump(mode="json"), tasks=tasks).write(folder)
            yield RunEvent("finished", spec.key)

    def close(self) -> None:
        self._going.clear()


def many(root: Path, runs: int) -> tuple[int, float, float, float]:
    """Runs, and seconds of the processor to plan, to have carried out by nobody, and to collect.

    The clock says as much on a machine that does nothing else.
    """
    settings, out = tiny_study(root, keep=[]), root / "small"
    run_study(settings, root, out, jobs=1)
    record = next(record for path in sorted((out / "runs").iterdir()) if (record := read_record(path)))
    seeds = -(-runs // 6)
    settings = settings.model_copy(update={"repeats": settings.repeats.model_copy(update={"seeds": seeds})})
    began = time.process_time()
    folder = StudyFolder(root / "many")
    folder.claim(settings)
    cache = Path(os.environ["COHEAR_CACHE"])
    prepared = prepare(settings, root, cache=cache, jobs=1, progress=NoProgress(), precision="float32", trains=True)
    write_inputs(folder, prepared, "cpu")
    planned = time.process_time()
    wanted = [Wanted(run.spec) for run in prepared.plan]
    ended = ensure(wanted, Trains(record, folder.runs), folder.run_folders)
    assert len(ended.trained) == len(wanted), ended.failed
    carried_out = time.process_time()
    write_tables(folder)
    return len(wanted), planned - began, carried_out - planned, time.process_time() - carried_out


def row(what: str, took: str, may_take: str) -> dict[str, str]:
    return {"what": what, "took": took, "may take": may_take}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="?")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--only", default="local,ray,many")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    rows, missed = [], False
    for name in asked.only.split(","):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["COHEAR_CACHE"] = str(Path(folder) / "cache")
            if name == "many":
                runs, *parts = many(Path(folder), asked.many)
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
                told = f"{' + '.join(f'{part:.1f}' for part in parts)} s of the processor, {memory:.2f} GB"
                rows.append(
                    row(f"{runs:,} runs that train nothing: planned, carried out, collected", told, "120 s, 1 GB")
                )
                missed |= sum(parts) > MOST_OF_MANY[0] or memory > MOST_OF_MANY[1]
                continue
            found = overhead(Path(folder), name, asked.runs)
            median = statistics.median(found)
            rows.append(
                row(f"`{name}`, a run beyond itself", f"{median:.3f} s (most {max(found):.3f})", f"{MOST[name]} s")
            )
            missed |= median > MOST[name]
    table = markdown_table(rows)
    print(table)
    if asked.out:
        command = f"python benchmarks/overheads.py --runs {asked.runs} --many {asked.many}"
        write_text(asked.out, f"# Overheads\n\n`{command}`, on {processor_name()}.\n\n{table}\n")
    sys.exit(int(missed))


if __name__ == "__main__":
    main()
