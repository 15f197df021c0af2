"""The audit: what is wrong with the data of a study, found before anything is trained on it."""

from cohear.data.audit import (  # noqa: F401 - importing a file enters its check; this is their order
    bandwidth,
    cells,
    conditions,
    contents,
    cues,
    discrepancy,
    duplicates,
    events,
    files,
    folds,
    groups,
    labels,
    lengths,
    levels,
    numbers,
    over_datasets,
    recordings,
    spellings,
    unused,
)
