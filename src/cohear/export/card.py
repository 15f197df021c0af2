"""The card: everything that a bundle says of itself, as data."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from cohear.base.decoding import decoding_of, entry_of
from cohear.base.files import without_nan
from cohear.base.named import name_of
from cohear.base.study_facts import TaskFacts
from cohear.export.better_singles import better_sentence
from cohear.export.calibrate import Calibration
from cohear.export.expectation import Expectation
from cohear.export.grid_cell import GridCell
from cohear.export.learnt_parts import LearntPart
from cohear.export.licences import licence_warnings
from cohear.export.network_inputs import input_numbers
from cohear.export.parity import Parity
from cohear.export.quantise import Change
from cohear.export.runs import Trained
from cohear.export.write import windowing_of
from cohear.findings.below_single import BelowSingle
from cohear.runs.task_data import TaskData
from cohear.runtime.card import FORMAT
from cohear.runtime.session import statistics_name

ALL_CLIPS_SENTENCE = (
    "trained on all clips, validation and test included, with the study's budget to its last step; "
    "the scores are those of the study's runs of the same settings on clips they did not see"
)


@dataclass(frozen=True)
class BundledTask:
    """What is known of a task's part of the bundle.

    Attributes:
        data: its clips and labels.
        facts: what the study knows of the task.
        expected: score on clips that were not trained on.
        gain: against a network of its own, a row of the study's gains; None where there is none.
        better: what does the task better alone than the bundle's network; None where nothing does.
        calibration: of its answers, with how they are read.
    """

    data: TaskData
    facts: TaskFacts
    expected: Expectation
    gain: Mapping[str, Any] | None
    better: BelowSingle | None
    calibration: Calibration


def make_card(
    *,
    study: str,
    cell: GridCell,
    trained: Trained,
    run: str | None,
    tasks: Mapping[str, BundledTask],
    datasets: Mapping[str, Mapping[str, Any]],
    learnt: Sequence[LearntPart],
    parity: Parity,
    parameters: int,
    quantisation: Mapping[str, Mapping[str, Change]] | None,
    method: str | None,
    notes: Sequence[str],
) -> dict[str, Any]:
    """The content of ``card.json``; NaN is nowhere in it."""
    spec = trained.spec
    files = {file.name: {"licence": file.licence} for part in learnt for file in part.files}
    windowing = windowing_of(next(iter(trained.inputs.values())))
    content = {
        "format": FORMAT,
        "name": study,
        "exported": time.strftime("%Y-%m-%d"),
        "rate": windowing.rate,
        "window": windowing.seconds,
        "windowing": asdict(windowing),
        "tasks": {name: {**_task(facts), **_own_input(name, trained)} for name, facts in tasks.items()},
        "model": {
            "features": cell.features,
            "encoder": cell.encoder,
            "sharing": name_of(spec.training.sharing),
            "parameters": parameters,
            "precision": f"int8 ({method})" if method else "float32",
        },
        "training": {
            "study": study,
            "combination": cell.combination,
            "arm": cell.arm,
            "chosen": cell.why,
            "left_out": [asdict(each) for each in cell.left_out],
            "run": spec.key,
            "weights": f"taken from run {run} of the study" if run else ALL_CLIPS_SENTENCE,
            "settings": spec.training.model_dump(mode="json"),
            "front_end": spec.front_end,
        },
        "quantisation": None
        if quantisation is None
        else {
            "method": method,
            "measured": {
                each: {task: asdict(change) for task, change in by_task.items()}
                for each, by_task in quantisation.items()
            },
        },
        "parity": {"clips": parity.clips, "largest_difference": parity.largest},
        "datasets": dict(datasets),
        **({"learnt": [part.to_json() for part in learnt]} if learnt else {}),
        "warnings": [
            *licence_warnings(datasets),
            *licence_warnings(files, "file"),
            *notes,
            *_below(tasks),
            *_by_group(trained),
            *_withheld(tasks),
        ],
        "versions": {name: version(name) for name in ("cohear", "torch", "onnx", "onnxruntime", "numpy")},
    }
    finite: dict[str, Any] = without_nan(content)
    return finite


def _own_input(task: str, trained: Trained) -> dict[str, Any]:
    """What a task's entry says of its front-end and windows, where they are not those that the card states for all."""
    (reference,) = [each for each in trained.spec.tasks if each.name == task]
    number = input_numbers(trained.inputs)[task]
    windows = {"hears": number, "windowing": asdict(windowing_of(trained.inputs[task]))} if number else {}
    told = windows if reference.front_end is None else {"front_end": reference.front_end, **windows}
    return told if reference.normalise == "none" else {**told, "normalise": _normalised(task, trained)}


