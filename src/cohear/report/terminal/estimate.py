"""What a plan will cost, for the terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from cohear.base.counting import counted
from cohear.report.numbers import duration
from cohear.report.terminal.tables import plain_table
from cohear.study.estimate.estimate import PlanEstimate, Price


def estimate_shown(found: PlanEstimate, title: str, jobs: int | None) -> Group:
    """The runs with their prices, then what is paid beside them.

    Args:
        found: what is left of a study.
        title: of the table.
        jobs: runs at once; None for one a core.
    """
    header = ["features", "encoder", "arm", "tasks", "control or probe", "runs", "done", "core time", "share"]
    rows = [
        [
            *(price.features, price.encoder, price.arm, str(price.tasks), price.role, str(price.runs), str(price.done)),
            *(_price(price, found) if found.tried else ("", "")),
        ]
        for price in found.prices
    ]
    shown: list[RenderableType] = [plain_table(title, header, rows, grouped=True)]
    if found.failed:
        shown.append(Text(f"note: what they cost is not known, since a trial failed: {found.failed}", style="yellow"))
    elif found.tried:
        shown += [Text(line) for line in _sums(found, jobs)]
    return Group(*shown)


def _price(price: Price, found: PlanEstimate) -> tuple[str, str]:
    """Of the runs that are left, and their share in all."""
    if not price.left:
        return "", ""
    each = price.seconds / price.left
    return f"{duration(price.seconds)} ({each:.1f} s each)", f"{price.seconds / found.seconds:.0%}"


def _sums(found: PlanEstimate, jobs: int | None) -> list[str]:
    beside = {
        "runs": found.run_seconds,
        **{f"features {name}": seconds for name, seconds in found.features.items()},
        "vectors of windows": found.vectors,
        "start of the worker": found.worker,
        "tables and page": found.tables,
    }
    parts = ", ".join(f"{what} {duration(seconds)}" for what, seconds in beside.items() if seconds >= 0.5)
    at_once = f"{counted(jobs, 'run')} at once" if jobs else "a run on every core"
    clock = duration(found.by_the_clock(jobs))
    lines = [
        f"core time: {duration(found.seconds)} ({parts}); "
        f"by the clock {clock} with {at_once} on a machine that does nothing else",
        f"memory: at most {_mega(found.memory)} a worker; disk: {_mega(found.feature_bytes)} of features, "
        f"{_mega(found.bytes - found.feature_bytes)} of runs",
        f"told by short runs on this machine, {duration(found.tried)} of core time",
    ]
    if found.untried:
        lines.append(f"{counted(found.untried, 'kind')} of networks not tried: told by similar ones")
    return lines


def _mega(size: float) -> str:
    return f"{size / 1e6:.0f} MB" if size >= 1e7 else f"{size / 1e6:.1f} MB"
