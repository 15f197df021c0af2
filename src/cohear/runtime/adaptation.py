"""What a bundle hears of a speaker, a device or a room before it answers: the scale of features, without any label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cohear.base.arrays import Floats
from cohear.base.errors import DataError
from cohear.base.moments import Moments
from cohear.runtime.card import Windowing
from cohear.runtime.resampled import Resampled
from cohear.runtime.session import Session, heard_name, moments_name, valid_name
from cohear.runtime.windows import stretches


class Adaptable(NamedTuple):
    """A task whose features are normalised by group.

    Attributes:
        hears: number of the input that it hears.
        usual: moments of its training clips, which stand for those of a group that is not known.
    """

    hears: int
    usual: Moments


@dataclass(frozen=True)
class WindowSums:
    """Sums over frames of some windows.

    Attributes:
        sums: of features and of squares ``[N, 2, D]``.
        frames: of each window that they are over.
        pooled: ``[N]``, which windows are more than silence.
    """

    sums: NDArray[np.float64]
    frames: int
    pooled: NDArray[np.bool_]


def adaptable_tasks(content: Mapping[str, Any]) -> dict[str, Adaptable]:
    """Tasks of a card that can be told a group's statistics, by name."""
    found = {}
    for name, entry in content["tasks"].items():
        if entry.get("normalise", {}).get("by") == "group":
            usual = entry["normalise"]["usual"]
            moments = Moments(0, np.array(usual["mean"], np.float64), np.array(usual["square"], np.float64))
            found[name] = Adaptable(entry.get("hears", 0), moments)
    return found


def statistics_of(
    session: Session,
    windowings: tuple[Windowing, ...],
    tasks: Mapping[str, Adaptable],
    clips: Iterable[Resampled],
) -> dict[str, Floats]:
    """Mean and deviation ``[2, D]`` of each task's features over some clips, as far as so few can be trusted.

    Args:
        session: of the bundle.
        windowings: of its inputs.
        tasks: of the bundle that can be told.
        clips: of one speaker, device or room, as the model takes them.

    Raises:
        DataError: there are no clips.
    """
    numbers = sorted({task.hears for task in tasks.values()})
    heard: dict[int, list[WindowSums]] = {number: [] for number in numbers}
    for clip in clips:
        for number, parts in _sums(session, windowings, numbers, clip).items():
            heard[number].append(_of_clip(parts))
    if not all(heard.values()):
        raise DataError("there is nothing to adapt to: give clips of the speaker, the device or the room")
    own = {number: _moments(parts) for number, parts in heard.items()}
    return {name: task.usual.adapted_to(own[task.hears]).scale for name, task in tasks.items()}


def _sums(
    session: Session, windowings: tuple[Windowing, ...], numbers: list[int], clip: Resampled
) -> dict[int, list[WindowSums]]:
    """A clip's windows, stretch by stretch, by the number of their input."""
    found: dict[int, list[WindowSums]] = {number: [] for number in numbers}
    for stretch in stretches([clip], windowings):
        if stretch.hears not in found:
            continue
        names = [moments_name(stretch.hears), valid_name(stretch.hears), heard_name(stretch.hears)]
        sums, frames, pooled = session.run(names, stretch.samples[None], stretch.before, stretch.after, stretch.hears)
        found[stretch.hears].append(WindowSums(sums[0].astype(np.float64), int(frames[0]), pooled[0] > 0))
    return found


def _of_clip(parts: list[WindowSums]) -> WindowSums:
    """Those windows of a clip that answers are pooled over: what is heard, or all where nothing is."""
    whole = WindowSums(
        np.concatenate([part.sums for part in parts]), parts[0].frames, np.concatenate([part.pooled for part in parts])
    )
    kept = whole.pooled if whole.pooled.any() else np.ones_like(whole.pooled)
    return WindowSums(whole.sums[kept], whole.frames, whole.pooled[kept])


def _moments(clips: list[WindowSums]) -> Moments:
    """Over all frames of all windows of some clips."""
    frames = sum(len(clip.sums) * clip.frames for clip in clips)
    first, second = sum(clip.sums.sum(axis=0) for clip in clips) / frames
    return Moments(sum(len(clip.sums) for clip in clips), first, second)
