"""The table of gains, and verdicts while a study runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cohear.api.tables import refresh_tables
from cohear.base.files import remove_file

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from cohear.study.repeats import CellState, Row


def write_gains(folder: str | Path, say: Callable[[str], None] | None = None) -> pd.DataFrame:
    """Gains of a study folder, or of any folder with a ``results.csv``; written there as ``gains.csv``.

    Args:
        folder: the folder.
        say: told, in sentences, what a reader of the table should know.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    from cohear.analysis.cell_tests import MARGIN
    from cohear.analysis.controls import contrasts, control_gains, explained
    from cohear.analysis.facts import looks_of, margins_of, ratios_of
    from cohear.analysis.gains import notes
    from cohear.analysis.pairs import paired_differences
    from cohear.analysis.results import read_results
    from cohear.analysis.sequential import gains_by_design
    from cohear.analysis.tables import write_table
    from cohear.base.tables import CONTROLS_CSV, GAINS_CSV
    from cohear.report.folder import read_facts

    folder = Path(folder)
    refresh_tables(folder, say)
    data = read_facts(folder)
    results, margins, ratio = read_results(folder), margins_of(data) or MARGIN, ratios_of(data) or None
    pairs = paired_differences(results)
    table = gains_by_design(pairs, margins, ratio, looks_of(data))
    controls = control_gains(results, margins, ratio)
    if len(controls):
        table = explained(table, controls, contrasts(results, ratio))
        write_table(folder / CONTROLS_CSV.file, controls)
    else:
        remove_file(folder / CONTROLS_CSV.file)
    write_table(folder / GAINS_CSV.file, table)
    if say is not None:
        for sentence in notes(results, pairs, looks_of(data)):
            say(sentence)
    return table


def judge_cells(rows: Sequence[Row], looks: Sequence[int], facts: Row) -> list[CellState]:
    """Where cells stand at a look: what a study with ``repeats: {until: decided}`` asks between its rounds.

    Args:
        rows: of ``results.csv``.
        looks: numbers of repeats at which cells are looked at.
        facts: content of ``data.json``.
    """
    import pandas as pd

    from cohear.analysis.cell_tests import MARGIN
    from cohear.analysis.facts import margins_of, ratios_of
    from cohear.analysis.sequential import decide
    from cohear.base.tables import RESULTS_CSV
    from cohear.study.repeats import CellState

    results = pd.DataFrame(list(rows), columns=list(RESULTS_CSV.names))
    table = decide(results, looks[-1], margins_of(facts) or MARGIN, ratios_of(facts) or None, looks)
    return [
        CellState(
            **{name: row[name] for name in ("task", "combination", "features", "encoder", "arm", "verdict")},
            repeats=int(row["repeats"]),
            state="decided" if row["verdict"] != "undecided" else "open" if row["open"] else "given up",
        )
        for row in table.to_dict("records")
    ]
