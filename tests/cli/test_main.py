"""The command from its first moment on."""

import subprocess
import sys

import cohear

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
