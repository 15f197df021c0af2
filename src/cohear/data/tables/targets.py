"""Which columns of a clip table are labels that a task can have, and which are bookkeeping."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from cohear.data.tables.clip_table import RESERVED_COLUMNS, ClipTable
from cohear.data.tables.part_names import holds_parts
from cohear.tasks.number_cells import numbers_in

MOST_LABELS = 200
FEWEST_CLIPS_A_LABEL = 4
FEWEST_NUMBERS = 10
"""Different ones of a column that is taken for numbers."""
ALIKE = 0.9
_SHOWN = 5
_PARTS_OF_A_NAME = 4
_FILE = re.compile(r"\.(?:wave?|flac|mp3|ogg|opus|m4a|aiff?|mp4)$", re.IGNORECASE)

BOOKKEEPING = frozenset(
    (  # noqa: SIM905 - easier to read than a line each
        "author bits bytes channels checksum created date db dbfs description duration ebr end file filename fname "
        "frames gain hash id ids idx index len length licence license lufs md5 modified name ncc number offset onset "
        "overlap path poly polyphony rate ratio recorder recordist rms rt60 samples sdr seconds segment sha sha1 "
        "sha256 sir size snr start take timestamp title transcript uploader url uuid version votes"
    ).split()
)
"""Words in the names of columns that say how a file came about and was mixed, not what is heard."""
_WHICH = frozenset(("mix", "mixture", "rec", "recording", "track"))
"""The same of names that have no other word: ``recording`` says which, ``recording_room`` is heard."""
_COUNTING = frozenset(("n", "num", "nb", "count"))
"""Words that say with another one how many there are: ``num_sources`` is polyphony, ``event_count`` too."""
_LABEL = frozenset(("category", "class", "digit", "emotion", "label", "target"))
"""Words beside which they say which one: ``label_num``, ``emotion_nb``."""

_NUMBERS = frozenset(("code", "id", "ids", "idx", "index", "nb", "no", "num", "number"))
"""Words that say with one of `_LABEL` that labels have numbers."""

GROUPING = frozenset(
    (  # noqa: SIM905 - easier to read than a line each
        "actor client narrator participant patient performer person player reader recorder recording recordist session "
        "singer speaker spk subject talker"
    ).split()
)
"""Words in the names of columns that say of whom or when several clips were recorded."""


def label_columns(
    table: ClipTable, published: Sequence[str] = (), fewest: int = FEWEST_CLIPS_A_LABEL
) -> tuple[list[str], dict[str, str]]:
    """The columns that a task could have as its target.

    Args:
        table: the clips.
        published: columns that the publisher calls labels, the most important one first; only emptiness speaks against
            them.
        fewest: clips a label in the mean; with fewer, labels are names and measurements.

    Returns:
        Names in the order told, then in the table's; and of every other column why it is no target.
    """
    others = [name for name in map(str, table.rows.columns) if name not in RESERVED_COLUMNS and name not in published]
    columns = [*(name for name in published if name in table.rows.columns), *others]
    cells = {name: table.column(name, table.name) for name in columns}
    reasons = {name: _why_no_target(name, cells[name], fewest, sure=name in published) for name in columns}
    return [name for name in columns if not reasons[name]], {name: why for name, why in reasons.items() if why}


def number_columns(table: ClipTable, others: Collection[str]) -> list[str]:
    """Of the columns that are no labels, those that a task could foretell as numbers: measured, and of many values."""
    return [name for name in others if are_measured(name, table.column(name, table.name))]


def are_measured(name: str, cells: Sequence[str]) -> bool:
    """Whether a column holds numbers of what is heard; running numbers, and those of persons and files, are none."""
    known = [cell for cell in cells if cell]
    different = set(known)
    if len(different) < FEWEST_NUMBERS or _keeps_books(name, different) or says_groups(name):
        return False
    try:
        if not all(map(numbers_in, different)):
            return False
    except ValueError:
        return False
    return any("." in cell or "=" in cell for cell in different) or len(different) <= len(known) / 2


def same_partition(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two columns cut the clips alike, whatever they call the parts; unknown cells are in no part."""
    if not all(one) or not all(other):
        return False
    return len(set(zip(one, other, strict=True))) == len(set(one)) == len(set(other))


