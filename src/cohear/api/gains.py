"""The table of gains, and verdicts while a study runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cohear.api.tables import refresh_tables
from cohear.base.files import remove_file

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from cohear.analysis.statistics import Statistics
    from cohear.base.study_facts import StudyFacts
    from cohear.base.tables import Row
    from cohear.study.plan.repeats import CellState
    from cohear.study.score_gaps import Advice


def write_gains(folder: str | Path, say: Callable[[str], None] | None = None) -> pd.DataFrame:
    """Gains of a study folder, or of any folder with a ``results.csv``; written there as ``gains.csv``.

    With what goes with it: ``gains_nll.csv``, of the second primary score, and ``controls.csv`` and
    ``controls_nll.csv``.

    Args:
        folder: the folder.
        say: told, in sentences, what a reader of the table should know.

    Raises:
        UserError: there is no such table, or it cannot be compared.
    """
    return judged_folder(Path(folder), say).gains


def judged_folder(folder: Path, say: Callable[[str], None] | None = None) -> Statistics:
    """The statistics that :func:`write_gains` writes, for who goes on with them."""
    from cohear.analysis.statistics import Statistics
    from cohear.analysis.tables.text import write_table
    from cohear.base.tables import CONTROLS_CSV, CONTROLS_NLL_CSV, GAINS_CSV, GAINS_NLL_CSV, SINGLES_CSV
    from cohear.findings import Findings
    from cohear.findings.caveats import notes

    refresh_tables(folder, say)
    statistics = Statistics.of_folder(folder)
    write_table(folder / GAINS_CSV.file, statistics.gains)
    losses = statistics.log_loss
    for table, content in (
        (GAINS_NLL_CSV, None if losses is None else losses.gains),
        (CONTROLS_CSV, statistics.controls),
        (CONTROLS_NLL_CSV, None if losses is None else losses.controls),
        (SINGLES_CSV, statistics.singles_table),
    ):
        if content is None or (table is not GAINS_NLL_CSV and content.empty):
            remove_file(folder / table.file)
        else:
            write_table(folder / table.file, content)
    if say is not None:
        for sentence in notes(Findings(statistics)):
            say(sentence)
    return statistics


def partners_measured(folder: Path) -> Advice:
    """What measured partners did to each task of a study folder that has results."""
    from cohear.analysis.statistics import Statistics
    from cohear.base.tables import RESULTS_CSV
    from cohear.findings import Findings
    from cohear.findings.measured_partners import partner_advice

    if not (folder / RESULTS_CSV.file).exists():
        return {}
    statistics = Statistics.of_folder(folder)
    return {
        (task, *finding.setting): advice
        for finding in Findings(statistics).all("measured-partners")
        if finding.setting is not None
        for task, advice in partner_advice(finding).items()
    }


def judge_cells(rows: Sequence[Row], looks: Sequence[int], facts: StudyFacts) -> list[CellState]:
    """Where cells stand at a look: what a study with ``repeats: {until: decided}`` asks between its rounds.

    Args:
        rows: of ``results.csv``, with their jobs.
        looks: numbers of repeats at which cells are looked at.
        facts: of datasets, tasks and folds.
    """
    import pandas as pd

    from cohear.analysis.gains.design import Design
    from cohear.analysis.statistics import Statistics
    from cohear.analysis.tables.of_study import GivenTables
    from cohear.analysis.tables.results import checked_results
    from cohear.base.tables import JOB, RESULTS_CSV
    from cohear.study.plan.repeats import CellState

    results = checked_results(pd.DataFrame(list(rows), columns=[*RESULTS_CSV.names, JOB.name]))
    design = replace(Design.of(facts), looks=tuple(looks))
    return [
        CellState(
            **{name: row[name] for name in ("task", "combination", "features", "encoder", "arm", "verdict")},
            repeats=int(row["repeats"]),
            state="decided" if row["verdict"] != "undecided" else "open" if row["open"] else "given up",
        )
        for row in Statistics(GivenTables(results, facts), design).standing.to_dict("records")
    ]
