"""Folds: which clips a task has, how they are cut, and what may not be on both sides."""
