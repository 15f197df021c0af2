"""What the answers say of gains, question by question: a sentence with figures, and what would change it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cohear.analysis.cell_tests import LEVEL
from cohear.analysis.columns import SETTING, VERDICTS
from cohear.analysis.correlates import IDENTITY, RANDOM
from cohear.analysis.power import a_second_seed
from cohear.analysis.sentences import Unit, are, counted, figure, listed, probability, setting_name, shortened

Line = Mapping[str, Any]
"""A row of one of the answers' tables."""

Told = tuple[str, str]
"""The answer, and what would change it."""

MOST = 3
"""Settings that a sentence names, in full, before it counts the rest; the tables have them all."""

LOW_CEILING = 0.7
"""Below this, half of what a correlation could show, or more, is lost to chance between repeats."""


def improve(pairs: pd.DataFrame, counts: Mapping[str, Line], families: Sequence[Line], unit: Unit) -> Told:
    """Which tasks improve each other.

    Args:
        pairs: rows of power of the pair cells.
        counts: by kind of pair, of :func:`cohear.analysis.answers.answers`.
        families: rows of :func:`cohear.analysis.power.family_table`, of pairs.
        unit: of gains.
    """
    total = counts["all"]
    if not total["cells"]:
        return "No pair has been compared yet.", "Single and pair runs on the same repeats would begin to answer this."
    settings = sorted({setting_name([family[name] for name in SETTING]) for family in families})
    words = ("helped", "hurt", "harmless", "undecided")
    verdicts = [f"{are(total[name])} {word}" for name, word in zip(VERDICTS, words, strict=True)]
    said = (
        f"Of {counted(total['cells'], 'cell')} (a task beside one partner, in {listed(shortened(settings, MOST))}) "
        f"{listed(verdicts)}; the mean gain is {unit.points(total['mean'])} "
        f"({unit.within(total['low'], total['high']) or 'too few tasks for an interval'})."
    )
    for kind in ("related", "unrelated"):
        one = counts[kind]
        if one["cells"]:
            said += (
                f" {kind.capitalize()} pairs: {one['helps']} of {counted(one['cells'], 'cell')} helped, "
                f"{one['hurts']} hurt, mean {unit.estimate(one['mean'], one['low'], one['high'])}."
            )
    found = [f"{number} {word}" for word, number in total["explanations"].items() if number]
    if found:
        said += f" Controls explain: {listed(found)}."
    return said, _decides(pairs, families, unit)


def _decides(pairs: pd.DataFrame, families: Sequence[Line], unit: Unit) -> str:
    known = [f for f in families if f["smallest_in_family"] is not None]
    if not known:
        return (
            "No cell has an error that is known: that takes at least two repeats that differ, and a verdict five "
            "(`repeats: {folds: 5}`)."
        )
    smallest = [
        f"{unit.points(f['smallest_in_family'], sign=False)} in {setting_name([f[name] for name in SETTING])}"
        for f in sorted(known, key=lambda f: float(f["smallest_in_family"]))
    ]
    said = (
        "The smallest gain that is found with 80 % power, among the cells of its family, is about "
        f"{listed(shortened(smallest, MOST))}; half of the gains seen are below "
        f"{unit.points(pairs['gain'].abs().median(), sign=False)}. "
    )
    undecided = pairs[pairs["verdict"] == "undecided"]
    unknown = int(undecided["error"].isna().sum())
    undecided = undecided[undecided["error"].notna()]
    left, ready = len(undecided), int((undecided["more_repeats"] > 0).sum())
    if unknown:
        said += f"{counted(unknown, 'cell')} {'has' if unknown == 1 else 'have'} no error that is known. "
    if not left and unknown:
        return said.rstrip()
    if not left:
        return said + "Every cell is decided: more repeats would only narrow the intervals."
    if not ready:
        said += (
            f"No number of repeats on the same clips decides {_of_them(left)} if gains are what they seem; other clips "
            "may. "
        )
    else:
        rest = "" if ready == left else "; other clips may decide the rest"
        said += (
            f"More repeats would decide {ready} of {counted(left, 'undecided cell')} if gains are what they seem"
            f"{rest}. "
        )
    return (said + a_second_seed(families)).rstrip()


def _of_them(number: int) -> str:
    return "the undecided cell" if number == 1 else f"any of the {number} undecided cells"


