"""Nothing that is said of a study contradicts anything else that is said of it, in no command and on no shape."""

from __future__ import annotations

import shutil
from functools import cache

import pytest
from rules import RULES
from said import Said
from shapes import SHAPES, study_named
from written import write

pytestmark = pytest.mark.slow

SOMETIMES = ("smallest_gains_can_be",)
"""Rules that do not hold yet, for rare studies only."""

EACH = 4
"""Studies of every shape; of every fourth shape one more, which makes over three hundred."""

ALWAYS = ("plain-0", "adaptive-0", "controls-0")
"""Those that every run of the tests looks at; the others take minutes."""

NAMES = [
    *(f"{shape}-{number}" for number in range(EACH) for shape in SHAPES),
    *(f"{shape}-{EACH}" for shape in list(SHAPES)[::4]),
]
REST = [name for name in NAMES if name not in ALWAYS]


@pytest.fixture(scope="module")
def contradictions(tmp_path_factory, statistics_of_folders):
    """What contradicts in a study of some name, by rule: a list, empty where nothing does."""
    root = tmp_path_factory.mktemp("studies")

    @cache
    def of(name: str) -> dict[str, list[str]]:
        study = study_named(name)
        said = Said(study, write(study, root / name))
        found = {rule: list(check(said)) for rule, check in RULES.items()}
        shutil.rmtree(root / name)
        statistics_of_folders.clear()
        return found

    return of


@pytest.mark.parametrize("name", [*ALWAYS, *(pytest.param(name, marks=pytest.mark.slow) for name in REST)])
def test_nothing_contradicts(name, contradictions):
    found = {rule: told for rule, told in contradictions(name).items() if told}
    assert not {rule: told for rule, told in found.items() if rule not in SOMETIMES}
