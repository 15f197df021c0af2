"""C.6: what is planned depends on clips' ids and sounds, never on the order in which a table names them."""

import random

import pytest
import tiny

from cohear.api import Study


def keys(bench, out, **changes):
    """The keys of all planned runs: of splits, draws and features too."""
    plan, _, _ = Study.load(bench.study(**changes), bench.root / out).plan()
    return [run.key for run in plan]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tasks": {"tone": {"dataset": "tones", "target": "tone", "limit": 9}}},
        {"arms": {"base": {}, "few": {"labels": 0.5}}, "controls": ["shuffled"]},
        {"baselines": ["svm"]},
    ],
)
def test_rows_in_another_order_are_the_same_study(tmp_path, changes, monkeypatch):
    bench = tiny.Bench(tmp_path)
    monkeypatch.setenv("COHEAR_CACHE", str(bench.cache))
    rows = tiny.write_dataset(tmp_path / "data/tones", "tone", ["low", "mid", "high"], each=2, seed=1)
    others = tiny.write_dataset(tmp_path / "data/birds", "bird", ["owl", "wren"], each=2, seed=2)
    before = keys(bench, "before", **changes)
    random.Random(0).shuffle(rows)
    tiny.write_table(tmp_path / "data/tones", rows)
    tiny.write_table(tmp_path / "data/birds", others[::-1])
    assert keys(bench, "after", **changes) == before
    tiny.write_table(tmp_path / "data/tones", rows[:-1])
    assert keys(bench, "fewer", **changes) != before
