"""One shared model against N single ones, on this machine, side by side."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cohear.base.arrays import Floats
from cohear.base.errors import MissingExtra, RunFailed
from cohear.base.memory import peak_memory
from cohear.base.pool import available_cores
from cohear.base.tables import BEHIND, SHARED, SINGLES
from cohear.runtime.bundle import Bundle
from cohear.runtime.card import MODEL, Windowing, read_card

if TYPE_CHECKING:
    from cohear.export.parts import ComparedModels

Setups = dict[str, list[list[Path]]]
"""What is compared, by name: chains of models of which the first hears the waveform and feeds the others."""


@dataclass(frozen=True)
class SetupCost:
    """What one set-up costs.

    Attributes:
        setup: what is compared.
        threads: of onnxruntime.
        models: how many files are loaded.
        milliseconds: a second of audio takes, median of the repeats.
        milliseconds_p95: 95th percentile.
        cpu_milliseconds: processor time a second of audio takes, median; what else runs does not count.
        load_seconds: from nothing to models that can be run, in a new process.
        peak_memory: bytes that loading and one run add to a process, at their largest.
        bytes: of the model files.
        parameters: numbers of the networks.
        multiply_adds: a second of audio.
    """

    setup: str
    threads: int
    models: int
    milliseconds: float
    milliseconds_p95: float
    cpu_milliseconds: float
    load_seconds: float
    peak_memory: int
    bytes: int
    parameters: int
    multiply_adds: float


def bench(bundle: Path, *, seconds: float = 10.0, repeats: int = 30) -> dict[str, Any]:
    """Measure a bundle's model against single models of the same encoder, cut out of it.

    Args:
        bundle: its folder.
        seconds: of noise, in one row, that each run answers.
        repeats: runs of each set-up; the set-ups take turns, so that what else the machine does hits all alike.

    Returns:
        ``rows`` (`SetupCost` as JSON), ``ratios`` of single models to the shared one by number of threads, and facts.

    Raises:
        MissingExtra: onnx is not installed.
        DataError: it is no bundle, or damaged.
    """
    try:
        from cohear.export import parts  # noqa: PLC0415 - onnx is an extra
    except ImportError as error:
        raise MissingExtra("onnx", "export") from error
    Bundle.load(bundle)  # says what is wrong with one that is damaged
    card = read_card(bundle)
    rows, ratios = [], {}
    with tempfile.TemporaryDirectory() as folder:
        files = parts.cut(bundle / MODEL, list(card.tasks), Path(folder))
        setups = {SHARED: [[files.shared]], **_singles(files)}
        for threads in sorted({1, available_cores()}):
            more, ratios[str(threads)] = compare(
                setups, card.windowings, seconds=seconds, threads=threads, repeats=repeats
            )
            rows += more
    return {
        "bundle": str(bundle),
        "tasks": list(card.tasks),
        "precision": card.content.get("model", {}).get("precision"),
        "seconds": seconds,
        "repeats": repeats,
        "real_time_factor": rows[0].milliseconds / 1000,
        "rows": [asdict(row) for row in rows],
        "ratios": ratios,
    }


def setups_of(files: ComparedModels) -> Setups:
    """The shared model, and for several tasks the single models that are compared with it."""
    return {SHARED: [[files.shared]], **(_singles(files) if len(files.singles) > 1 else {})}


def _singles(files: ComparedModels) -> Setups:
    return {SINGLES: [[path] for path in files.singles.values()], BEHIND: [[files.front, *files.backs.values()]]}


def compare(
    setups: Setups, windowings: Sequence[Windowing], *, seconds: float, threads: int, repeats: int
) -> tuple[list[SetupCost], dict[str, dict[str, float]]]:
    """Measure set-ups side by side.

    Args:
        setups: by name; ``SHARED`` is among them.
        windowings: how their models cut waveforms.
        seconds: of noise, in one row, that each run answers.
        threads: of onnxruntime.
        repeats: runs of each set-up; they take turns.

    Returns:
        A row for each, and the ratios to the shared model of the others' time, processor time and bytes.
    """
    import onnx  # noqa: PLC0415 - an extra

    from cohear.export import parts  # noqa: PLC0415 - needs onnx

    rate = windowings[0].rate
    waveform = np.random.default_rng(0).standard_normal((1, round(seconds * rate))) * 0.1
    times = _take_turns(setups, waveform.astype(np.float32), threads, repeats)
    rows = {}
    for setup, chains in setups.items():
        paths = [path for chain in chains for path in chain]
        wall, processor = (np.array(each) * 1000 / seconds for each in times[setup])
        alone = _in_a_new_process(chains, rate, threads)
        rows[setup] = SetupCost(
            setup=setup,
            threads=threads,
            models=len(paths),
            milliseconds=statistics.median(wall),
            milliseconds_p95=float(np.percentile(wall, 95)),
            cpu_milliseconds=statistics.median(processor),
            load_seconds=alone["load_seconds"],
            peak_memory=alone["peak_memory"],
            bytes=sum(path.stat().st_size for path in paths),
            parameters=sum(parts.parameter_count(onnx.load(str(path))) for path in paths),
            multiply_adds=sum(parts.multiply_adds(chain, windowings) for chain in chains),
        )
    ratios = {
        setup: {
            "milliseconds": _median_ratio(times[setup][0], times[SHARED][0]),
            "cpu_milliseconds": _median_ratio(times[setup][1], times[SHARED][1]),
            "bytes": rows[setup].bytes / rows[SHARED].bytes,
        }
        for setup in setups
        if setup != SHARED
    }
    return list(rows.values()), ratios


def _median_ratio(some: list[float], others: list[float]) -> float:
    """Median over the turns of the ratio in each turn."""
    return statistics.median(a / max(b, 1e-9) for a, b in zip(some, others, strict=True))


def _take_turns(
    setups: Setups, waveform: Floats, threads: int, repeats: int
) -> dict[str, tuple[list[float], list[float]]]:
    """Seconds of wall clock and of processor that each set-up took, turn by turn."""
    loaded = {setup: load(chains, threads) for setup, chains in setups.items()}
    for chains in loaded.values():
        play(chains, waveform)  # buffers are made
    times: dict[str, tuple[list[float], list[float]]] = {setup: ([], []) for setup in setups}
    for _ in range(repeats):
        for setup, chains in loaded.items():
            wall, processor = time.perf_counter(), time.process_time()
            play(chains, waveform)
            times[setup][0].append(time.perf_counter() - wall)
            times[setup][1].append(time.process_time() - processor)
    return times


def _in_a_new_process(chains: list[list[Path]], rate: int, threads: int) -> dict[str, Any]:
    """Load time and peak memory, which only a process of its own can tell."""
    asked = json.dumps({"chains": [[str(path) for path in chain] for chain in chains], "rate": rate})
    ended = subprocess.run(
        [sys.executable, "-m", "cohear.export.bench", str(threads)],
        input=asked,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise RunFailed(f"the measuring process failed: {ended.stderr.strip().splitlines()[-1:]}")
    measured: dict[str, Any] = json.loads(ended.stdout)
    return measured


def load(chains: list[list[Path]], threads: int) -> list[list[Any]]:
    """Sessions of models; the first of a chain feeds the others of it."""
    import onnxruntime  # noqa: PLC0415 - an extra

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # as `runtime` runs them
    return [
        [onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]) for path in chain]
        for chain in chains
    ]


def play(chains: list[list[Any]], waveform: Floats) -> None:
    """Run every model once."""
    for first, *others in chains:
        values = first.run(None, {"waveform": waveform})
        names = [value.name for value in first.get_outputs()]
        for session in others:
            wanted = {value.name for value in session.get_inputs()}
            session.run(None, {name: value for name, value in zip(names, values, strict=True) if name in wanted})


def main() -> None:
    """Load the models that standard input names and run them once; tell time and memory."""
    asked, threads = json.loads(sys.stdin.read()), int(sys.argv[1])
    waveform = np.zeros((1, asked["rate"]), np.float32)
    import onnxruntime  # noqa: F401, PLC0415 - its own start is not the models'

    before, began = peak_memory(), time.perf_counter()
    chains = load([[Path(path) for path in chain] for chain in asked["chains"]], threads)
    seconds = time.perf_counter() - began
    play(chains, waveform)
    print(json.dumps({"load_seconds": seconds, "peak_memory": peak_memory() - before}))  # noqa: T201


if __name__ == "__main__":
    main()
