"""An accelerator against the processor: the same run on both, runs a minute, memory, and how much of the peak is used.

Usage: ``make gpu-check``, or ``python benchmarks/gpu_check.py [--device cpu] [--tiny] [--out FOLDER]``; no data is
read, sounds are made. It takes ten minutes at most on a machine with an accelerator, and writes
``docs/results/gpu.md``. Where there is none it says so and measures nothing; ``--device cpu`` takes its steps all the
same.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"  # as workers have it

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch.utils.flop_counter import FlopCounterMode

from cohear.analysis.tables.text import markdown_table
from cohear.base.files import make_folder, write_text
from cohear.base.yaml_text import YamlText
from cohear.data.synthetic import CORPORA, write_corpus
from cohear.runs.in_place import PackInPlace
from cohear.runs.job import job_of
from cohear.runs.pack import Pack
from cohear.runs.place import PROCESSOR, RunPlace
from cohear.study.file import StudySettings, check_study
from cohear.study.folder.folder import StudyFolder, with_paths_from
from cohear.study.launch.launcher import RunEvent
from cohear.study.launch.local import runs_at_once, runs_together
from cohear.study.launch.progress import NoProgress
from cohear.study.run import run_study
from cohear.training.device import AUTO, Device
from cohear.training.loop import RunResult, train_one
from cohear.training.spec import RunSpec

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "results"
FRONT_ENDS = {"small": "logmel", "mlp": "summary"}
ROUNDING = {"float32": 1e-4, "bfloat16": 3e-2}
"""How far, of itself, the loss of the first step may be from that of the processor: it is of the same weights, windows
and dropped units, before anything is learnt."""
RUNS_A_SEED = 3
"""Of two tasks together, and of each alone: half of the work."""
AT_ONCE_HERE = 2
"""Networks trained as one where it pays for none: so the processor takes that step too."""
FASTER_AT_ONCE, FASTER_THAN_CORES = 10, 50
"""Times as many runs a minute that many at once should make: of one at a time, and of two cores of the processor."""


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Attributes:
        encoders: of the runs.
        steps, batch: of each run; those that are held against the processor step by step take fewer.
        seconds: that each rate is measured for.
        runs: fewest and most of a rate.
        matrix: rows of the matrices that the peak is measured with.
    """

    encoders: Sequence[str] = ("small", "mlp")
    steps: int = 300
    steps_held: int = 100
    batch: int = 32
    seconds: float = 40.0
    runs: tuple[int, int] = (4, 320)
    matrix: int = 8192


TINY = Size(encoders=("mlp",), steps=2, steps_held=2, batch=4, seconds=0.0, runs=(2, 2), matrix=64)


@dataclass
class Times(NoProgress):
    """When runs ended, and how much of an accelerator was taken meanwhile."""

    device: Device
    as_one: bool = False
    started: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    most_bytes: float = 0.0

    def run_event(self, event: RunEvent) -> None:
        if event.kind == "started":
            self.started.append(time.perf_counter())
        if event.kind == "finished":
            self.ended.append(time.perf_counter())
        if self.device.name == "cuda":
            free, everything = torch.cuda.mem_get_info()
            self.most_bytes = max(self.most_bytes, everything - free)

    @property
    def a_minute(self) -> float:
        """Runs a minute from the end of the first one on: what a study pays once is not in it.

        Where several end as one, from the start of the first.
        """
        runs, since = (len(self.ended), self.started[0]) if self.as_one else (len(self.ended) - 1, self.ended[0])
        return 60 * runs / max(self.ended[-1] - since, 1e-9)


