"""``cohear listen``: a bundle on a stream, live."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterable, Iterator, Sized
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from cohear.cli.console import json_line, note, output, printable

if TYPE_CHECKING:
    from cohear.runtime.answers import WindowAnswer
    from cohear.runtime.bundle import Bundle
    from cohear.runtime.detector import EventDetector
    from cohear.runtime.events import Event
    from cohear.runtime.stream import Stream

EXAMPLES = """
[bold]Examples[/bold]

  cohear listen bundle

  ffmpeg -i radio.mp3 -f s16le -ar 16000 -ac 1 - | cohear listen bundle --pcm s16le --rate 16000

  cohear listen bundle --file clip.wav --json
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("listen", epilog=EXAMPLES)(listen)


def listen(
    bundle: Annotated[Path, typer.Argument(help="Bundle folder.", show_default=False)],
    file: Annotated[Path | None, typer.Option("--file", help="Play this file as a stream, no microphone.")] = None,
    speed: Annotated[float, typer.Option(min=0, help="With --file: how fast it is played; 0 does not wait.")] = 1.0,
    pcm: Annotated[
        str | None, typer.Option("--pcm", help="Read raw samples from stdin: s16le, s32le, f32le, mulaw or alaw.")
    ] = None,
    rate: Annotated[int, typer.Option(min=1, help="With --pcm: samples a second.")] = 16000,
    channels: Annotated[int, typer.Option(min=1, max=64, help="With --pcm: interleaved channels.")] = 1,
    device: Annotated[str | None, typer.Option(help="Microphone: its number or a part of its name.")] = None,
    onset: Annotated[float, typer.Option(help="Probability at which a label begins.")] = 0.5,
    release: Annotated[float, typer.Option(help="Share of that below which it ends.")] = 0.6,
    minimum: Annotated[float, typer.Option(help="Seconds; what is shorter is no event.")] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Lines of JSON: windows, events, the end.")] = False,
) -> None:
    """Answer all tasks of a bundle while the sound comes in: from a microphone, a pipe or a file."""
    from cohear.base.errors import DataError, UserError
    from cohear.runtime.bundle import Bundle
    from cohear.runtime.detector import EventDetector, EventSettings
    from cohear.runtime.sources import microphone, play_file
    from cohear.runtime.sources import pcm as read_pcm
    from cohear.runtime.stream import Stream
    from cohear.runtime.told import told_clip

    if file is not None and pcm is not None:
        raise UserError("--file and --pcm are two sources: give one of them")
    model = Bundle.load(bundle, threads=1)
    detector = EventDetector(model.tasks, EventSettings(onset, release, minimum))
    losses = _Losses(as_json)
    if file is not None:
        rate, blocks = play_file(file, speed or math.inf)
    elif pcm is not None:
        blocks = read_pcm(_standard_input(), pcm, channels)
    else:
        rate, blocks = microphone(device, losses.take)
    stream = Stream(model, rate)
    clock = _Clock(rate, (speed or math.inf) if file is not None else 1.0)
    losses.follow(stream, clock)
    interrupted = False
    remarks = _Remarks(stream, clock if as_json else None)
    steps = _steps(stream, detector, remarks.told_of(clock.started(blocks)))
    try:
        if as_json:
            _write_lines(steps, detector, clock)
        else:
            _draw(model, stream, detector, steps)
    except KeyboardInterrupt:  # the usual end of listening
        interrupted = True
        for event in detector.end():
            _write_event(event, clock if as_json else None)
    finally:
        losses.sum_up()
        if (heard := stream.clip).tasks:
            remarks.end(heard.note)
    if not heard.tasks and not interrupted:
        raise DataError("the stream ended before its first sample; check what writes to it")
    if as_json and heard.tasks:
        end = {"type": "end", "time": clock.at(stream.seconds), "seconds": round(stream.seconds, 6)}
        json_line({**end, **told_clip(heard)})


def _standard_input() -> BinaryIO:
    """The pipe that raw samples come through.

    Raises:
        UserError: it is closed, as a service may have it.
    """
    from cohear.base.errors import UserError

    if sys.stdin is None:
        raise UserError("standard input is closed: --pcm reads raw samples from it")
    return sys.stdin.buffer


class _Clock:
    """The time of day of what is heard.

    Args:
        rate: of the samples, in Hz.
        speed: of a file that is played.
    """

    def __init__(self, rate: int, speed: float) -> None:
        self._rate, self._speed = rate, speed
        self._began: float | None = None

    def started(self, blocks: Iterable[Sized]) -> Iterator[Sized]:
        """The blocks of the stream; the first one has just ended when it comes."""
        for block in blocks:
            if self._began is None:
                self._began = time.time() - len(block) / self._rate / self._speed
            yield block

    def at(self, seconds: float) -> str:
        """The time of day, so many seconds after the beginning, as ISO 8601 with the offset from UTC."""
        began = time.time() if self._began is None else self._began
        return datetime.fromtimestamp(began + seconds / self._speed).astimezone().isoformat(timespec="milliseconds")


