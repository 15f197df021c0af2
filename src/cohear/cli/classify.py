"""``cohear classify``: a bundle on files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cohear.cli.console import errors, json_line, note, output, printable

if TYPE_CHECKING:
    from cohear.runtime.bundle import Bundle
    from cohear.runtime.files import FileAnswer

EXAMPLES = """
[bold]Examples[/bold]

  cohear classify bundle clip.wav

  cohear classify bundle recordings/ --json > answers.jsonl

  cohear classify bundle meeting.flac --timeline lines/    [dim]events as DCASE TSV, Audacity labels, JAMS[/dim]

  cohear classify bundle new/ --adapt enrolled/    [dim]of one speaker, whose other clips tell the scale[/dim]

  cohear classify bundle recordings/ --events all.tsv    [dim]events of all files in one table; all.txt for Raven[/dim]
"""


def register(app: typer.Typer) -> None:
    """Enter the verb."""
    app.command("classify", epilog=EXAMPLES)(classify)


def classify(
    bundle: Annotated[Path, typer.Argument(help="Folder of a bundle.", show_default=False)],
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Audio files, folders or patterns.", show_default=False)
    ],
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON for each file.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="A row for each file, task and given label.")] = False,
    windows: Annotated[bool, typer.Option("--windows", help="With --json: each window's answers too.")] = False,
    timeline: Annotated[
        Path | None, typer.Option(help="Folder for a time line of events of each file and task.", show_default=False)
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE", help="Events of all files: TABLE.tsv as DCASE, TABLE.txt as Raven.", show_default=False
        ),
    ] = None,
    onset: Annotated[float, typer.Option(help="Of events: probability at which a label begins.")] = 0.5,
    release: Annotated[float, typer.Option(help="Of events: share of that below which it ends.")] = 0.6,
    minimum: Annotated[float, typer.Option(help="Of events: seconds; what is shorter is no event.")] = 0.0,
    adapt: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Clips of the same speaker or device, for a bundle of normalise: group; a folder or pattern too.",
            show_default=False,
        ),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads of the model.")] = 1,
) -> None:
    """Answer all tasks on audio files of any format, rate and length."""
    from cohear.base.errors import UserError
    from cohear.runtime.detector import EventSettings
    from cohear.runtime.files import classify_file

    if as_json and as_csv:
        raise UserError("give --json or --csv, not both")
    if windows and not as_json:
        raise UserError("--windows goes with --json: a table or CSV has no place for them; --timeline writes events")
    settings = EventSettings(onset, release, minimum)
    loaded = _loaded(bundle, adapt or [], threads)
    found, bad = _listed(files)
    for name, reason in bad:
        _refuse(name, reason, as_json)
    if not found:  # a mistake of the user's, not of a file
        raise typer.Exit(2)
    tell, end = _json(windows) if as_json else _csv(loaded) if as_csv else _table(loaded)
    writers: list[_TimeLines | _Table] = []
    if timeline is not None:
        lines = _TimeLines(timeline, loaded)
        lines.plan(found)
        writers.append(lines)
    if events is not None:
        writers.append(_Table(events, loaded))
    done = 0
    try:
        with _progress(len(found)) as advance:
            for file in found:
                try:
                    answer = classify_file(loaded, file, windows=windows, events=settings if writers else None)
                except UserError as error:
                    bad.append((str(file), str(error)))
                    _refuse(str(file), str(error), as_json)
                else:
                    tell(file, answer)
                    _note(file, answer)
                    for writer in writers:
                        writer.write(file, answer)
                advance()
                done += 1
    finally:  # what was answered is told, also where Ctrl-C or a full disk ends it
        end()
        _tell_early_end(writers, done, len(found))
    if bad:
        raise typer.Exit(1)


def _loaded(bundle: Path, adapt: list[str], threads: int) -> Bundle:
    """The bundle, told of a speaker or a device where there are files of one."""
    from cohear.runtime.bundle import Bundle
    from cohear.runtime.files import adapted_to_files

    loaded = Bundle.load(bundle, threads=threads)
    return adapted_to_files(loaded, adapt) if adapt else loaded


Tell = Callable[[Path, "FileAnswer"], None]


def _listed(names: list[str]) -> tuple[list[Path], list[tuple[str, str]]]:
    """Files that the arguments name, each once, and arguments that name none, with the reason."""
    from cohear.base.errors import DataError
    from cohear.runtime.files import files_named, left_unanswered

    found: dict[Path, None] = {}
    bad = []
    for name in names:
        try:
            found.update(dict.fromkeys(files_named(name)))
            for sentence in left_unanswered(name):
                note(f"{printable(name)}: {printable(sentence)}")
        except DataError as error:
            bad.append((name, str(error)))
    return list(found), bad


def _refuse(file: str, reason: str, as_json: bool) -> None:
    errors.print(f"error: {printable(reason)}", style="red", markup=False, highlight=False)
    if as_json:
        json_line({"file": file, "error": reason})


def _note(file: Path, answer: FileAnswer) -> None:
    """Say why nothing was heard, or what is odd about what was."""
    if answer.answers.note:
        note(f"{printable(file)}: {answer.answers.note}")


def _line(text: str) -> None:
    """A line of output as it is; what a terminal cannot show is escaped."""
    output.file.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def _json(windows: bool) -> tuple[Tell, Callable[[], None]]:
    from cohear.runtime.told import told_clip, told_window

    def tell(file: Path, answer: FileAnswer) -> None:
        content = {"file": str(file), "seconds": round(answer.seconds, 6), **told_clip(answer.answers)}
        more = {"windows": [told_window(window) for window in answer.windows]} if windows else {}
        json_line({**content, **more})

    return tell, lambda: None


def _csv(bundle: Bundle) -> tuple[Tell, Callable[[], None]]:
    """A row for each thing that is given; what answers of a form tell beside it where the bundle has some."""
    import csv
    import io

    from cohear.runtime.forms import FORMS

    forms = dict.fromkeys(task.form for task in bundle.tasks.values())
    further = dict.fromkeys(column for form in FORMS if form in forms for column in FORMS[form].further_columns)
    columns = ("label", "probability", *further)

    def write(*cells: object) -> None:
        row = io.StringIO()
        csv.writer(row, lineterminator="\n").writerow(cells)  # which quotes what has such an end in itself
        _line(row.getvalue().removesuffix("\n"))

    def tell(file: Path, answer: FileAnswer) -> None:
        heard = str(answer.answers.heard).lower()
        for task, each in answer.answers.items():
            for cells in each.rows():
                write(file, f"{answer.seconds:.3f}", task, *(cells.get(column, "") for column in columns), heard)

    write("file", "seconds", "task", *columns, "heard")
    return tell, lambda: None


def _table(bundle: Bundle) -> tuple[Tell, Callable[[], None]]:
    """A row for each file; where the terminal is too narrow for that, one for each file and task."""
    from rich.table import Table
    from rich.text import Text

    rows: list[list[str]] = []

    def tell(file: Path, answer: FileAnswer) -> None:
        cells = [(str(each) or "–") if answer.answers.heard else "silence" for each in answer.answers.values()]
        rows.append([printable(file), f"{answer.seconds:.2f}", *map(printable, cells)])

    def wide() -> Table:
        table = Table("file", "seconds")
        for task in bundle.tasks:
            table.add_column(Text(printable(task)))
        for file, *others in rows:
            table.add_row(Text(file, overflow="fold"), *map(Text, others))
        return table

    def narrow() -> Table:
        table = Table("file", "seconds", "task", "answer")
        for file, seconds, *answers in rows:
            table.add_section()
            for number, (task, given) in enumerate(zip(bundle.tasks, answers, strict=True)):
                first = (file, seconds) if number == 0 else ("", "")
                table.add_row(*(Text(cell, overflow="fold") for cell in (*first, printable(task), given)))
        return table

    def end() -> None:
        if rows:
            table = wide()
            needed = output.measure(table, options=output.options.update(max_width=10_000)).maximum
            output.print(table if needed <= output.width else narrow())

    return tell, end


_FILE_BYTES, _TASK_BYTES = 120, 80
"""Of the parts of a time line's name; the name of a file has at most 255."""
_ENDINGS = ("tsv", "txt", "jams")
"""Of the files of a time line: for DCASE's tools, for Audacity, for JAMS."""


