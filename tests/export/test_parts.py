"""A bundle's graph in parts gives what it gives as a whole."""

import onnxruntime
import pytest
from tiny_bundle import make_own_windows_bundle, make_time_bundle, make_tiny_bundle, tone

from cohear.export.bench import bench
from cohear.export.parts import cut
from cohear.runtime.card import MODEL, read_card
from cohear.runtime.session import WAVEFORM

BUNDLES = [make_tiny_bundle, make_own_windows_bundle, make_time_bundle]


def run(path, given):
    """All outputs by name, of the inputs that it has."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_outputs()]
    own = {value.name: given[value.name] for value in session.get_inputs()}
    return dict(zip(names, session.run(names, own), strict=True))


@pytest.mark.parametrize("make", BUNDLES)
def test_front_and_backs_are_the_whole(tmp_path, make):
    """Of labels of clips, of tasks with windows of their own, and of a time line."""
    tasks = list(read_card(make(tmp_path / "bundle")).tasks)
    files = cut(tmp_path / "bundle" / MODEL, tasks, tmp_path)
    given = {WAVEFORM: tone("mid", seconds=1.37)[None]}
    whole, between = run(files.shared, given), run(files.front, given)
    assert list(whole) == tasks
    for task in tasks:
        for found in (run(files.singles[task], given), run(files.backs[task], between)):
            assert list(found) == [task]
            assert found[task] == pytest.approx(whole[task], abs=1e-6)


def test_a_bundle_in_time_is_measured(tmp_path):
    told = bench(make_time_bundle(tmp_path / "bundle"), seconds=0.5, repeats=2)
    assert told["tasks"] == ["when"]
    assert all(row["milliseconds"] > 0 for row in told["rows"])
