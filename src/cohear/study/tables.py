"""The study's tables, made from the records of the current plan alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cohear.base.columns import METRICS, RESULTS, RESULTS_OPTIONAL
from cohear.base.files import remove_file, says, write_text
from cohear.study.folder import StudyFolder

if TYPE_CHECKING:
    from cohear.study.spec import StudySettings


def write_tables(folder: StudyFolder) -> None:
    """Write ``results.csv`` and ``metrics.csv``; tables of gains that are of other results go."""
    cells = folder.read_plan()
    records = {key: folder.record(key) for key in dict.fromkeys(cell["run"] for cell in cells)}
    results = table([*RESULTS, *RESULTS_OPTIONAL], sorted(_results(cells, records)))
    if not says(folder.root / "results.csv", results):
        for judged in ("gains.csv", "controls.csv"):
            remove_file(folder.root / judged)
        write_text(folder.root / "results.csv", results)
    write_text(folder.root / "metrics.csv", table(METRICS, sorted(_metrics(records))))


def rows_of_results(folder: StudyFolder, runs: Collection[str]) -> list[dict[str, Any]]:
    """Rows of ``results.csv`` of some runs, those that have a record."""
    cells = [cell for cell in folder.read_plan() if cell["run"] in runs]
    records = {key: folder.record(key) for key in runs}
    columns = (*RESULTS, *RESULTS_OPTIONAL)
    return [dict(zip(columns, row, strict=True)) for row in sorted(_results(cells, records))]


def write_arms(folder: StudyFolder, settings: StudySettings) -> None:
    """Write ``arms.csv``."""
    write_text(folder.root / "arms.csv", table(["arm", "setting", "value"], _arms(settings)))


def lost_runs(folder: StudyFolder) -> set[str]:
    """Runs of the plan that ``results.csv`` has and that no record tells of any more."""
    try:
        with (folder.root / "results.csv").open(encoding="utf-8", newline="") as file:
            told = {str(row.get("run")) for row in csv.DictReader(file)}
    except (OSError, UnicodeDecodeError, csv.Error):
        return set()
    return {key for key in {cell["run"] for cell in folder.read_plan()} & told if folder.record(key) is None}


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """CSV text; None becomes an empty cell and booleans ``true`` and ``false``."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(cell) for cell in row])
    return buffer.getvalue()


def _cell(value: Any) -> Any:  # noqa: ANN401 - any cell
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value


def _results(
    cells: Sequence[Mapping[str, Any]], records: Mapping[str, Mapping[str, Any] | None]
) -> Iterable[tuple[Any, ...]]:
    for cell in cells:
        record = records[cell["run"]]
        if record is None:
            continue
        for task, told in record["tasks"].items():
            yield (
                cell["run"],
                cell["features"],
                cell["encoder"],
                cell["arm"],
                cell["combination"],
                cell["control"],
                cell["fold"],
                cell["seed"],
                task,
                told["metric"],
                _shown(told["scores"]["test"]["last"][told["metric"]]),
                told["higher_is_better"],
                told["test_clips"],
                record["parameters"],
                record["steps"],
                record["seconds"],
                told["test_part"],
                cell.get("focal", ""),
            )


def _metrics(records: Mapping[str, Mapping[str, Any] | None]) -> Iterable[tuple[Any, ...]]:
    for key, record in records.items():
        for task, told in (record or {"tasks": {}})["tasks"].items():
            for part, by_selection in told["scores"].items():
                for selection, scores in by_selection.items():
                    for metric, value in scores.items():
                        yield key, task, part, selection, metric, _shown(value)


def _shown(value: float | None) -> float | str:
    """A score, or an empty cell where a fold has none; text sorts beside text and numbers beside numbers."""
    return "" if value is None else value


def _arms(settings: StudySettings) -> Iterable[tuple[str, str, Any]]:
    for arm in settings.arms:
        training, window = settings.arm(arm)
        yield arm, "window", window
        for name, value in training.model_dump(mode="json").items():
            yield arm, name, value
