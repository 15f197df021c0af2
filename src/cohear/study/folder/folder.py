"""The study folder: what is in it, whose it is, and who may write to it now."""

from __future__ import annotations

import json
import os.path
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import yaml
from filelock import FileLock, Timeout

from cohear.base.errors import FolderError, StudyError
from cohear.base.files import (
    make_folder,
    no_new_files,
    remove_file,
    remove_left_behind,
    resolved,
    storage_errors_told,
    write_json,
    write_text,
)
from cohear.base.yaml_text import YamlMistake, read_yaml
from cohear.runs.record import Record, read_record
from cohear.runs.run_folder import RunFolders, lacking
from cohear.study.plan.repeats import RepeatsAsData
from cohear.study.plan.row import PlanRow

if TYPE_CHECKING:
    from cohear.study.file import StudySettings

LOCK_SECONDS = 0.3
"""How long to wait for the lock: `cohear status` holds it for a moment to see whether it is free."""


class StudyFolder:
    """A folder that a study writes to.

    Args:
        root: the folder; need not exist yet.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runs = root / "runs"
        self.splits = root / "splits"
        self.settings_file = root / "study.yaml"
        self.plan_file = root / "plan.json"
        self.repeats_file = root / "repeats.json"
        self.environment_file = root / "environment.json"
        self.measured_file = root / "measured.jsonl"

    @property
    def run_folders(self) -> RunFolders:
        """Where the runs are, for the driver."""
        return RunFolders(self.runs)

    def claim(self, settings: StudySettings) -> None:
        """Make the folder this study's.

        The plan is the sign that a folder is ours: it is the first file that a study writes. A ``study.yaml`` alone
        may be the one that its author wrote, and is never written over.

        Raises:
            FolderError: it is another study's, holds something else, or cannot be written to.
        """
        if self.plan_file.exists():
            owner = self._owner()
            if owner != settings.study:
                raise FolderError(
                    f"{self.root} holds the study {owner!r}, not {settings.study!r}; give --out another folder"
                )
        elif self.settings_file.exists():
            raise FolderError(
                f"{self.settings_file} was not written by a run, which would write over it; "
                "give --out a new or empty folder"
            )
        elif self.root.is_dir() and any(not _is_leftover(entry) for entry in self.root.iterdir()):
            raise FolderError(f"{self.root} holds files that are no study's; give --out a new or empty folder")
        make_folder(self.root)

    def precision(self) -> str | None:
        """The precision that runs have whose settings leave it to the machine; None where none has begun."""
        with suppress(OSError, ValueError, AttributeError):
            if self.plan_file.exists():
                precision = json.loads(self.environment_file.read_text(encoding="utf-8")).get("precision")
                return precision if precision in ("bfloat16", "float32") else None
        return None

    def sweep(self) -> None:
        """Mend what killed processes left; call it with the lock held, so that nobody works on any of it."""
        for folder in (self.root, self.runs, self.splits):
            remove_left_behind(folder, folder.glob(".*.tmp"))

    def _owner(self) -> str:
        """Name of the study that the plan is of; a damaged plan beside runs is the settings file's."""
        with suppress(FolderError):
            return self.read_study_name()
        if not self.runs.is_dir():
            raise FolderError(f"{self.plan_file} is no plan of a study; give --out a new or empty folder")
        try:
            content = read_yaml(self.settings_file.read_text(encoding="utf-8")).value
        except (OSError, UnicodeDecodeError, YamlMistake) as error:
            raise FolderError(f"cannot read {self.settings_file}: {error}") from error
        return str(content.get("study")) if isinstance(content, dict) else "?"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing; a lock whose process died is free at once.

        Raises:
            FolderError: another process works on the study right now.
        """
        make_folder(self.root)
        path = self.root / ".lock"
        lock = FileLock(path)
        try:
            with storage_errors_told(self.root):
                lock.acquire(timeout=LOCK_SECONDS)
        except Timeout as error:
            if not path.exists():  # "not found" is tried again until the time is over
                raise no_new_files(path) from error
            raise FolderError(f"another process is working on {self.root}; wait for it, or stop it first") from error
        try:
            yield
        finally:
            lock.release()

    def write_settings(self, settings: StudySettings) -> None:
        """Write the resolved study file: every default spelled out, paths relative to this folder.

        A file that says the same is left as it is, with what somebody may have noted in it.
        """
        with suppress(StudyError):
            if self.read_settings() == settings:
                return
        here = settings.with_paths_of_features(lambda path: relative_path(Path(path), self.root))
        content = here.model_dump(mode="json", exclude_none=True)
        for name, dataset in content["datasets"].items():
            dataset["path"] = relative_path(settings.datasets[name].path, self.root)
        content["plugins"] = [relative_path(plugin, self.root) for plugin in settings.plugins]
        write_text(self.settings_file, yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120))

    def read_settings(self) -> StudySettings:
        """The resolved study file; raises StudyError where it is not one."""
        from cohear.study.file import load_study  # noqa: PLC0415 - needs torch, which tables do not

        return with_paths_from(load_study(self.settings_file, with_modules=False), self.root)

    def read_plan(self) -> list[PlanRow]:
        """Rows of ``plan.json``; empty where there is none yet.

        Raises:
            FolderError: it is damaged.
        """
        if not self.plan_file.exists():
            return []
        try:
            return [PlanRow.from_json(row) for row in self._plan()["runs"]]
        except (KeyError, TypeError) as error:
            raise self._no_plan(error) from error

    def read_study_name(self) -> str:
        """The name of the study whose plan is here; raises FolderError where there is none."""
        return str(self._plan()["study"])

    def _plan(self) -> dict[str, Any]:
        try:
            plan = json.loads(self.plan_file.read_text(encoding="utf-8"))
            if not isinstance(plan, dict) or not isinstance(plan["runs"], list) or "study" not in plan:
                raise TypeError("it is no plan")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise self._no_plan(error) from error
        return plan

    def _no_plan(self, error: Exception) -> FolderError:
        return FolderError(f"cannot read {self.plan_file}: {error}; run the study again to write it")

    def write_plan(self, study: str, runs: Iterable[PlanRow]) -> None:
        """Write ``plan.json``."""
        write_json(self.plan_file, {"study": study, "runs": [row.to_json() for row in runs]})

    def write_repeats(self, content: RepeatsAsData | None) -> None:
        """Write ``repeats.json``, or remove it where repeats are fixed."""
        if content is None:
            remove_file(self.repeats_file)
        else:
            write_json(self.repeats_file, content)

    def read_repeats(self) -> RepeatsAsData | None:
        """Content of ``repeats.json``; None where repeats are fixed, or nothing was looked at yet."""
        try:
            content = json.loads(self.repeats_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise FolderError(f"cannot read {self.repeats_file}: {error}; run the study again to write it") from error
        if not isinstance(content, dict) or not {"looks", "repeats", "cells"} <= set(content):
            raise FolderError(f"{self.repeats_file} lists no repeats; run the study again to write it")
        return cast(RepeatsAsData, content)

    def record(self, key: str) -> Record | None:
        """The record of a finished run, or None."""
        return read_record(self.runs / key)

    def lacks(self, key: str, files: Iterable[str]) -> list[str]:
        """Files that are wanted beside the record of a run and are not there."""
        return lacking(self.runs / key, files)

    def is_done(self, key: str, files: Iterable[str]) -> bool:
        """Whether a run has its record, and all files that are wanted beside it."""
        return self.record(key) is not None and not self.lacks(key, files)

    def error(self, key: str) -> str | None:
        """What the last try of an unfinished run ended with, or None."""
        try:
            content = json.loads((self.runs / key / "error.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return str(content.get("error", ""))


def _is_leftover(entry: Path) -> bool:
    """Whether a kill before the settings were written could have left this."""
    return entry.name == ".lock" or (entry.name.startswith(".") and entry.name.endswith(".tmp"))


def relative_path(path: Path, folder: Path) -> str:
    """A path as seen from a folder, with forward slashes; absolute where drives differ."""
    try:
        return Path(os.path.relpath(resolved(path), resolved(folder))).as_posix()
    except ValueError:
        return resolved(path).as_posix()


def with_paths_from(settings: StudySettings, folder: Path) -> StudySettings:
    """Settings whose paths, relative to ``folder`` as in the study file, are made absolute.

    They are those of datasets, of plugins, and of the files that front-ends read.
    """
    datasets = {
        name: dataset.model_copy(update={"path": resolved(folder / dataset.path)})
        for name, dataset in settings.datasets.items()
    }
    plugins = [resolved(folder / plugin) for plugin in settings.plugins]
    settings = settings.with_paths_of_features(lambda path: str(resolved(folder / path)))
    return settings.model_copy(update={"datasets": datasets, "plugins": plugins})
