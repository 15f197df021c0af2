"""What words are understood in sound that was made again from features: of 64 and of 24 bands, with fewer digits.

Usage: ``python benchmarks/inversion.py DATA_FOLDER [--each 25]``; reads ``speech_commands`` there. Needs an open
recogniser that was trained on other speech: ``pip install pocketsphinx`` (its English model comes with it).

Mel energies become a spectrum by multiplicative updates of non-negative least squares, which gets phases by Griffin and
Lim's algorithm with the momentum of Perraudin et al. The recogniser chooses among the ten words. Prints a Markdown
table; chance is a tenth. No exit code judges: these are facts for the card of a pack.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile

from cohear.base.arrays import Floats
from cohear.features.filterbank import FilterBank, mel_triangles
from cohear.features.front_end import FRONT_ENDS
from cohear.features.rounding import rounded

WORDS = ("down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes")
RATE = 16000
KEPT = {"logmel": ("exact", "sixteenths", "eighths"), "summary": ("exact", "eighths")}
UPDATES, ROUNDS, MOMENTUM = 100, 60, 0.99
SILENCE = 4800
"""Samples before and behind a clip, for the recogniser."""


def spectrum(energies: Floats, bank: FilterBank) -> np.ndarray:
    """Magnitudes ``[T, bins]`` whose mel energies ``[T, bands]`` are near those that are given."""
    filters = mel_triangles(bank.bands, bank.fft_size, bank.rate, bank.low, bank.high).astype(
        np.float64
    )  # [bins, bands]
    found = energies @ filters.T + 1e-9
    for _ in range(UPDATES):
        found *= (energies @ filters.T) / ((found @ filters) @ filters.T + 1e-12)
    return np.sqrt(found)


def sound(magnitudes: np.ndarray, bank: FilterBank) -> np.ndarray:
    """Samples with these magnitudes."""
    size, frames = bank.window, len(magnitudes)
    window = np.hanning(size + 1)[:-1]
    length = size + (frames - 1) * bank.hop
    at = np.arange(size)[None] + bank.hop * np.arange(frames)[:, None]  # [T, window]
    weight = np.zeros(length)
    np.add.at(weight, at, np.broadcast_to(window**2, at.shape))

    def joined(spectra: np.ndarray) -> np.ndarray:
        pieces = np.fft.irfft(spectra, bank.fft_size)[:, :size] * window
        samples = np.zeros(length)
        np.add.at(samples, at, pieces)
        return samples / np.maximum(weight, 1e-3)

    phases = np.exp(2j * np.pi * np.random.default_rng(0).random(magnitudes.shape))
    before = np.zeros_like(phases)
    for _ in range(ROUNDS):
        again = np.fft.rfft(joined(magnitudes * phases)[at] * window, bank.fft_size)
        fast = again + MOMENTUM * (again - before)
        phases, before = fast / np.maximum(np.abs(fast), 1e-12), again
    return joined(magnitudes * phases)


def recogniser():
    """A function from samples to a word, or nothing."""
    from pocketsphinx import Decoder  # noqa: PLC0415 - told how to get it

    decoder = Decoder(samprate=RATE, loglevel="FATAL", lm=None)
    grammar = f"#JSGF V1.0; grammar words; public <word> = {' | '.join(WORDS)};"
    decoder.add_jsgf_string("words", grammar)
    decoder.activate_search("words")

    def heard(samples: np.ndarray) -> str:
        level = samples / max(float(np.abs(samples).max()), 1e-9)
        noise = np.random.default_rng(0).standard_normal(len(level) + 2 * SILENCE) * 1e-3
        noise[SILENCE:-SILENCE] += 0.5 * level
        decoder.start_utt()
        decoder.process_raw((noise * 32767).astype(np.int16).tobytes(), full_utt=True)
        decoder.end_utt()
        found = decoder.hyp()
        return found.hypstr if found else ""

    return heard


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--each", type=int, default=25)
    given = parser.parse_args()
    try:
        heard = recogniser()
    except ImportError:
        print("Nothing measured: pip install pocketsphinx")
        return 0
    folder = given.data / "speech_commands"
    table = pd.read_csv(folder / "manifest.csv")
    clips = [row for word in WORDS for row in table[table.word == word].head(given.each).itertuples()]
    samples = [soundfile.read(folder / clip.path, dtype="float32")[0] for clip in clips]

    def share(sounds) -> str:
        right = [heard(each) == clip.word for each, clip in zip(sounds, clips, strict=True)]
        error = np.sqrt(np.mean(right) * (1 - np.mean(right)) / len(right))
        return f"{100 * np.mean(right):.0f} ± {100 * error:.0f} %"

    began = time.process_time()
    print(f"| words of {len(clips)} that are understood | |\n|---|---|\n| as recorded | {share(samples)} |", flush=True)
    for name, ways in KEPT.items():
        front_end = FRONT_ENDS[name](rate=RATE)
        bank = front_end.filter_bank
        frames = front_end.frames(samples)
        for kept in ways:
            energies = (np.exp(rounded(each, kept)) - front_end.floor for each in frames)
            made = share(sound(spectrum(np.maximum(each, 0), bank), bank) for each in energies)
            print(f"| `{name}`, {front_end.bands} bands, `stored: {kept}` | {made} |", flush=True)
    print(f"{time.process_time() - began:.0f} s of processor time", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
