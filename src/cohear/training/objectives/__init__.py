"""Objectives: how the losses of several tasks become one step of the network."""

from cohear.training.objectives import aggregated, gradnorm, weighting  # noqa: F401 - importing a file enters its objectives
from cohear.training.objectives.objective import OBJECTIVES, Objective, Step, Sum, fill_gradients

__all__ = ["OBJECTIVES", "Objective", "Step", "Sum", "fill_gradients"]
