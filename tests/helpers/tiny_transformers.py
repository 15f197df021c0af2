"""Folders as Hugging Face's library saves them, of networks with two layers and random weights; never fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

RATE = 16000
SMALL = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "conv_dim": (8, 8),
    "conv_stride": (5, 64),
    "conv_kernel": (10, 80),
    "num_feat_extract_layers": 2,
    "num_conv_pos_embeddings": 8,
    "num_conv_pos_embedding_groups": 2,
}
"""Frames of 20 ms, each of 25 ms or so."""
KINDS = {
    "Wav2Vec2": {},
    "Hubert": {},
    "WavLM": {},
    "Data2VecAudio": {"conv_pos_kernel_size": 3, "num_conv_pos_embeddings": 2},
    "SEW": {"squeeze_factor": 2},
}
LAYER_NORMS = {"do_stable_layer_norm": True, "feat_extract_norm": "layer", "conv_bias": True}
"""What large networks have: these hear how loud samples are."""


def library():
    """The package; a test is skipped without it."""
    return pytest.importorskip("transformers", reason="the extra `transformers` is not installed")


def _saved(folder, model, extractor):
    import torch

    torch.manual_seed(0)
    shown = library().utils.logging.is_progress_bar_enabled()
    library().utils.logging.disable_progress_bar()
    made = model()
    for parameter in made.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, std=0.3)  # of the usual 0.02 all sounds are much alike
    made.save_pretrained(folder)
    if shown:
        library().utils.logging.enable_progress_bar()
    if extractor is not None:
        extractor.save_pretrained(folder)
    return folder


def waveform_network(folder: Path, kind: str = "Wav2Vec2", *, normal: bool | None = True, **settings) -> Path:
    """One that hears waveforms; ``normal`` is what its feature extractor does with them, None for no extractor."""
    hf = library()
    config = getattr(hf, f"{kind}Config")(**{**SMALL, **KINDS[kind], **settings})
    extractor = None if normal is None else hf.Wav2Vec2FeatureExtractor(do_normalize=normal)
    return _saved(folder, lambda: getattr(hf, f"{kind}Model")(config), extractor)


def spectrogram_transformer(folder: Path, *, extractor: bool = True) -> Path:
    """An AST of 100 frames of 10 ms."""
    hf = library()
    sizes = {name: SMALL[name] for name in ("hidden_size", "num_hidden_layers", "num_attention_heads")}
    config = hf.ASTConfig(**sizes, intermediate_size=24, max_length=100, num_mel_bins=32)
    hears = hf.ASTFeatureExtractor(max_length=100, num_mel_bins=32) if extractor else None
    return _saved(folder, lambda: hf.ASTModel(config), hears)


def speech_writer(folder: Path) -> Path:
    """A Whisper whose encoder hears a second: 100 frames of a spectrogram, 50 of its own."""
    hf = library()
    layers = {f"{side}_{what}": 2 for side in ("encoder", "decoder") for what in ("layers", "attention_heads")}
    sizes = {"d_model": 16, "encoder_ffn_dim": 24, "decoder_ffn_dim": 24, "max_source_positions": 50, "vocab_size": 60}
    tokens = dict.fromkeys(("pad_token_id", "bos_token_id", "eos_token_id", "decoder_start_token_id"), 1)
    config = hf.WhisperConfig(**layers, **sizes, **tokens, num_mel_bins=20)
    hears = hf.WhisperFeatureExtractor(feature_size=20, chunk_length=1)
    return _saved(folder, lambda: hf.WhisperForConditionalGeneration(config), hears)
