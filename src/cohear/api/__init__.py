"""The commands' twins in Python; what needs torch is imported where it is used, for tables do without."""

from cohear.api.advice import advise
from cohear.api.conclusions import answers, power
from cohear.api.evaluation import evaluate
from cohear.api.gains import judge_cells, write_gains
from cohear.api.judging import judge_predictors
from cohear.api.public_data import datasets, fetch_dataset
from cohear.api.report import figures, make_report, report_data, report_summary, watch_report
from cohear.api.study import Study
from cohear.api.worker import worker
from cohear.data.catalogue.catalogue import export_dataset

__all__ = [
    "Study",
    "advise",
    "answers",
    "datasets",
    "evaluate",
    "export_dataset",
    "fetch_dataset",
    "figures",
    "judge_cells",
    "judge_predictors",
    "make_report",
    "power",
    "report_data",
    "report_summary",
    "watch_report",
    "worker",
    "write_gains",
]
