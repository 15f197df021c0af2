"""``cohear bench``: what one shared model saves, on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from cohear.base.counting import counted
from cohear.cli.console import errors, output, print_json, printable

EXAMPLES = """
[bold]Examples[/bold]

  cohear bench bundle

  cohear bench bundle --json > bench.json

  cohear bench out/first    [dim]every combination of a study, for cohear answers and cohear report[/dim]
"""

LEGEND = (
    "ms, p95: a second of audio takes, median and 95th percentile; MMAC: million multiply-adds of it; MB: the file; "
    "RAM: MB at its largest; singles, behind one: processor time of single models, and of those behind one front-end, "
    "in times of the shared model's."
)

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
    from cohear.api import Study
    from cohear.cli.progress import TerminalProgress

    study, progress = Study.load(folder), TerminalProgress(errors)
    try:
        costs = study.bench(seconds=seconds, repeats=repeats, code=code, progress=progress)
    finally:
        progress.close()
    if as_json:
        print_json(costs)
        return
    for setting in dict.fromkeys((row["features"], row["encoder"], row["arm"]) for row in costs["rows"]):
        _show_setting(setting, [r for r in costs["rows"] if (r["features"], r["encoder"], r["arm"]) == setting])
    output.print(LEGEND, style="dim", markup=False, highlight=False)
    line = f"costs: {folder / 'costs.csv'} (cohear answers and cohear report use them)"
    output.print(line, markup=False, highlight=False, soft_wrap=True)


def _show_setting(setting: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """One shared model of each combination, and how many times its processor time the single models take."""
    from cohear.base.tables import BEHIND, SHARED, SINGLES
    from cohear.report.terminal.tables import plain_table

    by_name: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        by_name.setdefault(row["combination"], {})[row["setup"]] = row
    lines = []
    for name, setups in by_name.items():
        shared = setups[SHARED]
        figures = [
            f"{shared['milliseconds']:.2f}",
            f"{shared['milliseconds_p95']:.2f}",
            f"{shared['multiply_adds'] / 1e6:.1f}",
            f"{shared['bytes'] / 1e6:.2f}",
            f"{shared['peak_memory'] / 1e6:.0f}",
        ]
        for others in (SINGLES, BEHIND):
            times = setups[others]["cpu_milliseconds"] / shared["cpu_milliseconds"] if others in setups else None
            figures.append("" if times is None else f"{times:.1f} ×")
        lines.append([printable(name), *figures])
    columns = ["combination", "ms", "p95", "MMAC", "MB", "RAM", "singles", "behind one"]
    output.print(plain_table(printable(", ".join(setting)), columns, lines))


def _bench_bundle(bundle: Path, as_json: bool, seconds: float, repeats: int) -> None:
    from contextlib import nullcontext

    from rich.table import Table

    from cohear.export.bench import bench as measure

    with errors.status("measuring") if errors.is_terminal else nullcontext():
        costs = measure(bundle, seconds=seconds, repeats=repeats)
    if as_json:
        print_json(costs)
        return
    for threads in costs["ratios"]:
        rows = [row for row in costs["rows"] if row["threads"] == int(threads)]
        table = Table(counted(int(threads), "thread"), *(row["setup"] for row in rows))
        for name, show in MEASURES.items():
            table.add_row(name, *(show(row) for row in rows))
        output.print(table)
    for threads, by_setup in costs["ratios"].items():
        for setup, ratio in by_setup.items():
            line = (
                f"{len(costs['tasks'])} {setup}, {counted(int(threads), 'thread')}: {ratio['milliseconds']:.1f} "
                f"times the time, {ratio['cpu_milliseconds']:.1f} times the processor time and {ratio['bytes']:.1f} "
                "times the bytes of one shared model"
            )
            output.print(line, markup=False, highlight=False, soft_wrap=True)
