"""The table of what foretells gains, and how well."""

from dataclasses import replace

from cohear.base.tables.definition import Column, Table
from cohear.base.tables.study import RESULTS_CSV


def _figure(name: str, meaning: str) -> tuple[Column, ...]:
    """A figure and both ends of its interval."""
    return (
        Column(name, meaning, "number", may_be_empty=True),
        Column(f"{name}_low", "lower end of its 95 % interval, datasets resampled", "number", may_be_empty=True),
        Column(f"{name}_high", "its upper end", "number", may_be_empty=True),
    )


PREDICTORS_CSV = Table(
    "predictors.csv",
    "A row per setting, predictor or measurement, and what it was not shown: how well it foretells gains of pairs.",
    (
        *(replace(column) for column in RESULTS_CSV.columns if column.name in ("features", "encoder", "arm")),
        Column("score", "what gains are of: `nll`, or each task's own `metric`"),
        Column(
            "kind",
            "`confirmatory` (a measurement that was named beforehand), `predictor`, `plain` (a predictor that is there "
            "to be beaten) or `exploratory` (any other measurement)",
        ),
        Column("name", "the predictor, or the measurement and the side that it is of"),
        Column(
            "scheme",
            "what a predictor was not shown: `leave-dataset-out`, `leave-task-out`, `leave-pair-out`, `quarter` (it "
            "was shown a quarter of the pairs), `groups` (it foretells groups from pairs and other groups), "
            "`leave-arm-out` (it was shown other label budgets), or `100 x 5-fold` (as published); empty for "
            "measurements",
            may_be_empty=True,
        ),
        Column("unit", "what is resampled: `dataset`, or `task` where fewer than three datasets are known"),
        Column("cells", "gains that are scored; those of two tasks of one dataset are not", "whole number"),
        *_figure("within", "mean over tasks of the rank correlation with the gains beside their partners"),
        Column(
            "ceiling",
            "the same between the gains of both halves of the seeds, corrected for halves",
            "number",
            may_be_empty=True,
        ),
        Column("of_ceiling", "`within` over it", "number", may_be_empty=True),
        Column(
            "decided", "gains whose sign is decided on these clips; of all where no verdict is told", "whole number"
        ),
        *_figure("accuracy", "share of them whose sign is foretold"),
        *_figure(
            "above", "by how much more than by `majority`, `task` or `random`, from whichever it is told apart least"
        ),
        *_figure("f1", "F1 of the gains above zero among them"),
        *_figure("auc", "area under the curve of the foretold probability of a gain above zero, of them"),
        *_figure("r2", "share of the variance of gains that is foretold; below zero: the mean is better"),
        Column(
            "p",
            "of a measurement: by permutation of datasets, one-sided where a direction was named",
            "number",
            may_be_empty=True,
        ),
        Column(
            "p_adjusted",
            "Holm's over the confirmatory ones; else the false discovery rate",
            "number",
            may_be_empty=True,
        ),
        Column(
            "cost",
            "trainings of one task that its measurements, and the pairs that it was shown, cost",
            "number",
            may_be_empty=True,
        ),
        Column("lacks", "why there are no figures", may_be_empty=True),
    ),
    in_order=True,
)
