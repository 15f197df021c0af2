"""Names that are one name written in several ways, and words that say that nothing is known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

NO_LABEL = frozenset(("nan", "n/a", "n.a.", "#n/a", "<na>", "nat", "null", "(null)", "nil", "-", "--", "?", "??"))
"""Words for what is not known, in small letters, as spreadsheets and programs write them; none is heard in a clip."""
NO_NAME = NO_LABEL | {"none", "unknown", "unk", "undefined", "anonymous", "missing", "not available"}
"""The same of speakers and recordings, where ``unknown`` and ``none`` name nobody."""


_HYPHENS = "-\u2010\u2011\u2012\u2013\u2212"
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?")


def says_unknown(cell: str, words: frozenset[str]) -> bool:
    """Whether a cell is a word for unknown; ``NA`` is one in capitals alone, since it is a syllable too."""
    return cell.strip().lower() in words or cell.strip() == "NA"


def known_names(cells: Iterable[str]) -> list[str]:
    """Groups without the words for unknown, which are nobody: empty in their place."""
    return ["" if says_unknown(cell, NO_NAME) else cell for cell in cells]


def plain_label(label: str) -> str:
    """A label as one would say it: without case, spaces, hyphens and forms of one character.

    A sign before a number is said, and so is what stands between two numbers: ``-6`` is not ``6``, nor ``1-2`` ``12``.
    """
    folded = _folded(label)
    kept = re.sub(r"(?<![^\W_])-(?=[\d.])", "\u2212", folded)  # a sign: nothing to be read before it
    kept = re.sub(r"(?<=\d)[\s_-]+(?=\d)", "\u00b7", kept)
    return re.sub(r"[\s_-]", "", kept)


def plain_name(name: str) -> str:
    """A speaker or recording as somebody means it: without case, spaces at the ends, zeros before and behind numbers.

    What stands between letters and digits stays, whichever of space, hyphen and underscore it is.
    """
    folded = re.sub(r"[\s_-]+", "_", _folded(name).strip())
    if _NUMBER.fullmatch(folded):
        whole, _, part = folded.partition(".")
        return _without_zeros(whole) + (f".{part.rstrip('0')}" if part.strip("0") else "")
    return _without_zeros(folded)


def _without_zeros(text: str) -> str:
    return re.sub(r"(?<![\d.])0+(?=\d)", "", text)


def _folded(text: str) -> str:
    """One form of every character, no case, one kind of hyphen, nothing that is not seen."""
    folded = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).casefold()
    return "".join("-" if mark in _HYPHENS else mark for mark in folded)
