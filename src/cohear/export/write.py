"""A bundle's folder, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx

from cohear.base.errors import FolderError
from cohear.base.files import (
    check_place,
    folder_whole_or_not_at_all,
    storage_reason,
    write_bytes,
    write_json,
    write_text,
)
from cohear.export.outputs import Output
from cohear.export.trained_on import TRAINED_ON, TrainedOn
from cohear.export.windows_told import extension
from cohear.features.front_end import WaveformFrontEnd
from cohear.features.task_input import TaskInput
from cohear.features.windows import hop_in_scoring
from cohear.runtime.card import CARD, MODEL, README, WEIGHTS, WINDOWS, Windowing

FILES = {CARD, MODEL, README, WEIGHTS, WINDOWS, TRAINED_ON}


def windowing_of(given: TaskInput) -> Windowing:
    """How the graph cuts waveforms into an input's windows."""
    front_end, window = given.front_end, given.window
    assert isinstance(front_end, WaveformFrontEnd)  # the others have no graph
    return Windowing(front_end.rate, front_end.hop, window, hop_in_scoring(window), *front_end.context)


def check_target(folder: Path) -> None:
    """Whether a bundle can be written at a place, so that nothing is trained for one that cannot.

    Raises:
        FolderError: something is there that is no bundle, or more than one, and would be lost; or nothing can be made
            there.
    """
    try:
        is_there = folder.exists()
    except OSError as error:
        raise FolderError(f"{folder} cannot be: {storage_reason(error) or error}; give -o a new place") from error
    if is_there:
        _check_replaceable(folder)
    check_place(folder)


def _check_replaceable(folder: Path) -> None:
    if not folder.is_dir():
        raise FolderError(f"{folder} is there and is no bundle; give -o a new place")
    if folder.resolve() == Path.cwd():
        raise FolderError(f"{folder} is the folder you are in, which would be replaced; give -o a new place")
    if folder.is_mount():
        raise FolderError(f"{folder} is where a disk is mounted, which cannot be replaced; give -o a folder in it")
    names = sorted(entry.name for entry in folder.iterdir())
    others = [name for name in names if name not in FILES] or ([] if _is_bundle(folder) else names)
    if others:
        raise FolderError(f"{folder} is no bundle, or holds more than one ({others[0]!r}); give -o a new place")


def _is_bundle(folder: Path) -> bool:
    """Whether its card is that of a bundle, of whatever version; files of these names may be of other making."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(card, dict) and {"windowing", "tasks"} <= card.keys()


def write_bundle(
    folder: Path,
    model: onnx.ModelProto,
    outputs: Sequence[Output],
    card: Mapping[str, Any],
    readme: str,
    weights: bytes,
    trained_on: TrainedOn | None = None,
) -> None:
    """Write all files of a bundle; one that is there is replaced.

    Raises:
        FolderError: the folder holds something else, or cannot be written.
    """
    check_target(folder)
    with folder_whole_or_not_at_all(folder) as temporary:
        write_bytes(temporary / MODEL, model.SerializeToString())
        write_bytes(temporary / WINDOWS, extension(outputs))
        write_bytes(temporary / WEIGHTS, weights)
        write_text(temporary / README, readme)
        if trained_on is not None:
            write_json(temporary / TRAINED_ON, trained_on.to_json())
        write_json(temporary / CARD, card)
