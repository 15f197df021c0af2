"""Where a network is trained: on the processor as ever, and nothing of a step stays behind when it is elsewhere."""

import pytest
import torch

from cohear.base.errors import UserError
from cohear.models.choice import EncoderChoice
from cohear.models.heads import head_of
from cohear.models.sharing import SHARING, Draws
from cohear.models.windows import Windows
from cohear.tasks import TARGET_KINDS, WindowTargets
from cohear.training.batches import Rows
from cohear.training.device import Device, to_numpy
from cohear.training.objectives import OBJECTIVES, Step

KINDS = {"a": TARGET_KINDS["multiclass"], "b": TARGET_KINDS["multilabel"]}
LABELS = ["x", "y", "z"]


def rows(task, layout):
    features = torch.randn(4, 20, 16) if layout == "sequence" else torch.randn(4, 16)
    values = torch.zeros(4, dtype=torch.int64) if task == "a" else torch.zeros(4, 3)
    return Rows(Windows(features), WindowTargets(values, torch.ones(values.shape, dtype=torch.bool)))


@pytest.mark.parametrize(("encoder", "layout"), [("small", "sequence"), ("cnn", "sequence"), ("dnn", "vector")])
@pytest.mark.parametrize("sharing", ["multihead", "independent"])
def test_a_step_makes_nothing_on_the_processor(encoder, layout, sharing):
    """On torch's device without numbers whatever is made elsewhere is an error: forward, loss and backward."""
    device = Device("meta")
    heads = {task: head_of(kind, LABELS) for task, kind in KINDS.items()}
    network = SHARING[sharing](dict.fromkeys("ab", 16), heads, EncoderChoice(encoder).build, Draws((0, 0, 0)))
    network, objective = device.put(network), device.put(OBJECTIVES["sum"](list("ab")))
    batch = {task: device.put(rows(task, layout)) for task in KINDS}
    embeddings = network.embed({task: each.windows for task, each in batch.items()}, 0)
    logits = {task: network.logits(task, embedding, 0) for task, embedding in embeddings.items()}
    losses = {task: kind.loss(logits[task].float(), batch[task].targets, 0.1) for task, kind in KINDS.items()}
    objective.backward(Step(losses, embeddings, network))
    assert {parameter.grad.device.type for parameter in network.parameters()} == {"meta"}
    if layout == "sequence":  # in evaluation short windows too: in training their valid frames are counted
        short = device.put(Windows(torch.randn(3, 20, 16), torch.tensor([1, 20, 7])))
        assert network.eval()({"b": short})["b"].device.type == "meta"


def test_devices_by_name(monkeypatch):
    assert Device.of("cpu", "float32") == Device()
    assert Device.of("cpu").precision in ("float32", "bfloat16")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert Device.of("auto", "float32") == Device()
    with pytest.raises(
        UserError, match="'cuda' is not on this machine, or torch was built without it; use auto or cpu"
    ):
        Device.of("cuda")
    with pytest.raises(UserError, match=r"unknown device 'cpuu' \(did you mean 'cpu'\?\)"):
        Device.of("cpuu")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert Device.of("auto") == Device("mps", "float32")


@pytest.mark.parametrize(("precision", "dtype"), [("float32", torch.float32), ("bfloat16", torch.bfloat16)])
def test_matrix_work_is_in_the_devices_precision(precision, dtype):
    with Device(precision=precision).autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == dtype


def test_numbers_are_fetched_through_what_learns():
    assert to_numpy(torch.ones(2, requires_grad=True)).tolist() == [1, 1]
