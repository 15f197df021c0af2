"""What a gain, and even more a loss, may be called: the real partner beside runs whose answer is known.

Three questions are asked of a cell that helps or hurts, each a paired test on the same folds and seeds:

- Does the control have the effect, compared with the single run? (:func:`control_gains`, ``controls.csv``)
- Does the real partner differ from the control? (:func:`contrasts`)
- So which explanation is left? (:func:`explained`)

| control | what it shares with the real partner | if it does the same, the effect is |
|---|---|---|
| ``shuffled`` | the partner's audio and a loss, but no relation of labels | ``regularisation`` |
| ``unlabelled`` | the partner's audio in the batch alone | ``domain`` |
| ``duplicate`` | more clips of the task itself | no relation; no word for it |
| ``wide``, ``long`` | the parameters, the compute | ``capacity`` |

``norm`` is asked the other way round: it has all that the pair has but for batch statistics over both datasets, so what
it has not, and the pair surely has, is of these (``statistics``).
"""

from collections.abc import Iterator

import pandas as pd

from cohear.analysis.gains.cell_tests import LEVEL, cell_tests
from cohear.analysis.gains.design import USUAL, Design
from cohear.analysis.gains.here import with_verdicts_here
from cohear.analysis.gains.pairs import differences
from cohear.analysis.gains.verdicts import with_verdicts
from cohear.analysis.tables.columns import CELL
from cohear.analysis.tables.results import checked_results
from cohear.base.tables import CONTROLS_CSV

EXPLAINS = {"wide": "capacity", "long": "capacity", "unlabelled": "domain", "shuffled": "regularisation"}
"""What an effect is that a control has too; the plainest explanation first."""
NORM = "norm"

CONTRASTS = (*CELL, "control", "difference", "low", "high", "p", "p_adjusted", "repeats")


def control_gains(results: pd.DataFrame, design: Design = USUAL) -> pd.DataFrame:
    """Gain of every control over the single run, with the verdicts of a family per control.

    Args:
        results: the table of results; rows with ``control`` are the controls, ``task`` the task they are for.
        design: of the study.

    Returns:
        The columns of ``controls.csv``: those of gains (``shared`` is the control's score) and ``control``.

    Raises:
        UserError: the two sides of a pair cannot be compared.
    """
    table = checked_results(results)
    single = table[(table["control"] == "") & (table["combination"] == table["task"])]
    found = []
    for name, rows in _by_control(table):
        cells = with_verdicts_here(with_verdicts(cell_tests(differences(rows, single, design), design)), design)
        found.append(cells.assign(control=name, explanation=""))
    return _joined(found, CONTROLS_CSV.names)


def contrasts(results: pd.DataFrame, design: Design = USUAL) -> pd.DataFrame:
    """The real partner minus each of its controls, plus where the real partner is better.

    A control that was trained on the task alone (its combination is the task's name) stands beside every
    combination of the task, any other beside the combination of its name.

    Returns:
        ``task, combination, features, encoder, arm, control, difference, low, high, p, p_adjusted, repeats``;
        the false discovery rate is kept among the cells of one setting, size and control.

    Raises:
        UserError: the two sides of a pair cannot be compared.
    """
    table = checked_results(results)
    real = table[(table["control"] == "") & (table["combination"] != table["task"])]
    found = []
    for name, rows in _by_control(table):
        alone = rows["combination"] == rows["task"]
        pairs = [
            differences(real, rows[alone], design),
            differences(real, rows[~alone], design, ["combination"]),
        ]
        cells = with_verdicts(cell_tests(pd.concat(pairs, ignore_index=True), design))
        found.append(cells.rename(columns={"gain": "difference"}).assign(control=name))
    return _joined(found, CONTRASTS)


def explained(gains: pd.DataFrame, controls: pd.DataFrame, beside: pd.DataFrame) -> pd.DataFrame:
    """The table of gains with its column ``explanation``.

    Only a cell that helps or hurts has an effect to explain. It is of ``statistics`` where it goes surely further than
    with ``norm``, which has not the same effect. It is a ``relation`` where ``shuffled`` was run
    and the effect goes surely further than with every other control that was run, and ``norm``, where that was run, has
    it too. Otherwise a control explains
    it that surely has the effect itself, in the same direction, while the real partner does not go
    surely further; of several, the plainest (capacity, then domain, then regularisation). Where neither
    can be shown, nothing is said.

    Args:
        gains: of :func:`cohear.analysis.gains.gains.gains`.
        controls: of :func:`control_gains`.
        beside: of :func:`contrasts`.
    """
    own = {(*_cell(row), row["control"]): row["verdict"] for row in controls.to_dict("records")}
    tests: dict[tuple[str, ...], dict[str, tuple[float, float]]] = {}
    for row in beside.to_dict("records"):
        tests.setdefault(_cell(row), {})[row["control"]] = (float(row["difference"]), float(row["p_adjusted"]))
    words = [
        _word(_cell(row), row["verdict"], tests.get(_cell(row), {}), own)
        if row["verdict"] in ("helps", "hurts")
        else ""
        for row in gains.to_dict("records")
    ]
    return gains.assign(explanation=words)


def _word(
    cell: tuple[str, ...],
    verdict: str,
    tests: dict[str, tuple[float, float]],
    own: dict[tuple[str, ...], str],
) -> str:
    sign = 1 if verdict == "helps" else -1
    further = {name: sign * difference > 0 and p <= LEVEL for name, (difference, p) in tests.items()}
    task, combination, *setting = cell
    with_own_norms = own.get((task, combination, *setting, NORM))
    if further.pop(NORM, False) and with_own_norms != verdict:
        return "statistics"
    if "shuffled" in further and all(further.values()) and with_own_norms in (None, verdict):
        return "relation"
    for control, word in EXPLAINS.items():
        has = (own.get((task, name, *setting, control)) for name in (combination, task))
        if control in further and not further[control] and verdict in has:
            return word
    return ""


def _cell(row: dict[object, object] | pd.Series) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in CELL)


def _by_control(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """The rows of each control that are about the task it is for."""
    focal = (table["focal"] == "") | (table["focal"] == table["task"])
    rows = table[(table["control"] != "") & focal]
    for name, some in rows.groupby("control", sort=True):
        yield str(name), some


def _joined(tables: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    if not tables:
        return pd.DataFrame(columns=list(columns))
    joined = pd.concat(tables, ignore_index=True)[list(columns)]
    return joined.sort_values([*CELL, "control"], ignore_index=True)
