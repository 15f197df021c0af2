"""Names of the columns of ``predictions.csv``."""

from __future__ import annotations

from cohear.base.tables import PREDICTIONS_CSV

PREFIX = "logit:"


def logit_column(output: str) -> str:
    """Column of an output's logits: its own name (a label), behind ``logit:`` where that would be taken for another.

    >>> logit_column("dog"), logit_column("label"), logit_column("logit:dog")
    ('dog', 'logit:label', 'logit:logit:dog')
    """
    return PREFIX + output if output in PREDICTIONS_CSV.names or output.startswith(PREFIX) else output
