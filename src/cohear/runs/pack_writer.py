"""Carries a pack elsewhere: features cut into shards, splits, code and what else its runs read; never audio."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from cohear.base.errors import FolderError
from cohear.base.plugins import packages_with_parts
from cohear.base.pool import Advance
from cohear.base.url_folder import UrlFolder
from cohear.features.shards import StoreOutline, outline_of, outline_to_json, shards_of
from cohear.runs.carried import read_index
from cohear.runs.in_place import PackInPlace
from cohear.runs.pack_card import CARD, CarriedStore, card_of
from cohear.runs.pack_index import FORM, PACK_JSON, AssetBlobs, Blob, CodeBlob, PackIndex, StoreBlobs

_TRIED = 3
"""Shards of a store that are packed to tell how large it will be."""


@dataclass(frozen=True)
class Sent:
    """What became of a pack's files.

    Attributes:
        files, bytes: of the pack.
        sent: bytes that were sent now; the others were there.
    """

    files: int
    bytes: int
    sent: int


@dataclass(frozen=True)
class PackWriter:
    """A pack of this machine on its way.

    Attributes:
        pack: it.
        study: name of the study.
        wanted: files that are kept of each run.
        device: that the study asks for.
        beside: what a study folder has beside its runs, by the name of the file.
    """

    pack: PackInPlace
    study: str
    wanted: Mapping[str, Sequence[str]]
    device: str
    beside: Mapping[str, bytes]

    def expected_bytes(self) -> int:
        """About how large the pack will be; some shards of each store are packed for it."""
        total = sum(map(len, self.beside.values()))
        for key in self.pack.manifest.stores:
            store, outline = self.pack.store(key), self._outline(key)
            tried = list(islice(shards_of(store, outline), _TRIED))
            lengths = [sum(outline.lengths[clip] for clip in shard) for shard in outline.shards]
            total += round(sum(map(len, tried)) * sum(lengths) / max(sum(lengths[: len(tried)]), 1))
        files = [self.pack.splits / f"{name}.json" for name in self.pack.manifest.splits]
        files += [file for content in self.pack.assets for _, file in _files_of(self.pack.assets[content])]
        return total + sum(file.stat().st_size for file in files)

    def write(self, folder: UrlFolder, progress: Advance | None = None) -> Sent:
        """Send what is not there yet, and the list of all of it last.

        Args:
            folder: that becomes the pack.
            progress: called with shards done and in all.

        Raises:
            FolderError: it cannot be written, or holds the pack of another study.
        """
        _refuse_another(folder, self.study)
        listed = {name: size for kind in _KINDS for name, size in folder.sizes(kind).items()}
        sent = 0

        def put(kind: str, content: bytes, end: str = "") -> Blob:
            nonlocal sent
            blob = Blob.of(kind, content, end)
            if not folder.has(blob.name, blob.size, blob.digest, listed):
                folder.write(blob.name, content)
                listed[blob.name] = blob.size
                sent += blob.size
            return blob

        manifest = self.pack.manifest
        outlines = {key: self._outline(key) for key in manifest.stores}
        shards, done = sum(len(outline.shards) for outline in outlines.values()), 0
        stores = {}
        for key, outline in outlines.items():
            blobs = []
            for content in shards_of(self.pack.store(key), outline):
                blobs.append(put("features", content, ".shard"))
                done += 1
                if progress:
                    progress(done, shards)
            stores[key] = StoreBlobs(
                outline=put("features", outline_to_json(outline).encode(), ".json"), shards=tuple(blobs)
            )
        index = PackIndex(
            form=FORM,
            cohear=version("cohear"),
            study=self.study,
            manifest=manifest,
            wanted={key: tuple(sorted(files)) for key, files in self.wanted.items()},
            device=self.device,
            splits={
                name: put("splits", (self.pack.splits / f"{name}.json").read_bytes(), ".json")
                for name in manifest.splits
            },
            stores=stores,
            plugins=tuple(
                CodeBlob(file=plugin.name, blob=put("code", plugin.read_bytes(), ".py")) for plugin in self.pack.plugins
            ),
            modules={path: put("code", (self.pack.code / path).read_bytes(), ".py") for path in manifest.modules},
            assets={
                content: AssetBlobs(
                    name=place.name,
                    files={path: put("assets", file.read_bytes()) for path, file in _files_of(place)},
                )
                for content, place in self.pack.assets.items()
            },
            packages=packages_with_parts(),
            beside={name: put("study", content, Path(name).suffix) for name, content in self.beside.items()},
        )
        carried = [
            CarriedStore(outlines[key], sum(blob.size for blob in store.shards)) for key, store in stores.items()
        ]
        card = card_of(self.study, index.cohear, len(manifest.runs), carried).encode()
        text = json.dumps(index.model_dump(mode="json"), indent=1).encode()
        for name, content in ((CARD, card), (PACK_JSON, text)):
            if folder.read(name) != content:
                folder.write(name, content)
                sent += len(content)
        size = sum(blob.size for blob in index.blobs) + len(card) + len(text)
        return Sent(len(index.blobs) + 2, size, sent)

    def _outline(self, key: str) -> StoreOutline:
        """Of the clips that some run reads."""
        tasks = {
            task["split"] for spec in self.pack.manifest.runs.values() for task in spec["tasks"] if task["store"] == key
        }
        clips = {row for split in tasks for row in self.pack.split(split).rows}
        return outline_of(self.pack.store(key), self.pack.cache, clips)


_KINDS = ("features", "splits", "code", "assets", "study")


def _files_of(place: Path) -> Iterator[tuple[str, Path]]:
    """Files of an asset, by their paths in it."""
    if not place.is_dir():
        yield "", place
        return
    for file in sorted(each for each in place.rglob("*") if each.is_file()):
        yield file.relative_to(place).as_posix(), file


def _refuse_another(folder: UrlFolder, study: str) -> None:
    """A pack of another study stays what it is; one that cannot be read any more is written over."""
    if folder.read(PACK_JSON) is None:
        return
    try:
        owner = read_index(folder.url).study
    except FolderError:
        return
    if owner != study:
        raise FolderError(f"{folder.url} holds the pack of study {owner!r}, not {study!r}; name another place")
