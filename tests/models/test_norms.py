"""Norms by whose statistics they take: right against torch's own, and apart where tasks are apart."""

import pytest
import torch
from torch.nn import functional as F

from cohear.models.masked import MaskedNorm
from cohear.models.norms import MaskedGroupNorm, Norms
from cohear.models.windows import Span, Windows


def sequence(rows=3, channels=16, time=7, width=4, seed=0):
    return torch.randn(rows, channels, time, width, generator=torch.Generator().manual_seed(seed))


def test_group_norm_of_full_rows_is_torchs():
    features, norm = sequence(), MaskedGroupNorm(16, rectify=False)
    torch.nn.init.normal_(norm.weight)
    torch.nn.init.normal_(norm.bias)
    wanted = F.group_norm(features, 2, norm.weight, norm.bias, norm.eps)
    torch.testing.assert_close(norm(Windows(features)).features, wanted)


def test_group_norm_of_a_short_row_is_that_of_what_is_valid():
    features, norm = sequence(), MaskedGroupNorm(16)
    lengths = torch.tensor([7, 3, 1])
    normal = norm(Windows(features, lengths)).features
    for row, length in enumerate(lengths.tolist()):
        wanted = F.relu(F.group_norm(features[row : row + 1, :, :length], 2, eps=norm.eps))
        torch.testing.assert_close(normal[row : row + 1, :, :length], wanted)
        assert not normal[row, :, length:].any()


@pytest.mark.parametrize("channels", [1, 5, 8, 12, 20, 48])
def test_groups_are_equally_large(channels):
    assert channels % MaskedGroupNorm(channels).groups == 0


def test_norms_of_tasks_see_their_own_rows_alone():
    """A loud partner moves what a batch norm over both gives of a quiet task, and not its own norm."""
    quiet, loud = sequence(4), 100 + 50 * sequence(4, seed=1)
    spans = (Span("quiet", 4), Span("loud", 4))
    both = Windows(torch.cat([quiet, loud]), spans=spans)
    own = Norms("task", ["quiet", "loud"]).of_sequence(16)
    alone = MaskedNorm(16)
    torch.testing.assert_close(own(both).features[:4], alone(Windows(quiet)).features)
    assert not torch.allclose(
        Norms("shared", ["quiet", "loud"]).of_sequence(16)(both).features[:4], own(both).features[:4]
    )


def test_what_is_no_norm_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="norm is one of shared, task, group, not 'batch'"):
        Norms("batch", ["a"])
