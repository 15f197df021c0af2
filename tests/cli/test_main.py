"""The command from its first moment on."""

import subprocess
import sys

import pytest

import cohear
from cohear.cli import main

INTERRUPTED_WHILE_IMPORTING = """
import sys


class Interrupt:
    def find_spec(self, name, *_):
        if name == "typer":
            raise KeyboardInterrupt


sys.meta_path.insert(0, Interrupt())
from cohear.__main__ import main

main()
"""


def test_interrupt_while_the_command_is_imported_has_no_traceback():
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_IMPORTING], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_module_is_the_command():
    ended = subprocess.run([sys.executable, "-m", "cohear", "--version"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, f"{cohear.__version__}\n")


@pytest.mark.parametrize("name", ["x" * 300, "/".join(["x" * 200] * 30)])
def test_a_name_that_is_too_long_is_a_mistake(monkeypatch, capsys, name):
    monkeypatch.setattr(sys, "argv", ["cohear", "status", name])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (2, "")
    assert told.err.startswith(f"error: {name}") and told.err.count("\n") == 1
    assert "the name is too long" in told.err or "File name too long" in told.err
