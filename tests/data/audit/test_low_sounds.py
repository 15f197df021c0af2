"""Near-duplicates of sounds that are all below 250 Hz, and sounds of that kind that are none."""

import io

import numpy as np
import planted
import pytest
import scipy.signal
import soundfile

from cohear.audio.decode import Audio
from cohear.data.audit.landmarks import candidates_by_landmarks
from cohear.data.audit.measures import measure
from cohear.data.audit.near import _alignment, _by_third_clips
from cohear.study.audit import check_data

RATE = 4000


def beats(seed, seconds=2.4, low=25, high=180):
    """Heartbeats: two thumps a cycle, each of its own shape, in faint noise."""
    draw = np.random.default_rng(seed)
    length = round(seconds * RATE)
    wave = 0.002 * draw.standard_normal(length)
    cycle = draw.uniform(0.7, 1.0)
    band = scipy.signal.butter(3, [low, high], "bandpass", fs=RATE, output="sos")
    for start in np.arange(draw.uniform(0, 0.3), seconds - 0.3, cycle):
        for at, size in ((start, 0.3), (start + 0.35 * cycle, 0.2)):
            part = slice(round(at * RATE), round(at * RATE) + 500)
            thump = scipy.signal.sosfilt(band, draw.standard_normal(500) * np.hanning(500))
            wave[part] += (size * thump / np.abs(thump).max())[: len(wave[part])]
    return wave.astype(np.float32)


def hum(seed, seconds=2.4):
    """Mains hum beside faint noise: every one is like every other, and none is a copy."""
    draw = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    return (0.2 * np.sin(2 * np.pi * 50 * time + draw.uniform(0, 6)) + 0.01 * draw.standard_normal(len(time))).astype(
        np.float32
    )


def coded(samples):
    stream = io.BytesIO()
    soundfile.write(stream, samples, 8000, format="OGG", subtype="VORBIS", compression_level=0.8)
    stream.seek(0)
    return soundfile.read(stream, dtype="float32")[0]


COPIES = {
    "quieter": lambda x: 0.2 * x,
    "turned": lambda x: -x,
    "cut": lambda x: x[700:-900],
    "later": lambda x: np.concatenate([np.zeros(1234, np.float32), x]),
    "noisier": lambda x: x + 0.1 * x.std() * np.random.default_rng(9).standard_normal(len(x)).astype(np.float32),
    "coded": coded,
}


def landmarks(samples, rate=RATE):
    return measure(Audio(np.asarray(samples, np.float32), rate, 1)).landmarks


@pytest.mark.parametrize("change", COPIES)
def test_copies_of_low_sounds_are_proposed(change):
    originals = [beats(number) for number in range(20)]
    copies = [COPIES[change](samples) for samples in originals]
    clips = [*originals, *copies]
    found = candidates_by_landmarks([landmarks(clip) for clip in clips], [len(clip) / RATE for clip in clips])
    assert {(one.first, one.second) for one in found} >= {(number, number + 20) for number in range(20)}
    shift = {"cut": -700, "later": 1234}.get(change, 0) / RATE
    offsets = {(one.first, one.second): one.offset for one in found}
    assert np.median([offsets[number, number + 20] for number in range(20)]) == pytest.approx(shift, abs=0.02)


def test_hum_and_other_sounds_have_no_landmarks():
    """What is like itself everywhere says nothing; what is not low has a fingerprint; an offset is no sound."""
    assert all(len(landmarks(hum(number)).seconds) == 0 for number in range(10))
    assert len(landmarks(planted.sound(1, 1, 1.5), planted.RATE).seconds) == 0
    assert len(landmarks(0.5 + 0.01 * planted.sound(1, 1, 1.5), planted.RATE).seconds) == 0
    assert len(landmarks(np.zeros(5000)).seconds) == len(landmarks(np.ones(3)).seconds) == 0