class _TimeLines:
    """Writes ``<file>.<task>.tsv``, ``.txt`` and ``.jams`` of tasks of labels into a folder, names kept apart."""

    def __init__(self, folder: Path, bundle: Bundle) -> None:
        from cohear.base.files import make_folder
        from cohear.runtime.detector import EventDetector

        self._folder = make_folder(folder)
        self._tasks = EventDetector(bundle.tasks).followed
        self._used: set[str] = set()
        self._names: dict[Path, str] = {}

    def plan(self, files: list[Path]) -> None:
        """Give each file its names, which no other file and nothing in the folder has.

        Raises:
            UserError: a time line is there already.
        """
        from cohear.base.errors import UserError

        for file in files:
            for path in self._paths(self._name(file)):
                if path.exists():
                    raise UserError(f"{path} is there already: choose another folder for time lines, or remove it")

    @property
    def place(self) -> Path:
        """The folder."""
        return self._folder

    def write(self, file: Path, answer: FileAnswer) -> None:
        """All formats of every task."""
        from cohear.base.files import write_text
        from cohear.runtime.events import audacity, dcase, jams

        paths = self._paths(self._name(file))
        for task in self._tasks:
            events = [event for event in answer.events if event.task == task]
            as_jams = jams(events, task=task, title=self._name(file), seconds=answer.seconds)
            for text in (dcase(events), audacity(events), as_jams):
                write_text(next(paths), text)

    def _name(self, file: Path) -> str:
        """Without its suffix, and with a number where another file's time lines would have the same names."""
        if file not in self._names:
            stem = file.stem.encode("utf-8", "backslashreplace").decode()  # one that is no text is refused when read
            plain, number = _short(stem, _FILE_BYTES), 1
            name = plain
            while self._used & (paths := {path.name.casefold() for path in self._paths(name)}):
                number += 1
                name = f"{plain}-{number}"
            self._used |= paths
            self._names[file] = name
        return self._names[file]

    def _paths(self, name: str) -> Iterator[Path]:
        from urllib.parse import quote

        for task in self._tasks:
            for ending in _ENDINGS:
                yield self._folder / f"{name}.{_short(quote(task, safe=' '), _TASK_BYTES)}.{ending}"


