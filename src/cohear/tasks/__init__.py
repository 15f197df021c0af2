"""Target kinds: what a label is, how it is learnt, pooled over windows and scored."""

from cohear.tasks import distances, event_scores, psds, restored, roc, signal_bins, top  # noqa: F401 - enters metrics, kinds
from cohear.tasks.events import Events
from cohear.tasks.kind import TARGET_KINDS, TargetKind
from cohear.tasks.label_free import Exercise, LabelFree, is_label_free
from cohear.tasks.metrics import METRICS, Metric
from cohear.tasks.multiclass import Multiclass
from cohear.tasks.multilabel import Multilabel
from cohear.tasks.regression import Regression
from cohear.tasks.targets import ClipOutputs, Targets, WindowPlaces, WindowTargets
from cohear.tasks.timeline import TimelineKind

__all__ = [
    "METRICS",
    "TARGET_KINDS",
    "ClipOutputs",
    "Events",
    "Exercise",
    "LabelFree",
    "Metric",
    "Multiclass",
    "Multilabel",
    "Regression",
    "TargetKind",
    "Targets",
    "TimelineKind",
    "WindowPlaces",
    "WindowTargets",
    "is_label_free",
]
