"""The contract of every encoder, as tests to inherit.

::

    class TestMine(EncoderContract):
        def make(self) -> EncoderChoice:
            return EncoderChoice("mine", settings={"width": 8})
"""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from cohear.models.encoder import ENCODERS, Encoder, EncoderChoice, build_encoder

_BANDS = 24
_FRAMES = 37
_TOLERANCE = 1e-4  # convolutions of other shapes may round differently


class EncoderContract(ABC):
    """What must hold for an encoder; pytest runs it for each subclass whose name begins with ``Test``."""

    @abstractmethod
    def make(self) -> EncoderChoice:
        """An encoder to test."""

    def build(self, seed: int = 3) -> Encoder:
        """The encoder with first weights of a seed."""
        torch.manual_seed(seed)
        return build_encoder(self.make(), _BANDS)

    def batch(self) -> tuple[Tensor, Tensor | None]:
        """Features of five windows, zero beyond their lengths, and the lengths of a sequence."""
        noise = torch.Generator().manual_seed(5)
        if self.make().fits("vector"):
            return torch.randn(5, _BANDS, generator=noise), None
        lengths = torch.tensor([1, _FRAMES, 6, 19, 36])
        features = torch.randn(5, _FRAMES, _BANDS, generator=noise) - 3
        return features * (torch.arange(_FRAMES)[None, :] < lengths[:, None])[..., None], lengths

    def test_fits_one_layout(self) -> None:
        """A study's grid can tell which front-ends it takes."""
        choice = self.make()
        assert choice.fits("sequence") != choice.fits("vector")
        assert choice.module is not None or choice.name in ENCODERS

    def test_shape_type_and_gradients(self) -> None:
        """``[B, embedding_width]``, finite, and every weight learns."""
        encoder, (features, lengths) = self.build(), self.batch()
        embedding = encoder(features, lengths)
        assert embedding.shape == (len(features), encoder.embedding_width)
        assert embedding.isfinite().all()
        (embedding.float() * torch.randn(embedding.shape)).sum().backward()
        for name, parameter in encoder.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.isfinite().all(), name

    def test_first_weights_come_from_the_current_generator(self) -> None:
        """The same seed gives the same weights, another seed others."""
        first, again, other = (list(self.build(seed).state_dict().values()) for seed in (3, 3, 4))
        assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
        assert any(not torch.equal(a, b) for a, b in zip(first, other, strict=True))

    def test_batch_mates_change_nothing_in_evaluation(self) -> None:
        """A window alone gives what it gives in a batch; evaluation changes no buffer."""
        encoder, (features, lengths) = self.build().eval(), self.batch()
        before = {name: tensor.clone() for name, tensor in encoder.state_dict().items()}
        together = encoder(features, lengths)
        for row in range(len(features)):
            alone = encoder(features[row : row + 1], None if lengths is None else lengths[row : row + 1])
            torch.testing.assert_close(alone[0], together[row], rtol=_TOLERANCE, atol=_TOLERANCE)
        assert all(torch.equal(before[name], tensor) for name, tensor in encoder.state_dict().items())

    def test_padding_changes_nothing_in_evaluation(self) -> None:
        """A short window gives what it gives without padding."""
        encoder, (features, lengths) = self.build().eval(), self.batch()
        if lengths is None:
            return
        padded = encoder(features, lengths)
        for row, length in enumerate(lengths.tolist()):
            unpadded = encoder(features[row : row + 1, :length], None)
            torch.testing.assert_close(unpadded[0], padded[row], rtol=_TOLERANCE, atol=_TOLERANCE)

    def test_padding_changes_nothing_in_training(self) -> None:
        """More padding gives the same embeddings, gradients and statistics: they are those of valid frames."""
        features, lengths = self.batch()
        if lengths is None:
            return
        found = []
        for extra in (0, 8, 27):
            encoder = self.build().train()
            torch.manual_seed(9)  # the same dropout
            embedding = encoder(torch.nn.functional.pad(features, (0, 0, 0, extra)), lengths)
            embedding.float().square().mean().backward()
            gradients = [parameter.grad for parameter in encoder.parameters()]
            found.append([embedding.detach(), *gradients, *encoder.buffers()])
        for other in found[1:]:
            for expected, given in zip(found[0], other, strict=True):
                torch.testing.assert_close(given, expected, rtol=1e-3, atol=1e-4)
