"""Machines to reach by ssh: real servers on loopback, as whoever runs the tests, each with a home of its own."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
MISSING = "" if SSHD and shutil.which("ssh") else "needs the server and the client of OpenSSH"

SERVER = """
Port {port}
ListenAddress 127.0.0.1
HostKey {root}/host_key
AuthorizedKeysFile {root}/authorized
PidFile {root}/{name}.pid
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PrintMotd no
SetEnv {environment}
"""

CLIENT = """
Host {name}
  HostName 127.0.0.1
  Port {port}
  User {user}
  IdentityFile {root}/{key}
  IdentitiesOnly yes
  UserKnownHostsFile {known}
  GlobalKnownHostsFile /dev/null
"""

WRAPPER = """#!{python}
import os, subprocess, sys, threading
arguments = sys.argv[1:]
host = arguments[arguments.index("--") + 1]
way = subprocess.Popen(["{ssh}", "-F", "{root}/config", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

def copied(source, target, end, crossed):
    with open(crossed, "ab", 0) as file:
        while data := os.read(source, 1 << 16):
            file.write(data)
            view = memoryview(data)
            while view:
                view = view[os.write(target, view):]
    if end is not None:
        end.close()

there = os.path.join("{root}", "crossed", host + ".there")
threading.Thread(target=copied, args=(0, way.stdin.fileno(), way.stdin, there), daemon=True).start()
copied(way.stdout.fileno(), 1, None, there.replace(".there", ".back"))
sys.exit(way.wait())
"""
"""The system's ssh with a file of its own settings, and a copy of all that crosses."""


class Machine:
    """A host.

    Attributes:
        name: as ``--host`` takes it.
        home: of whoever logs in.
        port: of its server.
    """

    def __init__(self, root: Path, name: str, environment: Mapping[str, str]) -> None:
        self.root, self.name, self.home = root, name, root / name
        self.home.mkdir()
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        has = {"HOME": str(self.home), "XDG_CACHE_HOME": str(self.home / "cache"), **environment}
        self._settings = root / f"{name}.conf"
        told = " ".join(f'"{key}={value}"' for key, value in has.items())
        self._settings.write_text(SERVER.format(port=self.port, root=root, name=name, environment=told), "utf-8")
        self.start()

    def start(self) -> None:
        """Listen."""
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # where a server of root keeps nothing
        self._log = (self.root / f"{self.name}.log").open("ab")
        self._server = subprocess.Popen([SSHD, "-D", "-e", "-f", self._settings], stderr=self._log)
        for _ in range(200):
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port), 1)):
                return
            time.sleep(0.02)
        raise AssertionError((self.root / f"{self.name}.log").read_text("utf-8"))

    @property
    def is_up(self) -> bool:
        """Whether its server listens."""
        return self._server.poll() is None

    def cut_off(self) -> None:
        """Neither the server nor what it began is there any more, as of a machine that was switched off."""
        for pid in [*below(self._server.pid), *self.workers()]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._server.kill()
        self._server.wait()
        self._log.close()

    def workers(self) -> list[int]:
        """Processes of this host that are at work."""
        mark = f"HOME={self.home}\0".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (process / "environ").read_bytes() + b"\0" and (process / "cmdline").read_bytes():
                    found.append(int(process.name))
        return found


class Machines:
    """Hosts, and what this machine reaches them by.

    Attributes:
        root: has all of it.
        hosts: by name.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.hosts = root, dict[str, Machine]()
        for key in ("host_key", "user_key", "other_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", root / key], check=True)
        shutil.copy(root / "user_key.pub", root / "authorized")
        (root / "crossed").mkdir()
        (root / "bin").mkdir()
        wrapper = root / "bin" / "ssh"
        wrapper.write_text(WRAPPER.format(python=sys.executable, ssh=shutil.which("ssh"), root=root), "utf-8")
        wrapper.chmod(0o755)

    def add(self, name: str, **environment: str) -> Machine:
        """A host that has the Python of the tests, and what else is said of its environment."""
        given = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", **environment}
        machine = self.hosts[name] = Machine(self.root, name, given)
        self.know(name, machine.port)
        return machine

    def know(self, name: str, port: int, key: str = "user_key", known: bool = True) -> None:
        """Have a name for a host."""
        with (self.root / "config").open("a", encoding="utf-8") as file:
            keys = self.root / "known" if known else "/dev/null"
            given = {"name": name, "port": port, "user": getpass.getuser(), "root": self.root, "key": key}
            file.write(CLIENT.format(**given, known=keys))
        if known:
            words = (self.root / "host_key.pub").read_text("utf-8").split()
            with (self.root / "known").open("a", encoding="utf-8") as file:
                file.write(f"[127.0.0.1]:{port} {words[0]} {words[1]}\n")

    @property
    def environment(self) -> dict[str, str]:
        """Of a command that reaches them."""
        return {"PATH": f"{self.root / 'bin'}:{os.environ['PATH']}"}

    def crossed(self, end: str = "") -> bytes:
        """All that went over the way; ``.there`` and ``.back`` are one direction."""
        return b"".join(path.read_bytes() for path in sorted((self.root / "crossed").glob(f"*{end}")))


def below(pid: int) -> list[int]:
    """Processes that a process began, and those that they did."""
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    except OSError:
        return []
    return [found for child in map(int, listed) for found in (child, *below(child))]


@contextmanager
def machines(root: Path) -> Iterator[Machines]:
    """Machines, as long as the block lasts."""
    there = Machines(root)
    try:
        yield there
    finally:
        for machine in there.hosts.values():
            machine.cut_off()
