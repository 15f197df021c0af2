"""What `status` and `check DIR` say of a study, beside its results."""

from __future__ import annotations

import re

from said import Said

from cohear.analysis.tables.columns import SETTING
from rules.rule import Told, of_pairs, rule

_NONE_HELPS = re.compile(r"No (?:learnt )?partner task that was measured helps")


@rule
def runs_are_counted_alike(said: Said) -> Told:
    status = said.status
    if status is None:
        return
    shown = said.content.status
    if (status.done, status.planned, len(status.failed)) != (shown.done, shown.planned, len(shown.failed)):
        yield f"status {status}, page {shown}"
    runs = said.content.results["run"].nunique()
    if runs != status.done:
        yield f"status: {status.done} done, results.csv has {runs}"


@rule
def runs_left_and_failed_add_up(said: Said) -> Told:
    """What status calls done, failed and left is as much as it says there is."""
    if said.status is None:
        return
    runs = next(line for line in said.texts["status"].splitlines() if line.startswith("runs"))
    done, planned, failed, left = map(int, re.findall(r"\d+", runs))
    if done + left + (0 if "with those that failed" in runs else failed) != planned:
        yield f"status: {runs}"


@rule
def partners_are_advised_as_they_were_measured(said: Said) -> Told:
    """Nobody is told to try a partner where none of the measured ones gains, and one that helps is named."""
    for finding in said.gap:
        if "partner" not in finding.cure:
            continue
        own = said.content.statistics.advisable(of_pairs(said.gains))
        setting = list(said.study.settings[0].names)  # whose single runs the audit looks at
        own = own[(own["task"] == finding.task) & (own[list(SETTING)] == setting).all(axis=1)]
        if len(own) and not (own["gain"] > 0).any() and not _NONE_HELPS.search(finding.cure):
            yield f"check: '{finding.cure}' for {finding.task}, whose partners gave {own['gain'].round(4).tolist()}"
        if (own["verdict"] == "helps").any() and "beyond chance" not in finding.cure:
            yield f"check: '{finding.cure}' for {finding.task}, which a partner surely helps"


@rule
def check_shows_scores_that_there_are(said: Said) -> Told:
    for finding in said.gap:
        for part in ("train", "validation", "test"):
            value = finding.figures.get(part)
            if isinstance(value, float) and value < 0:
                yield f"check: {finding.sentence}"
                break


@rule
def check_blames_what_is_there(said: Said) -> Told:
    """A gap is told where there is one, and nothing is called unlearnt that scores as well as others."""
    study = said.study
    for finding in said.gap:
        task = study.of_task[finding.task]
        blame = finding.figures["blame"]
        if (
            study.gap >= 0.15
            and task.level <= 0.75
            and task.noise <= 1
            and blame == "none"
            and finding.figures["repeats"] >= 2
        ):
            yield f"check: '{finding.sentence}' with a gap of {study.gap}"
        if blame == "not-learnt" and task.level + study.gap > 0.75:
            yield f"check: '{finding.sentence}' with {task.level + study.gap:.2f} on training"


@rule
def one_repeat_is_not_beyond_chance(said: Said) -> Told:
    for finding in said.gap:
        one = finding.figures["repeats"] == 1 and "may be chance" not in finding.sentence
        if finding.severity == "warning" and one and finding.figures["blame"] != "not-learnt":
            yield f"check: '{finding.sentence}' from one repeat"


@rule
def gaps_have_the_sign_of_what_was_learnt_by_heart(said: Said) -> Told:
    """Training better than test is a gap above nothing, also where less is better."""
    for view in said.views.settings:
        for scores in view.scores:
            for row in scores.rows:
                if not scores.higher_is_better and row.gap.startswith("\N{MINUS SIGN}") and said.study.gap > 0.1:
                    yield f"page: gap {row.gap} of {scores.task} {row.parts} ({scores.metric}, less is better)"
                    return
