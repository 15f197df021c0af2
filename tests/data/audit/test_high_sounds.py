"""Near-duplicates of sounds above 3.6 kHz (birds, insects, bats), and sounds of that kind that are none."""

import io

import numpy as np
import planted
import pytest
import scipy.signal
import soundfile

from cohear.audio.decode import Audio
from cohear.audio.resample import resample
from cohear.data.audit.landmarks import NO_LANDMARKS, candidates_by_landmarks
from cohear.data.audit.measures import measure
from cohear.data.audit.octaves import OCTAVES, common_octave, joined_octaves, loudest_band
from cohear.study.audit import check_data

RATES = (22050, 32000, 44100, 48000)


def calls(seed, rate, low=6000, high=10000, seconds=1.6):
    """Chirps between two frequencies, each of its own length, course and loudness, in faint noise."""
    draw = np.random.default_rng(seed)
    length = round(seconds * rate)
    wave = 0.003 * draw.standard_normal(length)
    at = draw.uniform(0, 0.2)
    while at < seconds - 0.2:
        lasts = draw.uniform(0.02, 0.15)
        time = np.arange(round(lasts * rate)) / rate
        begin, end = draw.uniform(low, high, 2)
        hertz = begin + (end - begin) * (time / lasts) ** draw.uniform(0.5, 2)
        call = draw.uniform(0.1, 0.5) * np.hanning(len(time)) * np.sin(2 * np.pi * np.cumsum(hertz) / rate)
        wave[round(at * rate) : round(at * rate) + len(call)] += call
        at += lasts + draw.uniform(0.02, 0.25)
    return wave.astype(np.float32)


def noisier(samples, decibel=12.0):
    draw = np.random.default_rng(len(samples) + int(1e6 * abs(samples[999])))
    noise = draw.standard_normal(len(samples)).astype(np.float32)
    return samples + samples.std() * 10 ** (-decibel / 20) * noise


def coded(samples, rate, form, coding):
    stream = io.BytesIO()
    soundfile.write(stream, samples, rate, format=form, subtype=coding, compression_level=0.7)
    stream.seek(0)
    return soundfile.read(stream, dtype="float32")[0]


def windy(samples, rate):
    low = scipy.signal.butter(4, 150, fs=rate, output="sos")
    wind = scipy.signal.sosfilt(low, np.random.default_rng(int(1e6 * abs(samples[999]))).standard_normal(len(samples)))
    return (samples + samples.std() / wind.std() * wind).astype(np.float32)


COPIES = {
    "quieter": lambda x, rate: (0.1 * x, rate),
    "turned": lambda x, rate: (-x, rate),
    "noisier": lambda x, rate: (noisier(x), rate),
    "cut": lambda x, rate: (noisier(x, 20)[round(0.2 * rate) : -round(0.15 * rate)], rate),
    "later": lambda x, rate: (noisier(np.concatenate([np.zeros(round(0.1234 * rate), np.float32), x]), 20), rate),
    "at another rate": lambda x, rate: (noisier(resample(x, rate, 22050), 20), 22050),
    "MP3": lambda x, rate: (noisier(coded(x, rate, "MP3", "MPEG_LAYER_III"), 20), rate),
    "Ogg": lambda x, rate: (coded(noisier(x, 15), rate, "OGG", "VORBIS"), rate),
    "in the wind": lambda x, rate: (windy(x, rate), rate),
}


def octaves(samples, rate):
    return measure(Audio(np.asarray(samples, np.float32), rate, 1)).octaves


def proposed(clips):
    """Pairs of clips that landmarks of any octave propose, with their offsets."""
    found = {}
    known = [octaves(*clip) for clip in clips]
    for octave in OCTAVES:
        high = [each.get(octave, NO_LANDMARKS) for each in known]
        seconds = [len(samples) / rate for samples, rate in clips]
        for one in candidates_by_landmarks(high, seconds, [loudest_band(each) for each in high], octave):
            found[one.first, one.second] = one.offset
    return found


