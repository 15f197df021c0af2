"""A user's own ``torch.nn.Module`` as an encoder."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from cohear.base.errors import UserError
from cohear.base.layout import Layout
from cohear.base.user_code import UserCode, load_user_code
from cohear.models.encoder import Encoder
from cohear.models.windows import Embedding, Windows


def user_class(path: str, folder: str | None) -> tuple[type[nn.Module], UserCode]:
    """The class of an import path, and the code that it is of.

    Args:
        path: ``package.module:Class``.
        folder: where to look for the file first; None is the current one.

    Raises:
        UserError: it cannot be imported, or is no module.
    """
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

    Args:
        cls: the module's class.
        path: its import path, as errors call it.
        input_width: of the features.
        layout: of the features.
        settings: keyword arguments of its constructor.
    """

    def __init__(
        self, cls: type[nn.Module], path: str, input_width: int, layout: Layout, settings: Mapping[str, Any]
    ) -> None:
        super().__init__()
        takes_width = "input_width" in inspect.signature(cls).parameters
        try:
            width = {"input_width": input_width} if takes_width else {}
            self.module = cls(**width, **settings)
        except TypeError as error:
            raise UserError(f"encoder module {path!r}: {error}") from error
        self._takes_lengths = len(inspect.signature(self.module.forward).parameters) > 1
        shape = (2, 8, input_width) if layout != "vector" else (2, input_width)
        self.module.eval()
        try:
            with torch.no_grad():
                made = self(Windows(torch.zeros(shape))).of("vector")
        except Exception as error:
            raise UserError(f"encoder module {path!r} fails on features of shape {shape}: {error}") from error
        self.module.train()
        if made.ndim != 2 or made.shape[0] != 2:
            raise UserError(
                f"encoder module {path!r} must give [batch, width], not {list(made.shape)} for a batch of 2"
            )
        self.gives = {"vector": int(made.shape[1])}

    def forward(self, windows: Windows) -> Embedding:
        """The module's own forward."""
        arguments = (windows.features, windows.lengths) if self._takes_lengths else (windows.features,)
        return Embedding(self.module(*arguments))
