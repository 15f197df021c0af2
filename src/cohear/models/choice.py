"""An encoder as a study file names it, and how it is made."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import nn

from cohear.base.errors import UserError
from cohear.base.files import digest
from cohear.base.layout import Layout
from cohear.base.named import demand_numbers, part_label
from cohear.base.registry import did_you_mean
from cohear.models.encoder import ENCODERS, Encoder, one_width
from cohear.models.user_module import UserModule, user_class

WIDTHS = ("input_width", "input_widths")
"""Arguments of an encoder's constructor that are no settings."""


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
        called: its name in the tables, where the study file gives it one; not part of the key either.
    """

    name: str
    module: str | None = None
    layout: Layout = "sequence"
    settings: Mapping[str, Any] = field(default_factory=dict)
    folder: str | None = None
    called: str | None = None

    @property
    def label(self) -> str:
        """Its name in the tables: as the study file calls it, else its own, with the settings it was given."""
        return self.called or part_label(self.name, self.settings)

    def key(self) -> dict[str, Any]:
        """What of the choice changes numbers: name, settings, and the version or the source of the code.

        The source is that of the user's module and of all files beside it that it imports.

        Raises:
            UserError: an unknown name, or a user's module that cannot be imported.
        """
        if self.module is None:
            others = ENCODERS[self.name].made_of(self.settings)
            return {
                "name": self.name,
                "settings": dict(self.settings),
                "version": ENCODERS[self.name].version,
                **({"made_of": others} if others else {}),
            }
        return {
            "name": self.name,
            "module": self.module,
            "layout": self.layout,
            "settings": dict(self.settings),
            "source": digest(dict(user_class(self.module, self.folder)[1].files)),
        }

    def widths(self) -> dict[str, tuple[float, float]]:
        """Usual value and least step of each setting that adds parameters, coarse ones first; see `Encoder.widths`.

        A user's module names them in a class attribute ``widths``, as an encoder does.

        Raises:
            UserError: an unknown name, a module that cannot be imported, or a width that is no setting with a number.
        """
        found = self.constructor()
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

    def build(self, widths: Mapping[str, int]) -> Encoder:
        """Make the encoder of some tasks; its first weights are drawn from torch's current generator.

        Args:
            widths: of each task's input.

        Raises:
            UserError: unknown name or setting, a user's module that cannot be imported or does not fit, or inputs of
                several widths for an encoder that takes one.
        """
        cls = self.constructor()
        try:
            if self.module is not None and not issubclass(cls, Encoder):
                return UserModule(cls, self.module, one_width(widths), self.layout, self.settings)
            parameters = inspect.signature(cls).parameters
            known = [name for name in parameters if name not in WIDTHS]
            for name in self.settings:
                if name not in known:
                    raise UserError(f"encoder {self.name!r} has no setting {name!r}{did_you_mean(name, known)}")
            demand_numbers(cls, self.settings)
            made = cls(dict(widths) if "input_widths" in parameters else one_width(widths), **self.settings)
        except (TypeError, ValueError) as error:
            raise UserError(f"encoder {self.name!r}: {error}") from error
        assert isinstance(made, Encoder)
        return made

    def constructor(self) -> type[nn.Module]:
        """The class of the encoder.

        Raises:
            UserError: an unknown name, or a module that cannot be imported.
        """
        return user_class(self.module, self.folder)[0] if self.module else ENCODERS[self.name]
