"""What a worker has in memory: the features that it maps, once and hardly more, and what any worker has."""

import json

import pytest
import soundfile
import tiny

MEGABYTES = 1e6
CLIPS, SECONDS = 24, 60.0


@pytest.mark.slow
def test_a_worker_takes_the_features_that_it_maps_and_no_copies(tmp_path):
    """At most 1.2 times the features of its tasks and 400 MB, of networks on vectors, whatever their layers hold."""
    rows = []
    (tmp_path / "data" / "tones" / "audio").mkdir(parents=True)
    for number in range(CLIPS):
        label, path = number % 2, f"audio/{number:03}.wav"
        wave = tiny.sound(300.0 + 400 * label, number, SECONDS)
        soundfile.write(tmp_path / "data" / "tones" / path, wave, tiny.RATE, subtype="PCM_16")
        rows.append({"path": path, "group": f"g{number // 2}", "tone": ("low", "high")[label]})
    tiny.write_table(tmp_path / "data" / "tones", rows)
    bench = tiny.Bench(tmp_path)
    study = bench.study(
        datasets={"tones": {"path": "data/tones"}},
        tasks={"tone": {"dataset": "tones", "target": "tone"}},
        features=[{"name": "summary", "statistics": "functionals"}],
        encoders=["mlp"],
        window=1.0,
        training={"steps": 20, "batch": 32},
    )
    ended = bench.cohear_apart("run", study, "--out", "out", "--jobs", "1", timeout=280)
    assert ended.returncode == 0, ended.stderr
    stored = sum(path.stat().st_size for path in (bench.cache / "features").rglob("*.npy"))
    assert stored > 30 * MEGABYTES  # or a copy of all would not be seen
    for path in (tmp_path / "out" / "runs").glob("*/record.json"):
        assert json.loads(path.read_text())["peak_memory_bytes"] <= 1.2 * stored + 400 * MEGABYTES
