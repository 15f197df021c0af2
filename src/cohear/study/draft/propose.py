"""``cohear init``: a study file proposed from whatever folders there are, with the reason of every decision in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

from cohear.base.counting import counted
from cohear.base.errors import DataError, FolderError, UserError
from cohear.base.files import write_text
from cohear.base.yaml_text import read_yaml
from cohear.data.folds.partition import mistakes_in_folds
from cohear.data.scan.dataset import Dataset
from cohear.data.tables.targets import is_number_of_label, label_columns, nearly_alike, number_columns, says_groups
from cohear.study.draft.datasets import Found, find_datasets
from cohear.study.draft.proposal import Proposal
from cohear.study.draft.proposal_text import study_text
from cohear.study.draft.sentences import NO_COLUMN
from cohear.study.draft.tasks import Draft, drafts, splits_of
from cohear.study.file import StudySettings, check_study
from cohear.study.folder.folder import with_paths_from
from cohear.study.launch.progress import NoProgress, Progress
from cohear.tasks import Regression
from cohear.tasks.event_cells import hold_events

MOST_TASKS = 12
SEED = 0


def write_proposal(
    paths: Sequence[Path],
    file: Path,
    *,
    cache: Path,
    force: bool = False,
    most_tasks: int | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Proposal:
    """Propose a study on some datasets and write its file.

    Args:
        paths: folders or table files.
        file: the study file; paths in it are relative to its folder.
        cache: folder of facts about audio.
        force: a file that is there is written over.
        most_tasks: more tasks are written as comments; None for `MOST_TASKS`, and a task of each dataset in any case.
        jobs: threads of the scan.
        progress: told of the scan.

    Raises:
        DataError: a path does not exist, or no task can be made of them.
        FolderError: the file is there already, or cannot be written.
    """
    if file.exists() and not force:
        raise FolderError(f"{file} is there already; name another one with -o, or write over it with --force")
    if not file.absolute().parent.is_dir():
        raise FolderError(f"there is no folder {file.absolute().parent}; make it, or name another place with -o")
    proposal = propose(paths, cache=cache, most_tasks=most_tasks, jobs=jobs, progress=progress)
    text = study_text(proposal, file)
    check_study(read_yaml(text), str(file))
    write_text(file, text)
    return proposal


def proposed_settings(
    paths: Sequence[Path], *, cache: Path, jobs: int | None = None, progress: Progress | None = None
) -> StudySettings:
    """The study that would be proposed on some datasets, with absolute paths; nothing is written.

    Raises:
        DataError: a path does not exist, or no task can be made of them.
    """
    file = Path("study.yaml").absolute()
    text = study_text(propose(paths, cache=cache, jobs=jobs, progress=progress), file)
    return with_paths_from(check_study(read_yaml(text)), file.parent)


def propose(
    paths: Sequence[Path],
    *,
    cache: Path,
    most_tasks: int | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Proposal:
    """Choose tasks that can be trained side by side.

    One task of each dataset comes first, then the second of each, and so on. A task is accepted where the whole
    study with it has no mistake by the rules that ``cohear run`` applies, above all the leakage rule.

    Raises:
        DataError: a path does not exist, or no task can be made of them.
    """
    found, places = find_datasets(paths, cache=cache, jobs=jobs, progress=progress or NoProgress())
    proposal = Proposal(found, parted=places.parted, left_out=places.left_out)
    datasets = {known.name: known.dataset for known in found}
    names = _task_names(found)
    candidates = [_candidates(known, names, proposal) for known in found]
    for ways in (ways for turn in zip_longest(*candidates) for ways in turn if ways):
        alike = next((task for task in proposal.tasks if _alike(task, ways[0], datasets)), None)
        if alike is not None:
            proposal.set_back.append((ways[0], f"says nearly the same as {alike.choice.name}"))
            continue
        fitting, refusal = _first_fitting(proposal.tasks, ways, datasets)
        if fitting is None:
            proposal.set_back.append((ways[0], f"the study would be refused: {refusal}"))
        elif not _has_room(proposal, fitting, most_tasks):
            enough = counted(len(proposal.tasks), "task makes", "tasks make")
            proposal.set_back.append((fitting, f"{enough} enough combinations; it can be added"))
        else:
            proposal.tasks.append(fitting)
    if not proposal.tasks:
        reasons = [
            f"{name}.{column}: {why}"
            for name, columns in proposal.no_targets.items()
            for column, why in columns.items()
        ]
        reasons += [f"{name}: {NO_COLUMN}" for name in proposal.no_columns]
        raise DataError("no task can be made of these datasets:" + "".join(f"\n  - {reason}" for reason in reasons))
    order = [known.name for known in found]
    proposal.tasks.sort(key=lambda task: order.index(task.choice.dataset))
    return proposal


def _has_room(proposal: Proposal, draft: Draft, most_tasks: int | None) -> bool:
    """Whether one task more is not too many; where nobody said how many, no dataset is without a task."""
    if len(proposal.tasks) < (MOST_TASKS if most_tasks is None else most_tasks):
        return True
    return most_tasks is None and all(task.choice.dataset != draft.choice.dataset for task in proposal.tasks)


def _candidates(known: Found, names: dict[tuple[str, str], str], proposal: Proposal) -> list[list[Draft]]:
    """The drafts of each label column that has any; reasons of the others go to the proposal.

    Where no publisher calls them labels, numbers of labels come behind their names, then events in time and measured
    numbers, and speakers last: a task on speakers needs them on both sides of every fold, which keeps others from
    holding them out.
    """
    published = list(known.published.tasks) if known.published else []
    columns, reasons = label_columns(known.dataset.table, published)
    numbers = [] if known.published else number_columns(known.dataset.table, reasons)
    timed = [name for name in reasons if hold_events(known.dataset.table.column(name, known.name))]
    ranks = {name: 3 if says_groups(name) else int(is_number_of_label(name)) for name in columns}
    ranks |= dict.fromkeys(published, 0) | dict.fromkeys([*timed, *numbers], 2)
    columns = sorted([*columns, *timed, *numbers], key=ranks.__getitem__)
    candidates = []
    for column in columns:
        kind = Regression.name if column in numbers else None
        ways, why = drafts(known.dataset, column, names[known.name, column], SEED, kind)
        if ways:
            candidates.append(ways)
            reasons.pop(column, None)
        else:
            reasons[column] = why
    proposal.no_targets[known.name] = reasons
    if not candidates and not reasons:
        proposal.no_columns.append(known.name)
    return candidates


def _task_names(found: Sequence[Found]) -> dict[tuple[str, str], str]:
    """A task's name by dataset and column: the column, with the dataset before it where others have it too."""
    columns = [(known.name, str(column)) for known in found for column in known.dataset.table.rows.columns]
    held = [column for _, column in columns]
    names: dict[tuple[str, str], str] = {}
    for dataset, column in columns:
        word = "_".join(column.replace("+", " ").split()) or "labels"
        name = word if held.count(column) == 1 else f"{dataset}_{word}"
        names[dataset, column] = next(_numbered(name, set(names.values())))
    return names


