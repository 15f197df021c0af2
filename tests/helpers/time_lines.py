"""A plugin: a kind whose answer is a time line, in steps of a twentieth of a second."""

from cohear.tasks import TARGET_KINDS, TimelineKind


class SoundingSteps(TimelineKind):
    name, version, step = "sounding-steps", 1, 0.05
    default_metric, metrics = "f1", ("f1", "map")


TARGET_KINDS.register(SoundingSteps.name)(SoundingSteps())
