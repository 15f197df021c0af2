"""Thousands of mutated files: no traceback, no hang, no memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from encoders import PYAV

MOST_MEGABYTES = 150


def fuzzed(seed, count):
    pytest.importorskip("av", reason=PYAV)
    program = Path(__file__).with_name("fuzz.py")
    ended = subprocess.run(
        [sys.executable, program, str(seed), str(count)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert ended.stderr == ""
    found = json.loads(ended.stdout)
    assert found["bad"] == []
    assert found["decoded"] + found["refused"] == count
    assert min(found["decoded"], found["refused"]) > count / 10
    assert found["megabytes"] < MOST_MEGABYTES


def test_some_broken_files():
    fuzzed(1, 200)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_two_thousand_broken_files(seed):
    fuzzed(seed, 2000)
