"""Events as other tools read them."""

from cohear.runtime.events import Event, audacity, dcase


def test_formats():
    events = [Event(0.0, 1.25, "dog\tbark\n", 0.9, "sound"), Event(1.25, 2.0, "ein Hündchen", 0.8, "sound")]
    assert dcase(events).splitlines() == [
        "onset\toffset\tevent_label",
        "0.000\t1.250\tdog bark",
        "1.250\t2.000\tein Hündchen",
    ]
    assert audacity(events).splitlines()[0].split("\t") == ["0.000000", "1.250000", "dog bark"]
