"""Files of others, in the form they have where they are published, become tables that can be judged."""

import json

import numpy as np
import pytest

from cohear.advice.imports.curve_logs import read_curve_logs
from cohear.advice.imports.gain_grid import read_gain_grid
from cohear.advice.imports.literal_tables import read_literal_tables
from cohear.advice.imports.loss_grid import read_loss_grid
from cohear.advice.judging.given import read_given
from cohear.advice.predictors.cells import Feature
from cohear.analysis.tables.results import read_results
from cohear.base.errors import UserError


def gains_of(given):
    """By task and partners."""
    cells = given.pairs.cells
    return dict(zip(zip(cells.tasks, cells.partners, strict=True), given.pairs.gains.tolist(), strict=True))


def write_run(folder, scores):
    folder.mkdir(parents=True)
    steps = range(100, 1100, 100)
    lines = [
        f"Iter {step}, task {task}, loss {3 * 100 / step:.4f}, acc 0.5, f1 {f1 * step / 1000:.5f}, p 0.2, r 0.3"
        for step in steps
        for task, f1 in scores.items()
    ]
    (folder / "loss_dv.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    trained = [f"Iter {step}, task {task}, loss {4 * 100 / step}" for step in steps for task in scores]
    (folder / "loss_tr.log").write_text("\n".join(trained) + "\n", encoding="utf-8")


def test_curve_logs(tmp_path):
    logs = tmp_path / "logs"
    for name, f1 in {"ccg": 0.5, "mwe": 0.25, "com_x": 0.125}.items():
        write_run(logs / name, {name: f1})
    write_run(logs / "ccg_mwe", {"mwe": 0.375, "ccg": 0.4})
    write_run(logs / "ccg_com_x", {"com_x": 0.1, "ccg": 0.55})
    read_curve_logs(logs).write(tmp_path / "out")
    (given,) = read_given([tmp_path / "out"])
    expected = {
        ("mwe", ("ccg",)): 0.125,
        ("ccg", ("mwe",)): -0.1,
        ("com_x", ("ccg",)): -0.025,
        ("ccg", ("com_x",)): 0.05,
    }
    assert gains_of(given) == pytest.approx(expected)
    assert (given.pairs.signs == 0).all() and set(given.pairs.told_signs) == {-1, 1}


def test_curves_of_singles_are_measured(tmp_path):
    write_run(tmp_path / "ccg", {"ccg": 0.5})
    told = {row["name"]: row["value"] for row in read_curve_logs(tmp_path).measurements}
    assert told["final_loss"] == pytest.approx(0.3)
    assert told["loss_gradient_50%"] == pytest.approx((100 / 600 - 100 / 400) / 2, abs=1e-3)
    assert told["log_curve_b"] < 0
    assert {row["task"] for row in read_curve_logs(tmp_path).measurements} == {"ccg"}


def test_logs_without_singles_are_told_of(tmp_path):
    with pytest.raises(UserError, match="has no run of one task"):
        read_curve_logs(tmp_path)
    write_run(tmp_path / "ccg", {"mwe": 0.5})
    with pytest.raises(UserError, match="no line tells f1 of task 'ccg'"):
        read_curve_logs(tmp_path)


GRID = """0.1,0.9,0.7,0.6,0.5
0.2,,,,
,0.8,,,
,,0.4,,
,,,0.3,
,,,,0.5
0.1,1.2,,,
0.3,,0.2,0.3,
""".replace(",", "\t")


def test_loss_grid(tmp_path):
    (tmp_path / "results_test.txt").write_text(GRID, encoding="utf-8")
    read_loss_grid(tmp_path / "results_test.txt").write(tmp_path / "out")
    results = read_results(tmp_path / "out")
    assert set(results["encoder"]) == {"results_test"} and not results["higher_is_better"].any()
    assert (results.loc[results["combination"] == results["task"], "value"] == 1).all()
    (given,) = read_given([tmp_path / "out"])
    gains = dict(zip(given.pairs.cells.tasks, given.pairs.gains, strict=True))
    assert gains == pytest.approx({"semantic": 0.5, "depth": -0.5})  # half the loss, half as much again
    assert dict(zip(given.groups.cells.tasks, given.groups.gains, strict=True)) == pytest.approx(
        {"semantic": -0.5, "normals": 0.5, "keypoints": 0}
    )


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (GRID + "0.1\t0.2\n", "line 9: 2 columns where there are 5 tasks"),
        (GRID.replace("\t\t\t0.3\t\n", ""), "task 'keypoints' has no network of its own"),
        (GRID.replace("1.2", "high"), "line 7: could not convert"),
    ],
)
def test_broken_loss_grids_are_told_of(tmp_path, broken, told):
    (tmp_path / "results.txt").write_text(broken, encoding="utf-8")
    with pytest.raises(UserError, match=told):
        read_loss_grid(tmp_path / "results.txt")