def _numbered(name: str, taken: set[str]) -> Iterator[str]:
    return (free for free in (name, *(f"{name}_{number}" for number in range(2, 10_000))) if free not in taken)


def _first_fitting(
    tasks: Sequence[Draft], ways: Sequence[Draft], datasets: Mapping[str, Dataset]
) -> tuple[Draft | None, str]:
    """The first way to cut a task that a study with the others allows; else what is wrong with the best one."""
    refusals = []
    for way in ways:
        mistake = _mistake_beside(tasks, way, datasets)
        if not mistake:
            return way, ""
        refusals.append(mistake.partition("; give")[0])
    return None, refusals[0]


def _mistake_beside(tasks: Sequence[Draft], draft: Draft, datasets: Mapping[str, Dataset]) -> str:
    """What is wrong with a study of these tasks; nothing where it can be run."""
    choices = [*(task.choice for task in tasks), draft.choice]
    used = {choice.dataset: datasets[choice.dataset] for choice in choices}
    try:
        folds = splits_of(used, choices, SEED)
    except UserError as error:
        return str(error)
    mistakes = mistakes_in_folds(folds, allow_overlap=False)
    return mistakes[0] if mistakes else ""


def _alike(task: Draft, other: Draft, datasets: Mapping[str, Dataset]) -> bool:
    if task.choice.dataset != other.choice.dataset:
        return False
    one, two = (_labels_by_clip(draft, datasets) for draft in (task, other))
    return nearly_alike(one, two)


def _labels_by_clip(draft: Draft, datasets: Mapping[str, Dataset]) -> dict[int, str]:
    cells = datasets[draft.choice.dataset].table.column(draft.choice.target, "")
    return {row: cell for row, cell in enumerate(cells) if cell and cell not in draft.choice.labels.drop}
