"""One process of the system's ``ssh``, and what it says when it cannot reach a host."""

from __future__ import annotations

import re
import shlex
import subprocess
import threading
from collections import deque
from contextlib import suppress
from io import FileIO
from typing import Any, cast

from cohear.base.errors import CohearError, UserError
from cohear.study.launch.ssh.frames import MARK, read_frame, write_frame

OPTIONS = {
    "BatchMode": "yes",  # asks nobody for a password
    "ConnectTimeout": "20",
    "ServerAliveInterval": "15",
    "ServerAliveCountMax": "4",
}
_BEGIN = "import base64; exec(base64.b64decode(open(0, 'rb', 0, closefd=False).readline()))"
_MOST_BEFORE = 1 << 16
"""Bytes that a login shell may print before the first message."""
_CURES = {
    "could not resolve": "give it by a name that `ssh` knows, from DNS or ~/.ssh/config",
    "permission denied": "put a key there (`ssh-copy-id`), or load it (`ssh-add`): no password is asked here",
    "host key verification": "call `ssh` to it once by hand, to see its key and accept it",
    "identification has changed": "see by hand whether it is the same machine",
    "connection refused": "see that its ssh server runs, and at this port (ssh://user@vm:2222 names another)",
    "timed out|no route": "see that it is up, and that the network lets ssh through",
}
"""By what ssh says (a regular expression), what to do about it."""


class HostLost(CohearError):
    """The way to a host is cut, or its worker has ended."""


class Connection:
    """A program on a host, with messages to it and from it.

    Args:
        host: as ssh takes it: ``user@vm``, ``ssh://user@vm:2222``, or a name of ``~/.ssh/config``.
        python: on the host.
        text: of the program.

    Raises:
        UserError: there is no ssh on this machine.
    """

    def __init__(self, host: str, python: str, text: bytes) -> None:
        self.host, self._python = host, python
        self._one = threading.Lock()
        self._said: deque[str] = deque(maxlen=20)
        options = [word for each in OPTIONS.items() for word in ("-o", "=".join(each))]
        command = f"exec {_for_a_shell(python)} -c {shlex.quote(_BEGIN)}"
        try:
            self._process = subprocess.Popen(
                ["ssh", "-T", *options, "--", host, command],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is this process' to answer
            )
        except FileNotFoundError as error:
            raise UserError("there is no `ssh` on this machine: install the client of OpenSSH") from error
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._begin(text)

    def send(self, message: dict[str, Any], content: bytes = b"") -> None:
        """Send a message; several threads may.

        Raises:
            HostLost: nobody is there any more.
        """
        try:
            with self._one:
                write_frame(cast(FileIO, self._process.stdin), message, content)
        except (OSError, ValueError) as error:  # a pipe that is closed is no value
            raise HostLost(self._why()) from error

    def receive(self) -> tuple[dict[str, Any], bytes]:
        """The next message from there.

        Raises:
            HostLost: there is none any more.
        """
        told = read_frame(cast(FileIO, self._process.stdout))
        if told is None:
            raise HostLost(self._why())
        return told

    @property
    def said(self) -> str:
        """The last line of what ssh and programs there wrote to standard error."""
        return next((line for line in reversed(self._said) if line), "")

    def end(self) -> None:
        """Close the way; what runs there ends with it."""
        with suppress(OSError):
            cast(FileIO, self._process.stdin).close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2)
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """End it, and let go of what it said; for the thread that receives."""
        self.end()
        self._listener.join(timeout=1)
        for pipe in (self._process.stdout, self._process.stderr):
            cast(FileIO, pipe).close()

    def _begin(self, text: bytes) -> None:
        """Send the program, and pass over what a login shell prints before it."""
        import base64  # noqa: PLC0415 - of nothing else

        before = b""
        with suppress(OSError):
            cast(FileIO, self._process.stdin).write(base64.b64encode(text) + b"\n")
        while not before.endswith(MARK) and len(before) < _MOST_BEFORE:
            byte = cast(FileIO, self._process.stdout).read(1)
            if not byte:
                break
            before += byte
        if not before.endswith(MARK):
            why = self._why()
            self.forget()
            raise HostLost(why)

    def _listen(self) -> None:
        for line in cast(FileIO, self._process.stderr):
            self._said.append(line.decode("utf-8", "replace").strip())

    def _why(self) -> str:
        """What ssh or the host said last, and what helps."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=2)
        self._listener.join(timeout=1)
        if self._process.returncode in (126, 127):
            return f"there is no {self._python} there ({self.said}): install Python, or name it with --python"
        words, text = self.said or "the connection ended", " ".join(self._said).lower()
        cure = next((cure for told, cure in _CURES.items() if re.search(told, text)), "")
        return f"{words}; {cure}" if cure else words


def _for_a_shell(path: str) -> str:
    """A path in quotes; ``~/`` stays what the shell there makes of it."""
    return f"~/{shlex.quote(path[2:])}" if path.startswith("~/") else shlex.quote(path)
