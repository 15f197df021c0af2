"""Where a clip is in one fold."""

from enum import IntEnum


class Part(IntEnum):
    """Part of a fold."""

    NONE = 0
    TRAIN = 1
    VALIDATION = 2
    TEST = 3
    HEARD = 4
    """Its sound counts for its group where features are normalised by group; nothing else of it is used."""
