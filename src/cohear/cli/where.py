"""Where runs are trained, as the command line says it: options that several verbs have."""

from __future__ import annotations

from typing import Annotated

import typer

from cohear.base.errors import UserError

Launcher = Annotated[str, typer.Option(help="Where runs are trained: local, ssh, ray or slurm.")]
Hosts = Annotated[
    list[str] | None,
    typer.Option(
        "--host", metavar="HOST", help="A machine for ssh: user@vm, ssh://user@vm:2222; any number.", show_default=False
    ),
]
HostsPython = Annotated[
    str | None, typer.Option("--python", help="Python of these machines. [default: python3]", show_default=False)
]
Given = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="SETTING=VALUE",
        help="Of the launcher, as address=auto for ray or hours=2 for slurm; any number.",
        show_default=False,
    ),
]
Address = Annotated[
    str | None,
    typer.Option(help="Of the head of a Ray cluster, or auto. [default: one on this machine]", show_default=False),
]


def named_launcher(
    launcher: str,
    hosts: list[str] | None,
    python: str | None,
    address: str | None = None,
    given: list[str] | None = None,
) -> str | dict[str, object]:
    """A launcher with its settings.

    Raises:
        UserError: ssh without machines, or a setting without a value.
    """
    if launcher == "ssh" and not hosts:
        raise UserError("--launcher ssh needs machines: --host user@vm, any number of times")
    if wrong := [each for each in given or [] if "=" not in each]:
        raise UserError(f"--with {wrong[0]}: give a setting and its value, as in --with cpus=2")
    others = dict(each.split("=", 1) for each in given or [])
    settings = {"hosts": hosts, "python": python, "address": address, **others}
    known = {name: value for name, value in settings.items() if value}
    return {"name": launcher, **known} if known else launcher
