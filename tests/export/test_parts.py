"""A bundle's graph in parts gives what it gives as a whole."""

import onnx
import onnxruntime
import pytest
import torch
from tiny_bundle import make_own_windows_bundle, make_time_bundle, make_tiny_bundle, tone
from torch.utils.flop_counter import FlopCounterMode

from cohear.base.decoding import LabelDecoding
from cohear.export.assemble import assemble
from cohear.export.bench import bench
from cohear.export.network import network_graph
from cohear.export.outputs import Output
from cohear.export.parts import cut, multiply_adds
from cohear.export.write import windowing_of
from cohear.features import LogMel
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.models.windows import Windows
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("encoder", "settings"),
    [
        ("small", {"width": 0.5}),
        ("bcresnet", {"width": 1}),
        ("crnn", {"channels": 8, "hidden": 12}),
        ("wavenet", {"channels": 8}),
        ("transformer", {"width": 16, "layers": 2}),
    ],
)
def test_work_is_counted_as_torch_counts_it(tmp_path, encoder, settings):
    """Of the network alone, over the windows of a second: one every half window."""
    given = TaskInput(LogMel(bands=24), 50)
    build, heads = EncoderChoice(encoder, settings=settings).build, {"task": layer(3)}
    network = SHARING["multihead"](NetworkParts({"task": 24}, heads, build, Draws((0, 0, 0)))).eval()
    with FlopCounterMode(display=False) as counted, torch.no_grad():
        network({"task": Windows(torch.randn(1, 50, 24), torch.tensor([50]))})
    output = Output(LabelDecoding("task", "multiclass", ("a", "b", "c")))
    onnx.save(assemble([given], network_graph(network, {"task": given}), [output]), str(tmp_path / "whole.onnx"))
    front = cut(tmp_path / "whole.onnx", ["task"], tmp_path).front
    work, of_front = (multiply_adds([path], [windowing_of(given)]) for path in (tmp_path / "whole.onnx", front))
    assert work - of_front == pytest.approx(counted.get_total_flops() / 2 * 4, rel=1e-3)
