"""Affinities and scores that notebooks hold as dictionaries: CelebA-9 and Taskonomy-5.

As in ``celeba/tag/network_selection`` of github.com/LOGO-CUHKSZ/Principled-Task-Grouping, whose notebooks are those of
TAG. ``revised_integrals = {'Goatee': {'Goatee': 238.4, 'Mustache': -65.4, …}, …}`` has, for each task, what each
partner does to it, in a cell whose comment says by which method. Scores of groups stand by members with ``|`` between,
``{'Goatee|Mustache': {'Goatee': 97.1, 'Mustache': 96.9}, …}``.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from cohear.advice.imports.imported import Imported, measured_row, score_row, text_of
from cohear.base.errors import UserError
from cohear.base.tables import Row

METHODS = {"tag": "look_ahead", "cs": "gradient_cosine"}
"""First words of comments, and what our tables call it."""
JOINED = "|"

Numbers = Mapping[str, Mapping[str, float]]


def read_literal_tables(path: Path, metric: str = "score", *, higher_is_better: bool = True) -> list[Imported]:
    """One of each set of tasks, in the order of the file.

    Args:
        path: a notebook, or Python.
        metric: what scores of groups are.
        higher_is_better: whether the better one is the larger one.

    Raises:
        UserError: there is no dictionary of tasks in it.
    """
    measured: dict[frozenset[str], list[Row]] = {}
    scored: dict[frozenset[str], list[Row]] = {}
    for name, numbers in _dictionaries(path):
        tasks = frozenset(task for key in numbers for task in key.split(JOINED))
        if all(set(row) == set(numbers) for row in numbers.values()):
            measured.setdefault(tasks, []).extend(
                measured_row(task, partner, name, value)
                for task, row in numbers.items()
                for partner, value in row.items()
                if task != partner
            )
        else:
            scored.setdefault(tasks, []).extend(
                score_row(task, key.split(JOINED), metric, value, higher_is_better=higher_is_better)
                for key, row in numbers.items()
                for task, value in row.items()
            )
    found = [
        Imported(results=scored.get(tasks, ()), measurements=measured.get(tasks, ()))
        for tasks in dict.fromkeys([*measured, *scored])
    ]
    if not found:
        raise UserError(f"{path} has no dictionary of tasks: {{'a': {{'a': 1.0, 'b': 0.2}}, 'b': …}}")
    return found


def _dictionaries(path: Path) -> Iterator[tuple[str, Numbers]]:
    """What each is a measurement of, and its numbers."""
    for source in _cells(path):
        comment = next((line.lstrip("# ").lower() for line in source.splitlines() if line.startswith("#")), "")
        name = METHODS.get(comment.partition(" ")[0].rstrip(".:"), "affinity")
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue  # a notebook's own commands
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
                numbers = _numbers(node.value)
                if numbers:
                    yield name, numbers


def _numbers(node: ast.Dict) -> Numbers:
    """Numbers by name and name; none where it is something else."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return {}
    fits = all(
        isinstance(key, str)
        and isinstance(row, dict)
        and row
        and all(isinstance(each, int | float) for each in row.values())
        for key, row in value.items()
    )
    return (
        {key: {str(name): float(number) for name, number in row.items()} for key, row in value.items()} if fits else {}
    )


def _cells(path: Path) -> list[str]:
    """Code of a notebook, cell by cell; a file of Python is one."""
    text = text_of(path)
    if path.suffix != ".ipynb":
        return [text]
    try:
        cells = json.loads(text)["cells"]
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{path} is no notebook") from None
    return ["".join(cell.get("source", ())) for cell in cells if cell.get("cell_type") == "code"]