def _normalised(task: str, trained: Trained) -> dict[str, Any]:
    """By whose statistics its features are normalised; of groups by which input, and what is known of all."""
    scale = trained.tasks[task].scale
    assert scale is not None
    if not scale.by_group:
        return {"by": "dataset"}
    usual = scale.usual
    return {
        "by": "group",
        "input": statistics_name(task),
        "usual": {"mean": usual.first.tolist(), "square": usual.second.tolist()},
    }


def metadata(card: Mapping[str, Any]) -> dict[str, str]:
    """What the model file itself says: enough to use it without its card."""
    tasks = {name: entry_of(decoding_of(name, task)) for name, task in card["tasks"].items()}
    return {
        "rate": str(card["rate"]),
        "window": str(card["window"]),
        "tasks": json.dumps(tasks, ensure_ascii=False),
        "versions": json.dumps(card["versions"]),
        "study": str(card["name"]),
        "run": str(card["training"]["run"]),
    }


def _below(tasks: Mapping[str, BundledTask]) -> Iterator[str]:
    """Tasks that something does better alone."""
    yield from (better_sentence(name, known.better) for name, known in tasks.items() if known.better)


def _by_group(trained: Trained) -> Iterator[str]:
    """That scores are of groups whose clips were heard before, which a bundle that is told none has not."""
    for task, data in trained.tasks.items():
        if data.scale is not None and data.scale.by_group:
            yield (
                f"{task}: its features are normalised by group, and its scores are of groups of whom unlabelled clips "
                "were at hand (Bundle.adapted, classify --adapt); without any it may do worse"
            )


def _withheld(tasks: Mapping[str, BundledTask]) -> Iterator[str]:
    """What of calibrations is not applied, and why."""
    for name, known in tasks.items():
        yield from (each.sentence(name) for each in known.calibration.withheld)


def _better(better: BelowSingle) -> dict[str, Any]:
    """What the card says of a single that is better."""
    ahead = better.ahead
    return {
        "name": better.way,
        "features": better.features,
        "encoder": better.encoder,
        "arm": better.arm,
        "score": better.score,
        "served": better.served,
        "ahead": ahead.value,
        "low": ahead.low,
        "high": ahead.high,
        "repeats": better.repeats,
    }


_GAIN = ("single", "gain", "low", "high", "repeats", "verdict", "not_learnt")
"""What the card says of a gain."""


def _task(known: BundledTask) -> dict[str, Any]:
    data, calibration = known.data, known.calibration
    gain = known.gain and {key: known.gain[key] for key in _GAIN}
    return {
        **entry_of(calibration.decoding),
        "target_kind": data.kind.name,
        "dataset": known.facts.dataset,
        "target": known.facts.target,
        "clips": len(data.parts["train"]),
        "clips_by_label": dict(
            zip(
                data.labels,
                data.kind.counts(data.targets.take(data.parts["train"]), data.labels).tolist(),
                strict=True,
            )
        ),
        "expected": asdict(known.expected),
        "gain": gain,
        "better_single": known.better and _better(known.better),
        "calibration": {
            key: value for key, value in asdict(calibration).items() if key != "decoding" and value is not None
        },
    }
