"""The model card as text, with the metadata header that model hubs read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from cohear.export.licences import hub_licence


def make_readme(card: Mapping[str, Any]) -> str:
    """``README.md`` of a bundle, from its card."""
    return "\n".join([*_header(card), *_body(card)]) + "\n"


def _header(card: Mapping[str, Any]) -> Iterator[str]:
    results = [
        {
            "task": {"type": "audio-classification", "name": name},
            "dataset": {"type": str(task["dataset"]), "name": str(task["dataset"])},
            "metrics": [{"type": task["expected"]["metric"], "value": round(task["expected"]["mean"], 4)}],
        }
        for name, task in card["tasks"].items()
        if task["expected"]["mean"] is not None
    ]
    content: dict[str, Any] = {
        "license": hub_licence(card["datasets"]),
        "library_name": "cohear",
        "pipeline_tag": "audio-classification",
        "tags": ["audio", "audio-classification", "multi-task-learning", "onnx"],
    }
    if results:
        content["model-index"] = [{"name": str(card["name"]), "results": results}]
    yield from ("---", yaml.safe_dump(content, sort_keys=False, allow_unicode=True).rstrip(), "---", "")


def _body(card: Mapping[str, Any]) -> Iterator[str]:
    tasks, model = card["tasks"], card["model"]
    yield f"# {_text(card['name'])}: {_text(', '.join(tasks))}"
    yield ""
    yield (
        f"One network for {len(tasks)} task{'s' * (len(tasks) != 1)}, {model['parameters']:,} parameters, "
        f"{model['precision']}. `model.onnx` takes `waveform`, float32 `[batch, samples]` at {card['rate']} Hz "
        f"(windows of {card['window']:g} s are cut inside), and gives calibrated probabilities `[batch, labels]` for "
        "each task under its name."
    )
    yield from ("", "## Scores to expect", "", f"The network was {card['training']['weights']}.", "")
    yield "| task | labels | metric | score | 95 % interval | against a network of its own | calibration error |"
    yield "|---|---|---|---|---|---|---|"
    for name, task in tasks.items():
        expected, calibration = task["expected"], task["calibration"]
        yield (
            f"| {_text(name)} | {len(task['labels'])} | {expected['metric']} | {_share(expected['mean'])} | "
            f"{_interval(expected['low'], expected['high'])} | {_gain(task['gain'])} | "
            f"{_share(calibration['error_before'])} before, {_share(calibration['error_after'])} after |"
        )
    yield ""
    yield (
        "Scores and calibration errors (expected calibration error, 15 bins) are of clips that the networks they "
        "come from did not see; each calibration error after is of temperatures fitted without the part it is of."
    )
    if card["training"]["chosen"]:
        yield from ("", f"The encoder was chosen: {_text(card['training']['chosen'])}.")
    yield from _quantisation(card["quantisation"])
    yield from ("", "## Labels", "")
    for name, task in tasks.items():
        yield f"- **{_text(name)}** ({task['kind']}): {_text('; '.join(task['labels']))}"
        yield from _thresholds(task)
    yield from ("", "## Training data", "")
    for name, facts in card["datasets"].items():
        title = facts.get("name") or name
        licence = facts.get("licence") or "not stated"
        citation = _text(facts.get("citation") or "")
        yield f"- **{_text(title)}**: {facts['clips']} clips; licence: {_text(licence)}. {citation}".rstrip()
    if card["warnings"]:
        yield from ("", "## Mind", "", *(f"- {_text(sentence)}" for sentence in card["warnings"]))
    yield from ("", "## Use", "", "```python", "from cohear import Bundle", "")
    yield from ('answers = Bundle.load("this-folder").classify(samples, rate)', "```", "")
    versions = ", ".join(f"{name} {number}" for name, number in card["versions"].items())
    yield (
        f"Exported {card['exported']} with {versions}; the graph was within "
        f"{card['parity']['largest_difference']:.1e} of the network's probabilities on {card['parity']['clips']} clips."
    )


def _thresholds(task: Mapping[str, Any]) -> Iterator[str]:
    """What the thresholds of a multilabel task are worth."""
    before, after = (task["calibration"].get(each) for each in ("f1_before", "f1_after"))
    if before is not None and after is not None:
        yield (
            f"  Each label is given from its own threshold on (`thresholds` in `card.json`): macro F1 {_share(after)}, "
            f"with one half for all {_share(before)}, both on clips that neither networks nor thresholds had seen."
        )


def _quantisation(told: Mapping[str, Any] | None) -> Iterator[str]:
    if told is None:
        return
    yield from ("", "## What 8 bits cost", "")
    yield "Networks of the study, in float32 and in int8, on test clips they did not see."
    yield from (
        "",
        "| method | task | metric | float32 | int8 | change, points | clips |",
        "|---|---|---|---|---|---|---|",
    )
    for method, by_task in told["measured"].items():
        for task, change in by_task.items():
            used = f"{method} (used)" if method == told["method"] else method
            yield (
                f"| {used} | {_text(task)} | {change['metric']} | {_share(change['before'])} | "
                f"{_share(change['after'])} | {100 * change['change']:+.2f} | {change['clips']} |"
            )


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{100 * value:.1f}"


def _interval(low: float | None, high: float | None) -> str:
    return "unknown" if low is None or high is None else f"{100 * low:.1f} to {100 * high:.1f}"


def _gain(gain: Mapping[str, Any] | None) -> str:
    if not gain or gain["gain"] is None:
        return "unknown"
    interval = "" if gain["low"] is None else f" ({100 * gain['low']:+.1f} to {100 * gain['high']:+.1f})"
    return f"{100 * gain['gain']:+.1f}{interval}"


def _text(value: object) -> str:
    """Names that users gave, harmless in a table of Markdown."""
    plain = " ".join(str(value).split())
    for mark in "\\`*_|<>[]":
        plain = plain.replace(mark, "\\" + mark)
    return plain
