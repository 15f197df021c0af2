"""Which runs of a pack a worker takes, where several share them."""

from __future__ import annotations

from collections.abc import Mapping

from cohear.base.errors import UserError
from cohear.study.launch.needs import Wanted


def share_number(text: str) -> tuple[int, int]:
    """``2/3`` as two numbers.

    Raises:
        UserError: it is none of so many shares.
    """
    number, _, of = text.partition("/")
    if number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
        return int(number), int(of)
    raise UserError(f"--shard takes I/N, the I-th of N shares, from 1/N to N/N, not {text!r}")


def share_of(runs: Mapping[str, Wanted], number: int, of: int) -> dict[str, Wanted]:
    """Every ``of``-th run, from the ``number``-th on; runs that need each other stay together.

    Args:
        runs: by key, in the order of the plan.
        number: from 1 to ``of``.
        of: how many share them.
    """
    group = {key: key for key in runs}

    def first_of(key: str) -> str:
        while group[key] != key:
            key = group[key]
        return key

    for key, run in runs.items():
        for need in run.spec.needs.values():
            if need.run in group:
                one, other = sorted((first_of(key), first_of(need.run)), key=list(runs).index)
                group[other] = one
    groups = list(dict.fromkeys(first_of(key) for key in runs))
    mine = set(groups[number - 1 :: of])
    return {key: run for key, run in runs.items() if first_of(key) in mine}
