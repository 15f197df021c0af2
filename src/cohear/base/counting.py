"""Counts with what is counted: one rule for audit, findings, page and terminal."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """``1 clip``, ``2,000 clips``.

    Args:
        number: how many.
        one: what is counted.
        many: several of it, where that is not ``one`` with an s.
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"
