"""``cohear export``: one model out of a study."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from cohear.cli.console import errors, output, printable
from cohear.cli.where import Address, Given, Hosts, HostsPython, Launcher, named_launcher

EXAMPLES = """
[bold]Examples[/bold]

  cohear export out/first -o bundle

  cohear export out/first --tasks digit,event --quantize int8 -o small-bundle
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("export", epilog=EXAMPLES)(export)


def export(
    folder: Annotated[Path, typer.Argument(help="Study folder.", show_default=False)],
    bundle: Annotated[Path, typer.Option("--output", "-o", help="Folder of the bundle.", show_default=False)],
    tasks: Annotated[str | None, typer.Option(help="Tasks, with commas between. [default: all]")] = None,
    quantize: Annotated[
        str | None, typer.Option(help="int8 (whichever costs less), int8-static or int8-dynamic.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Even where int8 costs a task more than a point.")] = False,
    run: Annotated[str | None, typer.Option(help="Take the weights of this run. [default: train on all clips]")] = None,
    features: Annotated[str | None, typer.Option(help="Front-end, where the study has several.")] = None,
    encoder: Annotated[str | None, typer.Option(help="Encoder, where the study has several.")] = None,
    arm: Annotated[str | None, typer.Option(help="Arm. [default: base]")] = None,
    code: Annotated[
        Path | None, typer.Option(help="Folder of your own encoder's module. [default: the study folder]")
    ] = None,
    licence: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=LICENCE",
            help="Of a dataset whose own folder does not state it, or of a pretrained file.",
            show_default=False,
        ),
    ] = None,
    launcher: Launcher = "local",
    hosts: Hosts = None,
    python: HostsPython = None,
    address: Address = None,
    given: Given = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Runs trained at once. [default: one a core]")] = None,
) -> None:
    """Write one model for several tasks: calibrated, measured, with its front-end inside and a card beside it."""
    from cohear.api import Study
    from cohear.cli.progress import TerminalProgress

    study = Study.load(folder)
    progress = TerminalProgress(errors)
    try:
        made = study.export(
            bundle,
            tasks=None if tasks is None else _tasks(tasks, study.settings.tasks),
            quantize=quantize,
            force=force,
            run=run,
            features=features,
            encoder=encoder,
            arm=arm,
            code=code,
            licences=_licences(licence or []),
            launcher=named_launcher(launcher, hosts, python, address, given),
            jobs=jobs,
            progress=progress,
        )
    finally:
        progress.close()
    for warning in made.card["warnings"]:
        progress.say(warning)
    _show(made.card)
    size = (made.folder / "model.onnx").stat().st_size / 1e6
    output.print(f"bundle: {made.folder} (model.onnx {size:.2f} MB)", markup=False, highlight=False, soft_wrap=True)


def _tasks(wish: str, known: Collection[str]) -> list[str]:
    """Names with commas between; a task that has a comma in its own name is found too."""
    from cohear.base.errors import UserError

    names: list[str] = []
    rest = wish.strip()
    while rest:
        fitting = [
            name for name in known if rest.startswith(name) and rest.removeprefix(name).lstrip()[:1] in ("", ",")
        ]
        name = max(fitting, key=len, default=rest.partition(",")[0].strip())
        names.append(name)
        rest = rest.removeprefix(name).lstrip().removeprefix(",").strip()
    names = [name for name in names if name]
    if not names:
        raise UserError("--tasks names no task: give some with commas between, or leave it out for all")
    return names


def _licences(wishes: list[str]) -> dict[str, str]:
    """Licences by dataset."""
    from cohear.base.errors import UserError

    for each in wishes:
        if not all(part.strip() for part in each.partition("=")):
            raise UserError(f"--licence takes DATASET=LICENCE, as in 'esc10=CC BY-NC 3.0', not {each!r}")
    return {name.strip(): licence.strip() for name, _, licence in (each.partition("=") for each in wishes)}


def _show(card: dict) -> None:  # type: ignore[type-arg]
    from rich.table import Table
    from rich.text import Text

    from cohear.export.readme_cells import change_text, metric_name

    table = Table("task", "labels", "metric", "score to expect", "calibration error", "temperature")
    for name, task in card["tasks"].items():
        expected = task["expected"]
        interval = "" if expected["low"] is None else f" ({expected['low']:.3f} to {expected['high']:.3f})"
        score = "unknown" if expected["mean"] is None else f"{expected['mean']:.3f}{interval}"
        labels = str(len(task["labels"])) if "labels" in task else "–"
        cells = (name, labels, metric_name(expected["metric"]), score, *_calibration(task["calibration"]))
        table.add_row(*(Text(printable(cell)) for cell in cells))
    output.print(table)
    quantisation = card["quantisation"] or {"measured": {}}
    for method, by_task in quantisation["measured"].items():
        changes_text = ", ".join(f"{printable(task)} {change_text(change)}" for task, change in by_task.items())
        used = " (used)" if method == quantisation["method"] else ""
        line = f"int8 {method}{used}, change in points: {changes_text}"
        output.print(line, markup=False, highlight=False, soft_wrap=True)


def _calibration(found: dict) -> tuple[str, str]:  # type: ignore[type-arg]
    """Calibration error and temperature of labels; of numbers the share of the truths within their spread."""
    from cohear.export.withheld import is_withheld

    if "temperature" not in found:
        covered = found.get("covered")
        spread = "the spread (not applied)" if is_withheld(found, "spread") else "the spread"
        return "unknown" if covered is None else f"{covered:.0%} within {spread}", "–"
    before, after = found["error_before"], found["error_after"]
    if before is None:
        error = "unknown"
    elif is_withheld(found, "temperature"):
        error = f"{before:.3f}, not changed"
    else:
        error = f"{before:.3f} → {after:.3f}"
    return error, f"{found['temperature']:.2f}"
