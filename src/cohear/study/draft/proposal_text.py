"""The words of a proposed study file: YAML that every line of says why."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from cohear.study.draft.datasets import Found
from cohear.study.draft.proposal import Proposal
from cohear.study.draft.sentences import (
    dataset_sentences,
    further_tasks,
    left_out_sentence,
    parted_sentence,
    task_sentence,
    without_tasks,
)
from cohear.study.draft.tasks import FOLDS, Draft
from cohear.study.file.settings import USUAL_BASELINES

_ENCODERS = ("small", "cnn")
_BASELINES = (*USUAL_BASELINES, "forest", "gmm")
_CONTROLS = ("shuffled", "wide")
"""What a proposed study can be made larger by."""
_WIDTH = 118
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
        for sentence in dataset_sentences(known):
            yield from _comment(sentence)
        yield f"  {scalar(known.name)}: {{{', '.join(_dataset_entry(known, file))}}}"
    for path, names in proposal.parted.items():
        yield from _comment(parted_sentence(path, names))
    for path, why in proposal.left_out.items():
        yield from _comment(left_out_sentence(path, why))
    yield ""
    yield "tasks:"
    for task in proposal.tasks:
        yield from _comment(task_sentence(task))
        yield f"  {_entry(task)}"
    if proposal.set_back:
        yield from _comment("Not proposed; a line can be used where its reason is mended:")
    for task, reason in proposal.set_back:
        yield f"  # {_entry(task)}"
        yield from _comment(f"  {reason}")
    for known in proposal.found:
        for sentence in without_tasks(proposal, known.name):
            yield from _comment(sentence)
    if proposal.tasks:
        yield from _comment(further_tasks(proposal))
    yield ""
    yield from _grid_lines(proposal)
    yield ""
    yield from _next_lines(proposal)


def _dataset_entry(known: Found, file: Path) -> Iterator[str]:
    yield f"path: {scalar(_relative(known.path, file.parent))}"
    if known.reader != "manifest":
        yield f"reader: {known.reader}"
    if known.groups is not None and known.groups.is_sure:
        yield f"group_in_name: {scalar(known.groups.pattern)}"
    if known.cells.separators:
        marks = (f"{scalar(column)}: {scalar(mark)}" for column, mark in known.cells.separators.items())
        yield f"separators: {{{', '.join(marks)}}}"
    if known.cells.one_hot:
        targets = (
            f"{scalar(target)}: [{', '.join(map(scalar, columns))}]" for target, columns in known.cells.one_hot.items()
        )
        yield f"one_hot: {{{', '.join(targets)}}}"


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
    own_window = {task.choice.dataset for task in proposal.tasks if task.window is not None}
    heard = [known.dataset for known in proposal.found if known.name not in own_window]
    short = sum(fact.seconds < 1 for dataset in heard for fact in dataset.facts)
    padded = f"; {short:,} clips are shorter and are padded" if short else ""
    own = " of tasks that have no window of their own" if own_window else ""
    yield from _comment(f"Seconds the network sees at once{own}{padded}.", indent="")
    yield "window: 1.0"
    if any(known.dataset.bad for known in proposal.found):
        yield from _comment("Clips that cannot be read are left out and counted; see above.", indent="")
        yield "on_bad_file: skip"


def _next_lines(proposal: Proposal) -> Iterator[str]:
    """What follows a first run, ready to be used: other classifiers, and runs whose answer is known."""
    tasks, further = len(proposal.tasks), len(_BASELINES) - len(USUAL_BASELINES)
    yield from _comment(
        "Next, when the first runs are done: take the `# ` away that a line below begins with and run again; what is "
        "done stays. A second network says whether gains are the first one's own; further baselines are classifiers of "
        f"another kind on the same folds, {tasks * FOLDS * further} short runs; controls say what a gain comes from.",
        indent="",
    )
    yield f"# encoders: [{', '.join(_ENCODERS)}]"
    yield f"# baselines: [{', '.join(_BASELINES)}]"
    if tasks > 1:
        yield f"# controls: [{', '.join(_CONTROLS)}]"


def _entry(task: Draft) -> str:
    choice = task.choice
    parts = [f"dataset: {scalar(choice.dataset)}", f"target: {scalar(choice.target)}"]
    if choice.kind:
        parts.append(f"kind: {choice.kind}")
    if choice.rule.folds:
        parts.append(f"folds: {scalar(choice.rule.folds)}")
    if choice.rule.hold_out:
        parts.append(f"hold_out: {scalar(choice.rule.hold_out)}")
    if choice.labels.drop:
        parts.append(f"drop: [{', '.join(scalar(label) for label in choice.labels.drop)}]")
    if task.window is not None:
        parts.append(f"window: {task.window}")
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
