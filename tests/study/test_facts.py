"""What ``data.json`` tells of labels and relations."""

import soundfile
import tiny

from cohear.study.data_facts import data_facts
from cohear.study.file import load_study
from cohear.study.folder.folder import with_paths_from
from cohear.study.prepare import prepare


def test_how_long_the_clips_of_a_label_are(bench):
    """A clip counts for each label that it carries, one without a known label for none."""
    folder = bench.root / "data" / "birds"
    rows = []
    for number, (label, seconds) in enumerate(
        [("owl", 0.5), ("owl;wren", 1.0), ("wren", 1.5), ("owl", 0.7), ("wren", 0.25), ("", 3.0)] * 5
    ):
        path = f"audio/{number:03}.wav"
        soundfile.write(folder / path, tiny.sound(500, number, seconds), tiny.RATE)
        rows.append({"path": path, "group": f"g{number % 5}", "bird": label})
    tiny.write_table(folder, rows)
    settings = with_paths_from(load_study(bench.study()), bench.root)
    facts = data_facts(prepare(settings, bench.root, cache=bench.cache, jobs=1)).to_json()["tasks"]
    assert facts["bird"]["durations"] == {
        "owl": {"seconds": 11.0, "median": 0.7},
        "wren": {"seconds": 13.75, "median": 1.0},
    }
    assert facts["tone"]["durations"] == {name: {"seconds": 3.0, "median": 0.3} for name in ("high", "low", "mid")}
    assert set(facts["tone"]["durations"]) == set(facts["tone"]["counts"])


def test_which_pairs_are_related_is_told_as_the_study_file_has_it(bench):
    settings = with_paths_from(load_study(bench.study(related=[["bird", "tone"]])), bench.root)
    assert data_facts(prepare(settings, bench.root, cache=bench.cache, jobs=1)).to_json()["related"] == [
        ["bird", "tone"]
    ]
