"""Audio files of any length, answered in bounded memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import soundfile

from cohear.audio.decode import UnreadableAudio, open_blocks
from cohear.audio.resample import resample_blocks
from cohear.audio.segment import Segment
from cohear.base.errors import DataError
from cohear.runtime.answers import Answer, Pool, WindowAnswer, answer
from cohear.runtime.bundle import Bundle
from cohear.runtime.events import Event, EventLine

_OTHER_SUFFIXES = {".oga", ".opus", ".mp3", ".aif", ".aifc", ".snd"}


@dataclass(frozen=True)
class FileAnswer:
    """What a bundle says of a file.

    Attributes:
        seconds: its length.
        answers: to the whole of it, by task.
        windows: to each window, where asked for.
        events: by task, where asked for: what lasts over several windows is one.
    """

    seconds: float
    answers: dict[str, Answer]
    windows: list[WindowAnswer]
    events: dict[str, list[Event]]


def classify_file(bundle: Bundle, path: Path, *, windows: bool = False, events: bool = False) -> FileAnswer:
    """Answer a file; no more than a stretch of it is in memory at a time.

    Args:
        bundle: what answers.
        path: any file that libsndfile reads, of any rate and number of channels.
        windows: whether each window's answer is kept.
        events: whether a time line is made.

    Raises:
        UnreadableAudio: it cannot be decoded; says why.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise UnreadableAudio(path, "its name is no UTF-8 text; rename it") from error
    samples, pool, kept = 0, Pool(bundle.tasks), list[WindowAnswer]()
    lines = {task: EventLine(task) for task in bundle.tasks} if events else {}
    found: dict[str, list[Event]] = {task: [] for task in lines}
    with open_blocks(Segment(path)) as audio:
        for logits in bundle.window_logits(resample_blocks(audio.blocks, audio.rate, bundle.rate)):
            pool.add(logits.logits, logits.heard)
            samples = logits.samples
            if windows or events:
                made = bundle.answers(logits)
                kept += made if windows else []
                for task, line in lines.items():
                    found[task] += [event for each in made for event in line.push(each)]
    seconds = samples / bundle.rate
    for task, line in lines.items():
        found[task] += line.end(seconds)
    answers = {task: answer(bundle.tasks[task], values) for task, values in pool.probabilities().items()}
    kept = [WindowAnswer(each.onset, min(each.offset, seconds), each.heard, each.answers) for each in kept]
    return FileAnswer(seconds, answers, kept, found)


def audio_files(named: str) -> list[Path]:
    """The files that a path, a folder (with all below it) or a pattern names, in order.

    Raises:
        DataError: there are none.
    """
    path = Path(named)
    if path.is_dir():
        suffixes = {f".{name.lower()}" for name in soundfile.available_formats()} | _OTHER_SUFFIXES
        found = [file for file in sorted(path.rglob("*")) if file.suffix.lower() in suffixes and file.is_file()]
        if not found:
            raise DataError(f"{named}: there are no audio files in this folder")
        return found
    if path.exists() or not any(mark in named for mark in "*?["):
        return [path]
    pattern = Path(named)
    anchor = Path(pattern.anchor) if pattern.is_absolute() else Path()
    found = sorted(file for file in anchor.glob(str(pattern.relative_to(pattern.anchor))) if file.is_file())
    if not found:
        raise DataError(f"{named}: no file fits this pattern")
    return found
