"""Tables in a run's folder."""

from cohear.base.tables.definition import Column, Table

CURVE_CSV = Table(
    "curve.csv",
    "A row per task, step and part: the learning curve.",
    (
        Column("task", "the task that the row is of"),
        Column("step", "steps that the task has taken by then", "whole number"),
        Column("part", "`train` (of the windows since the point before) or `validation`"),
        Column("loss", "mean loss of the task", "number", may_be_empty=True),
        Column("metric", "the task's primary metric", "number", may_be_empty=True, may_be_missing=True),
    ),
    in_order=True,
)

PREDICTIONS_CSV = Table(
    "predictions.csv",
    "A row per clip of the validation and test parts, of each task; of a task in time a row per step of the clip.",
    (
        Column("task", "the task that the row is of"),
        Column("clip", "its id in the dataset"),
        Column("label", "what is true, as a cell of the clip table", may_be_empty=True),
        Column("part", "`validation` or `test`"),
    ),
    further="logits (numbers) of the output of that name, means over the clip's windows; empty where the task has none",
    in_order=True,
)
