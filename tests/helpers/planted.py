"""Two clean datasets made here, and faults to plant into copies of them."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

from cohear.base.yaml_text import YamlText
from cohear.study.file import StudySettings, check_study
from cohear.study.folder.folder import with_paths_from

RATE = 16000
GROUPS, LABELS, EACH = 12, ("low", "mid", "high"), 2
FOLDS = 3


def sound(seed: int, label: int, seconds: float, rate: int = RATE) -> np.ndarray:
    """Two coloured bursts in faint noise, no two seeds alike; the label says where their resonance is."""
    draw = np.random.default_rng(seed)
    length = round(seconds * rate)
    wave = 0.003 * draw.standard_normal(length)
    for _ in range(2):
        start, width = draw.uniform(0, seconds - 0.5), draw.uniform(0.3, 0.5)
        part = slice(round(start * rate), round((start + width) * rate))
        size = part.stop - part.start
        spectrum = np.fft.rfft(draw.standard_normal(size))
        hertz = np.fft.rfftfreq(size, 1 / rate)
        centre = (600.0, 1300.0, 2600.0)[label] * draw.uniform(0.8, 1.25)
        spectrum *= 1 / (1 + ((hertz - centre) / 400) ** 2) + 0.02
        burst = np.fft.irfft(spectrum, size)
        wave[part] += 0.06 * np.hanning(size) * burst / burst.std() * draw.uniform(0.8, 1.25)
    return wave.astype(np.float32)


def read_rows(folder: Path) -> list[dict[str, str]]:
    """The clip table."""
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(folder: Path, rows: list[dict[str, str]]) -> None:
    """``manifest.csv``."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(column for row in rows for column in row)), restval="")
    writer.writeheader()
    writer.writerows(rows)
    (folder / "manifest.csv").write_text(text.getvalue(), encoding="utf-8")


def write_clean(folder: Path, name: str, seed: int, groups: int = GROUPS, folds: int = FOLDS) -> None:
    """A dataset without faults: ``EACH`` clips a label and group."""
    rows = []
    (folder / "clips").mkdir(parents=True)
    for group in range(groups):
        for label in range(len(LABELS)):
            for again in range(EACH):
                number = len(rows)
                seconds = 1.05 + 0.01 * ((37 * number + 11 * again) % 40)
                path = f"clips/{number:03}.wav"
                samples = sound(10_000 * seed + number, label, seconds)
                soundfile.write(folder / path, samples, RATE, subtype="PCM_16")
                rows.append(
                    {
                        "path": path,
                        "group": f"g{group}",
                        "source_id": f"{name}:{group}",
                        "fold": str(1 + group % folds),
                        "duration": f"{len(samples) / RATE:.6f}",
                        "sample_rate": str(RATE),
                        name: LABELS[label],
                    }
                )
    write_rows(folder, rows)


def write_both(folder: Path) -> None:
    """Datasets ``bird`` and ``door``."""
    write_clean(folder / "bird", "bird", 1)
    write_clean(folder / "door", "door", 2)


def settings(folder: Path, **changes: Any) -> StudySettings:
    """The study of both; every value may be changed."""
    content = {
        "study": "planted",
        "datasets": {"bird": {"path": "bird"}, "door": {"path": "door"}},
        "tasks": {
            "bird": {"dataset": "bird", "target": "bird", "folds": "fold"},
            "door": {"dataset": "door", "target": "door", "hold_out": "group"},
        },
        "repeats": {"folds": 3},
    }
    return with_paths_from(check_study(YamlText({**content, **changes})), folder)


