"""The words of a proposed study file: YAML that every line of says why."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from cohear.data.tables.label_cells import LIST
from cohear.study.draft.datasets import Found
from cohear.study.draft.proposal import Proposal
from cohear.study.draft.tasks import FOLDS, Draft

NO_COLUMN = "it has no column of labels, and events in time (events.csv) are no targets"
_WIDTH = 118
_BAD_SHOWN = 5
_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./-]*")
_SAID_BY_YAML = {"null", "~"}


def study_text(proposal: Proposal, file: Path) -> str:
    """The study file's text; paths in it are relative to the folder of ``file``."""
    return "\n".join(_lines(proposal, file.absolute())) + "\n"


def scalar(text: str) -> str:
    """A word as YAML that reads back as that word, whatever it holds."""
    if _PLAIN.fullmatch(text) and text not in _SAID_BY_YAML:
        return text
    return '"' + "".join(_escaped(mark) for mark in text) + '"'


def _lines(proposal: Proposal, file: Path) -> Iterator[str]:
    yield "# Written by `cohear init`. Everything may be changed; what is not said here has its default."
    yield f"study: {scalar(_study_name(file))}"
    yield ""
    yield "datasets:"
    for known in proposal.found:
        yield from _dataset_lines(known, file)
    yield from _left_out_lines(proposal.left_out)
    yield ""
    yield "tasks:"
    for task in proposal.tasks:
        yield from _comment(f"{task.labels} labels, {task.clips:,} clips. {' '.join(task.why)}")
        yield f"  {_entry(task)}"
    if proposal.set_back:
        yield from _comment("Not proposed; a line can be used where its reason is mended:")
    for task, reason in proposal.set_back:
        yield f"  # {_entry(task)}"
        yield from _comment(f"  {reason}")
    for name, reasons in proposal.no_targets.items():
        by_reason: dict[str, list[str]] = {}
        for column, why in reasons.items():
            by_reason.setdefault(why, []).append(column)
        if by_reason:
            columns_text = "; ".join(f"{', '.join(columns)} ({why})" for why, columns in by_reason.items())
            yield from _comment(f"Columns of {name} that are no targets: {columns_text}.")
    for name in proposal.no_columns:
        yield from _comment(f"No task is proposed on {name}: {NO_COLUMN}.")
    yield ""
    yield from _grid_lines(proposal)


def _dataset_lines(known: Found, file: Path) -> Iterator[str]:
    facts = known.dataset.facts
    hours = sum(fact.seconds for fact in facts) / 3600
    rates = ", ".join(f"{rate / 1000:g} kHz" for rate in sorted({fact.rate for fact in facts}))
    about = known.dataset.table.about
    licence = f" Licence: {about.licence}." if about.licence else " No licence is stated."
    flaws = f" {known.published.flaws}" if known.published and known.published.flaws else ""
    yield from _comment(f"{len(facts):,} clips, {hours:.2g} h, {rates}.{licence}{flaws}")
    if known.dataset.bad:
        shown = "; ".join(f"{bad.path.name}: {bad.reason}" for bad in known.dataset.bad[:_BAD_SHOWN])
        more = ", …" if len(known.dataset.bad) > _BAD_SHOWN else ""
        yield from _comment(f"{len(known.dataset.bad)} clips cannot be read and are left out: {shown}{more}")
    for remark in known.dataset.table.remarks:
        yield from _comment(f"Of {known.name}: {remark}.")
    for column, separator in known.cells.separators.items():
        between = "are lists" if separator == LIST else f"hold several labels with {separator!r} between them"
        yield from _comment(f"Cells of {column} {between}; without `separators` each cell is one label.")
    for target, columns in known.cells.one_hot.items():
        yield from _comment(
            f"{len(columns)} columns of 0 and 1 are the one target {target}; without `one_hot` each is one of its own."
        )
    yield f"  {scalar(known.name)}: {{{', '.join(_dataset_entry(known, file))}}}"


def _dataset_entry(known: Found, file: Path) -> Iterator[str]:
    yield f"path: {scalar(_relative(known.path, file.parent))}"
    if known.reader != "manifest":
        yield f"reader: {known.reader}"
    if known.cells.separators:
        marks = (f"{scalar(column)}: {scalar(mark)}" for column, mark in known.cells.separators.items())
        yield f"separators: {{{', '.join(marks)}}}"
    if known.cells.one_hot:
        targets = (
            f"{scalar(target)}: [{', '.join(map(scalar, columns))}]" for target, columns in known.cells.one_hot.items()
        )
        yield f"one_hot: {{{', '.join(targets)}}}"


def _left_out_lines(left_out: dict[str, str]) -> Iterator[str]:
    for path, why in left_out.items():
        yield from _comment(f"Left out: {path}: {why}.")


def _grid_lines(proposal: Proposal) -> Iterator[str]:
    tasks = len(proposal.tasks)
    named = ["singles", "pairs", "all"][: min(tasks, 3)]
    count = tasks + (tasks * (tasks - 1) // 2 if tasks > 1 else 0) + (tasks > 2)
    yield from _comment(
        f"{count} combinations in {FOLDS} folds: {count * FOLDS} runs. With seeds: 2 ({2 * count * FOLDS} runs) "
        "chance is told from the choice of folds, and more can be decided; it can be raised "
        "later, and what is done stays.",
        indent="",
    )
    yield f"combinations: [{', '.join(named)}]"
    yield f"repeats: {{folds: {FOLDS}, seeds: 1}}"
    short = sum(fact.seconds < 1 for known in proposal.found for fact in known.dataset.facts)
    padded = f"; {short:,} clips are shorter and are padded" if short else ""
    yield from _comment(f"Seconds the network sees at once{padded}.", indent="")
    yield "window: 1.0"
    if any(known.dataset.bad for known in proposal.found):
        yield from _comment("Clips that cannot be read are left out and counted; see above.", indent="")
        yield "on_bad_file: skip"


def _entry(task: Draft) -> str:
    choice = task.choice
    parts = [f"dataset: {scalar(choice.dataset)}", f"target: {scalar(choice.target)}"]
    if choice.rule.folds:
        parts.append(f"folds: {scalar(choice.rule.folds)}")
    if choice.rule.hold_out:
        parts.append(f"hold_out: {scalar(choice.rule.hold_out)}")
    if choice.labels.drop:
        parts.append(f"drop: [{', '.join(scalar(label) for label in choice.labels.drop)}]")
    return f"{scalar(choice.name)}: {{{', '.join(parts)}}}"


def _comment(text: str, indent: str = "  ") -> Iterator[str]:
    """A comment in lines of the usual width; nothing in it can end it."""
    inside = "".join(mark if mark.isprintable() else " " for mark in text)
    deeper = " " * (len(inside) - len(inside.lstrip()))
    for line in _wrapped(inside.strip(), _WIDTH - len(indent) - len(deeper)):
        yield f"{indent}# {deeper}{line}"


def _wrapped(text: str, width: int) -> Sequence[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)


def _study_name(file: Path) -> str:
    """The file's name, or its folder's where it is called ``study.yaml`` as most are."""
    name = file.parent.name if file.stem == "study" else file.stem
    return re.sub(r"[\\/]+", "_", name) or "study"


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return path.absolute().as_posix()


def _escaped(mark: str) -> str:
    if mark in '"\\':
        return f"\\{mark}"
    if mark.isprintable():
        return mark
    number = ord(mark)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