def measurements(lines: Sequence[Line], tasks: int) -> Told:
    """Which measurements go with gains.

    Args:
        lines: of :func:`cohear.analysis.correlates.correlates`.
        tasks: that have gains.
    """
    tested = [line for line in lines if line["p_adjusted"] is not None]
    if not tested:
        return "Nothing was measured that could go with gains.", (
            "It takes pairs of at least three tasks, better of many more, and something measured in which they differ; "
            "what single runs score counts from the second repeat on, for a gain holds the score of its own repeat."
        )
    sure = [line for line in tested if line["p_adjusted"] <= LEVEL]
    best = max(sure or tested, key=lambda line: abs(line["pooled"] or 0.0))
    setting = tuple(best[name] for name in SETTING)
    beat = {line["measurement"]: line["pooled"] for line in lines if tuple(line[n] for n in SETTING) == setting}
    said = (
        f"Of {counted(len(tested), 'rank correlation')} of gains with measurements {are(len(sure))} sure, their number "
        f"allowed for. The strongest{' of these' if sure and len(sure) < len(tested) else ''} is "
        f"{figure(best['pooled'])}{_interval(best)} with {best['measurement'].replace('_', ' ')} of the "
        f"{best['side']}, in {setting_name(setting)} (adjusted p {probability(best['p_adjusted'])})"
    )
    beside = []
    if beat.get(IDENTITY) is not None:
        beside.append(f"knowing the task alone has {figure(beat[IDENTITY])}")
    if beat.get(RANDOM) is not None:
        beside.append(f"one in twenty columns of random numbers goes beyond {float(beat[RANDOM]):.2f}")
    return f"{said}{'; there ' + ', and '.join(beside) if beside else ''}.", (
        f"A measurement of tasks is judged on as many values as there are tasks, here {tasks}: more tasks would change "
        "this, more repeats hardly."
    )


def _interval(line: Line) -> str:
    if line["low"] is None or line["high"] is None:
        return ""
    return f" ({figure(line['low'])} to {figure(line['high'])})"


def persistence(agreements: Sequence[Line]) -> Told:
    """Whether gains persist with another classifier.

    Args:
        agreements: of :func:`cohear.analysis.persistence.agreements`.
    """
    ranked = sorted((one for one in agreements if one["within"] is not None), key=lambda one: -one["cells"])
    few = [one for one in agreements if one["within"] is None]
    if not agreements:
        return "Pairs were measured in fewer than two settings, so whether gains persist with another is open.", (
            "Pairs of the same tasks with a second encoder, front-end or arm would tell."
        )
    said = [_agreement(one) for one in ranked[:MOST]]
    if len(ranked) > MOST:
        said.append(f"{counted(len(ranked) - MOST, 'more agreement')} of settings: see --json.")
    said += [_too_few(one) for one in few[:MOST]]
    if len(few) > MOST:
        said.append(f"{len(few) - MOST} more have too few cells in common as well.")
    return " ".join(said), _persists_if(ranked)


def _agreement(one: Line) -> str:
    first, second = setting_name(one["first"]), setting_name(one["second"])
    more = one["p"] is not None and one["p"] <= LEVEL
    chance = "" if one["p"] is None else f", p {probability(one['p'])}"
    said = (
        f"Gains in {first} and {second} {'agree more than chance has it' if more else 'are not shown to agree'}: "
        f"rank correlation within tasks {figure(one['within'])}{_interval(one)}{chance}"
    )
    ceilings = [(name, one[key]) for name, key in ((first, "ceiling_first"), (second, "ceiling_second"))]
    known = [f"{float(value):.2f} in {name}" for name, value in ceilings if value is not None]
    if known:
        said += f"; repeats agree with themselves at {listed(known)}"
    if one["corrected"] is not None:
        said += f", and corrected for that it is {figure(one['corrected'])}"
    return f"{said}. {_signs(one)}"


def _signs(one: Line) -> str:
    if one["signs"] is None:
        return ""
    same = round(one["signs"] * one["cells"])
    return f"The sign is the same in {same} of {counted(one['cells'], 'cell')}."


def _too_few(one: Line) -> str:
    first, second = setting_name(one["first"]), setting_name(one["second"])
    if not one["cells"]:
        return f"{first} and {second} have no cell in common."
    return f"{first} and {second} have too few cells in common to rank a task's partners. {_signs(one)}"


def _persists_if(ranked: Sequence[Line]) -> str:
    few = "Ranks need three partners of a task in both settings"
    if not ranked:
        return f"{few}: pairs of the same tasks in both would tell."
    ceilings = [one[key] for one in ranked for key in ("ceiling_first", "ceiling_second") if one[key] is not None]
    if not ceilings or min(ceilings) < LOW_CEILING:
        return (
            "Repeats hardly agree with themselves (the ceilings are low): more repeats would tell more, and more tasks."
        )
    return "Repeats agree with themselves, so more of them would change little; more tasks would narrow the intervals."
