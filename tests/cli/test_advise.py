"""Advice through the real command line, on a small real study."""

import json

import pytest
import tiny


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    root = tmp_path_factory.mktemp("advise")
    tiny.write_datasets(root / "data")
    bench = tiny.Bench(root)
    bench.run(
        datasets={name: {"path": f"data/{name}"} for name in ("tones", "birds", "doors")},
        tasks={
            "tone": {"dataset": "tones", "target": "tone"},
            "bird": {"dataset": "birds", "target": "bird"},
            "door": {"dataset": "doors", "target": "door"},
        },
        combinations=["singles", ["tone", "bird"]],
        repeats={"folds": 3, "seeds": 1},
        training={"steps": 60, "batch": 8},
    )
    return bench


def test_advice_of_a_study(bench):
    ended = bench.cohear("advise", "out", "--json")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert list(told) == ["gains", "next", "grouping"]
    assert {(row["score"], row["task"]) for row in told["gains"]} == {
        (score, task) for score in ("metric", "nll") for task in ("tone", "bird", "door")
    }
    measured = {row["combination"] for row in told["gains"] if row["measured"] is not None}
    assert measured == {"tone+bird"}
    (grouping,) = told["grouping"]
    assert grouping["score"] == "nll" and grouping["parameters"] > 0
    runs = {row["combination"]: row for row in told["next"]}
    assert set(runs) == {"tone+bird", "tone+door", "bird+door"}
    assert runs["tone+door"]["repeats"] == 3 and runs["tone+door"]["seconds"] > 0


def test_advice_in_words(bench):
    ended = bench.cohear("advise", "out", "--networks", "2")
    assert ended.returncode == 0, ended.stderr
    assert "summary / dnn" in ended.stdout and "Runs that teach most next" in ended.stdout
    assert "within the budget" in ended.stdout


def test_one_network_for_all_holds_the_smallest_budget(bench):
    free = json.loads(bench.cohear("advise", "out", "--json", "--networks", "1").stdout)["grouping"][0]
    assert [network["combination"] for network in free["networks"]] == ["tone+bird+door"]
    assert free["networks"][0]["run"] is False
    held = bench.cohear("advise", "out", "--json", "--parameters", str(free["parameters"]))
    assert json.loads(held.stdout)["grouping"][0]["parameters"] <= free["parameters"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--floor", "tones=.5"), "--floor tones: there is no task 'tones' (did you mean 'tone'?)"),
        (("--floor", "tone"), "--floor tone: give a task and the score that it must reach, as in --floor digit=.5"),
        (("--floor", "tone=1.5"), "--floor tone=1.5 cannot be held"),
        (("--networks", "0"), "--networks 0: a limit is a number above 0"),
        (("--parameters", "7"), "--parameters 7 cannot be held: the cheapest grouping (3 networks at most) takes"),
        (("--bytes", "7"), "--bytes needs that cost of every task alone; `cohear bench DIR` measures it"),
    ],
)
def test_a_budget_that_cannot_be_is_one_sentence(bench, options, told):
    ended = bench.cohear("advise", "out", *options)
    assert ended.returncode == 2 and ended.stdout == ""
    assert told in ended.stderr and ended.stderr.count("\n") == 1


def test_a_folder_without_results_is_a_mistake(bench, tmp_path):
    ended = bench.cohear("advise", tmp_path)
    assert ended.returncode == 2 and "results.csv" in ended.stderr


def test_the_examples_of_the_docs(request, bench):
    page = (request.config.rootpath / "docs" / "advise.md").read_text(encoding="utf-8")
    commands = [line.replace("digit=.8", "tone=.1") for line in page.splitlines() if line.startswith("cohear advise")]
    assert len(commands) >= 3
    for command in commands:
        ended = bench.cohear(*command.replace("out/first", "out").split()[1:])
        if "--bytes" in command:  # nobody measured these here
            assert ended.returncode == 2 and "`cohear bench DIR` measures it" in ended.stderr
        else:
            assert ended.returncode == 0, (command, ended.stderr)
    (example,) = [part.split("```")[0] for part in page.split("```python\n")[1:]]
    lines: list[tuple[object, ...]] = []
    folder = request.config.rootpath / "docs" / "results" / "eight-tasks"
    exec(example.replace("docs/results/eight-tasks", str(folder)), {"print": lambda *told: lines.append(told)})
    assert len(lines) == 5 and all(len(line[1]) <= 4 for line in lines[:4])
