"""Rounds of a study: runs that are wanted, a look at the verdicts, the runs that are wanted then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cohear.base.errors import UserError
from cohear.base.study_facts import read_facts
from cohear.study.folder.folder import StudyFolder
from cohear.study.folder.tables import rows_of_results
from cohear.study.launch.progress import Progress
from cohear.study.plan.repeats import CellState, Judge, Repeats, states_of


def rounds(
    folder: StudyFolder, looks: Sequence[int], judge: Judge | None, progress: Progress
) -> Iterator[tuple[list[str], int]]:
    """Keys of the runs that are wanted by now, in the order of the plan, and how many there will be at most.

    A study of fixed repeats has one round. Otherwise the runs of a round must have been trained, or have failed,
    when the next is asked for: the verdicts are looked at, and combinations with an open cell get more repeats. Only
    runs of the rounds so far are looked at, whatever else is recorded, so a study that was killed looks at the same.

    Args:
        folder: with plan and facts written.
        looks: numbers of repeats after which verdicts are looked at; none where repeats are fixed.
        judge: says which cells are open.
        progress: told of the cells.

    Raises:
        UserError: there are looks and no judge.
    """
    plan = folder.read_plan()
    keys = list(dict.fromkeys(row.run for row in plan))
    if not looks:
        folder.write_repeats(None)
        yield keys, len(keys)
        return
    if judge is None:
        raise UserError("repeats.until: decided needs somebody who judges the cells; run it by cohear.api.Study")
    facts, repeats = read_facts(folder.root), Repeats(plan, looks)
    cells: list[CellState] = []
    while True:
        folder.write_repeats(repeats.to_json(cells))
        wanted = repeats.wanted()
        yield [key for key in keys if key in wanted], len(repeats.at_most(cells))
        cells = judge(rows_of_results(folder, wanted), looks, facts)
        progress.cells_judged(states_of(cells))
        waiting = repeats.of_runs({key for key in wanted if folder.record(key) is None})
        if not repeats.go_on(cells, waiting):
            folder.write_repeats(repeats.to_json(cells))
            return
