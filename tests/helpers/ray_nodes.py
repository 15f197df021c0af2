"""A Ray cluster on loopback: a process group for each node, each at an address of its own."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path

MISSING = "" if find_spec("ray") else "needs Ray: pip install 'cohear[ray]'"
RAY = Path(sys.executable).with_name("ray")


class Nodes:
    """Nodes that are up.

    Attributes:
        address: of the head.
        environment: of whoever is to get in.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        self.environment = {**token, "RAY_USAGE_STATS_ENABLED": "0"}
        self._nodes: dict[str, subprocess.Popen[bytes]] = {}

    def add(self, at: str = "", **environment: str) -> None:
        """A node with one core, the first one as the head; others at an address of loopback."""
        port = self.address.rpartition(":")[2]
        role = [f"--address={self.address}", f"--node-ip-address={at}"] if self._nodes else ["--head", f"--port={port}"]
        if not self._nodes:
            role += ["--node-ip-address=127.0.0.1", "--include-dashboard=false"]
        with (self._root / f"{at or 'head'}.log").open("wb") as log:
            self._nodes[at or "head"] = subprocess.Popen(
                [RAY, "start", *role, "--num-cpus=1", "--object-store-memory=200000000", "--block"],
                stdout=log,
                stderr=log,
                env={**os.environ, **self.environment, **environment},
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """The node and all that it began, as of a machine that is switched off."""
        with closing_group(self._nodes.pop(name)):
            pass

    def close(self) -> None:
        """All of them."""
        for name in list(self._nodes):
            self.kill(name)


@contextmanager
def closing_group(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Kill what a process began, and itself, behind the block."""
    yield
    for pid in [process.pid, *below(process.pid)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def below(pid: int) -> list[int]:
    """Processes that a process began, and those that they did."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents.setdefault(int(stat.read_text().rpartition(")")[2].split()[1]), []).append(int(stat.parent.name))
        except (OSError, ValueError):
            continue
    found, looked_at = [], [pid]
    for each in looked_at:  # which grows
        found += parents.get(each, [])
        looked_at += parents.get(each, [])
    return found


@contextmanager
def connected(nodes: Nodes, wanted: int) -> Iterator[None]:
    """This process is a driver of the cluster, once so many nodes are up."""
    import ray

    for again in range(60):
        try:
            ray.init(address=nodes.address, log_to_driver=False, logging_level="ERROR", configure_logging=False)
            break
        except Exception:
            if again == 59:
                raise
            time.sleep(1)
    try:
        end = time.monotonic() + 120
        while sum(node["Alive"] for node in ray.nodes()) < wanted:
            assert time.monotonic() < end, "nodes do not come up"
            time.sleep(0.2)
        yield
    finally:
        ray.shutdown()


@contextmanager
def cluster(root: Path, *others: str, environment: Mapping[str, str]) -> Iterator[Nodes]:
    """A head, and nodes at other addresses of loopback, as long as the block lasts."""
    nodes = Nodes(root)
    try:
        nodes.add(**environment)
        for at in others:
            time.sleep(5 if len(nodes._nodes) == 1 else 0)
            nodes.add(at, **environment)
        yield nodes
    finally:
        nodes.close()
