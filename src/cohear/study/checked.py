"""What the last check of a study's data found to be an error, for those who train on the same data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from cohear.base.counting import counted
from cohear.base.files import digest, make_folder, write_json
from cohear.data.scan.dataset import Dataset
from cohear.study.file import StudySettings


def keep_errors(errors: Sequence[str], settings: StudySettings, datasets: Mapping[str, Dataset], cache: Path) -> None:
    """Remember a check's errors, one sentence each, the worst first; none says that the data were checked.

    Raises:
        FolderError: the cache cannot be written.
    """
    file = _file(settings, datasets, cache)
    make_folder(file.parent)
    write_json(file, list(errors))


def warnings_of_check(settings: StudySettings, datasets: Mapping[str, Dataset], cache: Path) -> list[str]:
    """A sentence where the last check of these very data and tasks found errors."""
    try:
        errors = json.loads(_file(settings, datasets, cache).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    if not errors:
        return []
    more = f" (and {counted(len(errors) - 1, 'more', 'more')})" if errors[1:] else ""
    return [f"`cohear check` has {counted(len(errors), 'error')} on these data: {errors[0]}{more}; mend the data first"]


def _file(settings: StudySettings, datasets: Mapping[str, Dataset], cache: Path) -> Path:
    """A name that changes with whatever the checks judge: clips, their samples and columns, tasks and folds."""
    used = {name for task in settings.tasks.values() for name in task.datasets}
    judged = [
        [repr(choice) for choice in settings.task_choices()],
        [settings.seed, settings.repeats.folds, settings.allow_input_overlap, settings.on_bad_file, settings.window],
        [
            [
                name,
                dataset.contents(),
                [[str(column), *map(str, cells)] for column, cells in dataset.table.rows.items()],
            ]
            for name, dataset in sorted(datasets.items())
            if name in used
        ],
    ]
    return cache / "audit" / f"errors-{digest(judged)}.json"
