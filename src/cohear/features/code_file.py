"""A file of code as a setting: known by its content, imported under a name of its own, and never twice."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from cohear.base.assets import Asset
from cohear.base.errors import UserError
from cohear.base.user_code import FreshSource

_LOADED: dict[str, ModuleType] = {}


@dataclass(frozen=True)
class CodeFile:
    """``file.py:Class`` in a study file, or ``file.py`` alone.

    The file imports installed packages alone: what lies beside it is not part of any key.

    Attributes:
        file: it.
        member: what of it is meant; empty for all of it.
    """

    file: Asset
    member: str = ""

    @staticmethod
    def parts(text: str) -> dict[str, str]:
        """The settings that a text stands for."""
        path, separator, member = text.rpartition(":")
        return {"file": path, "member": member} if separator and member.isidentifier() else {"file": text}

    @staticmethod
    def text(parts: dict[str, str]) -> str:
        """The text of settings."""
        return ":".join(parts.values())

    def load(self) -> Any:  # noqa: ANN401 - a class or a module
        """The member, or the module.

        Raises:
            UserError: it cannot be imported, or has no such member.
        """
        if self.file.content not in _LOADED:
            _LOADED[self.file.content] = self.file.read(self._imported)
        module = _LOADED[self.file.content]
        if not self.member:
            return module
        if not hasattr(module, self.member):
            raise UserError(f"{self.file.name} has no {self.member!r}")
        return getattr(module, self.member)

    def _imported(self, path: Path) -> ModuleType:
        name = f"cohear_code_{self.file.content}"
        spec = importlib.util.spec_from_loader(name, FreshSource(name, str(path)))
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module  # dataclasses look their module up
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
        return module
