"""Clip tables, folds and what must not leak; everything between labelled folders and a run's clips."""

# importing a file enters its reader; where several recognise a folder, the first entered reads it
from cohear.data.tables import manifest  # noqa: F401, I001
from cohear.data import readers  # noqa: F401
from cohear.data import importers  # noqa: F401
