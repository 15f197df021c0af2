"""Columns that are learnt as numbers: what the audit tells of them, and what it does not."""

import json

import numpy as np
import pytest
import tiny

from cohear.base.yaml_text import YamlText
from cohear.study.audit import check_data
from cohear.study.file import check_study
from cohear.study.folder.folder import with_paths_from


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Forty clips with a pitch."""
    root = tmp_path_factory.mktemp("numbers")
    tiny.write_pitches(root / "data" / "pitches")
    return root


def found(root, task=None, cells=None, **columns):
    """Findings by code, with the cells of some clips changed, or whole columns."""
    folder = root / "data" / "pitches"
    before = (folder / "manifest.csv").read_bytes()
    rows = [dict(zip(before.decode().split("\n")[0].strip().split(","), line.strip().split(","), strict=True))
            for line in before.decode().strip().split("\n")[1:]]  # fmt: skip
    for number, row in enumerate(rows):
        row.update({name: cell(number) for name, cell in columns.items()}, **(cells or {}).get(number, {}))
    tiny.write_table(folder, rows)
    of_task = {"dataset": "pitches", "target": "pitch", "kind": "regression", **(task or {})}
    content = tiny.settings(datasets={"pitches": {"path": "data/pitches"}}, tasks={"pitch": of_task})
    try:
        audit = check_data(with_paths_from(check_study(YamlText(content)), root), cache=root / "cache")
    finally:
        (folder / "manifest.csv").write_bytes(before)
    codes = {}
    for finding in audit.findings:
        codes.setdefault(finding.code, []).append(finding)
        json.dumps(finding.to_json(), allow_nan=False)
    return codes


def test_clean_numbers_have_a_range_and_nothing_is_wrong(root):
    codes = found(root)
    [told] = codes["number-range"]
    assert told.severity == "note" and (told.dataset, told.task) == ("pitches", "pitch")
    assert told.sentence.startswith("38 clips with 38 different numbers in 'pitch', from 3")
    assert told.figures["different"] == 38 and 300 <= told.figures["least"] < told.figures["median"]
    assert not {"text-among-numbers", "far-number", "constant-number", "contradicting-labels"} & set(codes)
    assert not {"label-counts", "rare-label", "one-group-label", "unknown-as-value"} & set(codes)


def test_text_among_numbers_is_told_with_every_clip_of_it(root):
    cells = {3: {"pitch": "n/a"}, 9: {"pitch": "440 Hz"}, 11: {"pitch": "n/a"}}
    codes = found(root, cells=cells)
    [told] = codes["text-among-numbers"]
    assert told.severity == "error" and "3 of 40 clips have no number in 'pitch', but 'n/a', '440 Hz'" in told.sentence
    assert [clip.clip for clip in told.clips] == ["audio/003.wav", "audio/009.wav", "audio/011.wav"]
    assert "study-refused" in codes


def test_numbers_far_from_all_others(root):
    codes = found(root, cells={3: {"pitch": "99999"}, 9: {"pitch": "-8000"}})
    [told] = codes["far-number"]
    assert (
        told.severity == "warning"
        and "2 of 38 clips have a 'pitch' far from the others, such as 99999, -8000; half" in told.sentence
    )
    assert [clip.clip for clip in told.clips] == [
        "audio/003.wav",
        "audio/009.wav",
    ]
    assert told.figures["numbers"] == {"audio/003.wav": 99999.0, "audio/009.wav": -8000.0}


@pytest.mark.parametrize("draw", [np.random.default_rng(0).normal, np.random.default_rng(1).uniform])
def test_numbers_as_nature_makes_them_are_not_far(root, draw):
    assert "far-number" not in found(root, pitch=lambda number: f"{draw():.4f}")


def test_a_number_for_what_is_unknown(root):
    codes = found(root, pitch=lambda number: "-1" if number % 3 else f"{300 + number}.5")
    [told] = codes["constant-number"]
    assert told.severity == "warning" and "26 of 40 clips have -1 as 'pitch'" in told.sentence
    assert len(told.clips) == 26
    assert "far-number" not in codes


def test_the_same_number_everywhere_is_an_error_and_refused(root):
    codes = found(root, pitch=lambda number: "3.5")
    [told] = codes["constant-number"]
    assert told.severity == "error" and told.sentence == "'pitch' is 3.5 in all 40 clips that have a number"
    [refused] = codes["study-refused"]
    assert "holds the same number in all clips, so that there is nothing to learn" in refused.sentence


def test_several_numbers_are_told_one_by_one(root):
    several = {"pitch": lambda number: f"a={number};b=7"}
    codes = found(root, **several)
    assert [told.figures["number"] for told in codes["number-range"]] == ["a", "b"]
    [told] = codes["constant-number"]
    assert told.figures == {"number": "b", "is": 7.0}


def test_equal_clips_whose_numbers_are_written_otherwise_do_not_contradict(root):
    """``440`` and ``440.0`` are one number, ``441`` is another."""
    folder = root / "data" / "pitches" / "audio"
    before = (folder / "001.wav").read_bytes()
    try:
        (folder / "001.wav").write_bytes((folder / "000.wav").read_bytes())
        assert "contradicting-labels" not in found(root, cells={0: {"pitch": "440"}, 1: {"pitch": "440.0"}})
        assert "contradicting-labels" in found(root, cells={0: {"pitch": "440"}, 1: {"pitch": "441"}})
    finally:
        (folder / "001.wav").write_bytes(before)


def test_a_task_of_labels_is_told_nothing_of_numbers(root):
    codes = found(root, {"kind": None}, pitch=lambda number: str(number % 4))
    assert not {"number-range", "far-number", "constant-number", "text-among-numbers"} & set(codes)
    assert "label-counts" in codes
