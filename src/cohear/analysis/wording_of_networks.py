"""What the answers say of whole networks: how many tasks they hold, and what that saves."""

from collections.abc import Sequence

import pandas as pd

from cohear.analysis.columns import SETTING
from cohear.analysis.sentences import Unit, are, counted, listed, setting_name, shortened
from cohear.analysis.speed import SHARE
from cohear.analysis.wording import MOST, Line, Told


def combining(
    sizes: Sequence[Line], foretelling: Sequence[Line], encoders: Sequence[Line], held: tuple[int, int], unit: Unit
) -> Told:
    """How many tasks can be combined.

    Args:
        sizes: of :func:`cohear.analysis.combining.by_size`.
        foretelling: of :func:`cohear.analysis.combining.foretelling`.
        encoders: of :func:`cohear.analysis.larger_encoders.larger_encoders`.
        held: group cells that can be held against their pairs, and those of them that are surely worse.
        unit: of gains.
    """
    larger = [line for line in sizes if line["size"] > 2]
    if not larger:
        return "No combination of more than two tasks was measured beside its singles.", (
            "Three tasks or more in one network (`combinations: [singles, pairs, all]`) would begin to answer this."
        )
    most = max(line["size"] for line in larger)
    largest = [_with_many(line, sizes, foretelling, unit) for line in larger if line["size"] == most]
    said = [f"With {most} tasks in the network the mean gain is {'; '.join(shortened(largest, MOST))}."]
    if any(line["size"] == most and line["worst_task"] for line in larger):
        said.append("(The worst task is chosen on every other fold, and its gain is that on the others.)")
    can_be, worse = held
    said.append(
        f"Of {counted(can_be, 'group cell')} {are(worse)} surely worse than the mean of its pairs foretells."
        if can_be
        else "No group can be held against its pairs, which were not all measured."
    )
    grown = [line for line in encoders if line["size"] > 2]
    said += [_in_the_larger(line, unit) for line in grown if line["size"] == grown[-1]["size"]]
    return " ".join(said), _combines_if({line["size"] for line in sizes}, most, bool(grown))


def _with_many(line: Line, sizes: Sequence[Line], foretelling: Sequence[Line], unit: Unit) -> str:
    """What one setting has with many tasks in the network: mean, that of fewer tasks, worst task, and its pairs."""
    setting = [line[name] for name in SETTING]
    fewer = [one for one in sizes if [one[name] for name in SETTING] == setting and one["size"] < line["size"]]
    more = [f"with {one['size']} tasks {_from_to(one['mean'], one['low'], one['high'], unit)}" for one in fewer]
    if line["worst_task"]:
        worst = _from_to(line["worst"], line["worst_low"], line["worst_high"], unit)
        more.append(f"worst task {line['worst_task']}: {worst}")
    errors = [
        one["mean_error"]
        for one in foretelling
        if one["way"] == "mean_of_pairs" and one["cells"] and [one[name] for name in SETTING] == setting
    ]
    if errors:
        more.append(f"the mean of its pairs misses a task's gain by {unit.gain(errors[0], sign=False)}")
    mean = f"{unit.estimate(line['mean'], line['low'], line['high'])} in {setting_name(setting)}"
    return f"{mean} ({'; '.join(more)})" if more else mean


def _from_to(gain: object, low: object, high: object, unit: Unit) -> str:
    """A gain and its interval inside brackets, where another pair of brackets would not read."""
    within = unit.within(low, high)
    return f"{unit.gain(gain)}{', from ' if within else ''}{within}"


def _in_the_larger(line: Line, unit: Unit) -> str:
    change = unit.estimate(line["change"], line["change_low"], line["change_high"])
    gain = unit.estimate(line["gain"], line["gain_low"], line["gain_high"])
    return (
        f"In {line['larger']}, with {line['parameters_ratio']:.1f} times the parameters of {line['smaller']}, the mean "
        f"gain of {line['size']} tasks differs by {change}; beside singles of {line['smaller']} this one network has "
        f"{gain}."
    )


