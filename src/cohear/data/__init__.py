"""Clip tables, folds and what must not leak; everything between labelled folders and a run's clips."""

from cohear.data import manifest  # noqa: F401 - importing a file enters its reader