class Copy:
    """A copy of the clean datasets to spoil.

    Args:
        clean: the folder of `write_both`.
        folder: where the copy goes; audio is linked until it is written to.
    """

    def __init__(self, clean: Path, folder: Path) -> None:
        self.folder = folder
        self.changes: dict[str, Any] = {}
        for name in ("bird", "door"):
            shutil.copytree(clean / name, folder / name, copy_function=_link)
            rows = folder / name / "manifest.csv"
            text = rows.read_text(encoding="utf-8")
            rows.unlink()
            rows.write_text(text, encoding="utf-8")

    def file(self, number: int = 7, name: str = "bird") -> Path:
        """A clip's file, no longer linked."""
        path = self.folder / name / "clips" / f"{number:03}.wav"
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(content)
        return path

    def change(
        self, change: Callable[[np.ndarray], np.ndarray], number: int = 7, name: str = "bird", **how: Any
    ) -> None:
        """Change the samples of a clip."""
        path = self.file(number, name)
        samples, rate = soundfile.read(path, dtype="float32")
        soundfile.write(path, change(samples), how.pop("rate", rate), **{"subtype": "PCM_16", **how})
        self.row(number, name, duration="", sample_rate="")

    def row(self, number: int = 7, dataset: str = "bird", **cells: str) -> None:
        """Change cells of a row."""
        rows = read_rows(self.folder / dataset)
        rows[number].update(cells)
        write_rows(self.folder / dataset, rows)

    def rows(self, change: Callable[[int, dict[str, str]], Any], name: str = "bird") -> None:
        """Change every row."""
        rows = read_rows(self.folder / name)
        for number, row in enumerate(rows):
            change(number, row)
        write_rows(self.folder / name, rows)

    def samples(self, number: int = 7, name: str = "bird") -> np.ndarray:
        """A clip's samples."""
        return soundfile.read(self.folder / name / "clips" / f"{number:03}.wav", dtype="float32")[0]

    def settings(self) -> StudySettings:
        """The study of the copy."""
        return settings(self.folder, **self.changes)


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)


