"""Where a network is trained: on the processor as ever; elsewhere nothing of a step stays behind or is waited for."""

from contextlib import nullcontext
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from torch.nn import functional
from torch.optim import AdamW
from torch.utils._python_dispatch import TorchDispatchMode

from cohear.base.errors import UserError
from cohear.features.build import build_front_end
from cohear.features.task_input import TaskInput
from cohear.models.choice import EncoderChoice
from cohear.models.encoder import ENCODERS
from cohear.models.heads import head_of
from cohear.models.masked import UnitDropout
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.models.windows import Windows
from cohear.runs.place import RunPlace
from cohear.runs.scaled_task import with_scale
from cohear.tasks import TARGET_KINDS, WindowTargets
from cohear.testing.plain import CLIPS, FRAMES, PlainPack, plain_run, plain_task
from cohear.training import loop
from cohear.training.batches import Rows, TaskBatches
from cohear.training.device import Device, to_numpy
from cohear.training.draws import DrawnOnProcessor
from cohear.training.evaluate import Evaluation
from cohear.training.loop import Looks, train_one
from cohear.training.objectives import OBJECTIVES, Step
from cohear.training.objectives.aggregated import OfGradients
from cohear.training.run_features import KeptFrames, KeptVectors, RunFeatures
from cohear.training.settings import TrainingSettings

KINDS = {"a": TARGET_KINDS["multiclass"], "b": TARGET_KINDS["multilabel"]}
LABELS = ["x", "y", "z"]
OF_VECTORS = ("dnn", "linear", "mlp")


def rows(task, layout):
    features = torch.randn(4, 20, 16) if layout == "sequence" else torch.randn(4, 16)
    values = torch.zeros(4, dtype=torch.int64) if task == "a" else torch.zeros(4, 3)
    return Rows(Windows(features), WindowTargets(values, torch.ones(values.shape, dtype=torch.bool)))


def on(device, part):
    return Rows(device.take(part.windows), device.take(part.targets))


@pytest.mark.parametrize(("encoder", "layout"), [("small", "sequence"), ("cnn", "sequence"), ("dnn", "vector")])
@pytest.mark.parametrize("sharing", ["multihead", "independent"])
def test_a_step_makes_nothing_on_the_processor(encoder, layout, sharing):
    """On torch's device without numbers whatever is made elsewhere is an error: forward, loss and backward."""
    device = Device("meta")
    heads = {task: head_of(kind, LABELS) for task, kind in KINDS.items()}
    network = SHARING[sharing](
        NetworkParts(dict.fromkeys("ab", 16), heads, EncoderChoice(encoder).build, Draws((0, 0, 0)))
    )
    network, objective = device.put(network), device.put(OBJECTIVES["sum"](list("ab")))
    batch = {task: on(device, rows(task, layout)) for task in KINDS}
    with device.forward():
        embeddings = network.embed({task: each.windows for task, each in batch.items()}, 0)
        logits = {task: network.logits(task, embedding, 0) for task, embedding in embeddings.items()}
    losses = {task: kind.loss(logits[task].float(), batch[task].targets, 0.1) for task, kind in KINDS.items()}
    objective.backward(Step(losses, embeddings, network))
    assert {parameter.grad.device.type for parameter in network.parameters()} == {"meta"}
    if layout == "sequence":  # in evaluation short windows too: in training their valid frames are counted
        short = device.take(Windows(torch.randn(3, 20, 16), torch.tensor([1, 20, 7])))
        assert network.eval()({"b": short})["b"].device.type == "meta"


class Copies(TorchDispatchMode):
    """Notes every copy from one device to another, and every number that is read."""

    def __init__(self):
        super().__init__()
        self.waited, self.sent = [], 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        given = [each for each in args if isinstance(each, torch.Tensor)]
        from_where = {each.device.type for each in given}
        if func is torch.ops.aten._local_scalar_dense.default and "meta" in from_where:
            self.waited.append(func)
        if func is torch.ops.aten._to_copy.default and "device" in kwargs and {kwargs["device"].type} != from_where:
            self.sent += 1
            if kwargs["device"].type != "meta" or not kwargs.get("non_blocking"):
                self.waited.append((func, given[0].shape, kwargs))
        if func is torch.ops.aten.copy_.default and len(from_where) > 1:
            self.waited.append(func)
        return func(*args, **kwargs)


class AllStepsTaken(Exception):
    """What comes behind them would read numbers."""


