"""What somebody is told would settle a question does, once it is done, what it promises."""

from __future__ import annotations

import shutil
from functools import cache

import pytest
from promises import NOT_FOLLOWED, PROMISES
from said import Said
from shapes import ONE_EACH, study_named
from written import write

pytestmark = pytest.mark.slow  # minutes of processor time

MOST = 3
"""Studies on which a kind of cure is followed."""


@pytest.fixture(scope="module")
def told(tmp_path_factory, statistics_of_folders):
    """The cures that a study of some name is told, by kind."""
    root = tmp_path_factory.mktemp("told")

    @cache
    def of(name):
        study = study_named(name)
        cures = Said(study, write(study, root / name)).cures
        shutil.rmtree(root / name)
        statistics_of_folders.clear()
        return {cure["kind"]: cure for cure in cures if cure["promise"]}

    return of


def test_every_promise_is_followed_or_named(told):
    kinds = {kind for name in ONE_EACH for kind in told(name)}
    assert kinds <= {*PROMISES, *NOT_FOLLOWED}


@pytest.mark.parametrize("kind", PROMISES)
def test_a_promise_is_kept(kind, told, tmp_path):
    promise, broken, followed = PROMISES[kind], {}, 0
    for name in ONE_EACH:
        cure, study = told(name).get(kind), study_named(name)
        then = promise.follow(study, cure) if cure and not study.looks else None
        if then is None or followed == MOST:
            continue
        followed += 1
        said = Said(then, write(then, tmp_path / name))
        if not promise.kept(said, cure):
            broken[name] = cure["words"]
    assert not broken
    assert followed, "no study of the sample is told of it"
