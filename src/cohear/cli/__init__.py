"""The command line: one file a verb, heavy imports inside the verbs so that ``--help`` is quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cohear import __version__
from cohear.base.errors import CohearError, UserError
from cohear.base.files import storage_error, storage_reason
from cohear.cli import (
    advise,
    answers,
    bench,
    check,
    classify,
    datasets,
    demo,
    evaluate,
    export,
    features,
    gains,
    init,
    listen,
    measure,
    pack,
    power,
    report,
    run,
    serve,
    status,
    worker,
)
from cohear.cli.console import errors, for_any_encoding, hush, is_reader_gone

INTERRUPTED = 130
READER_GONE = 141
"""What a shell shows of a command that nobody reads any more, as of all that signal 13 ends."""
BEGIN_ANEW = ("bench", "classify", "evaluate", "listen", "serve")
"""Verbs that keep nothing of what they did before Ctrl-C."""


Formatter = Any
"""Writes help; typer's own has no public name."""


class Verbs(TyperGroup):
    """The verbs; Ctrl-C in any of them ends with one sentence, and a pipe that is closed ends them without any."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run a verb; typer has its own, silent end for Ctrl-C, and Python tells of a pipe only once all is over."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except OSError as error:
            if not is_reader_gone(error):
                raise
            hush()
            raise typer.Exit(READER_GONE) from error
        except KeyboardInterrupt as error:
            kept = "" if ctx.invoked_subcommand in BEGIN_ANEW else "; the same command goes on where it was"
            errors.print(f"stopped{kept}", markup=False, highlight=False)
            raise typer.Exit(INTERRUPTED) from error

    def format_help(self, ctx: typer.Context, formatter: Formatter) -> None:  # type: ignore[override]
        """Plain text: what typer needs for its boxes takes longer to import than all the rest of this command."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        self.format_options(ctx, formatter)
        self.format_epilog(ctx, formatter)

    def format_commands(self, ctx: typer.Context, formatter: Formatter) -> None:  # type: ignore[override]
        """The verbs with their first sentences, whole."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, verb.get_short_help_str(len(verb.help or ""))) for name, verb in self.commands.items()]
            )


app = typer.Typer(
    cls=Verbs,
    name="cohear",
    help="Which of your audio tasks should learn together in one network?",
    epilog="Begin with: cohear demo --out demo",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for verb in (
    demo,
    init,
    check,
    run,
    pack,
    worker,
    status,
    gains,
    answers,
    power,
    advise,
    measure,
    report,
    export,
    evaluate,
    bench,
    classify,
    listen,
    serve,
    features,
    datasets,
):
    verb.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run a command; exit 0 done, 1 a run failed or `check` found errors, 2 a user's mistake, 130 stopped by Ctrl-C.

    141 nobody reads its output any more.
    """
    for_any_encoding()
    try:
        status_code = app(standalone_mode=True)
    except UserError as error:
        errors.print(f"error: {error}", style="bold red", markup=False, highlight=False)
        status_code = 2
    except CohearError as error:
        errors.print(f"error: {error}", style="bold red", markup=False, highlight=False)
        status_code = 1
    except ModuleNotFoundError as error:  # where a bundle is used alone, with no more than that takes
        if (error.name or "cohear").partition(".")[0] == "cohear":
            raise
        sentence = f"this needs {error.name}, which is not installed: pip install cohear (and see docs/runtime.md)"
        errors.print(f"error: {sentence}", style="bold red", markup=False, highlight=False)
        status_code = 2
    except KeyboardInterrupt:
        status_code = INTERRUPTED
    except OSError as error:
        reason = storage_reason(error)
        if reason is None:
            raise
        if error.filename is None:  # a full disk that standard output goes to
            hush()
            message = str(storage_error(error, Path("the output")))
        else:  # a path that was given
            message = f"{error.filename}: {reason}; mend this, or name another place"
        errors.print(f"error: {message}", style="bold red", markup=False, highlight=False)
        status_code = 2
    sys.exit(status_code)
