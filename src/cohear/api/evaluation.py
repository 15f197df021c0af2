"""A bundle on labelled clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cohear.base.errors import MissingExtra
from cohear.base.files import cache_folder
from cohear.base.plugins import load_installed_parts

if TYPE_CHECKING:
    from cohear.evaluation.evaluated import Evaluated
    from cohear.study.launch.progress import Progress


def evaluate(
    bundle: str | Path,
    tables: Sequence[str | Path],
    *,
    targets: Mapping[str, str] | None = None,
    group: str | None = None,
    by: Sequence[str] = (),
    jobs: int | None = None,
    progress: Progress | None = None,
) -> Evaluated:
    """What a bundle is worth on labelled clips that it was not trained on, beside what its card promises.

    Args:
        bundle: its folder.
        tables: folders of datasets or table files, whatever can be read.
        targets: columns that hold the truth of tasks, where not those of the study.
        group: column of the groups, over which intervals are; None for the one that says so by its name.
        by: columns by whose values the tasks' metrics are told.
        jobs: files read at once; None for one a core.
        progress: told of everything.

    Raises:
        MissingExtra: onnx or onnxruntime is not installed.
        UserError: no table has a clip that a task can be asked about, or a wish that cannot be fulfilled.
    """
    try:
        from cohear.evaluation.evaluate import evaluate_bundle
    except ImportError as error:
        raise MissingExtra(error.name or "onnx", "export") from error
    load_installed_parts()
    return evaluate_bundle(
        Path(bundle),
        [Path(table) for table in tables],
        targets=targets,
        group=group,
        by=by,
        cache=cache_folder(),
        jobs=jobs,
        progress=progress,
    )
