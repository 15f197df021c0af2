"""What does the tasks of a bundle better alone than the network that is exported, on the study's test clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from cohear.analysis.answers.above import above
from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.results import checked_results
from cohear.export.grid_cell import GridCell
from cohear.findings.below_single import BelowSingle
from cohear.runs.record import Record


def better_singles(statistics: Statistics, cell: GridCell, records: Sequence[Record]) -> Mapping[str, BelowSingle]:
    """By task the single, network or baseline, that is furthest above what is exported, where there is one.

    The test clips of all repeats may judge: none chose the cell.

    Args:
        statistics: of the study.
        cell: that is exported.
        records: of its repeats, whether the study made them or the export.
    """
    rows = [
        {
            "run": record.run,
            "features": cell.features,
            "encoder": cell.encoder,
            "arm": cell.arm,
            "combination": cell.combination,
            "control": "",
            "fold": record.specification["fold"],
            "seed": record.specification["seed"],
            "task": task,
            "metric": scored.metric,
            "value": scored.score(),
            "higher_is_better": scored.higher_is_better,
            "test_clips": scored.test_clips,
            "test_part": scored.test_part,
            "parameters": record.parameters,
            "steps": record.steps,
            "seconds": record.seconds,
        }
        for record in records
        for task, scored in record.tasks.items()
    ]
    if not rows:
        return {}
    found = above(checked_results(pd.DataFrame(rows)), statistics.ways_alone, statistics.design)
    return {task: BelowSingle.of(line, statistics.units[line["metric"]]) for task, line in found.items()}


def better_sentence(task: str, better: BelowSingle) -> str:
    """For the terminal and the card."""
    return f"{task} is done better alone than by this network: by {better.words.plain}"
