"""A network as Hugging Face's library saves it: read from a folder alone, and a layer of it as frames."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from transformers import AutoFeatureExtractor, AutoModel, Wav2Vec2FeatureExtractor
from transformers.utils import logging

from cohear.base.assets import Asset
from cohear.base.errors import UserError
from cohear.features.learnt_module import PROBED_SECONDS, LearntModule, in_one_line, no_even_steps
from cohear.features.made_for import FACTORS, Scale, refuse_wrong_rate

WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
EXTRACTOR = ("preprocessor_config.json", "processor_config.json")
"""Either holds the settings of a feature extractor."""
MASK = "masked_spec_embed"
"""Takes the place of frames in training alone; some folders lack it."""
SMALLEST = 1e-7
"""Added to a variance, as `Wav2Vec2FeatureExtractor` does it."""
UNHEARD_SECONDS = 0.05
"""At the end of an excerpt; a feature extractor that hears nothing of it cuts excerpts off."""


def learnt_transformer(
    folder: Asset, layer: int, window: int | None, sampling_rate: int | None, scale: Scale | None
) -> LearntModule:
    """A layer of the network in a folder.

    Args:
        folder: as ``save_pretrained`` leaves it.
        layer: 0 is what enters the first layer, the last what the network gives.
        window: samples of an excerpt; None where it is given whole clips.
        sampling_rate: in Hz; None is that of its feature extractor.
        scale: of samples; None is that of its feature extractor.

    Raises:
        UserError: what lies there cannot be used, or is made for another rate or scale.
    """
    read = partial(_read, layer=layer, window=window, sampling_rate=sampling_rate, scale=scale)
    return folder.read(read)


def _read(
    path: Path, *, layer: int, window: int | None, sampling_rate: int | None, scale: Scale | None
) -> LearntModule:
    model, extractor, name = _model(path), _extractor(path), path.name
    if extractor is None:
        if not hasattr(model.config, "inputs_to_logits_ratio"):
            raise UserError(
                f"{name} has no {EXTRACTOR[0]}, and {type(model).__name__} hears what its feature extractor makes: "
                "save that there too"
            )
        if sampling_rate is None or scale is None:
            raise UserError(
                f"{name} has no {EXTRACTOR[0]}, which says what the network was made for: save its feature extractor "
                "there too, or give sampling_rate and scale"
            )
        rate = sampling_rate
    else:
        rate = int(extractor.sampling_rate)
        if sampling_rate is not None:
            refuse_wrong_rate(name, rate, sampling_rate)
        scale = _scale_of(extractor, name, scale)
    if not (extractor is None or isinstance(extractor, Wav2Vec2FeatureExtractor)):
        return _of_spectrograms(model, extractor, layer, window, name)
    module = _OfWaveforms(model, scale, layer, name).eval()
    learnt = LearntModule(name, rate, rate, module, module)
    return learnt if window is not None else _of_whole_clips(learnt, model)


class _OfWaveforms(nn.Module):
    """A network that hears samples, scaled as its feature extractor scales them."""

    def __init__(self, model: nn.Module, scale: Scale, layer: int, name: str) -> None:
        super().__init__()
        self.model, self.scale, self.layer, self.name = model, scale, layer, name

    def forward(self, audio: Tensor) -> Tensor:
        """``[B, S]`` to ``[B, T, D]``."""
        if self.scale == "normal":
            centred = audio - audio.mean(dim=1, keepdim=True)
            audio = centred / (centred.square().mean(dim=1, keepdim=True) + SMALLEST).sqrt()
        else:
            audio = audio * FACTORS[self.scale]
        return _frames_of_layer(self.model(audio, output_hidden_states=True), self.layer, self.name)


def _of_spectrograms(
    model: nn.Module,
    extractor: Any,  # noqa: ANN401 - one of many classes without types
    layer: int,
    window: int | None,
    name: str,
) -> LearntModule:
    """A network that hears what its feature extractor makes of excerpts."""
    rate = int(extractor.sampling_rate)
    if window is None:
        raise no_even_steps(name)
    hear = partial(extractor, sampling_rate=rate, return_tensors="pt")
    _refuse_cut_excerpts(hear, window, rate, f"{type(extractor).__name__} of {name}")

    def ask(audio: Tensor) -> Tensor:
        made = _frames_of_layer(model(**hear(list(audio.numpy())), output_hidden_states=True), layer, name)
        padded_to = getattr(extractor, "n_samples", audio.shape[1])  # Whisper hears 30 s, whatever the excerpt
        return made[:, : -(-made.shape[1] * audio.shape[1] // padded_to)]

    return LearntModule(
        name,
        rate,
        rate,
        None,
        ask,
        f"hears what {type(extractor).__name__} makes, which cannot be written down as a graph; take a network that "
        "hears waveforms, as wav2vec2 does, or give front-end 'onnx' a graph that has it inside",
    )


def _of_whole_clips(learnt: LearntModule, model: nn.Module) -> LearntModule:
    """The same with the step from one frame of a whole clip to the next."""
    hop = int(getattr(model.config, "inputs_to_logits_ratio", 0))
    samples = PROBED_SECONDS * learnt.rate
    given = learnt.run(torch.zeros(1, samples).numpy()).shape[1]
    if not hop or abs(given - samples / hop) > 2:  # an inner layer of some networks has longer steps
        raise no_even_steps(learnt.name)
    return LearntModule(learnt.name, learnt.rate, hop, learnt.module, learnt.ask)


def _frames_of_layer(given: Any, layer: int, name: str) -> Tensor:  # noqa: ANN401 - an output class of many
    """One of the values between layers ``[B, T, D]``; the last is what the network gives."""
    between = getattr(given, "hidden_states", None)
    last = getattr(given, "last_hidden_state", None)
    if between is None or last is None:
        raise UserError(f"{name} gives no values of its layers, as networks that encode audio do")
    layers = len(between) - 1
    if not -layers - 1 <= layer <= layers:
        raise UserError(
            f"{name} has {layers} layers: layer must be from 0 to {layers}, or from -1 back to {-layers - 1}"
        )
    chosen: Tensor = last if layer in (-1, layers) else between[layer]
    return chosen


def _model(path: Path) -> Any:  # noqa: ANN401 - one of many classes without types
    """The network, or of one that writes text the part that hears."""
    if not any((path / each).exists() for each in WEIGHTS):
        raise UserError(f"{path} has no {WEIGHTS[0]}: name a folder that save_pretrained wrote a model into")
    with _quietly(path):
        model, told = AutoModel.from_pretrained(
            path,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
        )
    lacks = sorted(set(told["missing_keys"]) - {MASK})
    if lacks:
        raise UserError(
            f"{path} lacks weights of {type(model).__name__} ({len(lacks)}, {lacks[0]} among them), which would be "
            "random numbers: save the whole model there"
        )
    model = model.eval().requires_grad_(False)
    return model.get_encoder() if getattr(model.config, "is_encoder_decoder", False) else model


def _extractor(path: Path) -> Any:  # noqa: ANN401 - one of many classes without types
    """The feature extractor; None where there is none."""
    if not any((path / each).exists() for each in EXTRACTOR):
        return None
    with _quietly(path):
        return AutoFeatureExtractor.from_pretrained(path, local_files_only=True, trust_remote_code=False)


def _scale_of(extractor: Any, name: str, given: Scale | None) -> Scale:  # noqa: ANN401 - one of many classes
    """The scale that a feature extractor states; another one is refused."""
    if not isinstance(extractor, Wav2Vec2FeatureExtractor):
        if given is not None:
            raise UserError(f"{type(extractor).__name__} of {name} scales samples by itself: leave scale out")
        return "unit"
    stated: Scale = "normal" if extractor.do_normalize else "unit"
    if given not in (None, stated):
        raise UserError(f"{name} says that it is made for scale: {stated}, not for {given}: leave scale out")
    return stated


def _refuse_cut_excerpts(hear: Any, window: int, rate: int, what: str) -> None:  # noqa: ANN401 - a feature extractor
    """Refuse excerpts of which a feature extractor hears nothing, or leaves the end out."""
    noise, other = np.random.default_rng(0).normal(scale=0.1, size=(2, window)).astype(np.float32)

    def tells(first: int) -> bool:
        """Whether it hears what lies behind a sample."""
        one, two = hear([noise]), hear([np.concatenate([noise[:first], other[first:]])])
        return any(not torch.equal(one[key], two[key]) for key in one)

    try:
        all_of_it, its_end = tells(0), tells(max(window - round(UNHEARD_SECONDS * rate), 0))
    except Exception as error:  # whatever it raises of what is too short for it
        raise UserError(f"{what} cannot hear {window} samples: {in_one_line(error)}") from error
    if not all_of_it:
        raise UserError(f"{what} hears nothing of {window} samples: give a larger window")
    if not its_end:
        raise UserError(f"{what} hears less than {window} samples: give a smaller window")


@contextmanager
def _quietly(path: Path) -> Iterator[None]:
    """Without progress bars and notes; what fails is told in a sentence."""
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception as error:  # whatever it raises of content that it does not understand
        raise UserError(f"{path} cannot be read: {in_one_line(error)}") from error
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()
