"""Where runs are trained, as the command line says it: options that several verbs have."""

from __future__ import annotations

from typing import Annotated

import typer

from cohear.base.errors import UserError

Launcher = Annotated[str, typer.Option(help="Where runs are trained: local, or ssh.")]
Hosts = Annotated[
    list[str] | None,
    typer.Option(
        "--host", metavar="HOST", help="A machine for ssh: user@vm, ssh://user@vm:2222; any number.", show_default=False
    ),
]
HostsPython = Annotated[
    str | None, typer.Option("--python", help="Python of these machines. [default: python3]", show_default=False)
]


def named_launcher(launcher: str, hosts: list[str] | None, python: str | None) -> str | dict[str, object]:
    """A launcher with its settings.

    Raises:
        UserError: ssh without machines.
    """
    if launcher == "ssh" and not hosts:
        raise UserError("--launcher ssh needs machines: --host user@vm, any number of times")
    settings = {"hosts": hosts, "python": python}
    given = {name: value for name, value in settings.items() if value}
    return {"name": launcher, **given} if given else launcher
