"""Events in time: what the audit tells of them, and what it does not."""

import json

import pytest
import tiny
from events import write_event_list

from cohear.base.yaml_text import YamlText
from cohear.study.audit import check_data
from cohear.study.file import check_study
from cohear.study.folder.folder import with_paths_from


@pytest.fixture
def root(tmp_path):
    """Thirty clips of 1.5 s, whose events are in a list beside them."""
    write_event_list(tmp_path / "data" / "events")
    return tmp_path


def found(root, *lines):
    """Findings by code, with some lines more in the list."""
    with (root / "data" / "events" / "events.csv").open("a") as file:
        file.write("".join(f"{line}\n" for line in lines))
    content = tiny.settings(
        datasets={"events": {"path": "data/events"}},
        tasks={"when": {"dataset": "events", "target": "events"}},
        encoders=["small"],
        features=["logmel"],
    )
    audit = check_data(with_paths_from(check_study(YamlText(content)), root), cache=root / "cache")
    codes = {}
    for finding in audit.findings:
        codes.setdefault(finding.code, []).append(finding)
        json.dumps(finding.to_json(), allow_nan=False)
    return codes


def test_events_are_counted_and_nothing_is_wrong(root):
    codes = found(root)
    [told] = codes["event-counts"]
    assert told.sentence.startswith("58 events of 2 labels, 0.3")
    assert "29 ('" in told.sentence and told.figures["events"] == {"low": 29, "high": 29}
    [told] = codes["missing-labels"]
    assert told.sentence == "1 of 30 clips has no 'events'"
    others = {"no-event", "event-beyond-end", "overlapping-events", "study-refused", "read-otherwise"}
    assert not others & set(codes)


def test_what_is_no_event_is_told_with_every_clip_of_it(root):
    codes = found(root, "audio/03.wav,0.5,0.2,low", "audio/04.wav,soon,later,high")
    [told] = codes["no-event"]
    assert told.severity == "error"
    assert "2 of 30 clips have what is no event in 'events': 'low@0.5-0.2', 'high@soon-later'" in told.sentence
    assert [clip.clip for clip in told.clips] == ["audio/03.wav", "audio/04.wav"]
    [refused] = codes["study-refused"]
    assert "tasks.when: column 'events' of dataset 'events' holds" in refused.sentence


def test_events_beyond_the_end_and_events_that_overlap(root):
    codes = found(root, "audio/03.wav,1.4,2.5,low", "audio/04.wav,0,1.4,high", "audio/05.wav,1.5,1.505,high")
    [told] = codes["event-beyond-end"]
    assert told.sentence.endswith("those of 'audio/03.wav' go on to 2.50 s, and it has 1.50 s")
    assert [clip.clip for clip in told.clips] == ["audio/03.wav"]
    [told] = codes["overlapping-events"]
    assert [clip.clip for clip in told.clips if clip.clip == "audio/04.wav"] == ["audio/04.wav"]
    assert told.figures["overlaps"]["audio/04.wav"] == {"high": 1}


def test_silent_clips_clips_without_times_and_files_that_are_not_there(root):
    codes = found(root, "audio/29.wav,,,", "audio/03.wav,,,low", "audio/99.wav,0,1,low")
    assert "missing-labels" not in codes
    [told] = codes["event-counts"]
    assert told.sentence.endswith("; 1 of 30 clips has none; 1 of 30 clips has labels without times")
    [told] = codes["read-otherwise"]
    assert told.sentence == "events.csv names 1 file that the clip table does not, such as 'audio/99.wav'"
