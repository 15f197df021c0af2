"""The interface of an encoder: the trunk that tasks share."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from cohear.base.errors import UserError
from cohear.base.files import digest
from cohear.base.registry import Registry, did_you_mean
from cohear.base.user_code import UserCode, load_user_code

Layout = Literal["sequence", "vector"]


class Encoder(nn.Module):
    """From what the front-end gives to an embedding.

    A subclass's first argument is ``input_width`` (bands of a frame, or numbers of a window); further keyword
    arguments are its settings. ``layout`` says which front-ends fit: ``sequence`` of frames ``[B, T, D]``, or one
    ``vector`` ``[B, D]`` a window. An input norm, where wanted, is its first layer: a front-end never looks at data.
    """

    version: ClassVar[int] = 1
    """Goes up when the numbers that come out change."""
    layout: ClassVar[Layout] = "sequence"
    widths: ClassVar[Mapping[str, float]] = {}
    """Settings that add parameters as they grow, each with the least step that it is raised in, coarse ones first.

    The control ``wide`` raises them; without any, an encoder cannot have that control.
    """
    embedding_width: int

    def forward(self, features: Tensor, lengths: Tensor | None) -> Tensor:
        """Embed a batch of windows.

        Args:
            features: ``[B, T, D]`` or ``[B, D]``, zeros beyond each row's length.
            lengths: ``[B]`` valid frames of each row, or None where all rows are full. What lies beyond a row's
                length never changes a result, neither the row's own nor its batch mates'.

        Returns:
            ``[B, embedding_width]``.
        """
        raise NotImplementedError


ENCODERS: Registry[type[Encoder]] = Registry("encoder")


@dataclass(frozen=True)
class EncoderChoice:
    """An encoder by name, or a user's module by import path, with its settings.

    Attributes:
        name: name in the registry, or the user's name for the module.
        module: ``package.module:Class`` of the user's ``nn.Module``; None for a registered encoder.
        layout: which front-ends a user's module takes.
        settings: keyword arguments of the constructor.
        folder: where to look for the user's module first (the study file's folder; None is the current one); not
            part of the key.
    """

    name: str
    module: str | None = None
    layout: Layout = "sequence"
    settings: Mapping[str, Any] = field(default_factory=dict)
    folder: str | None = None

    def key(self) -> dict[str, Any]:
        """What of the choice changes numbers: name, settings, and the version or the source of the code.

        The source is that of the user's module and of all files beside it that it imports.

        Raises:
            UserError: an unknown name, or a user's module that cannot be imported.
        """
        if self.module is None:
            return {
                "name": self.name,
                "settings": dict(self.settings),
                "version": ENCODERS[self.name].version,
            }
        return {
            "name": self.name,
            "module": self.module,
            "layout": self.layout,
            "settings": dict(self.settings),
            "source": digest(dict(_user_class(self.module, self.folder)[1].files)),
        }

    def widths(self) -> dict[str, tuple[float, float]]:
        """Usual value and least step of each setting that adds parameters, coarse ones first; see `Encoder.widths`.

        A user's module names them in a class attribute ``widths``, as an encoder does.

        Raises:
            UserError: an unknown name, a module that cannot be imported, or a width that is no setting with a number.
        """
        found = _user_class(self.module, self.folder)[0] if self.module else ENCODERS[self.name]
        settings, widths = inspect.signature(found).parameters, {}
        for name, step in dict(getattr(found, "widths", {})).items():
            usual = settings[name].default if name in settings else None
            if not isinstance(usual, int | float):
                raise UserError(
                    f"encoder {self.name!r} names a width {name!r}: no setting with a number as its default"
                )
            widths[name] = (usual, step)
        return widths

    def fits(self, layout: Layout) -> bool:
        """Whether the encoder takes what a front-end of this layout gives."""
        return layout == (self.layout if self.module else ENCODERS[self.name].layout)


def build_encoder(choice: EncoderChoice, input_width: int) -> Encoder:
    """Make an encoder; its first weights are drawn from torch's current generator.

    Raises:
        UserError: unknown name or setting, or a user's module that cannot be imported or does not fit.
    """
    if choice.module is not None:
        return UserModule(_user_class(choice.module, choice.folder)[0], input_width, choice)
    cls = ENCODERS[choice.name]
    known = [name for name in inspect.signature(cls).parameters if name != "input_width"]
    for name in choice.settings:
        if name not in known:
            raise UserError(f"encoder {choice.name!r} has no setting {name!r}{did_you_mean(name, known)}")
    try:
        return cls(input_width, **choice.settings)
    except (TypeError, ValueError) as error:
        raise UserError(f"encoder {choice.name!r}: {error}") from error


def _user_class(path: str, folder: str | None) -> tuple[type[nn.Module], UserCode]:
    """The class of an import path, and the code that it is of."""
    module_name, separator, class_name = path.partition(":")
    if not separator:
        raise UserError(f"encoder module {path!r} must read package.module:Class")
    top = module_name.partition(".")[0]
    if top in sys.stdlib_module_names and folder and any(Path(folder).glob(f"{top}.py")):
        raise UserError(f"encoder module {path!r}: {top} is a module of Python's own; give the file another name")
    try:
        code = load_user_code(module_name, Path(folder or ".").resolve())
        found = getattr(code.module, class_name)
    except (ImportError, AttributeError) as error:
        raise UserError(f"encoder module {path!r} cannot be imported: {error}") from error
    except Exception as error:  # whatever a file raises while it is imported
        raise UserError(f"encoder module {path!r} cannot be imported: {type(error).__name__}: {error}") from error
    if not (isinstance(found, type) and issubclass(found, nn.Module)):
        raise UserError(f"encoder module {path!r} is not a torch.nn.Module")
    return found, code


class UserModule(Encoder):
    """A user's module behind the encoder's interface.

    The module is made with its settings, and with ``input_width`` where its constructor has such an argument. Its
    ``forward`` takes the features, and the lengths too where it has a second argument. A module without lengths
    sees zeros beyond a short clip's end.
    """

    def __init__(self, cls: type[nn.Module], input_width: int, choice: EncoderChoice) -> None:
        super().__init__()
        takes_width = "input_width" in inspect.signature(cls).parameters
        try:
            width = {"input_width": input_width} if takes_width else {}
            self.module = cls(**width, **choice.settings)
        except TypeError as error:
            raise UserError(f"encoder module {choice.module!r}: {error}") from error
        self._takes_lengths = len(inspect.signature(self.module.forward).parameters) > 1
        shape = (2, 8, input_width) if choice.layout == "sequence" else (2, input_width)
        self.module.eval()
        try:
            with torch.no_grad():
                made = self(torch.zeros(shape), None)
        except Exception as error:
            raise UserError(f"encoder module {choice.module!r} fails on features of shape {shape}: {error}") from error
        self.module.train()
        if made.ndim != 2 or made.shape[0] != 2:
            raise UserError(
                f"encoder module {choice.module!r} must give [batch, width], not {list(made.shape)} for a batch of 2"
            )
        self.embedding_width = int(made.shape[1])

    def forward(self, features: Tensor, lengths: Tensor | None) -> Tensor:
        """The module's own forward."""
        arguments = (features, lengths) if self._takes_lengths else (features,)
        result: Tensor = self.module(*arguments)
        return result
