"""The launcher that a study is to be run by, asked before anything is read."""

from __future__ import annotations

from cohear.base.errors import UserError
from cohear.base.named import WithSettings, check_named, name_of
from cohear.study.launch.launcher import LAUNCHERS, Pool


def check_launcher(where: str | WithSettings, at_once: int | None = None) -> type[Pool]:
    """The launcher of a name.

    Args:
        where: its name, with settings or without.
        at_once: how many runs it is to do as one, as told.

    Raises:
        UserError: there is none of that name, or it does one at a time.
    """
    kind = check_named(LAUNCHERS, where)
    if at_once is not None and at_once > 1 and not kind.stacks:
        raise UserError(f"--at-once is of networks on this machine; with --launcher {name_of(where)} leave it out")
    return kind
