"""Audio files of any length, answered in bounded memory: a file is a stream that ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from cohear.audio.decode import UnreadableAudio, open_blocks, read_audio
from cohear.audio.folder_tree import folder_tree
from cohear.audio.recognised import file_kind
from cohear.audio.segment import Segment
from cohear.audio.suffixes import AUDIO_SUFFIXES, VIDEO_SUFFIXES
from cohear.audio.unused import unopened_archives, unread_tables
from cohear.base.errors import DataError
from cohear.base.walk import folders_below
from cohear.runtime.answers import ClipAnswers, WindowAnswer, in_time
from cohear.runtime.bundle import Bundle
from cohear.runtime.detector import EventDetector, EventSettings, by_onset
from cohear.runtime.events import Event
from cohear.runtime.scale import check_largest
from cohear.runtime.stream import Stream

PIECE_SAMPLES = 1 << 20
"""At the model's rate, at a time: a block of a file of few samples a second would be as many hours."""


@dataclass(frozen=True)
class FileAnswer:
    """What a bundle says of a file.

    Attributes:
        seconds: its length.
        answers: to the whole of it, by task, and whether anything was heard.
        windows: to each window, where asked for.
        events: that were found, where asked for, in the order of their onsets.
    """

    seconds: float
    answers: ClipAnswers
    windows: list[WindowAnswer]
    events: list[Event]


def classify_file(
    bundle: Bundle, path: Path, *, windows: bool = False, events: EventSettings | None = None
) -> FileAnswer:
    """Answer a file; no more than a stretch of it is in memory at a time.

    Args:
        bundle: what answers.
        path: any audio file, of any rate and number of channels.
        windows: whether each window's answer is kept.
        events: when a label begins and ends; None looks for no events.

    Raises:
        UnreadableAudio: it cannot be decoded, or is no sound; says why.
    """
    _check_name(path)
    kept, found = list[WindowAnswer](), list[Event]()
    detector = None if events is None else EventDetector(bundle.tasks, events)

    def heard(block: NDArray[np.float32]) -> list[WindowAnswer]:
        try:
            check_largest(audio.meter.largest)
            return stream.push(block)
        except DataError as error:  # of what was decoded well
            raise UnreadableAudio(path, str(error)) from error

    def take(answered: list[WindowAnswer]) -> None:
        kept.extend(answered if windows else ())
        if detector is not None:
            found.extend(event for window in answered for event in detector.push(window))

    with open_blocks(Segment(path)) as audio:
        stream = Stream(bundle, audio.rate, audio.meter)
        most = max(1, PIECE_SAMPLES * audio.rate // bundle.rate)
        for block in audio.blocks:
            for first in range(0, len(block), most):
                take(heard(block[first : first + most]))
    take(stream.end())
    if detector is not None:
        found.extend(detector.end())
    return FileAnswer(stream.seconds, stream.clip, in_time(kept), by_onset(found))


def adapted_to_files(bundle: Bundle, names: Sequence[str]) -> Bundle:
    """A bundle for the speaker, the device or the room of some files (`Bundle.adapted`).

    Args:
        bundle: one with tasks that are normalised by group.
        names: of audio files, folders or patterns.

    Raises:
        UnreadableAudio: one cannot be decoded.
        DataError: there are none, or no task is normalised by group.
    """
    paths = [path for name in names for path in files_named(name)]
    return bundle.adapted(read_audio(Segment(path)) for path in paths)


def _check_name(path: Path) -> None:
    """A name that is no text could not be printed."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise UnreadableAudio(path, "its name is no UTF-8 text; rename it") from error


def left_unanswered(named: str) -> list[str]:
    """What lies in a folder beside the files that `files_named` finds there, a sentence for each kind."""
    path = Path(named)
    if not named or not path.is_dir():
        return []
    tree = folder_tree(path)
    return [kind.sentence for kind in (*unread_tables(tree.tables), *unopened_archives(path, tree.archives))]


def files_named(named: str) -> list[Path]:
    """The files that a path, a folder (with all below it) or a pattern names, in order.

    In a folder these are all that hold sound, by the ends of their names or by their content; what begins with a dot is
    some system's own.

    Raises:
        DataError: there are none, or a folder may not be looked into.
    """
    if not named:
        raise DataError("an empty name is no file, folder or pattern")
    path = Path(named)
    try:
        there = path.exists()
    except (OSError, ValueError) as error:  # longer than a name can be
        raise DataError(f"{named}: {getattr(error, 'strerror', error)}") from error
    if path.is_dir():
        suffixes = {f".{name.lower()}" for name in soundfile.available_formats()} | AUDIO_SUFFIXES | VIDEO_SUFFIXES
        below = sorted(file for _, files in folders_below(path) for file in files if not file.name.startswith("."))
        found = [file for file in below if file.suffix.lower() in suffixes or file_kind(file) != "other"]
        found = [file for file in found if file.is_file()]
        if not found:
            raise DataError(f"{named}: there are no audio files in this folder")
        return found
    if there:
        return [path]
    if not any(mark in named for mark in "*?["):
        raise DataError(f"{named}: there is no such file")
    pattern = Path(named)
    anchor = Path(pattern.anchor) if pattern.is_absolute() else Path()
    found = sorted(file for file in anchor.glob(str(pattern.relative_to(pattern.anchor))) if file.is_file())
    if not found:
        raise DataError(f"{named}: no file fits this pattern")
    return found
