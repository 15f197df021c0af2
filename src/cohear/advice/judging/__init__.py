"""How well predictors and measurements foretell gains that they were not shown."""
