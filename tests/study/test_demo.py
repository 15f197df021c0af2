"""The demo's study file and its last words."""

import pandas as pd
import pytest

from cohear.base.errors import FolderError
from cohear.data.tables.reader import read_clip_table
from cohear.study import demo
from cohear.study.demo import findings, prepare_demo
from cohear.study.folder.folder import StudyFolder

PAIRS = [
    ("command", "syllable+command", 0.55, 0.9, "helps"),
    ("command", "command+pace", 0.55, 0.56, "undecided"),
    ("command", "command+colour", 0.55, 0.54, "undecided"),
    ("pace", "command+pace", 0.8, 0.81, "undecided"),
    ("pace", "syllable+pace", 0.8, 0.79, "undecided"),
    ("colour", "syllable+colour", 0.35, 0.34, "harmless"),
]


def gains() -> pd.DataFrame:
    rows = [
        {"task": task, "combination": names, "single": single, "shared": shared, "gain": shared - single}
        | {"low": shared - single - 0.1, "high": shared - single + 0.1, "verdict": verdict}
        for task, names, single, shared, verdict in PAIRS
    ]
    return pd.DataFrame(rows)


def results() -> pd.DataFrame:
    return pd.DataFrame({"task": "colour", "combination": ["colour", "colour"], "value": [0.3, 0.4]})


def test_findings_say_what_was_planted_and_what_was_found():
    losses = gains()[:1].assign(gain=0.5, low=0.25, high=0.75)
    lines = findings(gains(), losses, results())
    assert [line for line in lines if line.startswith("planted: ")] == [lines[0], lines[3], lines[7]]
    assert lines[2] == "  found: the same in log loss: +0.50 bits a clip (+0.25 to +0.75), helps"
    assert lines[1] == ("  found: command 55.0 alone, 90.0 beside syllable: +35.0 points (+25.0 to +45.0), helps")
    assert "colour 35.0 alone, where guessing scores 33.3" in lines[8]
    assert sum(line.endswith(", undecided") for line in lines) == 4


@pytest.fixture
def few_corpora(monkeypatch):
    monkeypatch.setattr(demo, "CORPORA", tuple(corpus for corpus in demo.CORPORA if corpus.name == "commands"))


@pytest.mark.usefixtures("few_corpora")
def test_the_folder_is_a_study_folder_that_can_be_entered_again(tmp_path):
    out = tmp_path / "demo"
    settings = prepare_demo(out)
    assert settings.study == "demo"
    assert list(settings.tasks) == ["syllable", "command", "pace", "colour"]
    assert (settings.repeats.folds, settings.repeats.seeds) == (5, 2)
    assert StudyFolder(out).read_settings() == settings
    assert "planted" in (out / "demo.yaml").read_text(encoding="utf-8")
    assert len(read_clip_table(settings.datasets["commands"].path, "commands")) == 160
    assert prepare_demo(out) == settings


@pytest.mark.usefixtures("few_corpora")
def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(FolderError, match="empty folder"):
        prepare_demo(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
