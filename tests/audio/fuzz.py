"""Decodes mutated files and tells what became of them: run as a process of its own, so that memory can be measured.

Usage: ``python fuzz.py SEED COUNT``; prints a line of JSON.
"""

import json
import resource
import signal
import sys
import tempfile
from pathlib import Path

import numpy as np
from encoders import FFMPEG, FIXTURES, LIBSNDFILE, by_ffmpeg, by_libsndfile

from cohear.audio.decode import UnreadableAudio, audio_info, decode
from cohear.audio.segment import Segment

LONGEST_SECONDS = 20
SHOWN_BYTES = 200


def recordings():
    made = [by_libsndfile(container, subtype) for container, subtype, _ in LIBSNDFILE]
    made += [by_ffmpeg(container, codec, rate, options) for container, codec, _, rate, options in FFMPEG]
    return [*made, *(file.read_bytes() for file in sorted(FIXTURES.iterdir()))]


def flipped(content, draw):
    """Bits, most of them where headers are."""
    made = bytearray(content)
    for _ in range(draw.integers(1, 8)):
        most = len(made) if draw.random() < 0.4 else min(len(made), SHOWN_BYTES)
        made[draw.integers(0, most)] ^= 1 << int(draw.integers(0, 8))
    return bytes(made)


def extreme(content, draw):
    """Numbers in the header at their limits."""
    made = bytearray(content)
    place = int(draw.integers(0, min(len(made), SHOWN_BYTES)))
    size = int(draw.choice([2, 4, 8]))
    made[place : place + size] = (b"\xff" * size, bytes(size), b"\x7f" + b"\xff" * (size - 1))[draw.integers(0, 3)]
    return bytes(made[: len(content)])


def cut(content, draw):
    return content[: int(draw.integers(0, len(content)))]


def swapped(content, draw):
    """Two stretches change places."""
    a, b, c, d = sorted(int(place) for place in draw.integers(0, len(content) + 1, 4))
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


def doubled(content, draw):
    a, b = sorted(int(place) for place in draw.integers(0, len(content) + 1, 2))
    return content[:b] + content[a:b] + content[b:]


MUTATIONS = (flipped, flipped, extreme, extreme, cut, swapped, doubled)


def tried(file, start):
    """What became of a file: ``decoded``, ``refused``, or a traceback in one line."""
    signal.alarm(LONGEST_SECONDS)
    try:
        audio_info(file)
        samples = decode(Segment(file, start or None)).samples
        return "decoded" if np.isfinite(samples).all() and len(samples) else "samples that are none"
    except UnreadableAudio as error:
        return "refused" if error.reason and "\n" not in error.reason else f"no sentence: {error.reason!r}"
    except BaseException as error:  # whatever it is, it is told
        return repr(error)
    finally:
        signal.alarm(0)


def main(seed, count):
    def too_long(*_):
        raise TimeoutError(f"longer than {LONGEST_SECONDS} s")

    signal.signal(signal.SIGALRM, too_long)
    draw = np.random.default_rng(seed)
    sounds = recordings()
    found = {"decoded": 0, "refused": 0}
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "a.bin"
        for content in sounds:  # every library is loaded
            file.write_bytes(content)
            tried(file, 0)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(count):
            content = sounds[draw.integers(0, len(sounds))]
            for _ in range(draw.integers(1, 3)):
                content = MUTATIONS[draw.integers(0, len(MUTATIONS))](content, draw)
            file.write_bytes(content)
            what = tried(file, float(draw.choice([0, 0, 0.2])))
            if what in found:
                found[what] += 1
            else:
                kept = Path(tempfile.gettempdir()) / f"broken-{seed}-{len(bad)}.bin"
                kept.write_bytes(content)
                bad.append(f"{kept}: {what}")
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(json.dumps({**found, "bad": bad, "megabytes": (after - before) / 1024}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
