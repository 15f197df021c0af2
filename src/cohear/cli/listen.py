"""``cohear listen``: a bundle on a stream, live."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cohear.cli.console import output, printable

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
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for every window and event.")] = False,
) -> None:
    """Answer all tasks of a bundle while the sound comes in: from a microphone, a pipe or a file."""
    from cohear.base.errors import DataError, UserError
    from cohear.runtime.bundle import Bundle
    from cohear.runtime.detector import EventDetector, EventSettings
    from cohear.runtime.sources import microphone, play_file
    from cohear.runtime.sources import pcm as read_pcm
    from cohear.runtime.stream import Stream

    if file is not None and pcm is not None:
        raise UserError("--file and --pcm are two sources: give one of them")
    model = Bundle.load(bundle, threads=1)
    detector = EventDetector(model.tasks, EventSettings(onset, release, minimum))
    if file is not None:
        rate, blocks = play_file(file, speed or math.inf)
    elif pcm is not None:
        blocks = read_pcm(sys.stdin.buffer, pcm, channels)
    else:
        rate, blocks = microphone(device)
    stream = Stream(model, rate)
    steps = _steps(stream, detector, blocks)
    try:
        if as_json:
            _write_lines(steps)
        else:
            _draw(model, stream, detector, steps)
    except KeyboardInterrupt:  # the usual end of listening
        for event in detector.end():
            _write_event(event, as_json=as_json)
        return
    if not stream.clip:
        raise DataError("the stream ended before its first sample; check what writes to it")


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


def _write_lines(steps: Iterable[tuple[WindowAnswer | None, list[Event]]]) -> None:
    from dataclasses import asdict

    for window, events in steps:
        for event in events:
            _write_event(event, as_json=True)
        if window is not None:
            tasks = {name: asdict(answer) for name, answer in window.answers.items()}
            _write_json({"onset": window.onset, "offset": window.offset, "heard": window.heard, "tasks": tasks})


def _write_json(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()  # whoever reads the pipe wants it now


def _write_event(event: Event, *, as_json: bool) -> None:
    if as_json:
        _write_json({"event": vars(event)})
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

    from cohear.runtime.answers import Number

    latest: dict[str, WindowAnswer] = {}

    def view() -> Table:
        table = Table.grid(padding=(0, 2))
        lasting = {(event.task, event.label) for event in detector.lasting}
        for name in model.tasks:
            if (window := latest.get(name)) is None:
                continue
            answer = window.answers[name]
            if isinstance(answer, Number):
                told = printable(str(answer)) if window.heard else "silence"
                table.add_row(Text(printable(name), "bold"), "", "", Text(told))
                continue
            best = max(answer.probabilities, key=lambda label: answer.probabilities[label])
            probability = answer.probabilities[best] if window.heard else 0.0
            bar = Text("━" * round(20 * probability), "green" if (name, best) in lasting else "dim")
            bar.append("━" * (20 - round(20 * probability)), "bright_black")
            heard = printable(" + ".join(answer.labels) or f"({best})") if window.heard else "silence"
            table.add_row(Text(printable(name), "bold"), bar, f"{probability:.2f}", Text(heard))
        table.add_row(Text(f"{stream.seconds:.1f} s", "dim"))
        return table

    with Live(console=output, auto_refresh=False, transient=True) as live:
        for window, events in steps:
            for event in events:
                _write_event(event, as_json=False)
            if window is not None and output.is_terminal:
                latest.update(dict.fromkeys(window.answers, window))
                live.update(view(), refresh=True)
