"""The contract of every sharing scheme, as tests to inherit.

::

    class TestMine(SharingContract):
        name = "mine"
"""

import torch

from cohear.base.registry import Registry
from cohear.models.choice import EncoderChoice
from cohear.models.heads import layer
from cohear.models.sharing import SHARING, Draws, Network
from cohear.models.windows import Windows
from cohear.testing.named import NamedPartContract

_OUTPUTS = {"a.b": 3, "größe": 2, "no": 5}
_WIDTH = 6


class SharingContract(NamedPartContract):
    """What must hold for a sharing scheme; pytest runs it for each subclass whose name begins with ``Test``."""

    def registry(self) -> Registry[type[Network]]:
        """Sharing schemes."""
        return SHARING

    def make(self, *tasks: str, seed: int = 0, headless: str = "") -> Network:
        """A network of some of three tasks, one of them perhaps without a head."""
        encoder = EncoderChoice("dnn", settings={"hidden": 8, "layers": 2, "dropout": 0.5})
        heads = {task: layer(_OUTPUTS[task]) if task != headless else None for task in tasks or _OUTPUTS}
        inputs = dict.fromkeys(heads, _WIDTH)
        network: Network = self.made(inputs, heads, encoder.build, Draws((0, 1, seed)))
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

        def look(module: torch.nn.Module, arguments: tuple[Windows]) -> None:
            (windows,) = arguments
            rows = torch.split(windows.features, [span.rows for span in windows.spans])
            for span, own in zip(windows.spans, rows, strict=True):
                assert network.encoder_of(span.task) is module
                assert torch.equal(own, batch[span.task].features)
                seen.append(span.task)

        for encoder in network.encoders:
            encoder.register_forward_pre_hook(look)
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

    def test_alone_there_is_nothing_to_share(self) -> None:
        """With one task the scheme is a plain network, so that single runs serve every scheme."""
        alone, plain = self.make("no"), self._plain("no")
        _equal(alone, plain)
        assert torch.equal(alone(self.batch("no"), 3)["no"], plain(self.batch("no"), 3)["no"])

    def _plain(self, task: str) -> Network:
        class Plain(SharingContract):
            name = "multihead"

        return Plain().make(task)


def _equal(one: torch.nn.Module, other: torch.nn.Module) -> None:
    ours, theirs = one.state_dict(), other.state_dict()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
