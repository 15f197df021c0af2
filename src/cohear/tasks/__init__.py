"""Target kinds: what a label is, how it is learnt, pooled over windows and scored."""

from cohear.tasks.kind import TARGET_KINDS, TargetKind
from cohear.tasks.metrics import METRICS, Metric
from cohear.tasks.multiclass import Multiclass
from cohear.tasks.multilabel import Multilabel
from cohear.tasks.targets import Targets, WindowPlaces, WindowTargets

__all__ = [
    "METRICS",
    "TARGET_KINDS",
    "Metric",
    "Multiclass",
    "Multilabel",
    "TargetKind",
    "Targets",
    "WindowPlaces",
    "WindowTargets",
]
