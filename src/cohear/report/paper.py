"""Tables of a study in Markdown and in LaTeX, to be put into a paper."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import pandas as pd

from cohear.analysis.tables.in_setting import in_setting
from cohear.base.units import NONE, Unit
from cohear.findings.not_learnt import MARK
from cohear.findings.verdict_words import FOR_NEW, ON_THESE
from cohear.findings.words import Name, escaped_in_markdown
from cohear.report.folder import FolderContent
from cohear.report.numbers import level
from cohear.report.parts.shown_gains import ShownGain, cells_of
from cohear.report.parts.views import setting_order, study_order
from cohear.report.tex import tex

_HEAD = (
    *("task", "metric", "alone", "beside", "together", "gain", "95 % interval", "p, adjusted", "repeats"),
    *(f"verdict {FOR_NEW}", ON_THESE),
)


PaperCell = str | Name
"""Our own text and figures, or what a user called something."""


def paper_table(study: FolderContent) -> str:
    """Scores alone and gains beside every partner, a table for each front-end, encoder and arm.

    Returns:
        Markdown (tables with pipes). Names are escaped, so that they are text and break no table.
    """
    tables, words = _tables(study)
    lines = [f"# {escaped_in_markdown(study.name)}\n", words]
    for title, rows in tables:
        lines += [f"\n## {escaped_in_markdown(title)}\n", "", *_pipes([_HEAD, *_written(rows, escaped_in_markdown)])]
    return "\n".join(lines) + "\n"


def latex_tables(study: FolderContent) -> str:
    """The same tables in LaTeX, of packages ``booktabs`` and ``longtable``; names are escaped."""
    tables, words = _tables(study)
    lines = ["% " + line for line in ("needs \\usepackage{booktabs,longtable}", *words.split("\n"))]
    columns = "".join("l" if name in _LEFT else "r" for name in _HEAD)
    head = " & ".join(map(tex, _HEAD)) + r" \\"
    for title, rows in tables:
        lines += [
            rf"\begin{{longtable}}{{{columns}}}",
            rf"\caption{{{tex(study.name)}: {tex(title)}}}\\",
            *(r"\toprule", head, r"\midrule", r"\endhead"),
            *(" & ".join(row) + r" \\" for row in _written(rows, tex, tex)),
            *(r"\bottomrule", r"\end{longtable}"),
        ]
    return "\n".join(lines) + "\n"


def _tables(study: FolderContent) -> tuple[list[tuple[str, list[Sequence[PaperCell]]]], str]:
    """Title and rows of each table, and what stands beside them all."""
    units = study.statistics.units
    tasks = study_order(study)
    place = {task: number for number, task in enumerate(tasks)}
    tables, every = list[tuple[str, list[Sequence[PaperCell]]]](), list[ShownGain]()
    for setting in setting_order(study):
        rows, here = (in_setting(table, setting) for table in (study.ordinary, study.statistics.gains))
        unlearnt = study.statistics.not_learnt.get(setting, frozenset())
        cells = sorted(
            cells_of(here, units, tasks, one_part=study.statistics.on_one_part),
            key=lambda cell: (
                place[cell.task],
                len(cell.partners),
                [(place.get(name, len(tasks)), name) for name in cell.partners],  # one without labels is no task here
            ),
        )
        every += cells
        tables.append((", ".join(map(str, setting)), list(_lines(rows, cells, units, tasks, unlearnt))))
    return tables, f"{_WORDS} {_for_whom(every)}"


_WORDS = """
Means over paired repeats on the test parts; scores and gains are in points (× 100) where the metric is a fraction.
A gain is the score in the shared network minus the score alone, same fold and seed, plus is better. Intervals are of
each cell alone; p-values are adjusted within a front-end, encoder and arm (false discovery rate 5 %)."""


def _for_whom(cells: Sequence[ShownGain]) -> str:
    """Which clips intervals, p-values and verdicts are for."""
    alone = f"a cell with one test part has all of them {ON_THESE} alone, and none {FOR_NEW}."
    if cells and not any(cell.for_new for cell in cells):
        return alone.capitalize()
    told = f"They and the\nintervals are {FOR_NEW}; {_SEEDS}"
    return told + f"\nBut {alone}" * (not all(cell.for_new for cell in cells))


_SEEDS = "the last column has seeds alone as the sample, and is empty where they cannot tell."


def _lines(
    results: pd.DataFrame,
    cells: Sequence[ShownGain],
    units: Mapping[str, Unit],
    tasks: Sequence[str],
    unlearnt: Collection[str],
) -> Iterable[Sequence[PaperCell]]:
    alone = results[results["combination"] == results["task"]].groupby("task")["value"].mean()
    metrics = dict(zip(results["task"], results["metric"], strict=True))
    for task in tasks:
        if task not in metrics:
            continue
        own = [cell for cell in cells if cell.task == task]
        score = level(alone.get(task), units[metrics[task]].points)
        head: list[PaperCell] = [Name(task), Name(metrics[task]), f"{score} ({MARK})" if task in unlearnt else score]
        for cell in own:
            beside = Name(" + ".join(cell.partners))
            figures = [cell.shared_text, cell.gain_text, cell.interval_text, cell.p_text, str(cell.repeats)]
            verdicts = (_verdict(cell), cell.here) if cell.for_new else (NONE, _verdict(cell))
            yield [*head, beside, *figures, *verdicts]
        if not own:
            yield [*head, *[NONE] * (len(_HEAD) - len(head))]


def _verdict(cell: ShownGain) -> str:
    more = ", ".join(filter(None, (cell.explanation, cell.when)))
    return f"{cell.verdict} ({more})" if more else cell.verdict


_LEFT = {"task", "metric", "beside", *_HEAD[-2:]}


def _written(
    rows: Sequence[Sequence[PaperCell]], name: Callable[[str], str], own: Callable[[str], str] = str
) -> list[list[str]]:
    """Rows of a medium that writes names, and our own text, in these ways."""
    return [[name(cell.text) if isinstance(cell, Name) else own(cell) for cell in row] for row in rows]


def _pipes(rows: Sequence[Sequence[str]]) -> list[str]:
    rule = ["---" if name in _LEFT else "---:" for name in rows[0]]
    return ["| " + " | ".join(row) + " |" for row in (rows[0], rule, *rows[1:])]
