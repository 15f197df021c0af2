"""What runs read, wherever they are carried out: splits, feature stores, files of other runs, and code."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from cohear.runs.manifest import Manifest
from cohear.runs.spec import Need
from cohear.runs.split import Split

if TYPE_CHECKING:
    from cohear.features.store import FeatureStore


class Pack(ABC):
    """Everything is asked for by its content or its name, never by a path of some machine.

    Its class is at the top level of a module that can be imported wherever the pack is opened. Inherit
    `cohear.testing.pack.PackContract` to test one of your own.
    """

    code: Path
    """Folder in which a user's own modules lie."""
    manifest: Manifest
    """What it holds."""

    @abstractmethod
    def open(self) -> None:
        """Make it ready in this process: parts of plugins are entered, and code is what the manifest says.

        From then on the process knows where the assets lie that the manifest names (`cohear.base.assets.know`).

        Raises:
            StudyError: a plugin cannot be imported, or code was changed since the pack was made.
        """

    @abstractmethod
    def split(self, name: str) -> Split:
        """A split by its digest.

        Raises:
            DataError: it is not there, or was changed.
        """

    @abstractmethod
    def store(self, key: str) -> FeatureStore:
        """A feature store by its key.

        Raises:
            FolderError: it is not there, or not whole.
        """

    @abstractmethod
    def file(self, need: Need) -> bytes:
        """A file that another run left.

        Raises:
            DataError: it is not there.
        """

    @abstractmethod
    def to_json(self) -> str:
        """All that another process opens it by."""

    @classmethod
    @abstractmethod
    def from_json(cls, text: str) -> Pack:
        """What ``to_json`` wrote."""


def told_to_others(pack: Pack) -> dict[str, str]:
    """A pack as another process is told of it."""
    return {"module": type(pack).__module__, "class": type(pack).__name__, "content": pack.to_json()}


def told_by_others(entry: Mapping[str, str]) -> Pack:
    """The pack that another process told of; it is not open.

    Raises:
        ImportError, AttributeError: its class is not installed here.
    """
    pack: Pack = getattr(import_module(entry["module"]), entry["class"]).from_json(entry["content"])
    return pack
