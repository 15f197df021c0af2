"""No header asks for memory, and where there is none left, one sentence says so."""

import json
import subprocess
import sys

import damages
import numpy as np
import pytest
import soundfile
from encoders import by_libsndfile

from cohear.audio import decode as module
from cohear.audio.decode import UnreadableAudio, decode
from cohear.audio.segment import Segment
from cohear.data.scan.facts import BadClip, scan

MEASURE = """
import json, resource, sys
from pathlib import Path

from cohear.audio.decode import UnreadableAudio, decode
from cohear.audio.segment import Segment
from cohear.data.scan.facts import scan

good, cache, *files = map(Path, sys.argv[1:])
scan([Segment(good)], cache=cache, jobs=1)
found = {}
for file in files:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        told = str(len(decode(Segment(file)).samples))
    except UnreadableAudio as error:
        told = error.reason
    scan([Segment(file)], cache=cache, jobs=1)
    found[file.name] = (told, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
print(json.dumps(found))
"""
LIMITED = """
import resource, sys
from pathlib import Path

from cohear.audio.decode import UnreadableAudio, decode
from cohear.audio.segment import Segment

good, file, room = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
decode(Segment(good))
pages = int(Path("/proc/self/statm").read_text().split()[0])
most = pages * resource.getpagesize() + room
resource.setrlimit(resource.RLIMIT_AS, (most, most))
try:
    print(len(decode(Segment(file)).samples))
except UnreadableAudio as error:
    print(error.reason)
"""


def told_by(program, *arguments):
    """What a process of its own says, which may say nothing on stderr."""
    ended = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return ended.stdout


def good(folder):
    file = folder / "good.wav"
    file.write_bytes(by_libsndfile("WAV", "PCM_16"))
    return file


def stating(place, size, value, container="WAV"):
    content = by_libsndfile(container, "PCM_16")
    return damages.put(content, place, value.to_bytes(size, "little"))


WRONG = {
    "100 MHz": (lambda: stating(24, 4, 100_000_000), "its header states a rate of 100000000 Hz"),
    "1 Hz": (lambda: stating(24, 4, 1), "its header states a rate of 1 Hz"),
    "2 GB": (lambda: stating(40, 4, 0x7FFF0000), "it is cut short"),
    "65535 channels": (lambda: stating(22, 2, 65535), ""),
    "65535 bytes a sample": (lambda: stating(32, 2, 65535), "24000"),
    "FLAC of weeks": (lambda: damages.flac_length(by_libsndfile("FLAC", "PCM_16"), (1 << 36) - 1), "it is cut short"),
    "CAF": (lambda: damages.sized(by_libsndfile("CAF", "PCM_16"), lambda _: 1 << 61), "it is cut short"),
    "W64": (lambda: damages.sized(by_libsndfile("W64", "PCM_16"), lambda _: 1 << 61), "it is cut short"),
}
"""Files by name: their bytes, and how begins what is said of them."""


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """What was said of each wrong file, and megabytes that the process grew by."""
    folder = tmp_path_factory.mktemp("wrong")
    for name, (content, _) in WRONG.items():
        (folder / name).write_bytes(content())
    return json.loads(told_by(MEASURE, good(folder), folder / "cache", *(folder / name for name in WRONG)))


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_header_asks_for_no_memory(measured, name):
    told, megabytes = measured[name]
    assert told.startswith(WRONG[name][1])
    assert megabytes < 64


def test_a_small_file_that_holds_hours(tmp_path, monkeypatch):
    """As a whole it is refused by name; a piece at a time it is heard."""
    file = tmp_path / "a.flac"
    soundfile.write(file, np.zeros(3 << 20, np.int16), 8000)
    assert file.stat().st_size < 50_000
    monkeypatch.setattr(module, "_MOST_SAMPLES", 2 << 20)
    with pytest.raises(UnreadableAudio, match=r"it is longer than 0\.1 h: cut it into clips"):
        decode(Segment(file))
    assert len(decode(Segment(file, 100, 160)).samples) == 480_000
    (facts,) = scan([Segment(file)], cache=tmp_path / "cache")
    assert facts.samples == 3 << 20


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("ending", ["wav", "flac", "mp3"])
def test_a_limit_of_memory_is_told_in_a_sentence(tmp_path, ending):
    """``ulimit -v`` leaves 8 MB, the file takes 20."""
    file = tmp_path / f"a.{ending}"
    soundfile.write(file, np.zeros(5_000_000, np.int16), 16000)
    assert told_by(LIMITED, good(tmp_path), file, 8 << 20) == "it needs more memory than there is\n"


def test_a_scan_tells_which_file_it_was(tmp_path):
    """Whatever runs out of memory while a clip is heard."""

    class Hearing:
        def wants(self, facts):
            return True

        def listen(self):
            return self

        def hear(self, part):
            raise MemoryError

    file = tmp_path / "a.wav"
    file.write_bytes(by_libsndfile("WAV", "PCM_16"))
    (found,) = scan([Segment(file)], cache=tmp_path / "cache", inspector=Hearing())
    assert found == BadClip(file, "it needs more memory than there is")
