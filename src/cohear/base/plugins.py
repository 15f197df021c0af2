"""Parts from outside: files that a study names, and installed packages that announce theirs.

Importing one enters its parts in the registries, once in a process. Modules that are asked for by name instead, and
enter nothing, are loaded by `cohear.base.user_code`.

Nothing is imported where a study is only looked at (status, gains, report): a folder that somebody sent must not run
code.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Collection, Iterable
from importlib.machinery import SourceFileLoader
from importlib.metadata import entry_points
from pathlib import Path

from cohear.base.errors import StudyError
from cohear.base.files import digest, file_digest, resolved
from cohear.base.user_code import FreshSource

GROUP = "cohear.parts"
"""Entry-point group of packages; each entry names a module that registers parts when it is imported."""

_loaded: dict[Path, str] = {}
"""Digest of each file when it was imported; the registries take a name only once."""


def load_installed_parts() -> None:
    """Import what installed packages announce; again it costs nothing.

    Raises:
        StudyError: a package's module cannot be imported.
    """
    for entry in entry_points(group=GROUP):
        try:
            entry.load()
        except Exception as error:
            raise StudyError(
                [f"the installed parts {entry.name!r} ({entry.value}) cannot be imported: {_named(error)}"]
            ) from error


def packages_with_parts() -> dict[str, str]:
    """Versions of the installed packages that announce parts, by name."""
    found = [entry.dist for entry in entry_points(group=GROUP) if entry.dist is not None]
    return {each.name: each.version for each in sorted(found, key=lambda each: each.name)}


def load_plugin(path: Path) -> None:
    """Import a file of parts, once in a process.

    Raises:
        StudyError: it is not there, cannot be imported, or was changed since this process imported it.
    """
    path = resolved(path)
    try:
        content = file_digest(path)
    except OSError as error:
        raise StudyError([f"plugin {path} cannot be read: {error.strerror}"]) from error
    if path in _loaded:
        if _loaded[path] != content:
            raise StudyError([f"plugin {path} was changed since this process imported it; start again"])
        return
    name = f"cohear_plugin_{digest(str(path), 8)}"  # never the name of another module
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise StudyError([f"plugin {path} is no Python file (its name must end in .py)"])
    if isinstance(spec.loader, SourceFileLoader):
        spec.loader = FreshSource(name, str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise StudyError([f"plugin {path} cannot be imported: {_named(error)}"]) from error
    _loaded[path] = content


def is_loaded(content: str) -> bool:
    """Whether this process has imported a plugin whose file has this hash, wherever it lay."""
    return content in _loaded.values()


def source_of(cls: type) -> str | None:
    """Hash of the plugins' files that a class and those that it inherits are written in; None where none is."""
    files = {getattr(sys.modules.get(each.__module__), "__file__", None) for each in cls.__mro__}
    found = sorted(content for path, content in _loaded.items() if str(path) in files)
    return version_of_files(found) if found else None


def versions_of_plugins(paths: Collection[Path]) -> dict[str, str]:
    """What a run's key holds of plugins: nothing where there are none."""
    return {"plugins": plugins_version(paths)} if paths else {}


def plugins_version(paths: Iterable[Path]) -> str:
    """A hash of the content of all plugins, wherever they lie and in whatever order they are named."""
    return version_of_files(map(file_digest, paths))


def version_of_files(digests: Iterable[str]) -> str:
    """The version of plugins whose files have these hashes."""
    return digest(sorted(digests))


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
