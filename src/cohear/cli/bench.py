"""``cohear bench``: what one shared model saves, on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from cohear.cli.console import errors, output

EXAMPLES = """
[bold]Examples[/bold]

  cohear bench bundle

  cohear bench bundle --json > bench.json
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
    bundle: Annotated[Path, typer.Argument(help="Folder of a bundle.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    seconds: Annotated[float, typer.Option(min=0.1, max=600, help="Of audio that each run answers.")] = 10.0,
    repeats: Annotated[int, typer.Option(min=2, help="Runs of each set-up.")] = 30,
) -> None:
    """Measure one shared model against single models of the same encoder: time, memory, size."""
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
