"""The contract of every sharing scheme, as tests to inherit.

::

    class TestMine(SharingContract):
        name = "mine"
        settings = {"width": 4}
"""

from itertools import combinations

import torch

from cohear.base.registry import Registry
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.inference import at_inference
from cohear.models.sharing import SHARING, Draws, Network, NetworkParts
from cohear.models.windows import Windows
from cohear.testing.named import NamedPartContract
from cohear.testing.plain import plain_run_with_needs, plain_task
from cohear.training.loop import train_one
from cohear.training.networks import make_network
from cohear.training.settings import TrainingSettings
from cohear.training.sources import inputs_of

_OUTPUTS = {"a.b": 3, "größe": 2, "no": 5}
_WIDTH = 6
_DNN = EncoderChoice("dnn", settings={"hidden": 8, "layers": 2, "dropout": 0.5})
_SMALL = EncoderChoice("small", settings={"width": 0.5})


class SharingContract(NamedPartContract):
    """What must hold for a sharing scheme; pytest runs it for each subclass whose name begins with ``Test``."""

    def registry(self) -> Registry[type[Network]]:
        """Sharing schemes."""
        return SHARING

    def make(self, *tasks: str, seed: int = 0, headless: str = "", encoder: EncoderChoice = _DNN) -> Network:
        """A network of some of three tasks, one of them perhaps without a head."""
        heads = {task: layer(_OUTPUTS[task]) if task != headless else None for task in tasks or _OUTPUTS}
        inputs = dict.fromkeys(heads, _WIDTH)
        network: Network = self.made(NetworkParts(inputs, heads, encoder.build, Draws((0, 1, seed))))
        return network

    def batch(self, *tasks: str) -> dict[str, Windows]:
        """Windows of some of the tasks, another number of each."""
        noise = torch.Generator().manual_seed(1)
        rows = {task: torch.randn(4 + number, _WIDTH, generator=noise) for number, task in enumerate(_OUTPUTS)}
        return {task: Windows(rows[task]) for task in tasks or _OUTPUTS}

    def test_each_task_gets_logits_of_its_own_rows(self) -> None:
        """``[B_task, outputs]`` by task, in training and evaluation, also of some of the tasks."""
        network, batch = self.make(), self.batch()
        for step in (0, None):
            network.train(step is not None)
            logits = network(batch, step)
            assert {task: tuple(each.shape) for task, each in logits.items()} == {
                task: (len(batch[task].features), outputs) for task, outputs in _OUTPUTS.items()
            }
        assert list(network(self.batch("größe"))) == ["größe"]

    def test_rows_do_not_depend_on_partners_in_evaluation(self) -> None:
        """A task asked alone gives what it gives beside the others."""
        network = self.make().eval()
        together = network(self.batch())
        for task in _OUTPUTS:
            torch.testing.assert_close(network(self.batch(task))[task], together[task])

    def test_first_weights_do_not_depend_on_partners(self) -> None:
        """A head begins the same beside any partner, and so does the task's encoder."""
        shared = self.make()
        for number, task in enumerate(_OUTPUTS):
            alone = self.make(task)
            _equal(alone.heads[0], shared.heads[number])
            _equal(alone.encoder_of(task), shared.encoder_of(task))

    def test_every_task_is_behind_one_encoder(self) -> None:
        """And is in one group."""
        network = self.make()
        groups = network.groups(network.tasks)
        assert sorted(task for group in groups for task in group) == sorted(network.tasks)
        for encoder, group in zip(network.encoders, groups, strict=True):
            assert all(network.encoder_of(task) is encoder for task in group)

    def test_encoders_are_told_whose_rows_they_see(self) -> None:
        """Spans name each task behind the encoder once, with its rows in the order in which they lie."""
        network, batch = self.make(), self.batch()
        seen: list[str] = []

        def look(stage: torch.nn.Module, arguments: tuple[Windows]) -> None:
            (windows,) = arguments
            for task, own in windows.by_task():
                assert network.encoder_of(task).stages()[0] is stage
                assert torch.equal(own.features, batch[task].features)
                seen.append(task)

        first = [network.encoder_of(task).stages()[0] for task in network.tasks]
        for stage in {id(stage): stage for stage in first}.values():
            stage.register_forward_pre_hook(look)
        network(batch, 0)
        assert sorted(seen) == sorted(_OUTPUTS)

    def test_task_without_a_head_is_in_the_batch_alone(self) -> None:
        """Its rows go through the network as ever, the others' logits are the same, and no parameter is of it."""
        whole, without = self.make(), self.make(headless="größe")
        here, there = whole(self.batch(), 0), without(self.batch(), 0)
        assert all(torch.equal(here[task], there[task]) for task in _OUTPUTS if task != "größe")
        assert not list(without.heads[1].parameters())

    def test_streams_name_fold_and_seed(self) -> None:
        """The same name gives the same network and the same dropout, another seed another."""
        first, again, other = self.make(), self.make(), self.make(seed=1)
        for step in (0, 1):
            torch.manual_seed(step)  # what was drawn before must not matter
            here, there = first(self.batch(), step), again(self.batch(), step)
            assert all(torch.equal(here[task], there[task]) for task in _OUTPUTS)
        here, there = first(self.batch(), 0), first(self.batch(), 1)
        assert not torch.equal(here["a.b"], there["a.b"])
        weights = [network.heads[0].state_dict()["weight"] for network in (first, other)]
        assert not torch.equal(*weights)

    def test_what_stands_between_stages_is_a_tasks_own(self) -> None:
        """It is part of the network, no two tasks have the same, and it begins the same beside any partner."""
        for encoder in (_DNN, _SMALL):
            network, pair = self.make(encoder=encoder), self.make("a.b", "no", encoder=encoder)
            parts = {task: _between(network, task) for task in network.tasks}
            theirs = {id(parameter) for parameter in network.parameters()}
            for task, own in parts.items():
                assert len(network.shapes(task)) == len(network.encoder_of(task).stages()) - 1
                assert all(id(parameter) in theirs for module in own.values() for parameter in module.parameters())
            for one, other in combinations(parts, 2):
                assert {id(module) for module in parts[one].values()}.isdisjoint(map(id, parts[other].values()))
            for task in pair.tasks:
                beside = _between(pair, task)
                assert beside.keys() == parts[task].keys()
                for stage, module in beside.items():
                    _equal(module, parts[task][stage])

    def test_padding_changes_nothing(self) -> None:
        """Of sequences of unequal length, also behind what stands between stages, trained as it may be."""
        network = self.make(encoder=_SMALL).eval()
        noise = torch.Generator().manual_seed(2)
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.add_(0.1 * torch.randn(parameter.shape, generator=noise))
        lengths = torch.tensor([5, 12, 20])
        rows = torch.randn(3, 20, _WIDTH, generator=noise) * (torch.arange(20)[None, :, None] < lengths[:, None, None])
        longer = torch.nn.functional.pad(rows, (0, 0, 0, 16))
        for task in network.tasks:
            given, expected = (network({task: Windows(each, lengths)})[task] for each in (longer, rows))
            torch.testing.assert_close(given, expected, rtol=1e-4, atol=1e-4)

    def test_it_is_trained_and_asked_for_one_task_at_a_time(self) -> None:
        """After a run what a task has of its own is not what it was, and what is exported for it gives the same."""
        tasks = ("one", "two")
        settings = TrainingSettings(steps=4, batch=4, precision="float32", sharing=self.part())
        spec, pack = plain_run_with_needs(tasks, settings)
        network, data = train_one(spec, pack).network.eval(), {task: plain_task(task, 0) for task in tasks}
        before, width = make_network(spec, data), inputs_of(spec)["one"].width
        rows = torch.randn(5, width, generator=torch.Generator().manual_seed(3))
        for task in tasks:
            for stage, module in _between(network, task).items():
                first = before.between(stage, task)
                assert first is not None
                assert not all(map(torch.equal, module.parameters(), first.parameters()))
            expected = network({task: Windows(rows)})[task]
            torch.testing.assert_close(at_inference(network, task)({task: Windows(rows)})[task], expected)

    def test_alone_there_is_nothing_to_share(self) -> None:
        """With one task the scheme is a plain network, so that single runs serve every scheme."""
        alone, plain = self.make("no"), self._plain("no")
        _equal(alone, plain)
        assert torch.equal(alone(self.batch("no"), 3)["no"], plain(self.batch("no"), 3)["no"])

    def _plain(self, task: str) -> Network:
        class Plain(SharingContract):
            name = "multihead"

        return Plain().make(task)


def _between(network: Network, task: str) -> dict[int, torch.nn.Module]:
    """What a task has of its own, by the stage that it is behind."""
    stages = range(len(network.encoder_of(task).stages()) - 1)
    return {stage: module for stage in stages if (module := network.between(stage, task)) is not None}


def _equal(one: torch.nn.Module, other: torch.nn.Module) -> None:
    ours, theirs = one.state_dict(), other.state_dict()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
