"""Predictors: what a task will gain beside partners, told by what was measured of them and by gains of other cells."""
