"""The way of a sentence: from the page back to its table it passes few files, and CONTRIBUTING lists them."""

import inspect
import re
import sys
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import pytest
from rich_study import write_rich_study

from cohear.analysis import statistics
from cohear.analysis.statistics import Statistics
from cohear.findings.best_pair import BestPair
from cohear.findings.grouping import RecommendedGrouping
from cohear.findings.words import Words
from cohear.report.folder import read_folder
from cohear.report.page.build import render

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "cohear"
MOST_FILES = 8

FRAME = {"report/page/index.html.j2", "report/page/parts.html.j2"}
"""Around every sentence, and of none."""

CHOICE = "analysis/answers/recommended.py"

SENTENCES = {"headline": (BestPair, "gains"), "grouping": (RecommendedGrouping, "groupings")}
"""A kind of finding, and the table of the statistics that its figures are of."""


class Passed:
    """Files of the product on the stack where a sentence is found, put into words and written."""

    def __init__(self, kind, table):
        self.kind, self.table = kind, table
        self.heads, self.files = set(), {"table": set(), "choice": set(), "words": set(), "written": set()}

    def patches(self):
        """Those that note the stacks."""
        table = vars(Statistics)[self.table]
        yield mock.patch.object(Statistics, self.table, property(lambda of: self._table(table, of)))
        yield mock.patch.object(
            self.kind, "said", lambda of, finding, said=self.kind.said: self._said(said, of, finding)
        )
        html = vars(Words)["html"].fget
        yield mock.patch.object(Words, "html", property(lambda of: self._written(html, of)))
        recommend = statistics.recommend  # it is given the table, and what it chooses is told
        yield mock.patch.object(statistics, "recommend", lambda *given: self._chosen(recommend, given))

    def _table(self, table, of):
        files = stack()
        if Path(inspect.getfile(self.kind)).relative_to(SOURCE).as_posix() in files:
            self.files["table"] |= {*files, "analysis/statistics.py"}
        return table.__get__(of, Statistics)

    def _chosen(self, recommend, given):
        if self.table == "groupings":
            self.files["choice"] |= {*stack(), CHOICE}
        return recommend(*given)

    def _said(self, said, of, finding):
        told = said(of, finding)
        if finding.setting is not None and told.head:
            self.files["words"] |= stack()
            self.heads.add(told.head)
        return told

    def _written(self, html, of):
        if of in self.heads:
            self.files["written"] |= stack() | {"findings/words.py"}
        return html(of)


def stack():
    """Files of the product on the stack, templates too, by their path below ``src/cohear``."""
    frame, files = sys._getframe(1), set()
    while frame:
        files.add(Path(frame.f_code.co_filename))
        frame = frame.f_back
    return {file.relative_to(SOURCE).as_posix() for file in files if file.is_relative_to(SOURCE)}


@pytest.fixture(scope="module")
def passed(tmp_path_factory):
    """What each sentence of a study's page passed."""
    folder = write_rich_study(tmp_path_factory.mktemp("sentence") / "study")
    found = {sentence: Passed(kind, table) for sentence, (kind, table) in SENTENCES.items()}
    with ExitStack() as patches:
        for one in found.values():
            for patch in one.patches():
                patches.enter_context(patch)
        render(read_folder(folder))
    return found


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_passes_few_files_and_they_are_listed(passed, sentence):
    stations = passed[sentence].files
    assert stations["table"] and stations["words"] and stations["written"]
    files = {file for file in set().union(*stations.values()) - FRAME if not file.startswith("base/")}
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    listed = re.search(rf"(?ms)the files that a sentence passes.*?```\n.*?^{sentence} (.*?)(?:^\w|```)", text)
    assert set(re.findall(r"[\w/]+\.(?:py|html\.j2)", listed[1])) == files
    assert len(files) <= MOST_FILES
