"""An extraction that is killed leaves nothing that counts as done."""

import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import soundfile

from cohear.audio.segment import Segment
from cohear.data.scan.facts import scan
from cohear.features import LogMel, ensure_store, prune, stores

SCRIPT = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from cohear.audio.segment import Segment
    from cohear.data.scan.facts import scan
    from cohear.features import LogMel, ensure_store, extraction

    extraction._CHUNK_SECONDS = 0.5
    folder, cache = map(Path, sys.argv[1:])
    segments = [Segment(path) for path in sorted(folder.glob("*.flac"))]

    def progress(done, total):
        print(done, flush=True)
        time.sleep(60 if done > total / 2 else 0)

    ensure_store(LogMel(), segments, scan(segments, cache=cache), cache=cache, jobs=2, progress=progress)
""")


@pytest.mark.parametrize("cure", ["rerun", "prune"])
def test_killed_midway_then_run_again(tmp_path, cure):
    folder, cache = tmp_path / "clips", tmp_path / "cache"
    folder.mkdir()
    noise = np.random.default_rng(0)
    for i in range(20):
        soundfile.write(folder / f"{i:02}.flac", noise.uniform(-0.5, 0.5, 4000), 16000)
    segments = [Segment(path) for path in sorted(folder.glob("*.flac"))]

    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(folder), str(cache)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        while float(process.stdout.readline()) <= 2.5:
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()

    assert stores(cache) == []
    [left] = (cache / "features").iterdir()
    assert left.name.startswith(".")
    facts = scan(segments, cache=cache)
    if cure == "prune":
        [removed] = prune(cache)
        assert removed.description == "left by a process that was killed"
        assert list((cache / "features").iterdir()) == []
    found = ensure_store(LogMel(), segments, facts, cache=cache)
    undisturbed = ensure_store(LogMel(), segments, facts, cache=tmp_path / "other")
    np.testing.assert_array_equal(found.frames, undisturbed.frames)
    assert found.key == undisturbed.key
    assert [entry.name for entry in (cache / "features").iterdir()] == [found.key]


def test_temporary_folder_of_a_living_process_stays(tmp_path):
    folder, cache = tmp_path / "clips", tmp_path / "cache"
    folder.mkdir()
    soundfile.write(folder / "a.wav", np.zeros(100), 16000)
    segments = [Segment(folder / "a.wav")]
    facts = scan(segments, cache=cache)
    seen = []

    def second(*_):  # while the first is being made
        if not seen:
            seen.append(len(list((cache / "features").glob(".*"))))
            ensure_store(LogMel(), segments, facts, cache=cache)

    ensure_store(LogMel(), segments, facts, cache=cache, progress=second)
    assert seen == [1]
    assert len(list((cache / "features").iterdir())) == 1