def test_low_near_duplicates_are_told_and_others_are_not(clean, tmp_path, cache):
    """Of thirty heartbeats two are one recording; and of thirty hums none."""
    copy = planted.Copy(clean, tmp_path)
    rows = planted.read_rows(copy.folder / "bird")
    for number in range(len(rows)):
        samples = beats(number) if number < 40 else hum(number)
        copy.change(lambda _, samples=samples: samples, number, rate=RATE)
    copy.change(lambda _: np.concatenate([np.zeros(321, np.float32), 0.5 * beats(7)])[:9000], 21, rate=RATE)
    found = [one for one in check_data(copy.settings(), cache=cache).findings if one.code == "near-duplicates"]
    pairs = [(pair["first"][1], pair["second"][1]) for one in found for pair in one.figures["pairs"]]
    assert pairs == [("clips/007.wav", "clips/021.wav")]
    assert found[0].figures["pairs"][0]["offset"] == pytest.approx(321 / RATE, abs=0.002)


def test_a_third_clip_proposes_a_pair(clean, tmp_path, cache):
    """Parts of one long recording: all pairs with half of the shorter in common are told, at the right offset."""
    copy = planted.Copy(clean, tmp_path)
    long = beats(99, seconds=6.0)
    for number in range(8):
        part = long[number * 1000 : number * 1000 + 9000]
        copy.change(lambda _, part=part: part, number, rate=RATE)
    (found,) = [
        one
        for one in check_data(copy.settings(), cache=cache).findings
        if one.code == "near-duplicates" and one.severity == "warning" and one.dataset == "bird"
    ] or [None]
    if found is None:
        raise AssertionError("nothing is told")
    told = {(pair["first"][1], pair["second"][1]): pair for pair in found.figures["pairs"]}
    for one in range(6):  # of one group, others of the next
        for two in range(max(6, one + 1), min(one + 5, 8)):
            pair = told[f"clips/{one:03}.wav", f"clips/{two:03}.wav"]
            assert pair["offset"] == pytest.approx(-(two - one) / 4, abs=0.002)


def test_a_third_clip_says_how_far_apart_two_are():
    """Two that are near-duplicates of one: asked once, at the offset that follows, if enough is common."""
    seconds = [2.0, 2.0, 2.0, 2.0]
    found = [(0, 1, 0.99, -0.5, 0.0), (1, 2, 0.98, -0.4, 0.0), (2, 3, 0.97, -1.0, 0.0)]
    known = {pair[:2] for pair in found}
    asked = _by_third_clips(found, seconds, known, set())
    assert [(one.first, one.second) for one in asked] == [(0, 2)]  # of 1 and 3 less than half is common
    assert asked[0].offset == pytest.approx(-0.9)
    assert asked[0].seconds == pytest.approx(1.1)
    assert _by_third_clips(found, seconds, known, {_alignment(0, 2, -0.9)}) == []


def test_a_low_sound_of_hours_has_the_landmarks_of_its_parts():
    from cohear.data.audit.landmarks import joined_landmarks

    one, two = landmarks(beats(1)), landmarks(beats(2))
    joined = joined_landmarks([one, two], [2.4, 2.4])
    assert joined.seconds.tolist() == pytest.approx([*one.seconds, *(two.seconds + 2.4)])
    assert joined.shapes.shape == (len(joined.seconds), one.shapes.shape[1])


def test_sounds_that_agree_below_4_khz_alone_are_no_copies(clean, tmp_path, cache):
    """Two cymbals with one low part; a copy with all of it is told."""
    copy = planted.Copy(clean, tmp_path)
    low = planted.sound(5, 2, 1.2)
    high = scipy.signal.butter(6, 4500, "highpass", fs=planted.RATE, output="sos")
    bright = [scipy.signal.sosfilt(high, np.random.default_rng(number).standard_normal(len(low))) for number in (0, 1)]
    one, two = (low + (0.05 * part).astype(np.float32) for part in bright)
    for number, samples in ((7, one), (20, two), (33, 0.5 * one)):
        copy.change(lambda _, samples=samples: samples, number)
    found = [one for one in check_data(copy.settings(), cache=cache).findings if one.code == "near-duplicates"]
    pairs = [(pair["first"][1], pair["second"][1]) for one in found for pair in one.figures["pairs"]]
    assert pairs == [("clips/007.wav", "clips/033.wav")]