def _combines_if(sizes: set[int], most: int, widths: bool) -> str:
    between = [size for size in range(3, most) if size not in sizes]
    cures = []
    if between:
        in_a_row = len(between) > 2 and between[-1] - between[0] == len(between) - 1
        span = f"{between[0]} to {between[-1]}" if in_a_row else listed([str(size) for size in between])
        cures.append(f"groups of {span} tasks would tell where it turns")
    if not widths:
        cures.append("encoders of several widths would tell whether a larger one loses less")
    said = ", and ".join(cures or ["more repeats would narrow the intervals"])
    return f"{said[0].upper()}{said[1:]}."


def savings(table: pd.DataFrame, speed: pd.DataFrame, best: Sequence[Line], unit: Unit) -> Told:
    """What sharing saves.

    Args:
        table: of :func:`cohear.analysis.savings.costs`.
        speed: of :func:`cohear.analysis.speed.steps_to_score`.
        best: of :func:`cohear.analysis.savings.best_per_budget`.
        unit: of gains.
    """
    if table.empty:
        return "No shared network was measured.", "A network of two tasks or more beside its singles would tell."
    # one of each setting stands for all of its size
    largest = table[table["size"] == table["size"].max()].drop_duplicates(list(SETTING)).to_dict("records")
    said = [_size_and_time(row) for row in largest[:MOST]]
    measured = next((row for row in largest if not pd.isna(row["milliseconds"])), None)
    change = []
    if any(not pd.isna(row["seconds_ratio"]) for row in largest):
        change.append("Seconds are those of the machine that trained, with all else that ran on it.")
    if measured is None:
        change.append("What it saves at work was not measured: `cohear bench DIR` measures time, memory and bytes.")
    else:
        said.append(_at_work(measured))
        change.append("Those of an answer, and memory, are of the machine that `cohear bench` ran on.")
    ratios = speed["ratio"].dropna()
    if len(ratios):
        said.append(
            f"At the median of {counted(len(ratios), 'cell')} a task takes {_share(float(ratios.median()))} of the "
            f"steps of its single run to {_share(SHARE)} of that run's score on validation."
        )
    said += _best_grouping(best, unit)
    return " ".join(said), " ".join(change)


def _size_and_time(row: Line) -> str:
    known = [
        words.format(_share(row[f"{cost}_ratio"]))
        for cost, words in (
            ("parameters", "has {} of the parameters of its singles"),
            ("seconds", "took {} of their training time"),
        )
        if not pd.isna(row[f"{cost}_ratio"])
    ]
    name = f"One network for {row['size']} tasks ({setting_name([row[n] for n in SETTING])})"
    if not known:
        return f"{name} was trained, but its parameters and seconds are not known beside those of its singles."
    return f"{name} {' and '.join(known)}."


def _at_work(row: Line) -> str:
    """What one network costs when it answers, beside its singles with and without a common front-end."""
    shares = [
        f"{_share(row[f'{cost}_ratio'])} of their {name} ({_share(row[f'{cost}_common_ratio'])} behind one common "
        "front-end)"
        for cost, name in (
            ("cpu_milliseconds", "processor time"),
            ("multiply_adds", "multiply-adds"),
            ("bytes", "bytes"),
            ("peak_memory", "peak memory"),
        )
    ]
    return (
        f"At work it takes {row['milliseconds']:.2f} ms a second of audio (95 % within "
        f"{row['milliseconds_p95']:.2f}): {', '.join(shares[:-1])} and {shares[-1]}."
    )


def _best_grouping(best: Sequence[Line], unit: Unit) -> list[str]:
    """Of the groupings that no other beats in parameters and gain, the one with most gain where it was chosen."""
    known = [line for line in best if line["cost"] == "parameters" and line["gain"] is not None]
    if not known:
        return []
    most = max(known, key=lambda line: line["gain_chosen"])
    setting = setting_name([most[name] for name in SETTING])
    if most["low"] is None:
        return []
    return [
        f"The grouping that gains most on every other fold, {', '.join(most['groups'])} ({setting}), has a mean gain "
        f"of {unit.points(most['gain'])} ({unit.within(most['low'], most['high'])}) on the others, which did not "
        "choose it."
    ]


def _share(ratio: float) -> str:
    return "an unknown share" if pd.isna(ratio) else f"{100 * ratio:.0f} %"
