"""The answer of one setting as the page shows it: findings, and the cells that stand behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from cohear.base.setting import Setting
from cohear.findings.caveats import lines_of
from cohear.findings.finding import Sureness
from cohear.findings.kind import Said
from cohear.findings.study_findings import Findings, cure_words, said
from cohear.findings.sure_effects import SurePartners, sure_partners
from cohear.findings.verdict_counts import VerdictLine, verdict_lines
from cohear.findings.words import NOTHING, Words, joined
from cohear.report.parts.axis_ticks import Axis, axis_over
from cohear.report.parts.shown_gains import ShownGain


@dataclass(frozen=True)
class SettingAnswer:
    """What one setting (features x encoder x arm) says.

    Attributes:
        sureness: of the headline.
        said: the two tasks that help each other most, and how sure that is.
        decides: what would decide it; empty where nothing of it is open.
        proof: the cells behind the headline, the larger gain first.
        axis: for drawing their intervals.
        sure: those that surely help and those that surely hurt, each with its cells, the largest effect first.
        verdicts: how many cells of pairs have which.
        certain, open: what the verdicts are worth, and what would decide the undecided ones.
        groups: the cells of larger combinations, by combination: all tasks first, then the largest mean gain.
        unlearnt: which tasks are not learnt, and what may change that; nothing where all are.
        certain_short: how many effects are sure; nothing where no pair was compared.
        still_open: how many are not; nothing where all are decided.
    """

    sureness: Sureness
    said: Said
    decides: Words
    proof: list[ShownGain]
    axis: Axis
    sure: list[tuple[SurePartners, list[ShownGain]]]
    verdicts: Sequence[VerdictLine]
    certain: Words
    open: Words
    groups: dict[str, list[ShownGain]]
    unlearnt: Words = NOTHING
    certain_short: Words = NOTHING
    still_open: Words = NOTHING

    @property
    def is_shown(self) -> bool:
        """Whether at least one of the two is shown to be helped."""
        return self.sureness in ("sure", "partly")

    @property
    def measured(self) -> int:
        """Pair cells in all."""
        return sum(self.counts.values())

    @property
    def counts(self) -> dict[str, int]:
        """Pair cells by verdict."""
        return {line.verdict: line.cells for line in self.verdicts}


def answer_of(findings: Findings, key: Setting, cells: Sequence[ShownGain]) -> SettingAnswer:
    """The answer of a setting.

    Args:
        findings: of the study.
        key: features, encoder and arm.
        cells: of the setting.
    """
    pairs = [cell for cell in cells if cell.pair]
    by_name = {(cell.task, cell.combination): cell for cell in pairs}
    best = findings.on_setting("best-pair", key)
    counted, still_open, sure = (findings.of(code, key) for code in ("verdict-counts", "open-cells", "sure-effects"))
    unlearnt = findings.of("not-learnt", key)
    proof = [cell for cell in pairs if cell.combination == best.combination]
    return SettingAnswer(
        sureness=best.sureness,
        said=said(best),
        decides=cure_words(best),
        proof=sorted(proof, key=lambda cell: -cell.gain),
        axis=axis_over([0.0, *(value for cell in proof for value in (cell.gain, cell.low, cell.high))]),
        sure=[(some, [by_name[name] for name in some.cells]) for some in (sure_partners(sure) if sure else ())],
        verdicts=verdict_lines(counted) if counted else (),
        certain=said(counted).details[0][1] if counted else NOTHING,
        open=cure_words(still_open) if still_open else NOTHING,
        groups=larger_combinations(cells),
        unlearnt=joined([*lines_of(unlearnt), cure_words(unlearnt)]) if unlearnt else NOTHING,
        certain_short=said(sure).text if sure else NOTHING,
        still_open=joined([said(still_open).head, said(still_open).text]) if still_open else NOTHING,
    )


def larger_combinations(cells: Sequence[ShownGain]) -> dict[str, list[ShownGain]]:
    """The cells of larger combinations, by combination: all tasks first, then the largest mean gain."""
    groups: dict[str, list[ShownGain]] = {}
    for cell in cells:
        if not cell.pair:
            groups.setdefault(cell.combination, []).append(cell)
    return dict(sorted(groups.items(), key=lambda one: (not one[1][0].whole, -fmean(cell.gain for cell in one[1]))))
