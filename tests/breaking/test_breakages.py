"""Breakages follow the code: each has its one place there, and the tests that must tell of it are there."""

import breakages
import pytest

pytestmark = pytest.mark.slow


def test_every_breakage_has_its_place_and_its_tests():
    lost = []
    for breakage in breakages.BREAKAGES:
        try:
            breakages.place_of(breakages.ROOT, breakage.before)
            breakages.tests_of(breakages.ROOT, breakage.tests)
        except breakages.NotThereError as error:
            lost.append(f"{breakage.name}: {error}")
    assert lost == []
