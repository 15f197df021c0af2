"""Encoders, heads and the ways in which tasks share them."""

from cohear.models import (  # noqa: F401 - importing a file enters its encoder or its scheme
    adapters,
    bcresnet,
    begun,
    bottleneck,
    cnn,
    crnn,
    dnn,
    filters,
    linear,
    mlp,
    pooled,
    small,
    soft,
    transformer,
    wavenet,
)
from cohear.models.choice import EncoderChoice
from cohear.models.encoder import ENCODERS, Encoder
from cohear.models.sharing import SHARING, Network
from cohear.models.windows import Embedding, Windows

__all__ = ["ENCODERS", "SHARING", "Embedding", "Encoder", "EncoderChoice", "Network", "Windows"]
