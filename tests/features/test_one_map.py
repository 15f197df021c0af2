"""Processes that read the same features have them in memory once."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cohear.features.store import open_store

pytestmark = pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="only Linux tells what is shared")

READER = """
import sys
from pathlib import Path
from cohear.features.store import open_store
store = open_store(sys.argv[1], Path(sys.argv[2]))
print(float(store.frames.sum()), flush=True)  # every page is touched
sys.stdin.read()
"""


def kilobytes(process, file, *names):
    """Of a process' map of a file: what each line of ``smaps`` says."""
    found, inside = dict.fromkeys(names, 0), False
    for line in Path(f"/proc/{process}/smaps").read_text().splitlines():
        if "-" in line.split()[0]:  # addresses of a map, and its file
            inside = line.endswith(str(file))
        elif inside and (name := line.partition(":")[0]) in found:
            found[name] += int(line.split()[1])
    return tuple(found.values())


def test_two_workers_share_features_through_one_map(tmp_path):
    folder = tmp_path / "features" / "made"
    folder.mkdir(parents=True)
    frames = np.random.default_rng(0).standard_normal((60_000, 64)).astype(np.float32)  # 15 MB
    np.save(folder / "frames.npy", frames)
    np.save(folder / "offsets.npy", np.array([0, len(frames)]))
    np.save(folder / "heard.npy", np.ones(len(frames), dtype=bool))
    (folder / "meta.json").write_text('{"contents": ["one"]}')
    assert open_store("made", tmp_path).frame_width == 64
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, "made", str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    try:
        sums = {reader.stdout.readline() for reader in readers}
        assert len(sums) == 1
        file, size = folder / "frames.npy", frames.nbytes / 1024
        for reader in readers:
            resident, share, dirty = kilobytes(reader.pid, file, "Rss", "Pss", "Private_Dirty")
            assert resident == pytest.approx(size, rel=0.01)
            assert share == pytest.approx(size / 2, rel=0.05)  # each bears half of what both have
            assert dirty == 0
    finally:
        for reader in readers:
            reader.communicate(b"")