def nearly_alike(one: Mapping[int, str], other: Mapping[int, str]) -> bool:
    """Whether two tasks' labels, by clip, say the same of at least nine clips in ten that either has.

    Each label counts as the label of the other task that it goes with most often.
    """
    both = one.keys() & other.keys()
    return bool(both) and all(
        _explained(first, second, both) >= ALIKE * max(len(one), len(other))
        for first, second in ((one, other), (other, one))
    )


def _explained(first: Mapping[int, str], second: Mapping[int, str], both: set[int]) -> int:
    counts: dict[str, dict[str, int]] = {}
    for clip in both:
        held = counts.setdefault(first[clip], {})
        held[second[clip]] = held.get(second[clip], 0) + 1
    return sum(max(held.values()) for held in counts.values())


def _why_no_target(name: str, cells: Sequence[str], fewest: int, *, sure: bool) -> str:
    """Why a column is no target, in a clause; nothing where it may be one."""
    known = [cell for cell in cells if cell]
    labels = {label.strip() for cell in known for label in cell.split(";")} - {""}
    if len(labels) < 2:
        return f"one value, {min(labels)}" if labels else "empty"
    if sure:
        return ""
    if holds_parts(name, cells):
        return f"official parts: {', '.join(sorted(labels)[:_SHOWN])}"
    many = len(labels) > len(known) / fewest or len(labels) > MOST_LABELS
    measured = all(map(_is_decimal, labels)) and any("." in label for label in labels)
    reasons = {
        "bookkeeping by their names": _keeps_books(name, labels),
        f"{len(labels)} values for {len(known)} clips, as names and measurements have": many,
        "measurements": measured,
        "names of recordings": sum(map(_names_recording, labels)) > len(labels) / 2,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


def _keeps_books(name: str, labels: Collection[str]) -> bool:
    known = words_of(name)
    words = {word.rstrip("0123456789") or word for word in known}
    if is_number_of_label(name) or (known & _LABEL and known <= _LABEL | {"name"}):
        return False
    is_count = len(words) > 1 and bool(words & _COUNTING) and not words & _LABEL and all(map(_is_decimal, labels))
    return bool((words | known) & BOOKKEEPING) or (bool(words) and words <= _WHICH) or is_count


def is_number_of_label(column: str) -> bool:
    """Whether a column says labels by numbers of theirs: ``class_id``, ``label_idx``; no other word but these."""
    words = words_of(column)
    return bool(words & _LABEL and words & _NUMBERS) and words <= _LABEL | _NUMBERS


def says_groups(column: str) -> bool:
    """Whether a column says by its name what must not be split, or of whom or when several clips were recorded."""
    return column in ("group", "source_id") or bool(words_of(column) & GROUPING)


def words_of(name: str) -> set[str]:
    """``pcm_sha1`` and ``sourcePath`` as their words in lower case."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return {word for word in re.split(r"[\W_]+", parted.lower()) if word}


def _names_recording(label: str) -> bool:
    """Whether a value is a file's name, or made of several parts and numbers as names of recordings are."""
    if "/" in label or "\\" in label:
        return bool(_FILE.search(label))
    parts = [part for part in re.split(r"[-_. ]+", label) if part]
    numbered = sum(any(map(str.isdigit, part)) for part in parts)
    return bool(_FILE.search(label)) or (len(parts) >= _PARTS_OF_A_NAME and numbered >= 2)


def _is_decimal(label: str) -> bool:
    try:
        float(label)
    except ValueError:
        return False
    return True