def low_pass(samples: np.ndarray, rate: int = RATE) -> np.ndarray:
    """As if recorded at half the rate."""
    return soxr.resample(soxr.resample(samples, rate, rate // 2), rate // 2, rate)


def noisy(samples: np.ndarray, seed: int = 0) -> np.ndarray:
    """With a noise floor some 10 dB higher."""
    return samples + (0.008 * np.random.default_rng(seed).standard_normal(len(samples))).astype(np.float32)


def coded(samples: np.ndarray) -> np.ndarray:
    """Through a lossy codec at a low bit rate."""
    stream = io.BytesIO()
    soundfile.write(stream, samples, RATE, format="MP3", subtype="MPEG_LAYER_III", compression_level=0.99)
    stream.seek(0)
    return soundfile.read(stream, dtype="float32")[0]


def another_take(samples: np.ndarray) -> np.ndarray:
    """The same recording, later, quieter and coded."""
    return 0.6 * coded(np.concatenate([np.zeros(777, np.float32) + 1e-4, samples]))


@dataclass(frozen=True)
class Fault:
    """A fault to plant.

    Attributes:
        code: what must be found.
        plant: plants it.
        clip: a clip that must be in the finding.
        dataset: whom the finding must concern.
    """

    code: str
    plant: Callable[[Copy], Any]
    clip: str = "clips/007.wav"
    dataset: str = "bird"


def _replace(copy: Copy, number: int, samples: np.ndarray, name: str = "bird") -> None:
    copy.change(lambda _: samples, number, name)


def _zipped(copy: Copy) -> None:
    with zipfile.ZipFile(copy.folder / "bird" / "more.zip", "w") as archive:
        archive.write(copy.folder / "bird" / "clips" / "000.wav", "more/100.wav")


def _beside(copy: Copy) -> None:
    soundfile.write(copy.folder / "bird" / "clips" / "more.wav", sound(99, 0, 1.2), RATE)


def _of_fold(copy: Copy, fold: str, change: Callable[[np.ndarray], np.ndarray]) -> None:
    for number, row in enumerate(read_rows(copy.folder / "bird")):
        if row["fold"] == fold:
            copy.change(change, number)


def _segments(copy: Copy) -> None:
    rows = read_rows(copy.folder / "bird")
    rows[0].update(start="0", end="0.6", duration="")
    rows.append({**rows[0], "start": "0.5", "end": "1.0"})
    write_rows(copy.folder / "bird", rows)


def _by_label(change: Callable[[np.ndarray], np.ndarray], label: str) -> Callable[[Copy], None]:
    def plant(copy: Copy) -> None:
        for number, row in enumerate(read_rows(copy.folder / "bird")):
            if row["bird"] == label:
                copy.change(change, number)

    return plant


def _one_length(copy: Copy) -> None:
    for number in range(len(read_rows(copy.folder / "bird"))):
        copy.change(lambda samples: samples[: round(1.05 * RATE)], number)


def _few_rate(copy: Copy) -> None:
    for number in range(len(read_rows(copy.folder / "door"))):
        copy.change(lambda samples: soxr.resample(samples, RATE, RATE // 2), number, "door", rate=RATE // 2)


def _rare(copy: Copy) -> None:
    rows = read_rows(copy.folder / "bird")
    kept = [row for number, row in enumerate(rows) if row["bird"] != "low" or number < 8]
    write_rows(copy.folder / "bird", kept)


def _imbalanced(copy: Copy) -> None:
    copy.rows(lambda number, row: row.update(bird="low" if number % 12 == 5 and number < 60 else "high"))


def _shifted_labels(copy: Copy) -> None:
    copy.rows(lambda number, row: row.update(bird="low" if (row["fold"] == "1") == (number % 9 > 0) else "high"))


def _refused(copy: Copy) -> None:
    copy.changes["tasks"] = {
        "bird": {"dataset": "bird", "target": "bird", "folds": "fold"},
        "again": {"dataset": "bird", "target": "bird", "hold_out": "group"},
    }


def _share_clips(copy: Copy) -> None:
    copy.rows(lambda number, row: row.update(size=("small", "large")[number % 2]))
    copy.changes["tasks"] = {
        "bird": {"dataset": "bird", "target": "bird", "folds": "fold"},
        "size": {"dataset": "bird", "target": "size", "folds": "fold"},
    }


def _other_names(copy: Copy) -> None:
    copy.rows(lambda number, row: row.update(src_file="123456" if number == 7 else ""))
    copy.rows(lambda number, row: row.update(fsID="freesound:123456" if number == 8 else ""), "door")


def _latin_1(copy: Copy) -> None:
    """As an old spreadsheet saves it."""
    copy.rows(lambda number, row: row.update(place="Höhle"))
    file = copy.folder / "bird" / "manifest.csv"
    file.write_bytes(file.read_text(encoding="utf-8").encode("latin-1"))


def _silences(copy: Copy) -> None:
    for number in (7, 8):
        copy.change(lambda x: np.zeros(20000, np.float32), number)


def _unfinished(copy: Copy) -> None:
    """As a recorder leaves a file that loses its power."""
    content = copy.file().read_bytes()
    place = content.index(b"data") + 4
    copy.file().write_bytes(content[:place] + bytes(4) + content[place + 4 :])


FAULTS: dict[str, Fault] = {
    "missing file": Fault("missing-file", lambda copy: copy.file().unlink()),
    "empty file": Fault("empty-file", lambda copy: copy.file().write_bytes(b"")),
    "no samples": Fault("empty-file", lambda copy: copy.change(lambda samples: samples[:0])),
    "cut short": Fault("truncated-file", lambda copy: (f := copy.file()).write_bytes(f.read_bytes()[:9000])),
    "unfinished header": Fault("odd-header", _unfinished),
    "not a number": Fault(
        "not-finite", lambda copy: copy.change(lambda x: np.where(x == x.max(), np.nan, x), subtype="FLOAT")
    ),
    "infinity": Fault(
        "not-finite", lambda copy: copy.change(lambda x: np.where(x == x.max(), np.inf, x), subtype="FLOAT")
    ),
    "no audio": Fault("unreadable-file", lambda copy: copy.file().write_text("this is no audio\n" * 50)),
    "silent": Fault("silent-clip", lambda copy: copy.change(np.zeros_like)),
    "clipped": Fault("clipped", lambda copy: copy.change(lambda x: np.clip(20 * x, -1, 1))),
    "clipped low": Fault("clipped", lambda copy: copy.change(lambda x: np.clip(5 * x, -0.3, 0.3))),
    "off centre": Fault("dc-offset", lambda copy: copy.change(lambda x: x + 0.05)),
    "far too quiet": Fault("extreme-level", lambda copy: copy.change(lambda x: 0.004 * x, subtype="FLOAT")),
    "far too loud": Fault("extreme-level", lambda copy: copy.change(lambda x: 30000 * x, subtype="FLOAT")),
    "too short": Fault("shorter-than-window", lambda copy: copy.change(lambda x: x[:8000])),
    "wrong duration": Fault("wrong-duration", lambda copy: copy.row(duration="1.3")),
    "wrong rate": Fault("wrong-rate", lambda copy: copy.row(sample_rate="44100")),
    "one length": Fault("fixed-duration", _one_length, clip=""),
    "another rate": Fault("mixed-rates", lambda copy: copy.change(lambda x: soxr.resample(x, RATE, 22050), rate=22050)),
    "opposite channels": Fault("cancelling-channels", lambda copy: copy.change(lambda x: np.stack([x, -x], axis=1))),
    "opposite channels, one of them quieter": Fault(
        "cancelling-channels", lambda copy: copy.change(lambda x: np.stack([x, -0.97 * x], axis=1))
    ),
    "minutes among seconds": Fault("odd-length", lambda copy: _replace(copy, 7, sound(7, 1, 60.0))),
    "a click among seconds": Fault("odd-length", lambda copy: copy.change(lambda x: x[:500])),
    "two equal silences": Fault("exact-duplicates", _silences),
    "a device of its own": Fault(
        "label-from-conditions",
        lambda copy: copy.rows(lambda number, row: row.update(device="ab"[row["bird"] == "low"])),
        clip="",
    ),
    "stereo": Fault("mixed-channels", lambda copy: copy.change(lambda x: np.stack([x, x], axis=1))),
    "upsampled": Fault("upsampled", lambda copy: copy.change(low_pass)),
    "half the bandwidth": Fault("mixed-bandwidth", _few_rate, clip="", dataset=""),
    "copied": Fault("exact-duplicates", lambda copy: _replace(copy, 7, copy.samples(8))),
    "copied to another dataset": Fault(
        "exact-duplicates-across-datasets", lambda copy: _replace(copy, 7, copy.samples(8, "door")), dataset=""
    ),
    "another take": Fault("near-duplicates", lambda copy: _replace(copy, 7, another_take(copy.samples(20)))),
    "another take in another dataset": Fault(
        "near-duplicates-across-datasets",
        lambda copy: _replace(copy, 7, another_take(copy.samples(8, "door"))),
        dataset="",
    ),
    "tested and trained on": Fault(
        "leaking-near-duplicates", lambda copy: _replace(copy, 7, another_take(copy.samples(20)))
    ),
    "two labels": Fault("contradicting-labels", lambda copy: _replace(copy, 7, copy.samples(8))),
    "two labels, nearly": Fault("contradicting-labels", lambda copy: _replace(copy, 7, another_take(copy.samples(20)))),
    "an excerpt repeated": Fault("repeated-excerpt", lambda copy: copy.change(lambda x: np.tile(x[2000:8000], 3))),
    "tested and trained on in another dataset": Fault(
        "leaking-near-duplicates", lambda copy: _replace(copy, 7, another_take(copy.samples(8, "door"))), dataset=""
    ),
    "group in two folds": Fault("groups-across-folds", lambda copy: copy.row(fold="3", group="g1")),
    "source in two folds": Fault("sources-across-folds", lambda copy: copy.row(fold="3", group="other")),
    "source in two groups": Fault("sources-across-groups", lambda copy: copy.row(group="other")),
    "source in two datasets": Fault("sources-across-datasets", lambda copy: copy.row(source_id="door:3"), dataset=""),
    "source in two datasets, under other names": Fault("recordings-across-datasets", _other_names, dataset=""),
    "set aside": Fault("clips-set-aside", lambda copy: copy.row(source_id="door:3"), clip="", dataset="door"),
    "group in two ways": Fault("groups-alike", lambda copy: copy.row(group="G1 ")),
    "group in two ways, on both sides": Fault(
        "groups-alike", lambda copy: copy.row(group="g01", fold="3", source_id="")
    ),
    "speaker in two ways": Fault(
        "groups-alike", lambda copy: copy.rows(lambda number, row: row.update(speaker=("1", "1.0", "2")[number % 3]))
    ),
    "label unknown": Fault("unknown-as-value", lambda copy: copy.row(bird="nan")),
    "group unknown": Fault("unknown-as-value", lambda copy: copy.row(group="n/a")),
    "labels with commas": Fault(
        "several-labels-in-a-cell",
        lambda copy: copy.rows(lambda number, row: row.update(bird="low,mid") if number % 12 == 7 else None),
    ),
    "labels as lists": Fault(
        "several-labels-in-a-cell", lambda copy: copy.rows(lambda number, row: row.update(bird=f"['{row['bird']}']"))
    ),
    "another coding": Fault("read-otherwise", _latin_1, clip=""),
    "not in the table": Fault("unused-audio", _beside, clip=""),
    "a table beside": Fault(
        "unused-table", lambda copy: (copy.folder / "bird" / "more.csv").write_text("a,b\n"), clip=""
    ),
    "an empty folder": Fault("unused-folder", lambda copy: (copy.folder / "bird" / "owl").mkdir(), clip=""),
    "a text for each clip": Fault(
        "unused-table", lambda copy: (copy.folder / "bird" / "clips" / "007.lab").write_text("low\n"), clip=""
    ),
    "an archive beside": Fault("unused-archive", _zipped, clip=""),
    "overlap": Fault("overlapping-segments", _segments, clip="clips/000.wav@0.5-1.0"),
    "spelling": Fault("labels-alike", lambda copy: copy.row(bird="Low ")),
    "no label": Fault("missing-labels", lambda copy: copy.row(bird="")),
    "label of one group": Fault(
        "one-group-label",
        lambda copy: copy.rows(
            lambda number, row: row.update(door="one" if 30 <= number < 33 else row["door"]), "door"
        ),
        clip="clips/031.wav",
        dataset="door",
    ),
    "label of one fold": Fault(
        "absent-label",
        lambda copy: copy.rows(lambda number, row: row.update(bird="one" if 6 <= number < 10 else row["bird"])),
        clip="",
    ),
    "few of a label": Fault("rare-label", _rare, clip=""),
    "ten times as many": Fault("imbalanced-labels", _imbalanced, clip=""),
    "filled with zeros": Fault("trailing-silence", lambda copy: copy.change(lambda x: np.append(x, np.zeros(3200)))),
    "zeros tell the label": Fault(
        "file-cue", _by_label(lambda x: np.append(x, np.zeros(4000, np.float32)), "low"), clip=""
    ),
    "loudness tells the label": Fault("sound-cue", _by_label(lambda x: 0.2 * x, "low"), clip=""),
    "test part low-passed": Fault("part-discrepancy", lambda copy: _of_fold(copy, "2", low_pass), clip="clips/006.wav"),
    "test part noisier": Fault("part-discrepancy", lambda copy: _of_fold(copy, "2", noisy), clip="clips/006.wav"),
    "test part coded": Fault("part-discrepancy", lambda copy: _of_fold(copy, "2", coded), clip="clips/006.wav"),
    "labels shift": Fault("label-shift", _shifted_labels, clip=""),
    "impossible": Fault("study-refused", _refused, clip="", dataset=""),
    "tasks on the same clips": Fault("tasks-share-clips", _share_clips, clip="clips/007.wav"),
}
