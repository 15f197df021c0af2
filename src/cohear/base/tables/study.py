"""Tables of a study folder: what its runs scored, what that says of sharing, and what it costs at work."""

from dataclasses import replace

from cohear.base.tables.definition import Column, Table

NETWORK, BASELINE = "network", "baseline"
"""Jobs whose scores are in the table of results; one that names none is of a network."""

NLL = "nll"
"""The second primary score, calibrated log loss, where metrics are named."""

LEARNT, NOT_LEARNT = "yes", "no"
"""Whether a task is learnt alone, beyond chance."""

_SETTING = (
    Column("features", "the front-end, with those of its settings that are not the usual ones", may_be_empty=True),
    Column("encoder", "the encoder, with the settings that it was given", may_be_empty=True),
    Column("arm", "name of all other settings; `base` where nothing is varied", may_be_empty=True),
)
_COMBINATION = Column("combination", "tasks that were trained together, `+` between; a single is named by its task")
_TASK = Column("task", "the task that the row is of")
_METRIC = Column("metric", "the task's primary metric")

RESULTS_CSV = Table(
    "results.csv",
    "A row per run and task: the primary metric on test.",
    (
        Column("run", "the run's key, which names its folder in `runs/`", may_be_empty=True),
        *_SETTING,
        _COMBINATION,
        Column("control", "the control that the run is; empty for ordinary runs", may_be_empty=True),
        Column("fold", "fold of the repeat", "whole number"),
        Column("seed", "seed of the repeat", "whole number"),
        _TASK,
        _METRIC,
        Column("value", "the score after the last step; empty where a fold has none", "number", may_be_empty=True),
        Column("higher_is_better", "whether the better score is the larger one", "true or false"),
        Column("test_clips", "clips that were scored", "whole number", may_be_empty=True, may_be_missing=True),
        Column(
            "parameters", "numbers of the network, as trained", "whole number", may_be_empty=True, may_be_missing=True
        ),
        Column("steps", "steps that each task took", "whole number", may_be_empty=True, may_be_missing=True),
        Column(
            "seconds",
            "what the run took of the processor, or of an accelerator; where `wall_seconds` is empty, by the clock",
            "number",
            "s",
            may_be_empty=True,
            may_be_missing=True,
        ),
        Column("test_part", "id of the clips that were tested on", may_be_empty=True, may_be_missing=True),
        Column(
            "focal",
            "the task that a control is for, or that alone has few labels",
            may_be_empty=True,
            may_be_missing=True,
        ),
        Column(
            "wall_seconds",
            "what the run took by the clock, beside whatever else the machine did",
            "number",
            "s",
            may_be_empty=True,
            may_be_missing=True,
        ),
    ),
)

JOB = Column(
    "job",
    f"`{NETWORK}` or `{BASELINE}`, whose name is then under `encoder`; gains are of networks",
    may_be_empty=True,
    may_be_missing=True,
)
"""A further column of the table of results, where not all runs are networks."""

METRICS_CSV = Table(
    "metrics.csv",
    "A row per run, task, part, selection and metric.",
    (
        Column("run", "the run's key"),
        _TASK,
        Column("part", "`train`, `validation` or `test`; of a task over several datasets `test of <dataset>` too"),
        Column(
            "selection",
            "the step: `last`, `joint` (best mean over tasks on validation), `own` (the task's best); "
            "`decided`: `last`, told by thresholds and filters that were set on validation",
        ),
        Column(
            "metric",
            f"a metric of the task's kind, `loss`, or `{NLL}`: calibrated log loss in bits a clip, of test at `last`",
        ),
        Column("value", "the score; empty where a fold has none", "number", may_be_empty=True),
    ),
)

GAINS_CSV = Table(
    "gains.csv",
    "A row per task, combination, front-end, encoder and arm.",
    (
        _TASK,
        _COMBINATION,
        *_SETTING,
        _METRIC,
        Column("single", "mean score alone", "number", may_be_empty=True),
        Column("shared", "mean score in the combination, same repeats", "number", may_be_empty=True),
        Column("gain", "shared minus single, such that plus is better", "number", may_be_empty=True),
        Column("low", "lower end of its 95 % interval, for the cell alone", "number", may_be_empty=True),
        Column("high", "its upper end", "number", may_be_empty=True),
        Column("p", "p-value of the cell alone", "number", may_be_empty=True),
        Column("p_adjusted", "p-value within the family (false discovery rate)", "number", may_be_empty=True),
        Column("repeats", "paired repeats", "whole number"),
        Column("verdict", "`helps`, `hurts`, `harmless` or `undecided`, for new clips, within the family"),
        Column(
            "explanation",
            "`relation`, `regularisation`, `capacity`, `domain` or `statistics`, where controls tell",
            may_be_empty=True,
        ),
        Column(
            "verdict_here",
            "the same words on these clips, with seeds as the sample; empty where it cannot be told",
            may_be_empty=True,
            may_be_missing=True,
        ),
    ),
)

GAINS_NLL_CSV = replace(
    GAINS_CSV,
    file="gains_nll.csv",
    meaning=f"As `gains.csv`, of the second primary score `{NLL}`: calibrated log loss in bits a clip, whose gain is "
    "what sharing takes off it.",
)

CONTROLS_CSV = replace(
    GAINS_CSV.with_columns(Column("control", "the control; `shared` is its score")),
    file="controls.csv",
    meaning="A row per task, combination and control: the gain of the control over the single run.",
)

CONTROLS_NLL_CSV = replace(
    CONTROLS_CSV,
    file="controls_nll.csv",
    meaning=f"As `controls.csv`, of the second primary score `{NLL}`.",
)

SINGLES_CSV = Table(
    "singles.csv",
    "A row per task, front-end, encoder and arm: the task alone, as gains are over it, and baselines of it.",
    (
        _TASK,
        *_SETTING,
        _METRIC,
        Column("value", "mean score alone, over the repeats that have one", "number"),
        Column("low", "lower end of its 95 % interval; empty where it cannot be told", "number", may_be_empty=True),
        Column("high", "its upper end", "number", may_be_empty=True),
        Column(
            "chance",
            "what an answer that ignores the sound scores on the same test clips; empty where nobody says",
            "number",
            may_be_empty=True,
        ),
        Column(
            "learnt",
            f"`{LEARNT}`, or `{NOT_LEARNT}` where the interval reaches chance; empty where one of the two is unknown",
            may_be_empty=True,
        ),
    ),
)

ARMS_CSV = Table(
    "arms.csv",
    "A row per arm and setting.",
    (
        Column("arm", "its name"),
        Column(
            "setting",
            "`window`, `labels` where the arm has a budget, `normalise` where it does, or one of training",
        ),
        Column("value", "what it is set to", may_be_empty=True),
    ),
    in_order=True,
)
