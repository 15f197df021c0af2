"""The model card as text, with the metadata header that model hubs read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from cohear.base.counting import counted
from cohear.base.decoding import Decoding, decoding_of
from cohear.export.forms import OUTPUT_FORMS, form_of
from cohear.export.licences import hub_licence
from cohear.export.readme_cells import (
    change_text,
    gain_text,
    interval_text,
    metric_name,
    points_text,
    score_text,
    text,
)
from cohear.export.withheld import What, is_withheld
from cohear.runtime.card import Windowing


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


def _windows(card: Mapping[str, Any]) -> str:
    """``windows of 1 s``, with those of tasks that have their own."""
    own = {name: Windowing(**task["windowing"]) for name, task in card["tasks"].items() if "windowing" in task}
    return ", ".join([f"windows of {card['window']:g} s", *(f"{text(n)}: {w.seconds:g} s" for n, w in own.items())])


def _body(card: Mapping[str, Any]) -> Iterator[str]:
    tasks, model = card["tasks"], card["model"]
    decodings = {name: decoding_of(name, task) for name, task in tasks.items()}
    labels_alone = all(decoding.counted == "labels" for decoding in decodings.values())
    yield f"# {text(card['name'])}: {text(', '.join(tasks))}"
    yield ""
    yield (
        f"One network for {counted(len(tasks), 'task')}, {model['parameters']:,} parameters, "
        f"{model['precision']}. `model.onnx` takes `waveform`, float32 `[batch, samples]` at {card['rate']} Hz "
        f"({_windows(card)} are cut inside), and gives {_outputs(decodings)} for each task under its name."
    )
    yield from ("", "## Scores to expect", "", f"The network was {card['training']['weights']}.", "")
    yield "| task | labels | metric | score | 95 % interval | against a network of its own | calibration error |"
    yield "|---|---|---|---|---|---|---|"
    for name, task in tasks.items():
        expected, metric = task["expected"], task["expected"]["metric"]
        classes = len(decodings[name].columns) if decodings[name].counted == "labels" else "–"
        yield (
            f"| {text(name)} | {classes} | {metric_name(metric)} | {score_text(metric, expected['mean'])} | "
            f"{interval_text(metric, expected['low'], expected['high'])} | {gain_text(metric, task['gain'])} | "
            f"{form_of(decodings[name]).calibrated(task['calibration'])} |"
        )
    yield ""
    yield (
        "Scores and calibration errors (expected calibration error, 15 bins) are of clips that the networks they "
        "come from did not see; each calibration error after is of temperatures fitted without the part it is of."
    )
    if not labels_alone:
        yield "The share of truths within the spread is of spreads set without the part it is of."
    if card["training"]["chosen"]:
        yield from ("", f"The encoder was chosen: {text(card['training']['chosen'])}. Not taken:", "")
        for other in card["training"]["left_out"]:
            yield f"- {text(other['features'])} with {text(other['encoder'])}: {text(other['reason'])}."
    yield from _quantisation(card["quantisation"])
    yield from ("", "## Labels" if labels_alone else "## Labels and numbers", "")
    for name, task in tasks.items():
        yield f"- **{text(name)}** ({task['kind']}): {form_of(decodings[name]).scope(decodings[name])}"
        yield from _thresholds(task)
    yield from ("", "## Training data", "")
    for name, facts in card["datasets"].items():
        title = facts.get("name") or name
        licence = facts.get("licence") or "not stated"
        citation = text(facts.get("citation") or "")
        yield f"- **{text(title)}**: {facts['clips']} clips; licence: {text(licence)}. {citation}".rstrip()
    if "learnt" in card:
        yield from ("", "## Trained by others", "")
        for part in card["learnt"]:
            for file in part["files"]:
                licence = text(file["licence"] or "not stated")
                yield f"- **{text(file['name'])}**: {file['bytes'] / 1e6:.2f} MB; licence: {licence}."
            cost = f"{part['milliseconds']:.3g} ms of one core for a second of audio"
            yield f"- As front-end `{part['front_end']}`: {cost}."
    if card["warnings"]:
        yield from ("", "## Mind", "", *(f"- {text(sentence)}" for sentence in card["warnings"]))
    yield from ("", "## Use", "", "```python", "from cohear import Bundle", "")
    yield from ('answers = Bundle.load("this-folder").classify(samples, rate)', "```", "")
    versions = ", ".join(f"{name} {number}" for name, number in card["versions"].items())
    yield (
        f"Exported {card['exported']} with {versions}; the graph was within "
        f"{card['parity']['largest_difference']:.1e} of the network's "
        f"{'probabilities' if labels_alone else 'answers'} on "
        f"{card['parity']['clips']} clips."
    )


def _outputs(decodings: Mapping[str, Decoding]) -> str:
    """What the model gives, as far as its tasks have it."""
    forms = {decoding.form for decoding in decodings.values()}
    return " or ".join(OUTPUT_FORMS[form].told for form in OUTPUT_FORMS if form in forms)


def _thresholds(task: Mapping[str, Any]) -> Iterator[str]:
    """What thresholds, and filters in time, are worth."""
    before, after = (task["calibration"].get(each) for each in ("f1_before", "f1_after"))
    what: What = "thresholds and filters" if "filters" in task else "thresholds"
    if before is not None and after is not None and not is_withheld(task["calibration"], what):
        names = " and ".join(f"`{name}`" for name in what.split(" and "))
        of_steps = ", of the median over its filter's steps" if "filters" in task else ""
        yield (
            f"  Each label is given from its own threshold on{of_steps} ({names} in `card.json`): macro F1 "
            f"{points_text(after)}, with one half for all {points_text(before)}, both on clips that neither networks "
            "nor thresholds had seen."
        )


def _quantisation(quantisation: Mapping[str, Any] | None) -> Iterator[str]:
    if quantisation is None:
        return
    yield from ("", "## What 8 bits cost", "")
    yield "Networks of the study, in float32 and in int8, on test clips they did not see."
    yield from (
        "",
        "| method | task | metric | float32 | int8 | change, points | clips |",
        "|---|---|---|---|---|---|---|",
    )
    for method, by_task in quantisation["measured"].items():
        for task, change in by_task.items():
            used, metric = f"{method} (used)" if method == quantisation["method"] else method, change["metric"]
            before, after = (score_text(metric, change[when]) for when in ("before", "after"))
            yield (
                f"| {used} | {text(task)} | {metric_name(metric)} | {before} | {after} | {change_text(change)} | "
                f"{change['clips']} |"
            )
