"""The contract of every encoder, as tests to inherit.

::

    class TestMine(EncoderContract):
        def make(self) -> EncoderChoice:
            return EncoderChoice("mine", settings={"width": 8})
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from typing import get_args

import torch
from torch import Tensor

from cohear.base.errors import UserError
from cohear.base.layout import Layout
from cohear.models.choice import EncoderChoice
from cohear.models.encoder import ENCODERS, Encoder
from cohear.models.inference import at_inference
from cohear.models.windows import Embedding, Form, Span, Windows

_BANDS = 24
_FRAMES = 37
_SPANS = (Span("a.b", 2), Span("größe", 3))
_TOLERANCE = 1e-4  # convolutions of other shapes may round differently


class EncoderContract(ABC):
    """What must hold for an encoder; pytest runs it for each subclass whose name begins with ``Test``."""

    @abstractmethod
    def make(self) -> EncoderChoice:
        """An encoder to test."""

    def widths(self) -> dict[str, int]:
        """Those of two tasks' inputs, unequal where the encoder takes that."""
        unequal = {span.task: _BANDS - 5 * number for number, span in enumerate(_SPANS)}
        try:
            self.make().build(unequal)
        except UserError:
            return dict.fromkeys(unequal, _BANDS)
        return unequal

    def build(self, seed: int = 3, tasks: Iterable[str] = ("a.b", "größe")) -> Encoder:
        """The encoder of some tasks with first weights of a seed."""
        widths = self.widths()
        torch.manual_seed(seed)
        return self.make().build({task: widths[task] for task in tasks})

    def windows(self) -> Windows:
        """Five windows of two tasks, zero beyond their lengths, and the lengths of a sequence."""
        noise, lengths = torch.Generator().manual_seed(5), None
        if self.make().fits("vector"):
            features = torch.randn(5, _BANDS, generator=noise)
        else:
            lengths = torch.tensor([1, _FRAMES, 6, 19, 36])
            features = torch.randn(5, _FRAMES, _BANDS, generator=noise) - 3
            features = features * (torch.arange(_FRAMES)[None, :] < lengths[:, None])[..., None]
        widths = self.widths()
        parts = Windows(features, lengths, _SPANS).by_task()
        return Windows.joined({task: own.holding(own.features[..., : widths[task]]) for task, own in parts})

    def test_fits_one_layout(self) -> None:
        """A study's grid can tell which front-ends it takes."""
        choice = self.make()
        assert sum(choice.fits(layout) for layout in get_args(Layout)) == 1
        assert choice.module is not None or choice.name in ENCODERS

    def test_shape_type_and_gradients(self) -> None:
        """Each form that it gives, of the width it says, finite, and every weight learns."""
        encoder, windows = self.build(), self.windows()
        embedding, rows = encoder(windows), len(windows.features)
        given = [embedding.of(form) for form in encoder.gives]
        assert len(given) == len(_forms(embedding)) > 0
        for form, width in encoder.gives.items():
            shape = (rows, width) if form == "vector" else (rows, -(-_FRAMES // encoder.stride), width)
            assert embedding.of(form).shape == shape
            assert embedding.of(form).isfinite().all()
        torch.autograd.backward([(each.float() * torch.randn(each.shape)).sum() for each in given])
        for name, parameter in encoder.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.isfinite().all(), name

    def test_frames_have_lengths(self) -> None:
        """As many frames as begin inside the window, and zeros beyond them."""
        encoder, windows = self.build(), self.windows()
        embedding = encoder(windows)
        if "frames" not in encoder.gives:
            return
        frames = embedding.of("frames")
        assert windows.lengths is not None
        assert torch.equal(embedding.lengths, (windows.lengths + encoder.stride - 1) // encoder.stride)
        beyond = torch.arange(frames.shape[1])[None, :] >= embedding.lengths[:, None]
        assert not frames[beyond].any()
        assert encoder(replace(windows, lengths=None)).lengths is None

    def test_stages_one_after_the_other_are_the_encoder(self) -> None:
        """Bit for bit, in training and in evaluation; between two stages stand the same rows of the same tasks."""
        for training in (True, False):
            whole, parts = self.build().train(training), self.build().train(training)
            torch.manual_seed(9)  # the same dropout
            expected = whole(self.windows())
            torch.manual_seed(9)
            passing = self.windows()
            *before, last = parts.stages()
            for stage in before:
                passing = stage(passing)
                assert passing.spans == _SPANS
                assert len(passing.features) == len(self.windows().features)
                assert (passing.lengths is None) == (self.windows().lengths is None)
            given = last(passing)
            assert all(torch.equal(a, b) for a, b in zip(_forms(expected), _forms(given), strict=True))

    def test_each_parameter_is_in_one_stage(self) -> None:
        """So that a scheme can hold some of the stages and leave others."""
        encoder = self.build()
        held = [id(parameter) for stage in encoder.stages() for parameter in stage.parameters()]
        assert sorted(held) == sorted(map(id, encoder.parameters()))

    def test_first_weights_come_from_the_current_generator(self) -> None:
        """The same seed gives the same weights, another seed others."""
        first, again, other = (list(self.build(seed).state_dict().values()) for seed in (3, 3, 4))
        assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
        assert any(not torch.equal(a, b) for a, b in zip(first, other, strict=True))

    def test_first_weights_do_not_depend_on_partners(self) -> None:
        """Before the first step a task's windows give what they give to an encoder of this task alone."""
        beside = self.build().eval()
        for task, windows in self.windows().by_task():
            alone = self.build(tasks=[task]).eval()
            for expected, given in zip(_forms(alone(windows)), _forms(beside(windows)), strict=True):
                assert torch.equal(expected, given)

    def test_batch_mates_change_nothing_in_evaluation(self) -> None:
        """A window alone gives what it gives in a batch, of either task; evaluation changes no buffer."""
        encoder, windows = self.build().eval(), self.windows()
        before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
        together = encoder(windows)
        for row in range(len(windows.features)):
            _same(encoder(_row(windows, row)), together, row)
        assert all(torch.equal(before[name], tensor) for name, tensor in encoder.state_dict().items())

    def test_at_inference_it_is_the_same(self) -> None:
        """What is exported for a task gives what the encoder gives its windows, and the encoder is left as it is."""
        encoder, windows = self.build().eval(), self.windows()
        for task, own in windows.by_task():
            expected = encoder(own)
            plain = at_inference(encoder, task)
            for row in range(len(own.features)):
                _same(plain(_row(own, row)), expected, row)
            assert all(torch.equal(a, b) for a, b in zip(_forms(encoder(own)), _forms(expected), strict=True))

    def test_padding_changes_nothing_in_evaluation(self) -> None:
        """A short window gives what it gives without padding."""
        encoder, windows = self.build().eval(), self.windows()
        if windows.lengths is None:
            return
        padded = encoder(windows)
        for row, length in enumerate(windows.lengths.tolist()):
            alone = _row(windows, row)
            _same(encoder(Windows(alone.features[:, :length], None, alone.spans)), padded, row)

    def test_padding_changes_nothing_in_training(self) -> None:
        """More padding gives the same embeddings, gradients and statistics: they are those of valid frames."""
        windows = self.windows()
        if windows.lengths is None:
            return
        found = []
        for extra in (0, 8, 27):
            encoder = self.build().train()
            torch.manual_seed(9)  # the same dropout
            longer = replace(windows, features=torch.nn.functional.pad(windows.features, (0, 0, 0, extra)))
            frames = -(-_FRAMES // encoder.stride)
            embeddings = [each[:, :frames] if each.ndim == 3 else each for each in _forms(encoder(longer))]
            torch.autograd.backward([each.float().square().mean() for each in embeddings])
            gradients = [parameter.grad for parameter in encoder.parameters()]
            found.append([*(each.detach() for each in embeddings), *gradients, *encoder.buffers()])
        for other in found[1:]:
            for expected, found_now in zip(found[0], other, strict=True):
                torch.testing.assert_close(found_now, expected, rtol=1e-3, atol=1e-4)


_FORMS: tuple[Form, ...] = ("vector", "frames")


def _forms(embedding: Embedding) -> list[Tensor]:
    """The forms that there are, in a fixed order."""
    return [each for form in _FORMS if (each := getattr(embedding, form)) is not None]


def _row(windows: Windows, row: int) -> Windows:
    """One window, with the span that it is in."""
    each = [(task, own, place) for task, own in windows.by_task() for place in range(len(own.features))]
    task, own, place = each[row]
    lengths = None if own.lengths is None else own.lengths[place : place + 1]
    return Windows(own.features[place : place + 1], lengths, (Span(task, 1),))


def _same(alone: Embedding, together: Embedding, row: int) -> None:
    """A window that was embedded alone is a row of what was embedded together."""
    for one, all_of_them in zip(_forms(alone), _forms(together), strict=True):
        expected, given = one[0], all_of_them[row]
        if given.ndim == 2:  # frames: fewer where it stood without padding
            assert not given[len(expected) :].any()
            given = given[: len(expected)]
        torch.testing.assert_close(expected, given, rtol=_TOLERANCE, atol=_TOLERANCE)
