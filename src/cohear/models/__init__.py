"""Encoders, heads and the ways in which tasks share them."""

from cohear.models import cnn, dnn, small  # noqa: F401 - importing a file enters its encoder
from cohear.models.encoder import ENCODERS, Encoder, EncoderChoice, build_encoder
from cohear.models.sharing import SHARING, Network

__all__ = ["ENCODERS", "SHARING", "Encoder", "EncoderChoice", "Network", "build_encoder"]
