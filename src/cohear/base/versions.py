"""Versions of code, by name: those that numbers were planned for against those that are here."""

from collections.abc import Mapping
from functools import cache
from importlib import metadata

from cohear.base.errors import UserError


class OtherVersions(UserError):
    """A run was planned for other code than there is here."""

    concerns_all_runs = True


@cache
def installed(package: str) -> str:
    """Version of an installed package; a plan asks for it once a run, and the answer is read from a file.

    Raises:
        PackageNotFoundError: it is not installed.
    """
    return metadata.version(package)


def demand_same(planned: Mapping[str, str | int | None], here: Mapping[str, str | int]) -> None:
    """Compare versions by name.

    Raises:
        OtherVersions: naming all that differs.
    """
    others = [
        f"{name} ({planned.get(name, 'unknown')}, here {held})"
        for name, held in here.items()
        if planned.get(name) != held
    ]
    if others:
        raise OtherVersions(
            f"the run was planned for other code than there is here: {', '.join(others)}; run the study again to plan "
            "it anew, and keep the code of all machines the same while it runs"
        )