@pytest.mark.parametrize("change", COPIES)
def test_copies_of_high_sounds_are_proposed(change):
    originals = [(calls(number, rate), rate) for number, rate in enumerate(2 * RATES)]
    copies = [COPIES[change](*clip) for clip in originals]
    found = proposed([*originals, *copies])
    true = {(number, number + len(originals)) for number in range(len(originals))}
    assert found.keys() >= true
    assert len(found) <= 2 * len(true)  # what is asked for costs time
    shift = {"cut": -0.2, "later": 0.1234}.get(change, 0)
    assert np.median([found[pair] for pair in true]) == pytest.approx(shift, abs=0.02)


@pytest.mark.parametrize(("low", "high", "rate"), [(4200, 7500, 16000), (11000, 18000, 44100), (25000, 60000, 192000)])
def test_other_octaves(low, high, rate):
    """Clips at 16 kHz, insects, and bats."""
    clips = [(calls(number, rate, low, high, 1.5), rate) for number in range(6)]
    found = proposed([*clips, *((noisier(samples), rate) for samples, _ in clips)])
    assert found.keys() >= {(number, number + 6) for number in range(6)}


def test_tones_noise_and_other_sounds_have_no_landmarks():
    """A tone is like every other and so is noise; what is not high has a fingerprint, as hums and winds have not."""
    draw = np.random.default_rng(0)
    time = np.arange(44100) / 22050
    whine = 0.1 * np.sin(2 * np.pi * 7000 * time) + 0.001 * draw.standard_normal(len(time))
    above = scipy.signal.butter(8, 5000, "highpass", fs=22050, output="sos")
    hiss = scipy.signal.sosfilt(above, draw.standard_normal(44100))
    for samples in (whine, hiss):
        assert all(len(each.seconds) == 0 for each in octaves(samples, 22050).values())
    assert octaves(planted.sound(1, 1, 1.5), planted.RATE) == octaves(np.zeros(5000), 22050) == {}
    assert octaves(np.sin(2 * np.pi * 50 * time) + 0.001 * draw.standard_normal(44100), 8000) == {}


def test_a_high_sound_of_hours_has_the_landmarks_of_its_parts():
    one, two = octaves(calls(1, 32000), 32000), octaves(calls(2, 32000, 4500, 7000), 32000)
    joined = joined_octaves([one, two], [1.6, 1.6])
    shared = common_octave(one, two)
    assert shared in joined
    assert joined.keys() == one.keys() | two.keys()
    expected = [*one[shared].seconds, *(two[shared].seconds + 1.6)]
    assert joined[shared].seconds.tolist() == pytest.approx(expected)


def test_high_near_duplicates_are_told_and_others_are_not(clean, tmp_path, cache):
    """Of thirty birds two are one recording, in different noise; two that share one call are none."""
    copy = planted.Copy(clean, tmp_path)
    rate = 32000
    one, other = calls(3, rate), calls(4, rate)
    other[: rate // 4] = one[rate : rate + rate // 4]
    for number in range(len(planted.read_rows(copy.folder / "bird"))):
        samples = {3: one, 4: other}.get(number, calls(number, rate))
        copy.change(lambda _, samples=samples: samples, number, rate=rate)
    copy.change(lambda _: noisier(0.5 * calls(7, rate))[3210:], 21, rate=rate)
    found = [one for one in check_data(copy.settings(), cache=cache).findings if one.code == "near-duplicates"]
    pairs = [pair for one in found for pair in one.figures["pairs"]]
    assert [(pair["first"][1], pair["second"][1]) for pair in pairs] == [("clips/007.wav", "clips/021.wav")]
    assert pairs[0]["offset"] == pytest.approx(-3210 / rate, abs=0.002)


def test_high_sounds_are_not_judged_by_noise_below(clean, tmp_path, cache):
    """Calls above 11 kHz that differ, in one and the same noise below 8 kHz: no copies."""
    copy = planted.Copy(clean, tmp_path)
    rate = 44100
    low = scipy.signal.butter(6, 8000, fs=rate, output="sos")
    noise = scipy.signal.sosfilt(low, np.random.default_rng(1).standard_normal(round(1.6 * rate))).astype(np.float32)
    for number in (7, 20):
        samples = 0.3 * calls(number, rate, 11000, 18000) + 0.005 * noise
        copy.change(lambda _, samples=samples: samples, number, rate=rate)
    codes = [one.code for one in check_data(copy.settings(), cache=cache).findings]
    assert not [code for code in codes if "near-duplicates" in code]
