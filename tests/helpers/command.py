"""The command line in the process of the tests, which has its imports behind it."""

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

from registries import parts_forgotten


def called(
    *arguments: str | Path,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    columns: int = 200,
    encoding: str = "utf-8",
) -> subprocess.CompletedProcess[str]:
    """Call a command to its end; what a process of its own would leave.

    Args:
        arguments: behind ``cohear``.
        folder: to be in meanwhile.
        environment: what is to be there beside what is.
        columns: of the terminal that is not there.
        encoding: of standard output and standard error.
    """
    from cohear.cli import main
    from cohear.cli.console import output

    told, code = [io.TextIOWrapper(io.BytesIO(), encoding, newline="", write_through=True) for _ in range(2)], None
    with ExitStack() as stack:
        stack.enter_context(parts_forgotten())
        stack.enter_context(mock.patch.dict(os.environ, environment or {}))
        stack.enter_context(mock.patch.object(sys, "argv", ["cohear", *map(str, arguments)]))
        stack.enter_context(mock.patch.object(output, "_width", columns))
        stack.enter_context(redirect_stdout(told[0]))
        stack.enter_context(redirect_stderr(told[1]))
        if folder is not None:
            stack.callback(os.chdir, Path.cwd())
            os.chdir(folder)
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    texts = [stream.buffer.getvalue().decode(encoding).replace("\r\n", "\n") for stream in told]
    return subprocess.CompletedProcess([*map(str, arguments)], code or 0, *texts)
