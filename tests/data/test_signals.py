"""What is measured of clips for tasks without labels: right values of made sounds, and kept by content."""

import numpy as np
import pytest
import tiny

from cohear.audio.segment import Segment
from cohear.data.scan.facts import scan
from cohear.data.scan.signals import SignalStore
from cohear.tasks.number_cells import numbers_in

RATE = 16000


def signals(folder, waves, cache):
    import soundfile

    folder.mkdir(exist_ok=True)
    segments = []
    for number, wave in enumerate(waves):
        soundfile.write(folder / f"{number}.wav", wave, RATE, subtype="FLOAT")
        segments.append(Segment(folder / f"{number}.wav"))
    store = SignalStore(cache, segments)
    with store.open():
        facts = scan(segments, cache=cache, inspector=store)
    return store, facts


def test_measures_of_tones_noise_and_silence(tmp_path):
    time = np.arange(RATE) / RATE
    voice = sum(np.sin(2 * np.pi * 150 * k * time) / k for k in range(1, 8)).astype(np.float32) * 0.2
    tone = (0.5 * np.sin(2 * np.pi * 1000 * time + 0.1)).astype(np.float32)
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32) * 0.1
    store, facts = signals(tmp_path / "audio", [voice, tone, noise, np.zeros(RATE, np.float32)], tmp_path / "cache")
    found = [numbers_in(cell) for cell in store.cells(facts)]
    assert found[0]["pitch"] == pytest.approx(150, rel=0.01)
    assert found[0]["energy"] == pytest.approx(10 * np.log10(np.mean(voice**2)), abs=0.01)
    assert found[1]["centroid"] == pytest.approx(1000, rel=0.02)
    assert found[1]["crossings"] == pytest.approx(2000, abs=2)
    assert found[1]["energy"] == pytest.approx(-9.03, abs=0.01)
    assert "pitch" not in found[2] and found[2]["centroid"] == pytest.approx(RATE / 4, rel=0.05)
    assert found[2]["crossings"] == pytest.approx(RATE / 2, rel=0.05)
    assert found[3] == {"energy": -120.0}


def test_what_was_measured_is_looked_up(tmp_path):
    wave = tiny.sound(440, 1)
    first, facts = signals(tmp_path / "audio", [wave], tmp_path / "cache")
    again = SignalStore(tmp_path / "cache", [Segment(tmp_path / "audio" / "0.wav")])
    assert not again.wants(facts[0]) and again.cells(facts) == first.cells(facts)