def plain_spec(encoder, **training):
    """A run of any encoder on plain tasks; the objective, sharing and so on as asked for."""
    settings = TrainingSettings(**{"steps": 2, "batch": 6, "precision": "float32", **training})
    front_end = build_front_end({"name": "summary" if encoder in OF_VECTORS else "logmel", "bands": 4})
    choice = EncoderChoice(encoder).key()
    return plain_run(("a", "b"), settings).model_copy(update={"front_end": front_end.key(), "encoder": choice})


@pytest.fixture
def without_numbers(monkeypatch):
    """Training on torch's device without numbers: one that asks for a number of them fails, up to the last step."""

    def all_taken(*_):
        raise AllStepsTaken

    monkeypatch.setattr(Device, "of", classmethod(lambda cls, name, precision: cls(name, precision)))
    monkeypatch.setattr(Device, "clock", lambda _: 0.0)
    monkeypatch.setattr(Looks, "are_due", lambda *_: False)
    monkeypatch.setattr(loop, "score", all_taken)
    monkeypatch.setattr(loop, "check_training_versions", lambda *_: None)
    monkeypatch.setattr("cohear.training.optimiser.AdamW", lambda of, **given: AdamW(of, **{**given, "fused": False}))
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: nullcontext())  # it does not know that device


@pytest.mark.parametrize(
    ("encoder", "training"),
    [
        *((encoder, {}) for encoder in sorted(set(ENCODERS) - {"filters"})),
        *(("dnn", {"sharing": name}) for name in sorted(SHARING) if SHARING[name].begins_with is None),
        *(("dnn", {"objective": name}) for name in sorted(OBJECTIVES) if not issubclass(OBJECTIVES[name], OfGradients)),
    ],
)
@pytest.mark.usefixtures("without_numbers")
def test_no_step_waits_for_its_device(encoder, training, monkeypatch):
    """From the first batch to the last step no number is read, and what is sent is not waited for."""
    copies, make, began = Copies(), TaskBatches.make, []

    def made(batches, step):
        if not began:
            copies.__enter__()
            began.append(step)
        return make(batches, step)

    monkeypatch.setattr(TaskBatches, "make", made)
    try:
        with pytest.raises(AllStepsTaken):
            train_one(plain_spec(encoder, **training), PlainPack(("a", "b")), RunPlace("meta"))
    finally:
        copies.__exit__(None, None, None)
    assert copies.waited == []
    assert copies.sent >= 2 * 2 * 2 + 2  # by step and task what is known and asked; windows, or for both steps vectors


def test_copies_that_are_waited_for_are_seen():
    with Copies() as copies:
        torch.ones(2).to("meta", non_blocking=True)
        assert copies.waited == []
        torch.ones(2).to("meta")
        torch.empty(2, device="meta").copy_(torch.ones(2))
    assert len(copies.waited) == 2
    with Copies() as copies, pytest.raises(RuntimeError):
        torch.ones(2, device="meta").sum().item()
    assert len(copies.waited) == 1


LAYERS = {
    "units": (torch.nn.Dropout(0.2), (32, 96)),
    "units of frames": (UnitDropout(0.3), (8, 20, 6)),
    "channels": (torch.nn.Dropout2d(0.4), (8, 6, 10, 4)),
    "channels of frames": (torch.nn.Dropout1d(0.4), (8, 6, 10)),
    "in place": (torch.nn.Dropout(0.5, inplace=True), (7, 5)),
    "a function": (partial(functional.dropout, p=0.1, training=True), (4, 1, 64)),
}


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("order", ["rows first", "channels last", "turned"])
def test_what_is_dropped_elsewhere_is_what_the_processor_drops(layer, dtype, order):
    """To the last bit, forward and backward, and what is drawn next."""
    dropped, shape = LAYERS[layer]
    features = torch.randn(shape, dtype=dtype)
    if order == "channels last" and len(shape) == 4:
        features = features.to(memory_format=torch.channels_last)
    if order == "turned":
        features = features.transpose(0, 1).contiguous().transpose(0, 1)
    found = []
    for mode in (nullcontext(), DrawnOnProcessor(lambda tensor: tensor)):
        torch.manual_seed(7)
        leaf = features.clone().requires_grad_()
        with mode:
            made = dropped(leaf * 1)
        made.float().square().sum().backward()
        found.append((made.detach(), leaf.grad, torch.rand(2)))
    for there, here in zip(*found, strict=True):
        assert torch.equal(there, here)
    assert (found[0][0] == 0).any()


