"""``cohear bench``: what one shared model saves, on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from cohear.cli.console import errors, output, printable

EXAMPLES = """
[bold]Examples[/bold]

  cohear bench bundle

  cohear bench bundle --json > bench.json

  cohear bench out/first    [dim]every combination of a study, for cohear answers and cohear report[/dim]
"""

MEASURES: dict[str, Callable[[dict[str, Any]], str]] = {
    "models": lambda row: str(row["models"]),
    "ms a second of audio": lambda row: f"{row['milliseconds']:.3f}",
    "  95th percentile": lambda row: f"{row['milliseconds_p95']:.3f}",
    "CPU ms a second": lambda row: f"{row['cpu_milliseconds']:.3f}",
    "load, s": lambda row: f"{row['load_seconds']:.3f}",
    "peak memory, MB": lambda row: f"{row['peak_memory'] / 1e6:.1f}",
    "files, MB": lambda row: f"{row['bytes'] / 1e6:.2f}",
    "parameters": lambda row: f"{row['parameters']:,}",
    "million MACs a second": lambda row: f"{row['multiply_adds'] / 1e6:.1f}",
}


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("bench", epilog=EXAMPLES)(bench)


def bench(
    folder: Annotated[Path, typer.Argument(help="Folder of a bundle, or of a study.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="Of audio that each run answers.")] = 10.0,
    repeats: Annotated[int, typer.Option(min=2, help="Runs of each set-up.")] = 30,
    code: Annotated[
        Path | None,
        typer.Option(help="Of a study: folder of your own encoder's module. [default: the study folder]"),
    ] = None,
) -> None:
    """Measure one shared model against single models of the same encoder: time, memory, size.

    Of a study folder, every combination is measured, untrained, and costs.csv is written there.
    """
    if (folder / "plan.json").exists():
        _bench_study(folder, as_json, seconds, repeats, code)
    else:
        _bench_bundle(folder, as_json, seconds, repeats)


def _bench_study(folder: Path, as_json: bool, seconds: float, repeats: int, code: Path | None) -> None:
    import json

    from cohear.api import Study
    from cohear.cli.progress import TerminalProgress

    study, progress = Study.load(folder), TerminalProgress(errors)
    try:
        told = study.bench(seconds=seconds, repeats=repeats, code=code, progress=progress)
    finally:
        progress.close()
    if as_json:
        output.file.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        return
    for setting in dict.fromkeys((row["features"], row["encoder"], row["arm"]) for row in told["rows"]):
        _show_setting(setting, [r for r in told["rows"] if (r["features"], r["encoder"], r["arm"]) == setting])
    line = f"costs: {folder / 'costs.csv'} (cohear answers and cohear report use them)"
    output.print(line, markup=False, highlight=False, soft_wrap=True)


def _show_setting(setting: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """One shared model of each combination, and how many times the single models cost."""
    from rich.table import Table
    from rich.text import Text

    from cohear.base.columns import BEHIND, SHARED, SINGLES

    table = Table(
        *("combination", "ms a second", "95th percentile", "million MACs", "files, MB", "peak memory, MB"),
        *("singles: time", "bytes", "memory", "common front-end: time"),
        title=Text(printable(", ".join(setting))),
        title_justify="left",
    )
    by_name: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        by_name.setdefault(row["combination"], {})[row["setup"]] = row
    for name, setups in by_name.items():
        shared = setups[SHARED]
        cells = [
            f"{shared['milliseconds']:.3f}",
            f"{shared['milliseconds_p95']:.3f}",
            f"{shared['multiply_adds'] / 1e6:.1f}",
            f"{shared['bytes'] / 1e6:.2f}",
            f"{shared['peak_memory'] / 1e6:.1f}",
        ]
        if SINGLES in setups:
            times = [(SINGLES, "milliseconds"), (SINGLES, "bytes"), (SINGLES, "peak_memory"), (BEHIND, "milliseconds")]
            cells += [f"× {setups[setup][cost] / max(shared[cost], 1e-9):.1f}" for setup, cost in times]
        table.add_row(Text(printable(name)), *cells)
    output.print(table)


def _bench_bundle(bundle: Path, as_json: bool, seconds: float, repeats: int) -> None:
    import json
    from contextlib import nullcontext

    from rich.table import Table

    from cohear.export.bench import bench as measure

    with errors.status("measuring") if errors.is_terminal else nullcontext():
        told = measure(bundle, seconds=seconds, repeats=repeats)
    if as_json:
        output.file.write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        return
    for threads in told["ratios"]:
        rows = [row for row in told["rows"] if row["threads"] == int(threads)]
        table = Table(f"{threads} thread{'s' * (threads != '1')}", *(row["setup"] for row in rows))
        for name, show in MEASURES.items():
            table.add_row(name, *(show(row) for row in rows))
        output.print(table)
    for threads, by_setup in told["ratios"].items():
        for setup, ratio in by_setup.items():
            line = (
                f"{len(told['tasks'])} {setup}, {threads} thread{'s' * (threads != '1')}: {ratio['milliseconds']:.1f} "
                f"times the time, {ratio['cpu_milliseconds']:.1f} times the processor time and {ratio['bytes']:.1f} "
                "times the bytes of one shared model"
            )
            output.print(line, markup=False, highlight=False, soft_wrap=True)