class _Remarks:
    """Tells that a stream is silence, or that its channels cancel, as soon as that is known.

    Args:
        stream: that is answered.
        clock: of it, where lines of JSON are written; then one tells it too, and that it is so no more.
    """

    def __init__(self, stream: Stream, clock: _Clock | None) -> None:
        from cohear.runtime.remarks import Remarks

        self._stream, self._clock, self._remarks = stream, clock, Remarks(stream)
        self._noted = ""

    def told_of(self, blocks: Iterable[Sized]) -> Iterator[Sized]:
        """The blocks of the stream; what there is to say of one is told when it was answered."""
        for block in blocks:
            yield block
            if (remark := self._remarks.new()) is None:
                continue
            if self._clock is not None:
                seconds = self._stream.seconds
                times = {"time": self._clock.at(seconds), "seconds": round(seconds, 6)}
                json_line({"type": "note", **times, "note": remark})
            self.end(remark)

    def end(self, remark: str) -> None:
        """What holds at the end, unless it was told before."""
        if remark and remark != self._noted:
            note(remark)
            self._noted = remark


class _Losses:
    """Counts what the microphone lost, and tells it.

    Args:
        as_json: a line each; else a note of the first one. The sum is a note at the end.
    """

    def __init__(self, as_json: bool) -> None:
        self._as_json = as_json
        self._count, self._seconds = 0, 0.0
        self._where: tuple[Stream, _Clock] | None = None

    def follow(self, stream: Stream, clock: _Clock) -> None:
        """The stream whose samples are lost."""
        self._where = stream, clock

    def take(self, seconds: float) -> None:
        """Tell a loss."""
        self._count += 1
        self._seconds += seconds
        if self._as_json and self._where is not None:
            stream, clock = self._where
            begin = stream.seconds
            span = {"onset": round(begin, 6), "offset": round(begin + seconds, 6)}
            json_line({"type": "lost", "time": clock.at(begin), **span, "losses": self._count})
        elif self._count == 1:
            note("the microphone lost some sound, since this machine did not take it in time; times stay right")

    def sum_up(self) -> None:
        """The number of losses, where there were some."""
        if self._count:
            times = "once" if self._count == 1 else f"{self._count} times"
            note(f"the microphone lost sound {times}, {self._seconds:.2f} s in all, heard as silence")


def _steps(
    stream: Stream, detector: EventDetector, blocks: Iterable[object]
) -> Iterator[tuple[WindowAnswer | None, list[Event]]]:
    """Every window with the events that ended before it; at the end the events that were left."""
    import numpy as np

    for block in blocks:
        for window in stream.push(np.asarray(block)):
            yield window, detector.push(window)
    for window in stream.end():
        yield window, detector.push(window)
    yield None, detector.end()


def _write_lines(
    steps: Iterable[tuple[WindowAnswer | None, list[Event]]], detector: EventDetector, clock: _Clock
) -> None:
    from cohear.runtime.told import told_window

    for window, events in steps:
        for event in events:
            _write_event(event, clock)
        if window is not None:
            lasting = [vars(event) for event in detector.lasting]
            content = told_window(window)
            json_line({"type": "window", "time": clock.at(window.onset), **content, "lasting": lasting})


def _write_event(event: Event, clock: _Clock | None = None) -> None:
    """An event that has ended; as JSON where there is a clock."""
    if clock is not None:
        json_line({"type": "event", "time": clock.at(event.onset), **vars(event)})
        return
    times = f"{event.onset:8.2f} – {event.offset:7.2f} s"
    output.print(
        f"{times}  {printable(event.task)}: {printable(event.label)} ({event.probability:.2f})",
        markup=False,
        highlight=False,
        soft_wrap=True,  # an event is a line, however long its label
    )


def _draw(
    model: Bundle,
    stream: Stream,
    detector: EventDetector,
    steps: Iterable[tuple[WindowAnswer | None, list[Event]]],
) -> None:
    """Events go by; below them stands what each task hears now. Without a terminal, events alone."""
    from rich.live import Live
    from rich.table import Table
    from rich.text import Text

    latest: dict[str, WindowAnswer] = {}

    def view() -> Table:
        table = Table.grid(padding=(0, 2))
        lasting = {(event.task, event.label) for event in detector.lasting}
        for name in model.tasks:
            if (window := latest.get(name)) is None:
                continue
            answer = window.tasks[name]
            text = printable(answer.brief()) if window.heard else "silence"
            if (strongest := answer.strongest()) is None:
                table.add_row(Text(printable(name), "bold"), "", "", Text(text))
                continue
            best, probability = strongest[0], strongest[1] if window.heard else 0.0
            bar = Text("━" * round(20 * probability), "green" if (name, best) in lasting else "dim")
            bar.append("━" * (20 - round(20 * probability)), "bright_black")
            table.add_row(Text(printable(name), "bold"), bar, f"{probability:.2f}", Text(text))
        table.add_row(Text(f"{stream.seconds:.1f} s", "dim"))
        return table

    with Live(console=output, auto_refresh=False, transient=True) as live:
        for window, events in steps:
            for event in events:
                _write_event(event)
            if window is not None and output.is_terminal:
                latest.update(dict.fromkeys(window.tasks, window))
                live.update(view(), refresh=True)
