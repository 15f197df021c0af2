"""``pack.json``: what lies in a pack that was carried elsewhere, with the checksum of every file.

It is written last, so that a pack which is half there is none. All other files have names made of what they hold: one
that is there with its size need not be sent again.
"""

from __future__ import annotations

from pydantic import Field

from cohear.base.files import digest_of_bytes
from cohear.runs.manifest import Manifest
from cohear.runs.spec import Frozen

PACK_JSON = "pack.json"
FORM = 2
"""Of packs; goes up when an older cohear would read one wrong."""


class Blob(Frozen):
    """A file of a pack.

    Attributes:
        name: in the pack.
        size: in bytes.
        digest: of its content.
    """

    name: str
    size: int
    digest: str

    @classmethod
    def of(cls, kind: str, content: bytes, end: str) -> Blob:
        """One of a kind of content: ``features/<digest>.shard``."""
        held = digest_of_bytes(content)
        return cls(name=f"{kind}/{held}{end}", size=len(content), digest=held)


class StoreBlobs(Frozen):
    """A feature store: its outline, and its shards in their order."""

    outline: Blob
    shards: tuple[Blob, ...]


class CodeBlob(Frozen):
    """A file of somebody's code, and what it is called."""

    file: str
    blob: Blob


class AssetBlobs(Frozen):
    """A file or a folder that parts read.

    Attributes:
        name: what it is called.
        files: of a folder, by their paths in it; of a file, it alone, under an empty one.
    """

    name: str
    files: dict[str, Blob]


class PackIndex(Frozen):
    """What is in a pack.

    Attributes:
        form: see `FORM`.
        cohear: version that made it.
        study: name of the study.
        manifest: its runs and what they read.
        wanted: files that are kept of each run.
        device: that the study asks for.
        splits, stores, plugins, modules, assets: where each is that the manifest names.
        packages: installed packages that entered parts, by name, with their versions.
        beside: what a study folder has beside its runs, by the name of the file.
    """

    form: int
    cohear: str
    study: str
    manifest: Manifest
    wanted: dict[str, tuple[str, ...]]
    device: str = "cpu"
    splits: dict[str, Blob] = Field({})
    stores: dict[str, StoreBlobs] = Field({})
    plugins: tuple[CodeBlob, ...] = ()
    modules: dict[str, Blob] = Field({})
    assets: dict[str, AssetBlobs] = Field({})
    packages: dict[str, str] = Field({})
    beside: dict[str, Blob] = Field({})

    @property
    def blobs(self) -> list[Blob]:
        """All other files, each once."""
        found = [
            *self.splits.values(),
            *(blob for store in self.stores.values() for blob in (store.outline, *store.shards)),
            *(code.blob for code in self.plugins),
            *self.modules.values(),
            *(blob for asset in self.assets.values() for blob in asset.files.values()),
            *self.beside.values(),
        ]
        return list({blob.name: blob for blob in found}.values())
