"""Measurements that need tasks to be trained together: who has these need not foretell much any more."""

from __future__ import annotations

JOINT = ("gradient_cosine", "update_cosine", "look_ahead", "linearised_affinity")
"""Of one network of all tasks."""
DUAL = "dual_"
"""What begins so is of the network of the very pair."""


def needs_joint_run(name: str) -> bool:
    """Whether a measurement, perhaps with its probe's settings behind, is of a network that is shared."""
    return name.partition("(")[0] in JOINT or name.startswith(DUAL)
