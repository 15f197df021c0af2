"""Hours of audio need memory for a piece of it: measured as the peak of a process of its own."""

import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile

RATE = 16000
HOURS = 3
WHOLE_MEGABYTES = HOURS * 3600 * RATE * 4 / 1e6  # 691: the file as 32-bit samples
MOST_MEGABYTES = 60  # a few pieces of 4 MB, threads and caches; far from the file
MOST_OF_A_CHECK = 300  # ten minutes at a time (38 MB) and what is made of them

MEASURE = """
import json, resource, sys
from pathlib import Path

from cohear.audio.decode import decode
from cohear.audio.segment import Segment
from cohear.data.audit.store import MeasureStore
from cohear.data.scan.facts import scan
from cohear.features import LogMel, ensure_store

path, cache, what = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
whole = [Segment(path)]
cuts = [Segment(path, 10.0 * number, 10.0 * number + 4.0) for number in range(1000)]
decode(cuts[0])  # libraries are loaded


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3  # in KB on Linux


LogMel().frames([decode(cuts[0]).samples])
before = peak()
inspector = MeasureStore(cache, whole) if what == "check" else None
facts = scan(cuts if what == "cuts" else whole, cache=cache, jobs=2, inspector=inspector)
if what == "features":
    ensure_store(LogMel(), whole, facts, cache=cache, jobs=2)
print(json.dumps({"megabytes": peak() - before, "samples": sum(fact.samples for fact in facts)}))
"""


@pytest.fixture(scope="module", params=["flac", "wav"])
def long_file(request, tmp_path_factory):
    """Three hours, silent but for a burst of noise every ten minutes."""
    path = tmp_path_factory.mktemp("long") / f"a.{request.param}"
    burst = np.random.default_rng(0).uniform(-0.5, 0.5, RATE).astype(np.float32)
    ten_minutes = np.zeros(600 * RATE, np.float32)
    ten_minutes[: len(burst)] = burst
    with soundfile.SoundFile(path, "w", RATE, 1, subtype="PCM_16") as file:
        for _ in range(HOURS * 6):
            file.write(ten_minutes)
    return path


def measured(path, cache, what):
    ended = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), str(cache), what], capture_output=True, text=True, check=True
    )
    return json.loads(ended.stdout)


@pytest.mark.slow
def test_a_long_file_is_scanned_in_pieces(long_file, tmp_path):
    found = measured(long_file, tmp_path, "whole")
    assert found["samples"] == HOURS * 3600 * RATE
    assert found["megabytes"] < MOST_MEGABYTES < WHOLE_MEGABYTES / 10


@pytest.mark.slow
def test_a_thousand_cuts_of_a_long_file(long_file, tmp_path):
    found = measured(long_file, tmp_path, "cuts")
    assert found["samples"] == 1000 * 4 * RATE
    assert found["megabytes"] < MOST_MEGABYTES


@pytest.mark.slow
def test_features_of_a_long_file(long_file, tmp_path):
    """The file is decoded, resampled and made into frames in pieces; its million frames go to the disk as they come."""
    found = measured(long_file, tmp_path, "features")
    assert found["samples"] == HOURS * 3600 * RATE
    assert found["megabytes"] < MOST_MEGABYTES


@pytest.mark.slow
def test_a_long_file_is_checked_in_parts(long_file, tmp_path):
    found = measured(long_file, tmp_path, "check")
    assert found["samples"] == HOURS * 3600 * RATE
    assert found["megabytes"] < MOST_OF_A_CHECK < WHOLE_MEGABYTES / 2
