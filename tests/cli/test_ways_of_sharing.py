"""Ways of sharing as arms of a study, each exported as what it is, through the real command line."""

import pandas as pd
import pytest
import tiny
import yaml
from safetensors import safe_open

WAYS = {
    "base": {},
    "half": {"training": {"sharing": {"name": "multihead", "shared": 2}}},
    "none": {"training": {"sharing": {"name": "multihead", "shared": 0}}},
    "adapters": {"training": {"sharing": {"name": "adapters", "width": 4, "price": 0.5}}},
    "soft": {"training": {"sharing": "soft"}},
    "independent": {"training": {"sharing": "independent"}},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    root = tmp_path_factory.mktemp("ways")
    tiny.write_datasets(root / "data")
    bench = tiny.Bench(root)
    bench.run(
        features={"name": "summary", "statistics": "plain"},
        encoders=[{"name": "dnn", "hidden": 16, "layers": 2}],
        combinations=["singles", "all"],
        repeats={"folds": 2},
        training={"steps": 30, "batch": 8},
        arms=WAYS,
    )
    return bench


@pytest.fixture(scope="module")
def shared(study):
    rows = pd.read_csv(study.root / "out" / "results.csv", keep_default_na=False)
    return rows[rows["combination"].str.contains("+", regex=False)]


def test_single_runs_serve_every_way(study, shared):
    rows = pd.read_csv(study.root / "out" / "results.csv", keep_default_na=False)
    alone = rows[~rows["combination"].str.contains("+", regex=False) & (rows["encoder"].str.startswith("dnn"))]
    assert set(alone.groupby(["task", "fold"])["run"].nunique()) == {1}
    assert set(shared.groupby(["arm", "fold"])["run"].nunique()) == {1}


def test_what_is_a_tasks_own_is_counted(shared):
    sizes = shared.groupby("arm")["parameters"].first()
    assert sizes["base"] < sizes["half"] < sizes["none"] == sizes["soft"] == sizes["independent"]
    assert sizes["base"] < sizes["adapters"] < sizes["none"]


def test_sharing_no_stage_scores_as_independent_networks_do(study, shared):
    metrics = pd.read_csv(study.root / "out" / "metrics.csv", keep_default_na=False)
    losses = metrics[(metrics["metric"] == "nll") & (metrics["part"] == "test") & (metrics["selection"] == "last")]
    scores = shared.drop(columns="value").merge(losses[["run", "task", "value"]], on=["run", "task"])
    by_arm = scores.set_index(["arm", "task", "fold"])["value"].sort_index()
    assert by_arm["none"].equals(by_arm["independent"])
    assert not by_arm["soft"].equals(by_arm["independent"])


@pytest.mark.slow
@pytest.mark.parametrize("arm", ["half", "adapters", "soft"])
def test_each_is_exported_as_what_it_is(study, shared, arm):
    ended = study.cohear("export", "out", "--arm", arm, "-o", f"bundle-{arm}")
    assert ended.returncode == 0, ended.stderr
    with safe_open(study.root / f"bundle-{arm}" / "weights.safetensors", "np") as kept:
        names = [name for name in list(kept.keys()) if "running" not in name and "tracked" not in name]
        numbers = [kept.get_tensor(name).size for name in names]
    (parameters,) = set(shared.loc[shared["arm"] == arm, "parameters"])
    assert sum(numbers) >= parameters  # what is shut is kept among the weights, and is in no graph


def test_a_depth_that_the_encoder_has_not_is_a_mistake(study):
    settings = yaml.safe_load((study.root / "study.yaml").read_text())
    settings["arms"]["half"]["training"]["sharing"]["shared"] = 9
    (study.root / "deep.yaml").write_text(yaml.safe_dump(settings))
    ended = study.cohear("run", "deep.yaml", "--out", "deep")
    assert ended.returncode == 2
    assert "arms.half.training.sharing" in ended.stderr
    assert "shared is 0 to 3, since the encoder has 4 stages, not 9" in ended.stderr
    settings["arms"]["half"]["training"]["sharing"] = {"name": "adapters", "prize": 1}
    (study.root / "deep.yaml").write_text(yaml.safe_dump(settings))
    ended = study.cohear("run", "deep.yaml", "--out", "deep")
    assert ended.returncode == 2
    assert "has no setting 'prize' (did you mean 'price'?)" in ended.stderr