@dataclass(frozen=True)
class Bench:
    """A study of sounds that are made here, of as many runs of two tasks as are asked for.

    Attributes:
        folder: that all of it lies in.
        size: of its runs.
    """

    folder: Path
    size: Size

    def settings(self, encoder: str, device: str, runs: int, **training: object) -> StudySettings:
        corpora = CORPORA[:2]
        content = {
            "study": f"check-{encoder}",
            "datasets": {corpus.name: {"path": str(self.folder / "data" / corpus.name)} for corpus in corpora},
            "tasks": {corpus.target: {"dataset": corpus.name, "target": corpus.target} for corpus in corpora},
            "features": [FRONT_ENDS[encoder]],
            "encoders": [encoder],
            "combinations": [[corpus.target for corpus in corpora]],
            "repeats": {"folds": 1, "seeds": runs},
            "window": 0.8,
            "training": {"steps": self.size.steps, "batch": self.size.batch, **training},
            "baselines": [],
            "keep": ["curves"],
            "device": device,
        }
        return with_paths_from(check_study(YamlText(content)), self.folder)

    def runs(self, encoder: str, device: str, runs: int, jobs: int, name: str, at_once: int = 1) -> Times:
        """Carry out so many runs in workers, as ``cohear run`` does, and in each so many as one."""
        times = Times(Device.of(device), as_one=at_once > 1)
        settings = self.settings(encoder, device, -(-runs // RUNS_A_SEED))
        out = self.folder / f"{encoder}-{name}"
        outcome = run_study(settings, self.folder, out, jobs=jobs, at_once=at_once, progress=times)
        if outcome.failed:
            raise SystemExit(f"a run failed: {next(iter(outcome.failed.values()))}")
        return times

    def one(self, encoder: str) -> tuple[RunSpec, PackInPlace]:
        """The run of both tasks that was carried out on the processor, and what it reads."""
        folder = StudyFolder(self.folder / f"{encoder}-processor")
        records = [record for path in sorted(folder.runs.iterdir()) if (record := folder.record(path.name))]
        record = max(records, key=lambda each: len(each.tasks))
        return RunSpec.model_validate(record.specification), PackInPlace(folder.splits, self.folder / "cache")


def train(spec: RunSpec, pack: Pack, device: str, **training: object) -> RunResult:
    """A run in this process, with other settings of its training."""
    Device.of(device).settle()
    changed = spec.training.model_copy(update=training)
    return train_one(spec.model_copy(update={"training": changed}), pack, RunPlace(device))


def apart(spec: RunSpec, pack: Pack, device: str, precision: str, steps: int) -> dict[str, object]:
    """How far a run on the device is from the same on the processor, and from itself."""
    first = [train(spec, pack, on, steps=1, precision=precision) for on in (PROCESSOR, device)]
    whole = [train(spec, pack, on, steps=steps, precision=precision) for on in (PROCESSOR, device, device)]
    begins, ends = (_losses_apart(*pair) for pair in (first, whole[:2]))
    scores = [[task.scores["test"]["last"][task.data.metric.name] for task in each.tasks.values()] for each in whole]
    there, again = (each.network.state_dict() for each in whole[1:])
    return {
        "precision": precision,
        "first step's loss, apart": f"{begins:.1e}",
        "may be": f"{ROUNDING[precision]:.0e}",
        "right": "yes" if begins <= ROUNDING[precision] else "**no**",
        "loss at the end, apart": f"{ends:.1e}",
        "test scores, points apart": f"{max(100 * abs(a - b) for a, b in zip(*scores[:2], strict=True)):.1f}",
        "the same bits again": "yes" if all(torch.equal(there[name], again[name]) for name in there) else "no",
    }


def _losses_apart(one: RunResult, other: RunResult) -> float:
    """Largest difference of the last losses of training, as a share of them."""
    pairs = [
        (float(str(a["loss"])), float(str(b["loss"])))
        for a, b in zip(one.curve, other.curve, strict=True)
        if a["part"] == "train"
    ]
    return max(abs(a - b) / abs(a) for a, b in pairs[-len(one.tasks) :])


def peak(device: Device, rows: int) -> float:
    """Operations a second of a product of two matrices, in the device's precision."""
    dtype = torch.bfloat16 if device.precision == "bfloat16" else torch.float32
    one = torch.randn(rows, rows).to(device.name, dtype)
    for _ in range(3):
        one @ one
    began, times = device.clock(), 20
    for _ in range(times):
        one @ one
    return 2 * rows**3 * times / max(device.clock() - began, 1e-9)


def operations(spec: RunSpec, pack: Pack, device: str) -> int:
    """Of a whole run: its steps, and the looks at it."""
    with FlopCounterMode(display=False) as counter:
        train(spec, pack, device)
    return int(counter.get_total_flops())


def enough(size: Size, seconds: float, at_once: int) -> int:
    """Runs that take about as long as a rate is measured for, where each takes so many seconds."""
    fewest, most = size.runs
    return max(fewest, min(most, round(size.seconds / seconds)) if seconds else fewest, min(2 * at_once, most))


def rates(bench: Bench, encoder: str, device: Device, best: float) -> Iterator[dict[str, object]]:
    """Rows of runs a minute: two at once on the processor; on the device one at a time, and many at once.

    Many are in many processes, and in each as many as one as there is room for, where they can be stacked.
    """
    place, (spec, pack) = RunPlace(device.name), bench.one(encoder)
    jobs, stacks = runs_at_once(place), job_of(spec).alike(spec) is not None
    at_once = max(runs_together(place), AT_ONCE_HERE) if stacks else 1
    many = jobs * at_once
    began = time.perf_counter()
    work = operations(spec, pack, device.name)
    seconds = time.perf_counter() - began
    cores = bench.runs(encoder, PROCESSOR, bench.size.runs[0] + 1, 2, "two-cores")
    alone = bench.runs(encoder, device.name, enough(bench.size, seconds, 1) + 1, 1, "alone")
    together = bench.runs(encoder, device.name, enough(bench.size, seconds / 3, many) + 1, jobs, "together", at_once)
    called = f"{many} at once" + (f", {at_once} as one" if stacks else "")
    found = [(f"{PROCESSOR}, 2 at once", cores), ("1 at a time", alone), (called, together)]
    for number, (how, times) in enumerate(found):
        yield {
            "encoder": encoder,
            "runs": how,
            "a minute": f"{times.a_minute:.1f}",
            "of 1 at a time": f"{times.a_minute / alone.a_minute:.1f} ×",
            "of two cores": f"{times.a_minute / cores.a_minute:.1f} ×",
            "share of the peak": f"{2 / RUNS_A_SEED * work * times.a_minute / 60 / best:.2%}" if number else "–",
            "memory": f"{times.most_bytes / 1e9:.1f} GB" if times.most_bytes else "–",
        }


def checked(device: Device, size: Size, folder: Path, say: Callable[[str], None]) -> str:
    """The page."""
    began, bench = time.perf_counter(), Bench(folder, size)
    for corpus in CORPORA[:2]:
        write_corpus(folder / "data", corpus)
    best = peak(device, size.matrix)
    precisions = dict.fromkeys(["float32", device.precision])
    right, rows = [], []
    for encoder in size.encoders:
        say(f"{encoder}: right against the processor")
        bench.runs(encoder, PROCESSOR, 1, 1, "processor")
        spec, pack = bench.one(encoder)
        right += [{"encoder": encoder, **apart(spec, pack, device.name, each, size.steps_held)} for each in precisions]
        say(f"{encoder}: runs a minute")
        rows += list(rates(bench, encoder, device, best))
    return page(device, size, best, right, rows, time.perf_counter() - began)


def page(
    device: Device,
    size: Size,
    best: float,
    right: Sequence[dict[str, object]],
    rows: Sequence[dict[str, object]],
    seconds: float,
) -> str:
    pipes = Path(os.environ.get("CUDA_MPS_PIPE_DIRECTORY", "/tmp/nvidia-mps"))
    shared = "side by side (MPS is on)" if (pipes / "control").exists() else "in turns (MPS is off)"
    return f"""# An accelerator against the processor

Made by `make gpu-check` in {seconds / 60:.1f} minutes: {device.called}, PyTorch {torch.__version__}, beside
{Device().called}. Runs of two tasks of made-up sounds, and of each alone: {size.steps} steps of {size.batch}
windows a task.

## Right

The same run on both. The loss of the first step is of the same weights, windows and dropped units, so it is apart by
rounding alone; at the end of {size.steps_held} steps training has made more of it.

{markdown_table(list(right))}

## Runs a minute

In workers, as `cohear run` has them, from the end of the first run on; networks that are trained as one end
together, and count from their start. The processes of an accelerator work
{shared}. Many at once should be {FASTER_AT_ONCE} × of one at a time, and {FASTER_THAN_CORES} × of two cores. The
peak is a product of two matrices of {size.matrix} rows in {device.precision}: {best / 1e12:.2f} TFLOPS. Memory is
that of the whole device.

{markdown_table(list(rows))}
"""


@contextmanager
def folder_of_its_own() -> Iterator[Path]:
    """With a cache in it."""
    with tempfile.TemporaryDirectory() as temporary:
        before = os.environ.get("COHEAR_CACHE")
        os.environ["COHEAR_CACHE"] = str(Path(temporary) / "cache")
        try:
            yield Path(temporary)
        finally:
            os.environ.pop("COHEAR_CACHE")
            if before is not None:
                os.environ["COHEAR_CACHE"] = before


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", nargs="?", help="not read; every benchmark is called with it")
    parser.add_argument("--device", default=AUTO)
    parser.add_argument("--tiny", action="store_true", help="take every step, and measure nothing by it")
    parser.add_argument("--out", type=Path, help="folder that gpu.md is written into")
    given = parser.parse_args(arguments)
    device = Device.of(given.device)
    if device.is_processor and given.device == AUTO:
        print("Nothing measured: there is no accelerator here, or torch was built without it (make setup TORCH=torch)")
        return 0
    torch.set_num_threads(1)
    with folder_of_its_own() as folder:
        text = checked(
            device, TINY if given.tiny else Size(), folder, lambda sentence: print(sentence, file=sys.stderr)
        )
    print(text)
    out = given.out or (None if device.is_processor else RESULTS)
    if out:
        write_text(make_folder(out) / "gpu.md", text)
    return 1 if "**no**" in text else 0


if __name__ == "__main__":
    sys.exit(main())