@pytest.mark.parametrize("between", [",", " "])
def test_gain_grid(tmp_path, between):
    groups = ["1 0 0", "0 1 0", "1 1 0", "1 0 1", "1 1 1"]
    (tmp_path / "x.csv").write_text("\n".join(groups).replace(" ", between) + "\n", encoding="utf-8")
    gains = "0 0 0\n0 -0 0\n0.1 -0.2 0\n-0.3 0.0 0.4\n0.5 0.6 -0.7\n"
    (tmp_path / "y.csv").write_text(gains, encoding="utf-8")
    (tmp_path / "tag.csv").write_text("0 0 0\n0 0 0\n-5 7 0\n2 0 3\n9 9 9\n", encoding="utf-8")
    read_gain_grid(tmp_path / "x.csv", tmp_path / "y.csv", tmp_path / "tag.csv", ["a", "b", "c"]).write(
        tmp_path / "out"
    )
    (given,) = read_given([tmp_path / "out"], joint=True)
    cells = given.pairs.cells
    assert gains_of(given) == {("a", ("b",)): 0.1, ("b", ("a",)): -0.2, ("a", ("c",)): -0.3, ("c", ("a",)): 0.4}
    assert dict(zip(given.groups.cells.tasks, given.groups.gains, strict=True)) == {"a": 0.5, "b": 0.6, "c": -0.7}
    assert dict(zip(cells.tasks, cells.column(Feature("look_ahead", "pair")), strict=True))["b"] == 7


def test_gain_grids_that_do_not_fit_are_told_of(tmp_path):
    (tmp_path / "x.csv").write_text("1 1\n", encoding="utf-8")
    (tmp_path / "y.csv").write_text("0.1 0.2\n0.1 0.3\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"2 lines of 2 columns where .* has 1 lines of 2 columns"):
        read_gain_grid(tmp_path / "x.csv", tmp_path / "y.csv")
    with pytest.raises(UserError, match="3 names of tasks for 2 columns"):
        read_gain_grid(tmp_path / "x.csv", tmp_path / "x.csv", tasks=["a", "b", "c"])


def test_literal_tables_of_a_notebook(tmp_path):
    tag = {a: {b: float(10 * i + j) for j, b in enumerate("xyz")} for i, a in enumerate("xyz")}
    other = {"p": {"p": 1.0, "q": 0.2}, "q": {"p": 0.3, "q": 1.0}}
    scores = {"x": {"x": 90.0}, "y": {"y": 80.0}, "z": {"z": 70.0}, "x|y": {"x": 91.0, "y": 78.0}}
    cells = [
        ("markdown", "### CelebA"),
        ("code", f"# TAG average inter-task affinities.\nrevised_integrals = {tag}"),
        ("code", f"# CS Grouping.\nrevised_integrals = {other}"),
        ("code", f"gains = {scores}"),
        ("code", "def f(:\n"),
        ("code", "rtn = {}\nmixed = {'a': 1}"),
    ]
    notebook = {"cells": [{"cell_type": kind, "source": text.splitlines(keepends=True)} for kind, text in cells]}
    (tmp_path / "TAG.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    first, second = read_literal_tables(tmp_path / "TAG.ipynb")
    assert {(row["task"], row["partner"]): row["value"] for row in first.measurements}["y", "z"] == 12
    assert {row["name"] for row in first.measurements} == {"look_ahead"}
    assert {(row["task"], row["partner"], row["name"]): row["value"] for row in second.measurements} == {
        ("p", "q", "gradient_cosine"): 0.2,
        ("q", "p", "gradient_cosine"): 0.3,
    }
    first.write(tmp_path / "out")
    (given,) = read_given([tmp_path / "out"], joint=True)
    assert np.allclose(given.pairs.gains, [1, -2])
    assert given.pairs.cells.tasks == ("x", "y")


def test_a_notebook_without_tables_is_told_of(tmp_path):
    (tmp_path / "a.ipynb").write_text('{"cells": []}', encoding="utf-8")
    (tmp_path / "b.ipynb").write_text("[]", encoding="utf-8")
    with pytest.raises(UserError, match="has no dictionary of tasks"):
        read_literal_tables(tmp_path / "a.ipynb")
    with pytest.raises(UserError, match="is no notebook"):
        read_literal_tables(tmp_path / "b.ipynb")
