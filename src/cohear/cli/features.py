"""``cohear features``: the feature stores on this disk."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from cohear.cli.console import output

EXAMPLES = """
[bold]Examples[/bold]

  cohear features

  cohear features --prune --days 7
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("features", epilog=EXAMPLES)(features)


def features(
    prune: Annotated[bool, typer.Option("--prune", help="Remove stores that were not used lately.")] = False,
    days: Annotated[float, typer.Option(min=0, help="With --prune: how long a store may lie unused.")] = 30.0,
) -> None:
    """List the stored features, or remove what was not used lately."""
    from rich.table import Table

    from cohear.base.files import cache_folder
    from cohear.features.store_cache import prune as prune_stores
    from cohear.features.store_cache import stores

    cache = cache_folder()
    if prune:
        removed = prune_stores(cache, days=days)
        freed = sum(store.bytes for store in removed)
        output.print(f"removed {len(removed)} folders, {freed / 1e6:.1f} MB", markup=False, highlight=False)
        return
    table = Table("store", "what", "MB", "last used", title=str(cache), title_justify="left")
    for store in stores(cache):
        used = datetime.fromtimestamp(store.last_used).astimezone().strftime("%Y-%m-%d %H:%M")
        table.add_row(store.key, store.description, f"{store.bytes / 1e6:.1f}", used)
    output.print(table)
