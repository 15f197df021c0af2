"""The short form of ``make chaos``."""

import pytest
from chaos import chaos


@pytest.mark.timeout(900)
def test_a_study_that_is_killed_again_and_again_has_the_tables_of_one_that_is_not(tmp_path):
    did = chaos(tmp_path, kills=2, a_round=2)
    assert did["kills"] == 2
    assert did["rounds"] == 1
