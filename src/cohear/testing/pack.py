"""The contract of every pack, as tests to inherit.

::

    class TestMine(PackContract):
        def given(self) -> tuple[Spec, Pack]:
            return a_run, a_pack_that_holds_what_it_names
"""

from abc import ABC, abstractmethod
from unittest.mock import patch

import pytest

from cohear.base.assets import PLACES, contents_in, place_of
from cohear.base.errors import DataError, FolderError
from cohear.runs.job import read_spec
from cohear.runs.pack import Pack, told_by_others, told_to_others
from cohear.runs.spec import Need, Spec
from cohear.runs.task_data import load_task


class PackContract(ABC):
    """What must hold for a pack; pytest runs it for each subclass whose name begins with ``Test``."""

    @abstractmethod
    def given(self) -> tuple[Spec, Pack]:
        """A run with tasks, and a pack that was made for it."""

    def opened(self) -> tuple[Spec, Pack]:
        """As another process has it that was told of it."""
        spec, pack = self.given()
        other = told_by_others(told_to_others(pack))
        other.open()
        return spec, other

    def test_it_names_its_runs(self) -> None:
        """Whole, under their keys: whoever has the pack needs nobody to tell what is to be done."""
        spec, pack = self.opened()
        assert read_spec(pack.manifest.runs[spec.key]) == spec
        assert {task.split for task in spec.tasks} <= set(pack.manifest.splits)
        assert {task.store for task in spec.tasks} <= set(pack.manifest.stores)
        assert set(spec.needs.values()) <= set(pack.manifest.needs)

    def test_it_is_the_same_elsewhere(self) -> None:
        """What another process opens holds the same."""
        spec, pack = self.given()
        _, other = self.opened()
        assert other.manifest == pack.manifest
        for task in spec.tasks:
            assert other.split(task.split) == pack.split(task.split)
            assert other.store(task.store).contents == pack.store(task.store).contents
        for need in spec.needs.values():
            assert other.file(need) == pack.file(need)

    def test_it_holds_all_that_its_run_names(self) -> None:
        """Splits and stores that belong together."""
        spec, pack = self.opened()
        for task in spec.tasks:
            data = load_task(task, pack)
            assert len(data.rows) == len(data.clips) > 0

    def test_whoever_opens_it_finds_the_files_that_its_run_names(self) -> None:
        """By their content, with nothing known before."""
        spec, pack = self.given()
        contents, told = set(contents_in(spec.model_dump(mode="json"))), told_to_others(pack)
        assert contents <= set(pack.manifest.assets)
        with patch.dict(PLACES, clear=True):
            told_by_others(told).open()
            for content in contents:
                assert place_of(content).exists()

    def test_what_it_does_not_hold_is_told_as_such(self) -> None:
        """As what concerns all runs."""
        _, pack = self.opened()
        with pytest.raises(DataError):
            pack.split("0" * 16)
        with pytest.raises(FolderError):
            pack.store("0" * 16)
        with pytest.raises(DataError):
            pack.file(Need(run="0" * 16, file="none.txt"))
