"""The cluster: one that is there, or one of this machine alone that ends with the command."""

from __future__ import annotations

import os
import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cohear.base.errors import MissingExtra, UserError
from cohear.base.pool import available_cores

_QUIET = {"log_to_driver": False, "logging_level": "ERROR", "configure_logging": False}


def ray_module(token: str = "") -> Any:  # noqa: ANN401 - Ray is an extra, of which nothing is known where it is not installed
    """Ray, which takes a second to load.

    Args:
        token: that a head of ours asks for; Ray reads it when it is loaded, and not later.

    Raises:
        MissingExtra: it is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it otherwise tells its makers of every cluster
    if token:
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", token)
    try:
        import ray  # noqa: PLC0415 - loads slowly, and is an extra
    except ImportError as error:
        raise MissingExtra("ray", "ray") from error
    return ray


@dataclass(frozen=True)
class ShareOfNode:
    """What of a node a run takes.

    Attributes:
        cpus: cores.
        gpus: accelerators; parts of one are those of runs that share it.
    """

    cpus: float = 1.0
    gpus: float = 0.0

    def __post_init__(self) -> None:
        if self.cpus <= 0:
            raise ValueError(f"cpus must be more than 0, not {self.cpus:g}")
        if self.gpus < 0:
            raise ValueError(f"gpus must not be less than 0, not {self.gpus:g}")

    def fits(self, resources: dict[str, float]) -> int:
        """How many runs a node has room for."""
        found = [resources.get("CPU", 0.0) / self.cpus]
        if self.gpus:
            found.append(resources.get("GPU", 0.0) / self.gpus)
        return int(min(found) + 1e-9)

    def __str__(self) -> str:
        return f"{self.cpus:g} CPU" + (f" and {self.gpus:g} GPU" if self.gpus else "")


class Cluster:
    """A connection to a cluster.

    Args:
        address: of its head, or ``auto`` for the one that runs here; empty for one of this machine's own. A connection
            that this process has already is used as it is.

    Raises:
        MissingExtra: Ray is not installed.
        UserError: there is none at that address, or it lets nobody in.
    """

    def __init__(self, address: str = "") -> None:
        self.ray = ray_module("" if address else secrets.token_hex(32))
        self._is_ours = not self.ray.is_initialized()
        if not self._is_ours:
            return
        with suppress(AttributeError):  # what nodes have to say of themselves would stand among results
            self.ray._private.worker.print_to_stdstream = lambda *told, **more: None
        if address:
            self._connect(address)
        else:
            self._begin()

    def slots(self, share: ShareOfNode, without: Collection[str] = ()) -> int:
        """Runs that all nodes have room for together, as if nobody else used them."""
        return sum(share.fits(node["Resources"]) for node in self.nodes() if node["NodeID"] not in without)

    def nodes(self) -> list[dict[str, Any]]:
        """Those that are up."""
        return [node for node in self.ray.nodes() if node["Alive"]]

    def close(self) -> None:
        """Leave it; one of our own ends."""
        if self._is_ours:
            self.ray.shutdown()

    def _begin(self) -> None:
        """A head on this machine; nobody gets in who has not the token that is made here.

        Whoever reaches the ports of a head may otherwise run code on its machine.
        """
        self.ray.init(address="local", num_cpus=available_cores(), include_dashboard=False, **_QUIET)

    def _connect(self, address: str) -> None:
        if address.startswith("ray://"):
            raise UserError(
                f"--address {address}: a driver works on a node of the cluster; give the command there, with --address "
                "auto"
            )
        try:
            self.ray.init(address=address, **_QUIET)
        except (OSError, RuntimeError, ValueError, self.ray.exceptions.RayError) as error:
            with suppress(Exception):
                self.ray.shutdown()
            why = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
            raise UserError(
                f"--address {address}: there is no Ray cluster to get into ({why}); start one with `ray start --head`, "
                "with the Python, Ray and RAY_AUTH_TOKEN of this command"
            ) from error
