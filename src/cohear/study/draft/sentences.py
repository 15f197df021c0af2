"""What a proposal decided, in sentences: comments of the study file and lines of the terminal are these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cohear.base.counting import counted
from cohear.data.tables.label_cells import LIST
from cohear.study.draft.datasets import Found
from cohear.study.draft.proposal import Proposal
from cohear.study.draft.tasks import Draft

NO_COLUMN = "it has no column of labels, and no events in time beside it (events.csv)"
_BAD_SHOWN = 5
_FOLDERS_SHOWN = 5


def decisions(proposal: Proposal) -> Iterator[str]:
    """All that was decided, a line each: datasets with their tasks, and what is left out."""
    for known in proposal.found:
        yield f"{known.name}: {known.path}, read as {known.reader}"
        yield from (f"  {sentence}" for sentence in dataset_sentences(known))
        for task in proposal.tasks:
            if task.choice.dataset == known.name:
                yield f"  task {task.choice.name}: {task_sentence(task)}"
        for task, reason in proposal.set_back:
            if task.choice.dataset == known.name:
                yield f"  not proposed: {task.choice.target}: {reason}"
        yield from (f"  {sentence}" for sentence in without_tasks(proposal, known.name))
    yield from (parted_sentence(path, names) for path, names in proposal.parted.items())
    yield from (left_out_sentence(path, why) for path, why in proposal.left_out.items())


def dataset_sentences(known: Found) -> Iterator[str]:
    """What a dataset is, how it was read, and what lies in its folder and is not used."""
    facts = known.dataset.facts
    hours = sum(fact.seconds for fact in facts) / 3600
    rates = ", ".join(f"{rate / 1000:g} kHz" for rate in sorted({fact.rate for fact in facts}))
    about = known.dataset.table.about
    licence = f" Licence: {about.licence}." if about.licence else " No licence is stated."
    flaws = f" {known.published.flaws}" if known.published and known.published.flaws else ""
    yield f"{counted(len(facts), 'clip')}, {hours:.2g} h, {rates}.{licence}{flaws}"
    if known.dataset.bad:
        shown = "; ".join(f"{bad.path.name}: {bad.reason}" for bad in known.dataset.bad[:_BAD_SHOWN])
        more = ", …" if len(known.dataset.bad) > _BAD_SHOWN else ""
        yield f"{len(known.dataset.bad)} clips cannot be read and are left out: {shown}{more}"
    yield from (f"Of {known.name}: {remark}." for remark in known.dataset.table.remarks)
    for column, separator in known.cells.separators.items():
        between = "are lists" if separator == LIST else f"hold several labels with {separator!r} between them"
        yield f"Cells of {column} {between}; without `separators` each cell is one label."
    for target, columns in known.cells.one_hot.items():
        together = f"{len(columns)} columns of 0 and 1 are the one target {target}"
        yield f"{together}; without `one_hot` each is one of its own."
    if known.groups is not None and known.groups.is_sure:
        yield f"{known.groups.named} tell groups: {known.groups.evidence}. Without `group_in_name` there are none."
    elif known.groups is not None:
        yield (
            f"No groups are known. {known.groups.named} may tell them: {known.groups.evidence}. If these are speakers "
            f"or sources, add group_in_name: {known.groups.pattern!r}"
        )
    yield from (f"{kind.sentence}." for kind in known.unused)


def task_sentence(task: Draft) -> str:
    """What a task has, and why it is cut so."""
    return f"{task.holds}, {counted(task.clips, 'clip')}. {' '.join(task.why)}"


def without_tasks(proposal: Proposal, dataset: str) -> Iterator[str]:
    """Which columns of a dataset are no targets, and that none is."""
    if columns := _by_reason(proposal.no_targets.get(dataset, {})):
        yield f"Columns of {dataset} that are no targets: {columns}."
    if dataset in proposal.no_columns:
        yield f"No task is proposed on {dataset}: {NO_COLUMN}."


def further_tasks(proposal: Proposal) -> str:
    """What tasks may be besides columns of one dataset, in a line of a study file each."""
    over = ""
    if len(proposal.found) > 1:
        names = ", ".join(known.name for known in proposal.found[:2])
        over = f"; one task may be of several datasets (`dataset: [{names}]`), where labels have one name"
    return f"A partner that needs no labels is `free: {{dataset: {proposal.found[0].name}, kind: reconstruct}}`{over}."


def parted_sentence(path: str, names: Sequence[str]) -> str:
    """That a path is several datasets, and what to do where it is one."""
    more = f" and {len(names) - _FOLDERS_SHOWN:,} more" if len(names) > _FOLDERS_SHOWN else ""
    return (
        f"Taken for {len(names):,} datasets: the folders {', '.join(names[:_FOLDERS_SHOWN])}{more} of {path}. If they "
        "are one, write a manifest.csv there that names the files of all."
    )


def left_out_sentence(path: str, why: str) -> str:
    """That a path is no dataset."""
    return f"Left out: {path}: {why}."


def _by_reason(reasons: Mapping[str, str]) -> str:
    held: dict[str, list[str]] = {}
    for column, why in reasons.items():
        held.setdefault(why, []).append(column)
    return "; ".join(f"{', '.join(columns)} ({why})" for why, columns in held.items())
