"""How tasks are read from a bundle's model, where it can be said of their kind."""

from __future__ import annotations

from collections.abc import Sequence

from cohear.base.decoding import Decoding
from cohear.base.errors import UserError
from cohear.export.forms import OUTPUT_FORMS
from cohear.tasks.kind import TargetKind


def decoding_in_graph(kind: TargetKind, task: str, labels: Sequence[str], unit: str = "") -> Decoding:
    """The decoding of a task whose targets have a unit; raises UserError for a kind that no graph computes.

    A graph pools windows as the twin of the decoding says, and gives what a head gives.
    """
    decoding = kind.in_unit(unit).decoding(task, labels)
    why = ""
    if decoding.form not in OUTPUT_FORMS:
        why = f"its decoding is of a form {decoding.form!r}, which has no twin in export"
    elif type(kind).pool is not OUTPUT_FORMS[decoding.form].pool:
        why = "it pools windows in a way of its own"
    elif tuple(kind.output_names(labels)) != decoding.columns:
        why = "its decoding has other columns than its head has outputs"
    if why:
        raise UserError(f"task {task!r}: the target kind {kind.name!r} cannot be exported; {why}")
    return decoding
