"""Whether a study file is the one that a pack was made of, told without its datasets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from cohear.base.assets import Asset
from cohear.base.errors import StudyError
from cohear.base.files import file_digest
from cohear.study.file import StudySettings

_FREE = {"keep", "device"}
"""Keys that make no run another one."""


def settings_by_content(settings: StudySettings) -> bytes:
    """All that a study file says, as JSON: datasets without their places, files by what they hold."""
    content = settings.with_paths_of_features(lambda path: Asset.at(Path(path)).content).model_dump(
        mode="json", exclude=_FREE
    )
    for dataset in content["datasets"].values():
        del dataset["path"]
    content["plugins"] = [file_digest(plugin) for plugin in settings.plugins]
    return json.dumps(content, sort_keys=True).encode()


def demand_same_study(settings: StudySettings, packed: bytes, url: str) -> None:
    """See that a study file says what a pack's did.

    Args:
        settings: of the file.
        packed: ``settings_by_content`` of the pack's.
        url: of the pack.

    Raises:
        StudyError: naming the keys that differ.
    """
    there: Mapping[str, object] = json.loads(packed)
    here: Mapping[str, object] = json.loads(settings_by_content(settings))
    if others := sorted(key for key in {*there, *here} if there.get(key) != here.get(key)):
        raise StudyError(
            [
                f"the pack {url} was made of another study file, which differs in {', '.join(others)}: pack this one, "
                "or run the file that was packed"
            ]
        )
