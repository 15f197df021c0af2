"""Clips in which tones begin and end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import tiny

PITCHES = {"low": 500.0, "high": 3000.0}
SECONDS = 1.5


def write_event_list(folder: Path, clips: int = 30) -> list[dict[str, str]]:
    """The same clips, whose events are in ``events.csv`` beside the table."""
    rows = write_events(folder, clips)
    tiny.write_table(folder, [{key: cell for key, cell in row.items() if key != "sounds"} for row in rows])
    lines = ["path,onset,offset,label"]
    for row in rows:
        for event in filter(None, row["sounds"].split(";")):
            label, _, times = event.partition("@")
            lines.append(f"{row['path']},{times.replace('-', ',')},{label}")
    (folder / "events.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return rows


def write_events(folder: Path, clips: int = 30) -> list[dict[str, str]]:
    """Clips of 1.5 s of noise with a tone of each pitch somewhere; returns the table's rows.

    Of the last one nothing is known.
    """
    noise, rows = np.random.default_rng(0), []
    (folder / "audio").mkdir(parents=True)
    for number in range(clips):
        time = np.arange(round(SECONDS * tiny.RATE)) / tiny.RATE
        samples, cells = 0.03 * noise.standard_normal(len(time)), []
        for label, pitch in PITCHES.items():
            onset = round(float(noise.uniform(0, 1)), 2)
            offset = round(onset + float(noise.uniform(0.2, 0.5)), 2)
            samples += 0.3 * np.sin(2 * np.pi * pitch * time) * ((time >= onset) & (time < offset))
            cells.append(f"{label}@{onset:g}-{offset:g}")
        soundfile.write(folder / "audio" / f"{number:02}.wav", samples.astype(np.float32), tiny.RATE, subtype="FLOAT")
        known = number < clips - 1
        rows.append({"path": f"audio/{number:02}.wav", "group": f"g{number % 5}", "sounds": ";".join(cells) * known})
    tiny.write_table(folder, rows)
    return rows
