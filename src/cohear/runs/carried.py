"""A pack that was carried elsewhere, opened at its URL: what runs ask for is fetched, checked and kept in the cache."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from filelock import FileLock
from pydantic import TypeAdapter, ValidationError

from cohear.base.assets import know
from cohear.base.errors import DataError, FolderError, StudyError
from cohear.base.files import digest, digest_of_bytes, make_folder, storage_errors_told, write_bytes
from cohear.base.plugins import is_loaded, load_installed_parts, load_plugin, packages_with_parts
from cohear.base.url_folder import UrlFolder
from cohear.features.shards import outline_from_json, put_together
from cohear.features.store import FeatureStore, open_store_at
from cohear.runs.job import read_spec
from cohear.runs.manifest import Manifest
from cohear.runs.pack import Pack
from cohear.runs.pack_index import FORM, PACK_JSON, Blob, PackIndex
from cohear.runs.run_folder import file_left
from cohear.runs.spec import Need, Spec
from cohear.runs.split import Split, read_split


@dataclass(frozen=True)
class Carried(Pack):
    """What lies at a URL.

    Attributes:
        url: of the pack.
        index: its ``pack.json``.
        manifest: of the index.
        code: in which a user's own modules are put.
        cache: holds what was fetched.
        runs: folders of this machine that hold folders of runs.
    """

    url: str
    index: PackIndex
    manifest: Manifest
    code: Path
    cache: Path
    runs: tuple[Path, ...] = ()

    @classmethod
    def at(cls, url: str, cache: Path, runs: Sequence[Path] = ()) -> Carried:
        """Read ``pack.json``; nothing else is fetched yet.

        Raises:
            FolderError: there is no pack, or one of a form that this version does not know.
        """
        return cls.of(url, read_index(url), cache, runs)

    @classmethod
    def of(cls, url: str, index: PackIndex, cache: Path, runs: Sequence[Path] = ()) -> Carried:
        """Where the list of its files is known."""
        kept = cache / "packs" / digest(index.model_dump(mode="json"), 8)
        return cls(url, index, index.manifest, kept / "modules", cache, tuple(runs))

    def open(self) -> None:
        """Fetch code and the files that parts read, and import the parts."""
        load_installed_parts()
        here = packages_with_parts()
        if lacking := {name: each for name, each in self.index.packages.items() if name not in here}:
            wanted = " ".join(f"{name}=={each}" for name, each in lacking.items())
            raise StudyError([f"the pack {self.url} needs parts of packages that are not here: install {wanted}"])
        for path, blob in self.index.modules.items():
            self._keep(blob, self.code / within_pack(path))
        for content, asset in self.index.assets.items():
            place = self._kept / "assets" / content / within_pack(asset.name)
            for path, blob in asset.files.items():
                self._keep(blob, place / within_pack(path) if path else place)
            know(content, place)
        for number, plugin in enumerate(self.index.plugins):
            place = self._kept / "plugins" / str(number) / within_pack(plugin.file)
            if not is_loaded(plugin.blob.digest):  # as where the study file that names it was read
                self._keep(plugin.blob, place)
                load_plugin(place)

    def specs(self) -> dict[str, Spec]:
        """Its runs by key; jobs of plugins are known once it is open.

        Raises:
            FolderError: they are not what their keys say.
        """
        specs = {key: read_spec(content) for key, content in self.manifest.runs.items()}
        if any(spec.key != key for key, spec in specs.items()):
            raise FolderError(f"the runs in {self.url} are not what their keys say; pack the study again")
        return specs

    def split(self, name: str) -> Split:
        """Fetched once."""
        if name not in self.index.splits:
            raise DataError(f"cannot read the split {name}: the pack {self.url} holds none of that name")
        folder = self._kept / "splits"
        self._keep(self.index.splits[name], folder / f"{name}.json")
        return read_split(folder, name)

    def store(self, key: str) -> FeatureStore:
        """The one in the cache, or put together of its shards; one process does so, others wait."""
        if key not in self.index.stores:
            raise FolderError(f"there is no feature store {key} in the pack {self.url}")
        whole = open_store_at(self.cache / "features" / key, key)
        if whole is not None:
            return whole
        blobs = self.index.stores[key]
        with self._alone(key):
            outline = outline_from_json(self.fetched(blobs.outline).decode("utf-8"))
            return put_together(outline, (self.fetched(shard) for shard in blobs.shards), self.cache)

    def file(self, need: Need) -> bytes:
        """From this machine, else from the runs that lie in the pack."""
        content = file_left(self.runs, need)
        if content is None:
            content = UrlFolder(self.url).read(f"runs/{need.run}/{need.file}")
        if content is None:
            raise DataError(f"run {need.run} has left no {need.file} here or in {self.url}; train it again to make it")
        return content

    def beside(self, name: str) -> bytes:
        """What a study folder has beside its runs.

        Raises:
            DataError: it is missing or damaged.
        """
        return self.fetched(self.index.beside[name])

    def fetched(self, blob: Blob) -> bytes:
        """A file of the pack, checked.

        Raises:
            DataError: it is missing or damaged.
            FolderError: it cannot be read.
        """
        folder = UrlFolder(self.url)
        for _ in range(2):  # the fault may be the way's
            content = folder.read(blob.name)
            if content is None:
                raise DataError(f"{folder.named(blob.name)} is missing; run `cohear pack` again, which sends it")
            if digest_of_bytes(content) == blob.digest:
                return content
        raise DataError(
            f"{folder.named(blob.name)} is damaged: it does not hold what {PACK_JSON} says; delete it and run "
            "`cohear pack` again, which sends it anew"
        )

    def to_json(self) -> str:
        """URL, index, and where this machine keeps what it fetches."""
        return TypeAdapter(Carried).dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Carried:
        """What ``to_json`` wrote."""
        return TypeAdapter(Carried).validate_json(text)

    @property
    def _kept(self) -> Path:
        return self.code.parent

    def _keep(self, blob: Blob, place: Path) -> None:
        """Have a file on this machine, where it is not there with this content."""
        if not _holds(place, blob):
            with self._alone(place.name):
                if not _holds(place, blob):
                    make_folder(place.parent)
                    write_bytes(place, self.fetched(blob))

    @contextmanager
    def _alone(self, what: str) -> Iterator[None]:
        """Keep other processes of this machine from fetching the same."""
        path = make_folder(self._kept) / f".{digest(what, 8)}.lock"
        with storage_errors_told(path), FileLock(path):
            yield


def read_index(url: str) -> PackIndex:
    """``pack.json`` of a pack.

    Raises:
        FolderError: there is none, or one of a form that this version does not know.
    """
    folder = UrlFolder(url)
    content = folder.read(PACK_JSON)
    if content is None:
        raise FolderError(f"there is no {PACK_JSON} at {url}: `cohear pack STUDY -o {url}` writes it last of all")
    try:
        told = json.loads(content)
        form, made_by = told["form"], told["cohear"]
        if form == FORM:
            return PackIndex.model_validate(told)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise FolderError(
            f"{folder.named(PACK_JSON)} is no list of a pack or is damaged; run `cohear pack` again"
        ) from error
    here = version("cohear")
    raise FolderError(
        f"the pack {url} was made by cohear {made_by} in form {form}, and cohear {here} on this machine reads form "
        f"{FORM}: install the same version on both machines, or pack the study again"
    )


def _holds(place: Path, blob: Blob) -> bool:
    try:
        return place.stat().st_size == blob.size and digest_of_bytes(place.read_bytes()) == blob.digest
    except OSError:
        return False


def within_pack(path: str) -> PurePosixPath:
    """A path that leads nowhere else, whoever wrote the pack."""
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or "\\" in path:
        raise FolderError(f"the pack names {path!r}, which lies outside of it: use no pack of people you do not trust")
    return parts
