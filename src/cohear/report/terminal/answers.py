"""Answers for the terminal; names are shown as they are (no markup)."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cohear.base.setting import setting_of
from cohear.base.units import Unit
from cohear.findings.answers import Answers, DecidedCell
from cohear.findings.figures import Estimate
from cohear.findings.kind import QUESTIONS, WHOLE_QUESTION
from cohear.findings.not_learnt import are_not_learnt
from cohear.findings.pairs import partner_of
from cohear.findings.verdict_words import told_verdict

MOST_CELLS = 12
"""Decided cells that the text lists."""


def answers_text(answers: Answers) -> Group:
    """The answers, a paragraph of figures first.

    Args:
        answers: of :func:`cohear.findings.answers.answers`.
    """
    lines: list[RenderableType] = [
        Text(WHOLE_QUESTION, style="bold underline"),
    ]
    for key, title in QUESTIONS.items():
        lines += [Text(""), Text(title, style="bold"), Text(answers[key]["answer"])]
        if key == "improve":
            lines += _decided(answers["improve"]["decided"])
        lines.append(Padding(Text("What would change it: " + answers[key]["would_change"], style="dim"), (0, 0, 0, 2)))
    lines += [Text("note: " + said, style="dim") for said in answers["caveats"]]
    return Group(*lines)


def _decided(cells: Sequence[DecidedCell]) -> list[Text]:
    """A line each, from the largest gain to the largest loss; of many, those at both ends."""
    lines = [Text(_cell(cell)) for cell in cells]
    if len(lines) <= MOST_CELLS:
        return lines
    end = MOST_CELLS // 2
    between = f"  … {len(lines) - 2 * end} more between them: `cohear gains DIR` has all"
    return [*lines[:end], Text(between, style="dim"), *lines[-end:]]


def _cell(cell: DecidedCell) -> str:
    partners = partner_of(cell["task"], cell["combination"])
    verdict = told_verdict(cell["verdict"], cell["explanation"], cell["low"], cell["high"])
    gain = Estimate.of(cell["gain"], cell["low"], cell["high"], Unit.named(cell["unit"]))
    where = ", ".join(setting_of(cell))
    unlearnt = are_not_learnt(cell["not_learnt"]).plain
    told = ", ".join(filter(None, (verdict, unlearnt)))
    return f"  {cell['task']} beside {partners}: {gain}, {told} [{where}]"
