"""Modules of a user's own that are asked for by name, as an encoder's ``module`` is, and known by what they hold.

They enter nothing in a registry: who asks is given the module, and one that was changed is loaded anew. Files that
enter parts are imported by `cohear.base.plugins`.

A file is loaded under a name of its own, so that it never meets the standard library, what is installed, or a file of
the same name beside another study. ``sys.path`` stays as it is.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from cohear.base.files import digest, digest_of


@dataclass(frozen=True)
class UserCode:
    """A loaded module.

    Attributes:
        module: it.
        files: digest of each file below its folder that it is made of, by path relative to the folder: its own and
            those that it imports, and they import. Of an installed module: of its own file alone.
    """

    module: ModuleType
    files: Mapping[str, str]


_LOADED: dict[tuple[Path, str], UserCode] = {}


def load_user_code(name: str, folder: Path) -> UserCode:
    """Import ``name`` from a folder, or else what is installed under that name.

    The module may import what lies beside it, at its top level: when it is loaded, the files are out of sight again.
    A module whose files have changed since is loaded anew.

    Args:
        name: ``module`` or ``package.module``.
        folder: absolute.

    Raises:
        ImportError: there is no such module.
        Exception: whatever the module raises.
    """
    known = _LOADED.get((folder, name))
    if known is not None and all(digest_of(folder / path) == held for path, held in known.files.items()):
        return known
    finder = _Beside(folder, f"cohear_user_{digest([str(folder), name], size=8)}")
    with finder.in_use():
        module = importlib.import_module(name)
    if name in finder.found:
        code = _LOADED[folder, name] = UserCode(module, dict(sorted(finder.files.items())))
        return code
    own = getattr(module, "__file__", None)
    return UserCode(module, {} if own is None else {Path(own).name: digest_of(Path(own))})


class _Beside(MetaPathFinder):
    """Finds modules in a folder; the standard library comes first, what is installed comes after.

    Args:
        folder: where.
        prefix: begins the names under which the modules stay in ``sys.modules``.
    """

    def __init__(self, folder: Path, prefix: str) -> None:
        self.folder, self.prefix = folder, prefix
        self.files: dict[str, str] = {}
        self.found: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module, where it is in the folder."""
        top = fullname.partition(".")[0]
        if top in sys.stdlib_module_names or (path is not None and top not in self.found):
            return None
        spec = PathFinder.find_spec(fullname, [str(self.folder)] if path is None else path)
        if spec is None or (spec.origin is None and PathFinder.find_spec(fullname, path) is not None):
            return None  # a folder without __init__.py must not hide what is installed
        self.found.add(fullname)
        if spec.origin is not None:
            origin = Path(spec.origin)
            below = origin.is_relative_to(self.folder)  # a package may look for its modules elsewhere
            self.files[origin.relative_to(self.folder).as_posix() if below else origin.name] = digest_of(origin)
            if isinstance(spec.loader, SourceFileLoader):
                spec.loader = FreshSource(fullname, spec.origin)
        return spec

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Let ``import`` look here; what is found leaves ``sys.modules`` under its plain name when the block ends."""
        hidden = {name: module for name, module in sys.modules.items() if self._is_of_folder(name)}
        for name in hidden:
            del sys.modules[name]
        sys.meta_path.insert(0, self)
        importlib.invalidate_caches()  # a file that was written a moment ago is seen
        try:
            yield
        finally:
            sys.meta_path.remove(self)
            for name in self.found:
                module = sys.modules.pop(name, None)
                if module is not None:
                    module.__name__ = f"{self.prefix}.{name}"
                    sys.modules[module.__name__] = module
            sys.modules.update(hidden)

    def _is_of_folder(self, name: str) -> bool:
        """Whether a module that somebody imported before is one of this folder, top level or below."""
        top = name.partition(".")[0]
        own = getattr(sys.modules.get(top), "__file__", None)
        return own is not None and Path(own) in (self.folder / f"{top}.py", self.folder / top / "__init__.py")


class FreshSource(SourceFileLoader):
    """Compiles what is in the file now: a cached ``.pyc`` may be of an edit in the same second."""

    def get_code(self, fullname: str) -> CodeType:
        """Of the source."""
        return self.source_to_code(self.get_data(self.path), self.path)
