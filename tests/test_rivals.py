"""The pure parts of ``benchmarks/rivals.py``: what is scored, kept and told, without a network or an installation."""

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import recall_score

BENCHMARK = Path(__file__).resolve().parents[1] / "benchmarks" / "rivals.py"
SECONDS = "processor s: its, `small`, `svm`"


@pytest.fixture(scope="module")
def rivals():
    spec = importlib.util.spec_from_file_location("rivals_benchmark", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look for themselves there
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def row(rival, recall, *, task="digit", fold=0, seconds="10", why_not="", versions="1"):
    place = {"rival": rival, "versions": versions, "task": task, "fold": str(fold), "test_part": "ab"}
    return {**place, "recall": recall, "seconds": seconds, "why_not": why_not}


def test_recall_is_that_of_scikit_learn(rivals):
    draw = np.random.default_rng(0)
    true, said = (draw.choice(list("abcd"), 200, p=[0.5, 0.3, 0.15, 0.05]) for _ in range(2))
    labels, answers = ({str(i): str(label) for i, label in enumerate(each)} for each in (true, said))
    assert rivals.average_recall(labels, answers, set("abcd")) == pytest.approx(
        recall_score(true, said, average="macro")
    )


def test_a_label_that_nobody_could_learn_is_not_scored(rivals):
    labels, answers = {"1": "a", "2": "b", "3": "new"}, {"1": "a", "2": "a", "3": "a"}
    assert rivals.average_recall(labels, answers, {"a", "b"}) == 0.5


def test_a_clip_without_an_answer_is_no_score(rivals):
    with pytest.raises(rivals.NotRun, match="left 1 of 2 clips without an answer"):
        rivals.average_recall({"1": "a", "2": "b"}, {"1": "a"}, {"a", "b"})


def test_losses_stand_first_and_ours_is_the_better_of_the_defaults(rivals):
    small, svm = rivals.OURS
    journal = [
        *(row(small, "0.7", task=task) for task in ("digit", "event")),
        *(row(svm, "0.8", task=task) for task in ("digit", "event")),
        row("weaker", "0.5"),
        row("stronger", "0.9"),
        row("equal", "0.8", task="event"),
        row("not here", "", why_not="it is not"),
    ]
    table = rivals.compared(journal)
    assert [line["rival"] for line in table] == ["stronger", "equal", "weaker"]
    assert [line["it is better by"] for line in table] == ["+10.0", "+0.0", "-30.0"]


def test_means_are_over_the_folds_that_all_have(rivals):
    small, svm = rivals.OURS
    journal = [row(name, "0.5", fold=fold) for name in (small, svm) for fold in (0, 1)]
    journal += [row("rival", "0.6"), row("rival", "0.8", fold=1, seconds="30"), row("rival", "0.0", fold=2)]
    [line] = rivals.compared(journal)
    assert (line["folds"], line["its recall"], line[SECONDS]) == (2, "70.0", "20, 10, 10")


def test_a_recorded_run_stands_in_for_the_default_single_on_the_same_test_part(rivals, tmp_path):
    names = "encoder,task,fold,value,test_part"
    table = tmp_path / "results.csv"
    table.write_text(f"{names}\nsmall,digit,0,0.75,ab\nsmall,digit,1,0.75,other\nsmall,event,0,0.5,ab\n")
    small, svm = rivals.OURS
    journal = [*(row(name, "0.5", fold=fold) for name in (svm, "rival") for fold in (0, 1)), row(small, "0.25", fold=3)]
    [line] = rivals.compared(rivals.with_recorded(journal, table))
    assert (line["folds"], line["`small`"], line[SECONDS]) == (1, "75.0", "10, –, 10")


def test_one_of_our_defaults_is_enough_to_compare_with(rivals):
    [line] = rivals.compared([row(rivals.OURS[1], "0.5"), row("rival", "0.25")])
    assert (line["`small`"], line["`svm`"], line["it is better by"]) == ("", "50.0", "-25.0")


def test_a_measured_run_counts_before_a_recorded_one(rivals, tmp_path):
    table = tmp_path / "results.csv"
    table.write_text("encoder,task,fold,value,test_part\nsmall,digit,0,0.75,ab\n")
    small, svm = rivals.OURS
    journal = [row(name, "0.5") for name in (small, svm, "rival")]
    assert rivals.with_recorded(journal, table) == journal


def test_a_journal_keeps_one_row_a_rival_task_and_fold(rivals, tmp_path):
    journal = tmp_path / "singles.csv"
    rivals.noted(journal, rivals.ONE_TASK, {**row("a", ""), "why_not": "failed"})
    rivals.noted(journal, rivals.ONE_TASK, row("a", 0.5))
    rivals.noted(journal, rivals.ONE_TASK, row("a", 0.6, fold=1))
    rivals.noted(journal, rivals.ONE_TASK, row("b", "", why_not="failed"))
    kept = rivals.read_journal(journal)
    assert [(each["rival"], each["fold"], each["recall"]) for each in kept] == [
        ("a", "0", "0.5"),
        ("a", "1", "0.6"),
        ("b", "0", ""),
    ]
    assert rivals.done(journal, "a", "1") == {("digit", 0), ("digit", 1)}
    assert rivals.done(journal, "a", "2") == rivals.done(journal, "b", "1") == set()


def test_the_page_tells_what_was_not_compared_once(rivals):
    why = {"why_not": "not installed: no wheel"}
    text = rivals.page([row("gone", "", **why), row("gone", "", task="event", **why)], [])
    told = re.findall(r"^- .*", text, re.MULTILINE)
    assert [line for line in told if "gone" in line] == ["- **gone** (digit 0, event 0): not installed: no wheel."]
    assert len([line for line in told if "CombinaTorch" in line]) == 1


def test_every_rival_has_its_script_or_a_reason(rivals):
    for rival in [*rivals.SINGLES.values(), *rivals.PAIRS.values()]:
        assert bool(rival.why_not) != (rivals.SCRIPTS / (rival.script or "none")).exists()


def test_a_rival_that_is_not_known_is_told(rivals):
    with pytest.raises(SystemExit, match="--run: there is no nobody; there are"):
        rivals.chosen("nobody", rivals.SINGLES, "--run")


def test_all_are_those_that_can_be_run(rivals):
    assert rivals.chosen("all", rivals.PAIRS, "--pairs") == [n for n, each in rivals.PAIRS.items() if not each.why_not]
    assert "CombinaTorch" not in rivals.chosen("all", rivals.PAIRS, "--pairs")
