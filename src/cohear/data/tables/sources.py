"""Recordings that clips were cut from: a word for unknown in ``source_id`` is no recording."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from cohear.base.counting import counted
from cohear.data.tables.clip_table import ClipTable
from cohear.data.tables.spelling import known_names

_SOURCE = "source_id"
_SHOWN = 3


def with_known_sources(table: ClipTable) -> ClipTable:
    """The table with empty cells in ``source_id`` where these say ``nan``, ``n/a``, ``-`` or ``unknown``, and told.

    As a recording such a word would be one of clips of which nothing is known, and of other datasets' too.
    """
    cells = table.optional_column(_SOURCE)
    known = known_names(cells)
    words = Counter(cell for cell, name in zip(cells, known, strict=True) if cell and not name)
    if not words:
        return table
    shown = ", ".join(repr(word) for word, _ in words.most_common(_SHOWN))
    told = f"source_id says {shown} of {counted(words.total(), 'clip')}, which is taken for unknown"
    return replace(table, rows=table.rows.assign(**{_SOURCE: known}).astype(object), remarks=(*table.remarks, told))
