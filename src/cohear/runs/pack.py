"""What runs read, wherever they are carried out: splits, feature stores, files of other runs, and code."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from cohear.runs.manifest import Manifest
from cohear.runs.spec import Need
from cohear.runs.split import Split

if TYPE_CHECKING:
    from cohear.features.store import FeatureStore


class Pack(ABC):
    """Everything is asked for by its content or its name, never by a path of some machine."""

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
