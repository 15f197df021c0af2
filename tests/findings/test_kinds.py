"""Every kind of finding keeps the contract."""

from functools import cache

import pytest
from rich_study import write_rich_study

from cohear.analysis.statistics import Statistics
from cohear.analysis.tables.of_study import FolderTables
from cohear.findings import FINDINGS
from cohear.testing.finding import NAMES, FindingContract


class Rich(FindingContract):
    @staticmethod
    @cache
    def _statistics(names, folder):
        return Statistics.of(FolderTables(write_rich_study(folder, names=names)))  # as it is when it is whole

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path_factory):
        self.folder = tmp_path_factory.getbasetemp()

    def statistics(self, names):
        return self._statistics(tuple(names), self.folder / f"finding-{tuple(names) == NAMES}")


for _code in (code for code in FINDINGS if FINDINGS[code].question != "caveats"):
    _name = "Test" + "".join(word.title() for word in _code.split("-"))
    globals()[_name] = type(_name, (Rich,), {"code": _code})
