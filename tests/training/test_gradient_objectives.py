"""What looks at each task's gradient in the weights that tasks share: as torchjd has it, and as its paper has it."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import tiny
import torch

from cohear.base.errors import MissingExtra, StudyError
from cohear.base.named import WithSettings, make
from cohear.base.yaml_text import YamlText
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws, NetworkParts
from cohear.models.windows import Windows
from cohear.study.file import check_study
from cohear.study.launch.ssh.installed import packages_needed
from cohear.testing.plain import PlainPack, plain_run
from cohear.training.loop import train_one
from cohear.training.objectives import OBJECTIVES, Step, aggregated
from cohear.training.objectives.aggregated import OfGradients, Weighing
from cohear.training.objectives.gradients import TaskGradients
from cohear.training.settings import TrainingSettings
from cohear.training.versions import training_versions

pytestmark = pytest.mark.filterwarnings("ignore:You are solving", "ignore:.*ECOS.*")  # torchjd's, of its own problem

NAMES = [name for name in OBJECTIVES if issubclass(OBJECTIVES[name], OfGradients)]
TASKS = ["a", "b", "c"]
DEPTH = WithSettings(name="multihead", shared=2)


def objective(name, tasks=(), **settings):
    part = WithSettings(name=name, **settings) if settings else name
    try:
        return make(OBJECTIVES, part, list(tasks or TASKS))
    except Exception as error:
        if "cvxpy" in str(error) or "ecos" in str(error):
            pytest.skip(str(error))
        raise


def a_step(sharing="multihead", tasks=("a", "b", "c"), seed=0):
    heads = {task: layer(2) for task in tasks}
    encoder = EncoderChoice("dnn", settings={"hidden": 8, "layers": 2, "dropout": 0.0})
    network = make(SHARING, sharing, NetworkParts(dict.fromkeys(heads, 6), heads, encoder.build, Draws((0, 0, 0))))
    noise = torch.Generator().manual_seed(seed)
    embeddings = network.embed({task: Windows(torch.randn(7, 6, generator=noise)) for task in heads}, 0)
    logits = {task: network.logits(task, embeddings[task], 0) for task in heads}
    losses = {
        task: (number + 1) * torch.nn.functional.cross_entropy(logits[task], torch.arange(7) % 2)
        for number, task in enumerate(heads)
    }
    return Step(losses, embeddings, network)


def gradients_of(step):
    return {name: each.grad.clone() for name, each in step.network.named_parameters() if each.grad is not None}


def plain(**given):
    step = a_step(**given)
    torch.autograd.backward(list(step.losses.values()))
    return gradients_of(step)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shape", [(2, 40), (3, 500), (8, 2000), (4, 3)])
def test_it_equals_torchjd(name, shape):
    """Of matrices at random, also with rows that depend on each other; some keep what they have seen."""
    ours, theirs = objective(name, "abcdefgh"[: shape[0]]), objective(name, "abcdefgh"[: shape[0]])
    aggregator, noise = theirs.make(shape[0]), torch.Generator().manual_seed(shape[1])
    for seed in range(3):
        rows = torch.randn(shape, generator=noise) * torch.rand(shape[0], 1, generator=noise)
        torch.manual_seed(seed)
        expected = aggregator(rows)
        torch.manual_seed(seed)
        if isinstance(ours, Weighing):
            found = ours.weights(ours.tasks, rows) @ rows / (shape[0] if ours.of_a_mean else 1)
        else:
            found = ours.aggregator(ours.tasks)(rows)
        torch.testing.assert_close(found, expected, rtol=2e-3, atol=2e-3 * float(expected.abs().max()))


@pytest.mark.parametrize("name", NAMES)
def test_a_step_is_the_aggregate_of_gradients_in_what_is_shared(name):
    """And each head has the gradient of its own loss, as it would have alone."""
    step, of, usual = a_step(), objective(name), plain()
    gradients = TaskGradients.of(a_step())
    torch.manual_seed(1)
    expected = of.make(3)(gradients.rows) * (3 if getattr(of, "of_a_mean", False) else 1)
    torch.manual_seed(1)
    of.backward(step)
    found = torch.cat([each.grad.flatten() for each in step.network.encoders[0].parameters()])
    torch.testing.assert_close(found, expected, rtol=2e-3, atol=2e-4)
    for name_of, gradient in gradients_of(step).items():
        if name_of.startswith("heads"):
            torch.testing.assert_close(gradient, usual[name_of])


def test_rows_are_gradients_of_each_loss():
    """They add up to the gradient of the sum, and what a task has of its own is in none."""
    for given in ({}, {"sharing": DEPTH}, {"sharing": "independent"}):
        usual, step = plain(**given), a_step(**given)
        names = {id(each): name for name, each in step.network.named_parameters()}
        mine = TaskGradients.of(step)
        mine.fill(mine.rows.sum(dim=0))
        for parameter in step.network.parameters():
            torch.testing.assert_close(parameter.grad, usual[names[id(parameter)]])
        own = {names[id(each)] for each in mine.own}
        assert {name for name in usual if name.startswith("heads")} <= own
        assert len(mine.rows) == 3
        assert bool(mine.shared) == (given.get("sharing") != "independent")
        behind = {name for name in usual if "encoders.2" in name and name in own}
        assert bool(behind) == bool(given)


def test_weights_hold_for_some_steps():
    """A weighted sum in one pass is what the rows give, also behind weights of 0 and below, and heads stay plain."""
    of = objective("mgda", every=3)
    of.backward(a_step())
    [held] = of._held.values()
    assert held.passed == 1
    step = a_step()
    held.shared = list(step.network.encoders[0].parameters())
    held.weights = torch.tensor([0.0, -1.0, 2.5])
    of.backward(step)
    gradients = TaskGradients.of(again := a_step())
    gradients.fill(held.weights @ gradients.rows)
    for found, expected in zip(step.network.parameters(), again.network.parameters(), strict=True):
        torch.testing.assert_close(found.grad, expected.grad)


@pytest.mark.parametrize("every", [1, 2, 10])
def test_passes_are_counted(every, monkeypatch):
    """One a task where weights are due, else none but the sum's."""
    of, asked = objective("pcgrad", every=every), []
    grad = torch.autograd.grad
    monkeypatch.setattr(torch.autograd, "grad", lambda *given, **more: asked.append(0) or grad(*given, **more))
    for _ in range(10):
        of.backward(a_step())
    assert len(asked) == 3 * 10 // every


