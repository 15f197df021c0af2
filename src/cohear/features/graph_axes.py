"""How excerpts lie on the axes of a graph's input: rows, axes of one, and what the excerpts themselves have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cohear.base.arrays import Floats
from cohear.base.errors import UserError

_LONG = 16000
_LONGER = 4 * _LONG
"""Steps that a graph of free length is tried with, in samples; of frames so much less."""


@dataclass(frozen=True)
class Axes:
    """The input of a graph for excerpts ``[N, length]`` or ``[N, length, width]``.

    Attributes:
        takes_many: whether it has rows, of any number.
        has_rows: whether its first axis is of rows.
        length: frames that it takes; None where that is free.
        ones: its axes behind the rows that are of one, by place.
        width: numbers of a frame; 0 for samples.
    """

    takes_many: bool
    has_rows: bool
    length: int | None
    ones: tuple[bool, ...]
    width: int

    @classmethod
    def of(cls, name: str, shape: tuple[int | None, ...], width: int) -> Axes:
        """Of a graph's input shape; None where an axis is free.

        Raises:
            UserError: excerpts have no place in it.
        """
        wanted = 2 if width else 1
        has_rows = len(shape) > wanted
        rest = shape[1:] if has_rows else shape
        spare = len(rest) - wanted
        ones: list[bool] = []
        for size in rest:
            is_one = size == 1 and spare > 0 and width != 1
            spare -= is_one
            ones.append(is_one)
        own = [size for size, one in zip(rest, ones, strict=True) if not one]
        if spare or (width and own[1] not in (None, width)):
            enters = f"frames of {width} numbers" if width else "samples"
            told = ", ".join("any" if size is None else str(size) for size in shape)
            raise UserError(f"{name} takes [{told}], and {enters} enter it: they do not fit")
        return cls(has_rows and shape[0] is None, has_rows, own[0], tuple(ones), width)

    def shape(self, length: int) -> tuple[int, ...]:
        """Of the input behind its rows, for excerpts of a length."""
        own = iter((length, self.width))
        return tuple(1 if one else next(own) for one in self.ones)


@dataclass(frozen=True)
class Steps:
    """How frames of a graph of free length follow one another.

    Attributes:
        window: of what enters, for one frame.
        hop: from one to the next.
        last: whether the axis of its frames is the last of those that are not of one.
    """

    window: int
    hop: int
    last: bool


def free_steps(name: str, ask: Callable[[int], Floats], width: int) -> Steps:
    """Found out by asking a graph for the frames of inputs of several lengths.

    Args:
        name: of the file, for errors.
        ask: what it gives for an input of a length.
        width: numbers of a frame that enters; 0 for samples.

    Raises:
        UserError: they follow one another in no way that can be told.
    """
    long, longer = (_LONG, _LONGER) if not width else (_LONG // 80, _LONGER // 80)
    first, second = ask(long), ask(longer)
    changed = [axis for axis, size in enumerate(first.shape) if size != second.shape[axis]]
    if len(changed) != 1 or first.ndim != second.ndim:
        raise UserError(
            f"{name} takes any length and gives {list(first.shape)} for {long} and {list(second.shape)} for {longer}: "
            "give window and hop, so that it hears excerpts"
        )
    (axis,) = changed

    def least(frames: int) -> int:
        low, high = long, longer
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if ask(middle).shape[axis] >= frames else (middle + 1, high)
        return low

    begun = first.shape[axis]
    one, two = least(begun + 1), least(begun + 2)
    hop = two - one
    window = max(one - begun * hop, 1)
    behind = [size for size in first.shape[axis + 1 :] if size != 1]
    return Steps(window, hop, not behind and any(size != 1 for size in first.shape[1:axis]))
