"""Networks that are trained as one: each is what it is alone, up to rounding, and fails alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cohear.base.errors import DataError, RunFailed
from cohear.models.choice import EncoderChoice
from cohear.models.sharing import Network
from cohear.runs.job import job_of
from cohear.runs.place import RunPlace
from cohear.testing.plain import PlainPack, plain_run
from cohear.training.at_once import train as at_once
from cohear.training.at_once.alike import AS_ONE, alike
from cohear.training.at_once.stack import Stack
from cohear.training.at_once.train import bytes_of, train_together
from cohear.training.device import Device
from cohear.training.loop import Learner, train_one
from cohear.training.run_features import RunFeatures
from cohear.training.settings import TrainingSettings

PACK = PlainPack(("a", "b", "c"))
FEW = {"hidden": 8}
DEVICES = (Path(__file__).parents[2] / "docs" / "study-file.md").read_text(encoding="utf-8").partition("## Devices")[2]


def run(encoder="mlp", seed=0, tasks=("a", "b"), settings=None, **training):
    # of AdamW a gradient that is zero but for rounding, as that of a bias before batch norm, makes whole steps
    training = {"steps": 12, "batch": 6, "precision": "float32", "optimiser": "sgd", "learning_rate": 0.1, **training}
    choice = EncoderChoice(encoder, settings=FEW if settings is None else settings)
    return plain_run(tasks, TrainingSettings(**training)).model_copy(update={"encoder": choice.key(), "seed": seed})


def results(specs, pack=PACK):
    """What became of each, by key."""
    assert len({alike(spec) for spec in specs}) == 1
    return {spec.key: ended for spec, ended in train_together(specs, pack, RunPlace())}


def same(one, other, apart=2e-5):
    """Whether two results are apart by rounding alone."""
    weights, others = one.network.state_dict(), other.network.state_dict()
    assert list(weights) == list(others)
    for name, value in weights.items():
        torch.testing.assert_close(value, others[name], atol=apart, rtol=apart)
    for point, its in zip(one.curve, other.curve, strict=True):
        assert {key: point[key] for key in ("task", "step", "part")} == {k: its[k] for k in ("task", "step", "part")}
        np.testing.assert_allclose([point["loss"]], [its["loss"]], atol=apart)
    assert (one.steps, one.parameters, one.device) == (other.steps, other.parameters, other.device)
    for task, told in one.tasks.items():
        for part, predicted in told.predictions.items():
            np.testing.assert_allclose(predicted.logits, other.tasks[task].predictions[part].logits, atol=10 * apart)
        assert told.scores.keys() == other.tasks[task].scores.keys()


@pytest.mark.parametrize(
    ("encoder", "settings", "training"),
    [
        ("linear", FEW, {}),
        ("mlp", {"hidden": 8, "layers": 2}, {"optimiser": "adamw", "learning_rate": 0.003}),
        ("dnn", FEW, {}),
        ("dnn", {"hidden": 8, "norm": "task"}, {}),
        ("dnn", {"hidden": 8, "norm": "group"}, {"schedule": "rounds"}),
        ("dnn", FEW, {"sharing": "independent"}),
        ("dnn", FEW, {"sharing": {"name": "multihead", "shared": 2}}),
        ("dnn", FEW, {"schedule": "one-task"}),
    ],
)
def test_each_is_what_it_is_alone(encoder, settings, training):
    """Seeds, and other tasks of the same shape; dropout, order and first weights from the streams of each."""
    runs = ((0, "ab"), (1, "ab"), (5, "ab"), (0, "bc"))
    specs = [run(encoder, seed, tuple(tasks), settings, **training) for seed, tasks in runs]
    together = results(specs)
    networks = [together[spec.key].network for spec in specs]
    assert not torch.equal(*(next(each.heads.parameters()) for each in networks[:2]))
    for spec in specs:
        same(together[spec.key], train_one(spec, PACK))


def test_nothing_is_stacked_that_runs_alone_draw_alike(monkeypatch):
    """That the comparison tells: with the draws of the first run for all, the others are others."""
    specs = [run(seed=seed) for seed in range(3)]
    made = Stack.__init__

    def of_the_first(stack, networks, device):
        for each in networks:
            each.draws = networks[0].draws
        made(stack, networks, device)

    monkeypatch.setattr(Stack, "__init__", of_the_first)
    together = results(specs)
    same(together[specs[0].key], train_one(specs[0], PACK))
    with pytest.raises(AssertionError):
        same(together[specs[1].key], train_one(specs[1], PACK))


def test_independent_equals_single_when_trained_at_once():
    specs = [run("dnn", seed, sharing="independent") for seed in range(2)]
    singles = [run("dnn", seed, (task,)) for seed in range(2) for task in "ab"]
    both, alone = results(specs), results(singles)
    for spec in specs:
        for single in singles:
            if single.seed == spec.seed:
                [task] = alone[single.key].tasks
                test, its = (each.tasks[task].predictions["test"] for each in (both[spec.key], alone[single.key]))
                np.testing.assert_allclose(test.logits, its.logits, atol=2e-4)


@pytest.mark.parametrize(("encoder", "settings"), [("mlp", FEW), ("dnn", FEW), ("dnn", {"hidden": 8, "norm": "task"})])
def test_in_bfloat16_too(encoder, settings):
    """With statistics of batches too, which are float32. More and longer steps make more of rounding."""
    training = {"precision": "bfloat16", "learning_rate": 0.005, "steps": 4}
    specs = [run(encoder, seed, settings=settings, **training) for seed in range(2)]
    together = results(specs)
    for spec in specs:
        same(together[spec.key], train_one(spec, PACK), apart=0.02)


def test_runs_of_another_shape_are_a_batch_of_their_own(monkeypatch):
    """Three classes or two: heads differ, and nothing in the specification tells."""
    pack, sizes = PlainPack(("a", "b", "c")), []
    split, made = pack.split, Stack.__init__

    def fewer(name):
        found = split(name)
        if name != "c":
            return found
        targets = [min(target, 1) for target in found.targets]
        return replace(found, labels=found.labels[:2], scored=[True] * 2, targets=targets)

    def counted(stack, networks, device):
        sizes.append(len(networks))
        made(stack, networks, device)

    monkeypatch.setattr(pack, "split", fewer)
    monkeypatch.setattr(Stack, "__init__", counted)
    specs = [run(seed=seed, tasks=tasks) for seed in (0, 1, 2) for tasks in (("a", "b"), ("a", "c"))]
    together = results(specs[:-1], pack)
    assert sizes == [3, 2]
    for spec in specs[:-1]:
        same(together[spec.key], train_one(spec, pack))


@pytest.mark.parametrize("when", ["before", "batch", "loss", "look", "score"])
def test_one_that_fails_does_so_alone(when, monkeypatch):
    specs = [run(seed=seed) for seed in range(3)]
    names = {"before": "__init__", "batch": "batch", "loss": "losses", "look": "stepped", "score": "scores"}
    name = names[when]
    sound, calls = getattr(Learner, name), []

    def failing(learner, *given):
        spec = given[0] if when == "before" else learner.spec
        if spec.seed == 1:
            calls.append(when)
            if when in ("before", "score") or len(calls) == 5:
                raise RunFailed(f"of its {when}")
        return sound(learner, *given)

    with monkeypatch.context() as patched:
        patched.setattr(Learner, name, failing)
        together = results(specs)
    failed = together.pop(specs[1].key)
    assert isinstance(failed, RunFailed) and str(failed) == f"of its {when}"
    for spec in (specs[0], specs[2]):
        same(together[spec.key], train_one(spec, PACK))


def test_one_whose_numbers_are_lost_ends_as_alone_and_others_keep_theirs(monkeypatch):
    """NaN in its slice of every tensor, and in no other."""
    specs = [run(seed=seed) for seed in range(3)]
    made = Learner.__init__

    def lost(learner, spec, *given):
        made(learner, spec, *given)
        if spec.seed == 1:
            next(learner.network.heads.parameters()).data.fill_(float("nan"))

    with monkeypatch.context() as patched:
        patched.setattr(Learner, "__init__", lost)
        together = results(specs)
        with pytest.raises(RunFailed) as alone:
            train_one(specs[1], PACK)
    assert str(together.pop(specs[1].key)) == str(alone.value)
    for spec in (specs[0], specs[2]):
        same(together[spec.key], train_one(spec, PACK))


def test_all_that_fail_end_the_steps(monkeypatch):
    def gone(*_):
        raise DataError("gone")

    monkeypatch.setattr(Learner, "batch", gone)
    assert {str(each) for each in results([run(seed=seed) for seed in range(2)]).values()} == {"gone"}


def test_as_many_as_there_is_memory_for(monkeypatch):
    specs, sizes = [run(seed=seed) for seed in range(5)], []
    each = bytes_of(Learner(specs[0], PACK, Device(), RunFeatures()))
    made = Stack.__init__

    def counted(stack, networks, device):
        sizes.append(len(networks))
        made(stack, networks, device)

    monkeypatch.setattr(Stack, "__init__", counted)
    monkeypatch.setattr(Device, "memory", property(lambda _: 2 * 2.5 * each))  # half of it is for features
    assert len(results(specs)) == 5
    assert sizes == [2, 2, 1]


def test_where_memory_runs_out_they_are_trained_one_at_a_time(monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("full")

    monkeypatch.setattr(at_once, "_take_steps", full)
    specs = [run(seed=seed) for seed in range(2)]
    together = results(specs)
    for spec in specs:
        same(together[spec.key], train_one(spec, PACK), apart=0)


@pytest.mark.parametrize("where", ["batch", "losses"])
def test_memory_that_runs_out_in_the_steps_is_that_of_all(where, monkeypatch):
    """What one of them asked for is not its fault; one that had failed before stays so, and is not trained again."""
    specs = [run(seed=seed) for seed in range(3)]
    sound, failed = getattr(Learner, where), {1: DataError("gone"), 2: torch.OutOfMemoryError("full")}

    def failing(learner, *given):
        if learner.spec.seed in failed:
            raise failed.pop(learner.spec.seed)
        return sound(learner, *given)

    with monkeypatch.context() as patched:
        patched.setattr(Learner, where, failing)
        together = results(specs)
    assert str(together.pop(specs[1].key)) == "gone" and not failed
    for spec in (specs[0], specs[2]):
        same(together[spec.key], train_one(spec, PACK), apart=0)


def test_a_network_has_memory_of_its_own_afterwards():
    specs = [run(seed=seed) for seed in range(3)]
    for result in results(specs).values():
        for tensor in result.network.state_dict().values():
            assert tensor.untyped_storage().nbytes() == tensor.nbytes


def test_seconds_are_shared_out():
    """Of the processor: all runs together say no more than the process took."""
    began = Device().clock()
    together = results([run(seed=seed, steps=40) for seed in range(4)])
    took = Device().clock() - began
    seconds = [each.seconds for each in together.values()]
    assert 0.5 * took < sum(seconds) <= took
    assert max(seconds) < 0.5 * took


class TestAlike:
    def test_people_are_told_of_the_parts_that_go_as_one(self):
        for part in ("linear", "mlp", "dnn", "multihead", "independent", "sum", "adamw", "sgd"):
            assert part in AS_ONE and f"`{part}`" in DEVICES

    def test_seeds_folds_and_tasks_are(self):
        one = run()
        fold = one.model_copy(update={"fold": 3})
        assert alike(one) == alike(run(seed=4)) == alike(fold) == alike(run(tasks=("b", "c"))) is not None

    @pytest.mark.parametrize(
        "other",
        [
            run("linear"),
            run(settings={"hidden": 9}),
            run(steps=13),
            run(tasks=("a",)),
            run(learning_rate=0.2),
            run().model_copy(update={"window": 0.5}),
        ],
    )
    def test_what_changes_steps_or_shapes_is_not(self, other):
        assert alike(other) is not None
        assert alike(other) != alike(run())

    @pytest.mark.parametrize(
        "other",
        [
            run("dnn", sharing="soft"),
            run(objective="uncertainty"),
            run().model_copy(update={"encoder": EncoderChoice("small").key()}),
            run().model_copy(update={"versions": {**run().versions, "plugins": "a digest"}}),
            run().model_copy(update={"encoder": {**run().encoder, "module": "mine:Net"}}),
        ],
    )
    def test_what_is_not_known_is_trained_alone(self, other):
        assert alike(other) is None
        assert job_of(other).alike(other) is None

    def test_a_partner_without_labels_is_not_one_with_them(self):
        one = run()
        task = one.tasks[1].model_copy(update={"labels": "none", "scored": False})
        assert alike(one.model_copy(update={"tasks": (one.tasks[0], task)})) != alike(one)


def test_controls_too():
    """Shuffled labels, and partners without a head."""
    for labels in ("shuffled", "none"):
        specs = []
        for seed in range(2):
            one = run(seed=seed)
            task = one.tasks[1].model_copy(update={"labels": labels, "scored": False})
            specs.append(one.model_copy(update={"tasks": (one.tasks[0], task)}))
        together = results(specs)
        for spec in specs:
            assert isinstance(together[spec.key].network, Network)
            same(together[spec.key], train_one(spec, PACK))
