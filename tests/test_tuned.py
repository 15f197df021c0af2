"""The pure parts of ``benchmarks/tuned.py``: what is drawn, and that nothing is chosen on test clips."""

import importlib.util
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from cohear.base.yaml_text import read_yaml
from cohear.study.file import check_study

BENCHMARK = Path(__file__).resolve().parents[1] / "benchmarks" / "tuned.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("tuned", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    sys.modules["tuned"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["tuned"]


def test_every_method_has_the_same_rates_and_the_first_trial_is_untuned(benchmark):
    arms = benchmark.arms(["sum", "weighted", "famo"], ["a", "b"], 0.002, 3)
    assert list(arms) == [f"{method} {trial}" for method in ("sum", "weighted", "famo") for trial in range(3)]
    rates = {m: [arms[f"{m} {t}"]["training"]["learning_rate"] for t in range(3)] for m in ("sum", "weighted", "famo")}
    assert rates["sum"] == rates["weighted"] == rates["famo"] and len(set(rates["sum"])) == 3
    assert rates["sum"][0] == 0.002 and all(0.0005 <= rate <= 0.008 for rate in rates["sum"])
    assert arms["weighted 0"]["training"]["objective"]["weights"] == {"a": 1.0, "b": 1.0}
    drawn = arms["weighted 1"]["training"]["objective"]["weights"]
    assert sum(drawn.values()) == pytest.approx(2.0, abs=1e-3) and drawn["a"] != drawn["b"]


def test_the_arms_are_those_of_a_study_file(benchmark):
    study = {
        "study": "s",
        "datasets": {"d": {"path": "d"}, "e": {"path": "e"}},
        "tasks": {"a": {"dataset": "d", "target": "x"}, "b": {"dataset": "e", "target": "y"}},
        "arms": benchmark.arms(["sum", "weighted"], ["a", "b"], 0.002, 2),
    }
    settings = check_study(read_yaml(yaml.safe_dump(study, sort_keys=False)))
    assert settings.arm("weighted 1")[0].objective.name == "weighted"


def rows(arm, combination, fold, **scores):
    """A run of tasks, each with its score on validation and on test."""
    run = f"{arm} {combination} {fold}"
    told = {"run": run, "arm": arm, "combination": combination, "fold": fold, "metric": "uar", "higher_is_better": True}
    results = [{**told, "task": task, "value": test} for task, (_, test) in scores.items()]
    metrics = [
        {"run": run, "task": task, "part": part, "selection": "last", "metric": "uar", "value": value}
        for task, both in scores.items()
        for part, value in zip(("validation", "test"), both, strict=True)
    ]
    return results, metrics


def test_each_fold_is_chosen_on_its_own_validation_and_never_on_test(benchmark):
    parts = [
        rows("sum 0", "a", 0, a=(0.5, 0.1)),
        rows("sum 1", "a", 0, a=(0.4, 0.9)),  # better on test alone
        rows("sum 0", "b", 0, b=(0.5, 0.2)),
        rows("sum 1", "b", 0, b=(0.6, 0.3)),  # a single has a rate of its own
        rows("sum 0", "a+b", 0, a=(0.5, 0.11), b=(0.5, 0.21)),
        rows("sum 1", "a+b", 0, a=(0.3, 0.91), b=(0.6, 0.91)),  # a network has one for all
        rows("sum 0", "a", 1, a=(0.4, 0.4)),
        rows("sum 1", "a", 1, a=(0.5, 0.5)),
        rows("sum 0", "b", 1, b=(0.4, 0.4)),
        rows("sum 1", "b", 1, b=(0.3, 0.9)),
        rows("sum 0", "a+b", 1, a=(0.1, 0.9), b=(0.1, 0.9)),
        rows("sum 1", "a+b", 1, a=(0.2, 0.6), b=(0.2, 0.7)),
    ]
    results = pd.DataFrame([row for found, _ in parts for row in found])
    metrics = pd.DataFrame([row for _, found in parts for row in found])
    chosen = benchmark.tuned(benchmark.scores_to_choose_by(results, metrics), ["sum"], 2)
    assert set(chosen["arm"]) == {"sum"}
    values = chosen.set_index(["combination", "task", "fold"])["value"].to_dict()
    assert values == {
        ("a", "a", 0): 0.1,
        ("b", "b", 0): 0.3,
        ("a+b", "a", 0): 0.11,
        ("a+b", "b", 0): 0.21,
        ("a", "a", 1): 0.5,
        ("b", "b", 1): 0.4,
        ("a+b", "a", 1): 0.6,
        ("a+b", "b", 1): 0.7,
    }


def test_where_less_is_better_the_least_is_chosen(benchmark):
    results, metrics = rows("sum 0", "a", 0, a=(0.5, 0.1))
    more, others = rows("sum 1", "a", 0, a=(0.4, 0.2))
    told = pd.DataFrame(results + more).assign(higher_is_better=False)
    chosen = benchmark.tuned(benchmark.scores_to_choose_by(told, pd.DataFrame(metrics + others)), ["sum"], 2)
    assert chosen["value"].tolist() == [0.2]