@pytest.mark.parametrize("name", [*NAMES, "gradnorm"])
def test_where_nothing_is_shared_nothing_is_changed(name):
    for seed in range(2):
        step, usual = a_step("independent", seed=seed), plain(sharing="independent", seed=seed)
        objective(name).backward(step)
        for found, gradient in gradients_of(step).items():
            torch.testing.assert_close(gradient, usual[found], rtol=0, atol=0)


@pytest.mark.parametrize("name", [*NAMES, "gradnorm", "famo"])
def test_a_run_takes_it(name):
    objective(name)
    training = TrainingSettings(steps=30, batch=8, precision="float32", objective=name, learning_rate=0.01)
    result = train_one(plain_run(("a", "b"), training), PlainPack(("a", "b")))
    for task in ("a", "b"):
        losses = [point["loss"] for point in result.curve if (point["task"], point["part"]) == (task, "train")]
        assert losses[-1] < 0.9 * losses[0]


def test_gradnorm_brings_gradients_to_one_length():
    """Chen et al. 2018: where all losses have fallen alike, weights come to be such that all pull alike."""
    of = objective("gradnorm", tasks=("a", "b"), alpha=0.0)
    optimiser, pulls = torch.optim.Adam(of.parameters(), lr=0.003), []
    for _ in range(400):
        optimiser.zero_grad()
        step = a_step(tasks=("a", "b"))
        shared = list(step.network.encoders[0].layers[1].parameters())
        lengths = [
            torch.cat([each.flatten() for each in torch.autograd.grad(loss, shared, retain_graph=True)]).norm()
            for loss in step.losses.values()
        ]
        weights = 2 * (8 * of.logits.detach()).softmax(dim=0)
        pulls.append(float(weights[0] * lengths[0] / (weights[1] * lengths[1])))
        of.backward(step)
        optimiser.step()
    assert abs(pulls[0] - 1) > 0.3
    assert abs(pulls[-1] - 1) < 0.1


def test_famo_gives_less_to_what_has_fallen_more():
    """Liu et al. 2023: a step of what weights are made of goes down along how far losses fell, at their shares."""
    of = objective("famo", tasks=("a", "b"), decay=0.0)
    for losses in ((2.0, 4.0), (1.0, 4.0)):
        of.logits.grad = None
        leaves = [torch.tensor(loss, requires_grad=True) for loss in losses]
        of.backward(Step(dict(zip(("a", "b"), leaves, strict=True)), {}, torch.nn.Module()))
    fallen = torch.log(torch.tensor(2.0))
    expected = 8 * torch.tensor([0.25, -0.25]) * fallen  # of a softmax of two equals
    torch.testing.assert_close(of.logits.grad, expected)
    pulls = torch.stack([leaf.grad for leaf in leaves])
    torch.testing.assert_close(pulls, 2 * torch.tensor([1.0, 0.25]) / 1.25)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"name": "mgda", "every": 0}, "every is a number of steps, 1 or more, not 0"),
        ({"name": "gradvac", "beta": 2}, "must be in [0, 1]"),
    ],
)
def test_settings_that_cannot_be_are_told(part, told):
    with pytest.raises(StudyError, match=r"training\.objective: objective") as raised:
        check_study(YamlText(tiny.settings(training={"objective": part})), folder=Path())
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("name", "lacking", "told"),
    [
        ("pcgrad", "torchjd", "this needs torchjd: pip install 'cohear[objectives]'"),
        ("cagrad", "cvxpy", "this needs cvxpy: pip install cvxpy"),
    ],
)
def test_what_is_not_installed_is_told_before_anything_is_trained(monkeypatch, name, lacking, told):
    def look(package):
        if package == lacking:
            raise PackageNotFoundError(package)
        return "1.0"

    monkeypatch.setattr(aggregated, "installed", look)
    with pytest.raises(StudyError) as raised:
        check_study(YamlText(tiny.settings(training={"objective": name})), folder=Path())
    assert f"training.objective: {told}" in str(raised.value)
    if lacking == "torchjd":
        with pytest.raises(MissingExtra):
            training_versions(TrainingSettings(objective=name), ())


def test_the_key_holds_torchjd_where_it_is_used():
    """So that another version is another run, and a host gets this one."""
    there = training_versions(TrainingSettings(objective="pcgrad"), ())
    assert there["torchjd"] == version("torchjd")
    assert "torchjd" not in training_versions(TrainingSettings(), ())
    alone = TrainingSettings(objective="pcgrad").of_single()
    assert training_versions(alone, ()) == training_versions(TrainingSettings(), ())
    assert packages_needed({"torchjd": ["1"]}, {})["torchjd"] == f"=={version('torchjd')}"
    assert "torchjd" not in packages_needed({}, {})
