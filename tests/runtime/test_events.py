"""Events as other tools read them."""

import json

from cohear.runtime.events import Event, audacity, dcase, jams


def test_formats():
    events = [Event(0.0, 1.25, "dog\tbark\n", 0.9, "sound"), Event(1.25, 2.0, "ein Hündchen", 0.8, "sound")]
    assert dcase(events).splitlines() == [
        "onset\toffset\tevent_label",
        "0.000\t1.250\tdog bark",
        "1.250\t2.000\tein Hündchen",
    ]
    assert audacity(events).splitlines()[0].split("\t") == ["0.000000", "1.250000", "dog bark"]


def test_jams_has_what_its_schema_asks_for():
    """The keys are those that `jams.load(strict=True)` of JAMS 0.3.5 takes."""
    content = json.loads(jams([Event(0.5, 1.25, "dog;bark", 0.87654, "sound")], task="sound", title="a", seconds=2.0))
    assert set(content) == {"annotations", "file_metadata", "sandbox"}
    assert {"title", "artist", "release", "duration", "identifiers", "jams_version"} == set(content["file_metadata"])
    [annotation] = content["annotations"]
    assert (annotation["namespace"], annotation["time"], annotation["duration"]) == ("tag_open", 0.0, 2.0)
    assert annotation["data"] == [{"time": 0.5, "duration": 0.75, "value": "dog;bark", "confidence": 0.8765}]
    metadata = annotation["annotation_metadata"]
    assert metadata["curator"] == {"name": "", "email": ""} and metadata["annotator"] == {}
    assert (metadata["data_source"], annotation["sandbox"]) == ("program", {"task": "sound"})
    assert json.loads(jams([], task="sound", title="a", seconds=2.0))["annotations"][0]["data"] == []
