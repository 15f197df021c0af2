"""What is in the feature cache, and removing what nobody uses."""

import json
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cohear.features.store_folder import Removed, folder_bytes, remove_leftovers

_DAY = 24 * 3600.0


@dataclass(frozen=True)
class StoreInfo:
    """A store in the cache.

    Args:
        key: its name.
        description: front-end with settings, and how much audio.
        clips: how many.
        bytes: on disk.
        last_used: when it was last opened, in seconds since the epoch.
    """

    key: str
    description: str
    clips: int
    bytes: int
    last_used: float


def touch_used(folder: Path) -> None:
    """Note that a store is used now; a cache that may only be read is used without a note."""
    with suppress(OSError):
        (folder / "used").touch()


def stores(cache: Path) -> list[StoreInfo]:
    """Stores in a cache, the most lately used first."""
    found = []
    for meta in (cache / "features").glob("[!.]*/meta.json"):
        folder = meta.parent
        with suppress(OSError, ValueError, KeyError):  # another process may be removing it
            content = json.loads(meta.read_text(encoding="utf-8"))
            clips = len(content["contents"])
            settings = ", ".join(f"{name}: {value}" for name, value in content["settings"].items())
            kept = content.get("stored", "exact")
            settings += "" if kept == "exact" else f", stored: {kept}"
            description = f"{content['front_end']} ({settings}), {clips} clips, {content['seconds'] / 3600:.2f} h"
            used = max(meta, folder / "used", key=_modified)
            found.append(StoreInfo(folder.name, description, clips, folder_bytes(folder), _modified(used)))
    return sorted(found, key=lambda store: (-store.last_used, store.key))


def prune(cache: Path, *, days: float = 30.0) -> list[Removed]:
    """Remove stores that were not opened for so many days, and what killed processes left.

    Args:
        cache: the cache folder.
        days: 0 removes all stores.

    Returns:
        What was removed, with its size and description.
    """
    oldest = time.time() - days * _DAY
    removed = []
    for store in stores(cache):
        if store.last_used <= oldest:
            shutil.rmtree(cache / "features" / store.key, ignore_errors=True)
            removed.append(Removed(store.key, store.bytes, store.description))
    return removed + remove_leftovers(cache / "features")


def _modified(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0.0
