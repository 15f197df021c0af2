"""The contract of every reader, as tests to inherit.

::

    class TestMine(ReaderContract):
        def make(self) -> Reader:
            return Mine()

        def write(self, folder: Path) -> None:
            '''Lay out a small dataset as its publisher does; the audio may be empty files.'''
"""

from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from cohear.base.errors import UserError
from cohear.data.tables.clip_table import RESERVED_COLUMNS, ClipTable
from cohear.data.tables.reader import READERS, Reader, read_clip_table


class ReaderContract(ABC):
    """What must hold for a reader; pytest runs it for each subclass whose name begins with ``Test``."""

    @abstractmethod
    def make(self) -> Reader:
        """A reader to test."""

    @abstractmethod
    def write(self, folder: Path) -> None:
        """Lay out a small dataset in an empty folder; audio files must be there, but may be empty."""

    def read(self, folder: Path) -> ClipTable:
        """The table of a dataset that is written first."""
        folder.mkdir(parents=True, exist_ok=True)
        self.write(folder)
        return self.make().read(folder, "mine")

    def test_is_registered_under_its_name(self) -> None:
        """A study file finds it."""
        assert isinstance(READERS[self.make().name], type(self.make()))

    def test_is_recognised(self, tmp_path: Path) -> None:
        """Its own layout is recognised, and read alike with and without its name; an empty folder is not."""
        empty = tmp_path / "empty"
        empty.mkdir()
        table = self.read(tmp_path / "data")
        assert self.make().recognises(tmp_path / "data")
        assert not self.make().recognises(empty)
        for reader in (None, self.make().name):
            assert read_clip_table(tmp_path / "data", "mine", reader).rows.equals(table.rows)

    def test_every_cell_is_text(self, tmp_path: Path) -> None:
        """No number, truth value or missing value; rows are numbered from 0."""
        rows = self.read(tmp_path).rows
        assert all(isinstance(cell, str) for column in rows.columns for cell in rows[column])
        assert list(rows.index) == list(range(len(rows)))

    def test_clips_are_inside_the_folder(self, tmp_path: Path) -> None:
        """Each path leads to a file below the root, and each clip has a name of its own."""
        table = self.read(tmp_path)
        assert table.name == "mine"
        for segment in table.segments():
            assert segment.path.is_file()
            assert segment.path.resolve().is_relative_to(table.root.resolve())
        assert len(set(table.clip_ids())) == len(table) > 0

    def test_there_is_a_label(self, tmp_path: Path) -> None:
        """Beside the reserved columns there is one with labels; closed lists hold all that the column holds."""
        table = self.read(tmp_path)
        targets = [column for column in table.rows.columns if column not in RESERVED_COLUMNS]
        assert any(any(table.column(column, "test")) for column in targets)
        for column, labels in table.about.labels.items():
            found = {label for cell in table.column(column, "test") for label in (cell, *cell.split(";"))}
            assert len(set(labels)) == len(labels)
            assert {label for label in found if label and ";" not in label} <= set(labels)

    def test_reading_again_gives_the_same(self, tmp_path: Path) -> None:
        """Order does not come from a set or from the disk; nothing is written."""
        table = self.read(tmp_path)
        before = sorted(tmp_path.rglob("*"))
        again = self.make().read(tmp_path, "mine")
        assert again.rows.equals(table.rows)
        assert again.about == table.about
        assert sorted(tmp_path.rglob("*")) == before

    def test_wrong_folder_is_a_user_error(self, tmp_path: Path) -> None:
        """An empty folder gets a sentence that names it, not a traceback."""
        with pytest.raises(UserError, match=tmp_path.name):
            self.make().read(tmp_path, "mine")