def _tell_early_end(writers: Iterable[_TimeLines | _Table], done: int, files: int) -> None:
    """Say what is not complete, since it looks as if it were; nothing where all files are done."""
    for writer in writers if done < files else ():
        note(f"{printable(writer.place)} is not complete: it has the events of {done} of {files} files")


class _Table:
    """Writes one table of all files' events, as they are found."""

    def __init__(self, path: Path, bundle: Bundle) -> None:
        from cohear.base.errors import UserError
        from cohear.base.files import make_folder, storage_errors_told
        from cohear.runtime.event_tables import EventTable

        self._path, self._table = path, EventTable(path.suffix, bundle.rate)
        make_folder(path.parent)
        try:
            with storage_errors_told(path), path.open("x", encoding="utf-8") as file:
                file.write(self._table.header())
        except FileExistsError as error:
            raise UserError(f"{path} is there already: choose another name for the table, or remove it") from error

    @property
    def place(self) -> Path:
        """The table."""
        return self._path

    def write(self, file: Path, answer: FileAnswer) -> None:
        """The events of a file."""
        from cohear.base.files import storage_errors_told

        with storage_errors_told(self._path), self._path.open("a", encoding="utf-8") as table:
            table.writelines(self._table.rows(file, answer.seconds, answer.events))


def _short(name: str, most: int) -> str:
    """A part of a file's name that has at most so many bytes; two that differ stay different."""
    from cohear.base.files import digest

    if len(name.encode()) <= most:
        return name
    mark = digest(name, 4)
    return f"{name.encode()[: most - len(mark) - 1].decode(errors='ignore')}~{mark}"


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error, where that is a terminal and there is something to wait for."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("files"), BarColumn(30), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal or total < 2) as bar:
        task = bar.add_task("files", total=total)
        yield lambda: bar.advance(task)
