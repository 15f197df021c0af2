"""What decoding costs, against the way it was done before headers were doubted.

Usage: ``python benchmarks/decoding.py [DATA_FOLDER] [--repeats 20]``; recordings of ordinary formats are made, and FLAC
files of the folder's datasets are read too.

Both give mono float32 samples that are finite numbers. cohear also looks at the structure of each file, to find what
its header does not tell. Figures are processor time of one thread; the two alternate, file by file, so that a busy
machine slows both, and the least of all repeats counts.
"""

# ruff: noqa: E402 - the variables below must be set before numpy is imported
import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import argparse
import re
import stat
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from cohear.audio.decode import decode
from cohear.audio.segment import Segment

MOST = 1.1
"""Times the processor time of before, in the median of the file sets."""
SECONDS = 4.0


def before(path: Path) -> tuple[np.ndarray, int]:
    """As cohear 0.1.0 did it: opened by name, read as far as the header says, averaged, looked at."""
    with opened(path) as file:
        blocks = list(mono_blocks(path, file, file.frames))
        return (blocks[0] if len(blocks) == 1 else np.concatenate(blocks)), file.samplerate


@contextmanager
def opened(path: Path) -> Iterator[soundfile.SoundFile]:
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)) or path.suffix.lower() == ".raw":
        raise ValueError(path)
    with soundfile.SoundFile(path) as file:
        if file.format in ("WAV", "WAVEX") and "should be" in (log := file.extra_info):
            re.search(r"^data : (\d+) \(should be (\d+)\)", log, re.MULTILINE)
        elif file.format == "OGG":
            with path.open("rb") as stream:
                stream.seek(max(0, path.stat().st_size - 65307))
                tail = stream.read()
            tail[max(tail.rfind(b"OggS"), 0) :]
        yield file


def mono_blocks(path: Path, file: soundfile.SoundFile, frames: int) -> Iterator[np.ndarray]:
    most = max(1, (1 << 20) // file.channels)
    read = 0
    while read < frames:
        asked = min(most, frames - read)
        block = np.empty((asked, file.channels), np.float32)
        block = block[: file.buffer_read_into(block, "float32")]
        read += len(block)
        mono = block[:, 0] if file.channels == 1 else block.mean(axis=1, dtype=np.float32)
        largest = max(mono.max(initial=0), -mono.min(initial=0))
        if not largest <= 1e12:
            raise ValueError(path)
        yield mono
        if len(block) < asked:
            break
    if file.format in ("MP3", "MPEG") and read < frames - 2304:
        raise ValueError(path)


def spent(read: Callable[[Path], object], file: Path) -> float:
    began = time.thread_time()
    read(file)
    return time.thread_time() - began


def measure(name: str, files: Sequence[Path], repeats: int) -> float:
    def ours(file: Path) -> object:
        return decode(Segment(file))

    old, new = np.full((2, len(files)), np.inf)
    for repeat in range(repeats):
        for index, file in enumerate(files):
            if repeat % 2:
                old[index] = min(old[index], spent(before, file))
                new[index] = min(new[index], spent(ours, file))
            else:
                new[index] = min(new[index], spent(ours, file))
                old[index] = min(old[index], spent(before, file))
    ratio = float(new.sum() / old.sum())
    each = f"{1e6 * old.mean():7.0f} us each before, {1e6 * new.mean():7.0f} now"
    print(f"  {name:<22} {len(files):4} files, {each}: {ratio:.3f}")
    return ratio


def made(folder: Path) -> dict[str, list[Path]]:
    """Recordings of an ordinary kind, in every ordinary format."""
    draw = np.random.default_rng(0)
    found: dict[str, list[Path]] = {}
    for ending in ("wav", "flac", "ogg", "mp3"):
        for rate, channels in ((16000, 1), (44100, 2)):
            files = [folder / f"{number}-{rate}.{ending}" for number in range(12)]
            for file in files:
                times = np.arange(round(SECONDS * rate)) / rate
                tone = np.sin(2 * np.pi * draw.uniform(100, 2000) * times) * np.sin(np.pi * times / SECONDS)
                samples = 0.3 * tone[:, None] + draw.uniform(-0.02, 0.02, (len(times), channels))
                soundfile.write(file, samples, rate)
            found[f"{ending}, {rate} Hz, {channels} ch"] = files
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="What decoding costs, against how it was done before.")
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--repeats", type=int, default=20)
    arguments = parser.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        print(f"made, {SECONDS:g} s each")
        ratios += [measure(name, files, arguments.repeats) for name, files in made(Path(folder)).items()]
        if arguments.data:
            print(f"files of {arguments.data}, the first 60 of each set")
            for dataset in sorted(arguments.data.iterdir()):
                if files := sorted(dataset.rglob("*.flac"))[:60]:
                    ratios.append(measure(dataset.name, files, max(arguments.repeats // 2, 1)))
    worst, middle = max(ratios), statistics.median(ratios)
    print(f"median ratio {middle:.3f}, worst {worst:.3f}, required {MOST} of the median")
    return 0 if middle <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
