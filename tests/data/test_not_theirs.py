"""Folders that look like a public dataset at first glance and are somebody's own."""

import numpy as np
import pytest
import soundfile

from cohear.data.tables.reader import read_clip_table

OWN = {
    "kinds of sound": {f"{kind}/{number}.wav": "" for kind in ("music", "speech", "noise") for number in range(3)},
    "digits by folder": {f"{digit}/{digit}_{take:02}_{take}.wav": "" for digit in range(10) for take in range(1, 4)},
    "digits of two letters": {f"0{digit}/{digit}_5{take}_{take}.wav": "" for digit in range(9) for take in range(3)},
    "current": {f"{kind}/a{number:02}.wav": "" for kind in ("DC", "AC") for number in range(3)},
    "lists of parts": {
        **{f"clips/{number}.wav": "" for number in range(6)},
        "train.tsv": "path\tword\nclips/0.wav\tyes\nclips/1.wav\tno\nclips/2.wav\tyes\nclips/3.wav\tno\n",
        "test.tsv": "path\tword\nclips/4.wav\tyes\nclips/5.wav\tno\n",
    },
    "a list of training": {
        **{f"train_audio/{number}.wav": "" for number in range(4)},
        "train.csv": "path,word\ntrain_audio/0.wav,yes\ntrain_audio/1.wav,no\ntrain_audio/2.wav,yes\n"
        "train_audio/3.wav,no\n",
    },
}


@pytest.mark.parametrize("layout", OWN)
def test_it_is_read_as_what_it_is(layout, tmp_path):
    for place, text in OWN[layout].items():
        file = tmp_path / "own" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        if text:
            file.write_text(text, encoding="utf-8")
        else:
            soundfile.write(file, np.sin(np.arange(1600) * (1 + len(place)) / 9) / 2, 16000)
    table = read_clip_table(tmp_path / "own", "own")
    assert len(table) == sum(place.endswith(".wav") for place in OWN[layout])
    labels = [column for column in ("label", "word") if column in table.rows]
    assert labels and len(set(table.column(labels[0], "own"))) >= 2
