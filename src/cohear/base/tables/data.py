"""Tables of a dataset."""

from cohear.base.tables.definition import Column, Table

MANIFEST_CSV = Table(
    "manifest.csv",
    "A row a clip.",
    (
        Column("path", "audio file, relative to the table and below it, with forward slashes"),
        Column("start", "where a clip is a part of a file", "number", "s", may_be_empty=True, may_be_missing=True),
        Column("end", "where a clip is a part of a file", "number", "s", may_be_empty=True, may_be_missing=True),
        Column(
            "group",
            "what must not be split: clips of one group are on one side of every split. A name inside this dataset",
            may_be_empty=True,
            may_be_missing=True,
        ),
        Column(
            "source_id",
            "the original recording; the same name in two datasets means the same recording",
            may_be_empty=True,
            may_be_missing=True,
        ),
        Column(
            "fold",
            "official folds, or `train`, `validation` and `test`; used by a task that says `folds: fold`",
            may_be_empty=True,
            may_be_missing=True,
        ),
    ),
    further="labels: a column per target, one at least; may be empty",
    in_order=True,
)

EVENTS_CSV = Table(
    "events.csv",
    "A row an event.",
    (
        Column("path", "audio file, as in the clip table"),
        Column("onset", "where it begins; empty where that is not known", "number", "s", may_be_empty=True),
        Column("offset", "where it ends, as the onset", "number", "s", may_be_empty=True),
        Column("label", "what it is; empty, with the times, where nothing sounds in a file", may_be_empty=True),
    ),
    in_order=True,
)