def test_nothing_is_dropped_once_a_network_has_learnt():
    with DrawnOnProcessor(lambda tensor: tensor):
        assert torch.nn.Dropout(0.9).eval()(torch.ones(5)).tolist() == [1] * 5


def task_of(how, *, clips_of_unequal_length=True):
    """A plain task; every third of its clips is one frame shorter than a window."""
    task = plain_task("a", 3)
    if clips_of_unequal_length:
        lengths = np.where(np.arange(CLIPS) % 3 == 0, FRAMES - 1, FRAMES + 4)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        frames = np.random.default_rng(1).normal(size=(offsets[-1], 4)).astype(np.float32)
        heard = np.ones(len(frames), np.bool_)
        task = replace(task, store=replace(task.store, key="uneven", frames=frames, offsets=offsets, heard=heard))
    return replace(task, groups=[f"g{clip % 5}" for clip in range(CLIPS)] if how == "group" else ())


@pytest.mark.parametrize("how", ["none", "dataset", "group"])
@pytest.mark.parametrize("augment", ["none", "standard"])
@pytest.mark.parametrize("front_end", ["logmel", "waveform", "mfcc", "summary"])
def test_features_that_lie_on_the_device_are_those_of_the_processor(front_end, augment, how):
    """To the last bit: windows of every batch, and those that clips are scored in."""
    settings = {"waveform": {"rate": 400}, "mfcc": {"bands": 4, "coefficients": 3}}.get(front_end, {"bands": 4})
    given = TaskInput(build_front_end({"name": front_end, **settings}), FRAMES)
    task = with_scale(task_of(how), given, how)
    training = TrainingSettings(steps=5, batch=8, augment=augment)
    kept = RunFeatures(keeps=True).kept(task, given)
    assert type(kept) is {"mfcc": type(None), "summary": KeptVectors}.get(front_end, KeptFrames)
    found = []
    for features in (RunFeatures(), RunFeatures(keeps=True), RunFeatures(room=0, keeps=True)):
        batches = TaskBatches(task, given, training, (0, 0, 0), features=features)
        evaluation = Evaluation(task, "test", given, (0, 0, 0), features)
        windows = [batches.make(step).windows for step in range(5)]
        windows.append(evaluation._windows.seen(evaluation._clips[evaluation._clip_of_window], evaluation._starts)[0])
        found.append(windows)
    for other in found[1:]:
        for there, here in zip(found[0], other, strict=True):
            assert torch.equal(there.features, here.features)
            assert (there.lengths is None) == (here.lengths is None)
            assert there.lengths is None or torch.equal(there.lengths, here.lengths)
    assert front_end == "summary" or any(each.lengths is not None for each in found[0])


def test_a_store_lies_on_the_device_once_and_only_where_there_is_room():
    task, given = plain_task("a", 0), TaskInput(build_front_end({"name": "logmel", "bands": 4}), FRAMES)
    other = replace(task, name="b")
    features = RunFeatures(room=task.store.frames.nbytes, keeps=True)
    assert features.kept(task, given) is features.kept(other, given) is not None
    more = replace(task, store=replace(task.store, key="more"))
    assert features.kept(more, given) is None
    assert RunFeatures().kept(task, given) is None  # the processor has its files mapped


@pytest.mark.parametrize("encoder", ["dnn", "small", "bcresnet"])
def test_a_run_whose_numbers_come_from_elsewhere_is_the_run(encoder, monkeypatch):
    """All that is different on another device, on the processor: same features, same draws, same scores and weights."""
    spec, pack = plain_spec(encoder), PlainPack(("a", "b"))
    monkeypatch.setattr(loop, "check_training_versions", lambda *_: None)
    plain = train_one(spec, pack)
    monkeypatch.setattr(Device, "is_processor", property(lambda _: False))
    monkeypatch.setattr(Device, "clock", lambda _: 0.0)
    elsewhere = train_one(spec, pack)
    assert plain.curve == elsewhere.curve
    assert {name: task.scores for name, task in plain.tasks.items()} == {
        name: task.scores for name, task in elsewhere.tasks.items()
    }
    for one, other in zip(plain.network.parameters(), elsewhere.network.parameters(), strict=True):
        assert torch.equal(one, other)


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
    with Device(precision=precision).forward():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == dtype


def test_numbers_are_fetched_through_what_learns():
    assert to_numpy(torch.ones(2, requires_grad=True)).tolist() == [1, 1]
