"""Counts with what is counted: one rule for audit, findings, page and terminal."""

from collections.abc import Sequence


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 clip``, ``2,000 clips``.

    Args:
        number: how many.
        one: what is counted.
        many: several of it, where that is not ``one`` with an s.
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def clips_that(number: int, of: int, one: str, many: str) -> str:
    """``1 of 9 clips ends``, ``2 of 9 clips end``.

    Args:
        number: how many.
        of: of how many.
        one: the verb where it is one.
        many: the verb else.
    """
    return f"{number:,} of {counted(of, 'clip')} {one if number == 1 else many}"


def counted_in_range(numbers: Sequence[int], one: str, each: str) -> str:
    """``2 clips in every fold``, or ``0 to 2 clips a fold``: a range is told where there is one.

    Args:
        numbers: how many in each place.
        one: what is counted.
        each: what such a place is.
    """
    low, high = min(numbers), max(numbers)
    if low == high:
        return f"{counted(high, one)} in every {each}"
    return f"{low:,} to {counted(high, one)} a {each}"
