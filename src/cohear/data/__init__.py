"""Clip tables, folds and what must not leak; everything between labelled folders and a run's clips."""
