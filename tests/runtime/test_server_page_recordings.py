"""The page hears real recordings that its bundle was not trained on, from a microphone and from a file.

The bundle comes to be as a user's does: `cohear run` on clips of the real datasets, then `cohear export`. What the page
must show is what `cohear classify` says of the same wav, and what the recordings are.
"""

import csv
from dataclasses import dataclass

import numpy as np
import pytest
import soundfile
import tiny
import yaml
from browsing import NEEDS_CHROMIUM, cards, chromium, drop, event_rows, microphone, page_of, wait_until
from serving import served

from cohear import Bundle
from cohear.audio.decode import read_audio
from cohear.audio.segment import Segment

pytest.importorskip("websockets", reason="websockets is not installed")

PATIENCE = 900  # seconds; it takes a tenth of them where nothing else runs
pytestmark = [*NEEDS_CHROMIUM, pytest.mark.data, pytest.mark.timeout(PATIENCE), pytest.mark.slow]

RATE, SECONDS, PAUSE = 16000, 2.0, 1.75  # a pause holds a whole window, wherever the windows begin
WINDOW = 1.0
LABELS = {
    "instrument": ["flute", "banjo", "cello", "trombone"],
    "event": ["rooster", "rain", "clock_tick", "baby_cry"],
}


@dataclass(frozen=True)
class Recording:
    """What is played, and when."""

    task: str
    label: str
    onset: float

    def heard(self, events):
        """Label of the task's event that lasts longest while the recording does, with its onset."""
        end = self.onset + SECONDS
        lasts = [(min(e[3], end) - max(e[2], self.onset), e[1], e[2]) for e in events if e[0] == self.task]
        longest, label, onset = max(lasts, default=(0.0, None, None))
        return (label, onset) if longest > 0 else (None, None)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, shared_data):
    """A bench with the study `out` and the bundle `bundle`: the weights of its one run of both tasks."""
    bench = tiny.Bench(tmp_path_factory.mktemp("recordings"))
    content = {
        "study": "recordings",
        "datasets": {name: {"path": str(shared_data / name)} for name in ("philharmonia", "esc10")},
        "tasks": {
            "instrument": {
                "dataset": "philharmonia",
                "target": "instrument",
                "hold_out": "group",
                "only": LABELS["instrument"],
            },
            "event": {"dataset": "esc10", "target": "event", "folds": "fold", "only": LABELS["event"]},
        },
        "combinations": ["all"],
        "repeats": {"folds": 1},
        "window": WINDOW,
        "training": {"steps": 100, "batch": 16},
        "keep": ["predictions", "weights"],
    }
    (bench.root / "study.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    ended = bench.cohear("run", "study.yaml", "--out", "out", "--jobs", "1")
    assert ended.returncode == 0, ended.stderr
    with (bench.root / "out" / "results.csv").open() as file:
        run = next(row["run"] for row in csv.DictReader(file) if row["combination"] == "instrument+event")
    ended = bench.cohear("export", "out", "--run", run, "-o", "bundle")
    assert ended.returncode == 0, ended.stderr
    return bench, bench.root / "out" / "runs" / run


@pytest.fixture(scope="module")
def played(trained, shared_data):
    """The wav, and the recordings in it: of each label the longest clip that the run was tested on, 2 s of it.

    A shorter one, as a short note is, is played again.
    """
    bench, run = trained
    with (run / "predictions.csv").open() as file:
        tested = [row for row in csv.DictReader(file) if row["part"] == "test"]
    pause = np.zeros(round(PAUSE * RATE), np.float32)
    recordings, parts, length = [], [pause], len(pause)
    for turn in range(4):
        for task, folder in (("instrument", "philharmonia"), ("event", "esc10")):
            label = LABELS[task][turn]
            names = [row["clip"] for row in tested if (row["task"], row["label"]) == (task, label)]
            clips = [read_audio(Segment(shared_data / folder / name)) for name in names]
            assert {rate for _, rate in clips} == {RATE}
            samples = max((samples for samples, _ in clips), key=len)  # the first of those that are equally long
            recordings.append(Recording(task, label, length / RATE))
            parts += [np.resize(samples, round(SECONDS * RATE)), pause]
            length += len(parts[-2]) + len(pause)
    path = bench.root / "played.wav"
    soundfile.write(path, np.concatenate(parts), RATE, subtype="PCM_16")
    return path, recordings, length / RATE


@pytest.fixture(scope="module")
def told(trained, played):
    """What `cohear classify` says of the wav: events (task, label, onset, offset), and the answers to the whole."""
    bench, _ = trained
    ended = bench.cohear("classify", "bundle", played[0], "--timeline", "lines", "--csv")
    assert ended.returncode == 0, ended.stderr
    events = []
    for task in LABELS:
        with (bench.root / "lines" / f"played.{task}.tsv").open() as file:
            events += [
                (task, row["event_label"], float(row["onset"]), float(row["offset"]))
                for row in csv.DictReader(file, delimiter="\t")
            ]
    return events, {row["task"]: row["label"] for row in csv.DictReader(ended.stdout.splitlines())}


@pytest.fixture(scope="module")
def client(trained):
    with served(Bundle.load(trained[0].root / "bundle", threads=1)) as made:
        yield made


@pytest.fixture(scope="module")
def browser(played):
    with chromium(*microphone(f"{played[0]}%noloop")) as started:
        yield started


def shown_events(page):
    """The page's events as (task, label, onset, offset)."""
    return [
        (task, label, float(onset.removesuffix(" s")), float(offset.removesuffix(" s")))
        for task, label, onset, offset, _ in event_rows(page)
    ]


def right(events, recordings):
    """How many recordings were taken for what they are."""
    return sum(each.heard(events)[0] == each.label for each in recordings)


def test_a_dropped_file_is_answered_rightly(browser, client, played, told):
    path, recordings, seconds = played
    events, whole = told
    with page_of(browser, client) as page:
        page.wait_for_selector("#source:visible")
        drop(page, path, path.name)
        page.wait_for_selector("#result:visible")
        assert {task: label for task, (label, _) in cards(page).items()} == whole
        shown = shown_events(page)
        assert sorted(shown) == [
            (task, label, pytest.approx(onset, abs=0.0051), pytest.approx(offset, abs=0.0051))
            for task, label, onset, offset in sorted(events)
        ]
        assert right(shown, recordings) >= 6
        assert f"the whole sound, {seconds:.2f} s" in page.inner_text("#which")


def test_the_microphone_is_answered_rightly(browser, client, played, told):
    _, recordings, seconds = played
    events, _ = told
    with page_of(browser, client) as page:
        page.click("#record")
        wait_until(page, "document.querySelectorAll('#events tr').length > 1", 1000 * PATIENCE)
        assert page.evaluate("document.body.classList.contains('recording')")  # while it goes on
        wait_until(page, f"parseFloat(document.getElementById('clock').textContent) > {seconds}", 1000 * PATIENCE)
        page.click("#record")
        wait_until(page, "/the whole sound/.test(document.getElementById('which').textContent)", 1000 * PATIENCE)
        shown = shown_events(page)
        for each in recordings:
            label, onset = each.heard(shown)
            expected, from_file = each.heard(events)
            assert (each, label) == (each, expected)
            assert onset == pytest.approx(from_file, abs=WINDOW)
        assert right(shown, recordings) >= 6
        assert page.locator(".track span").count() == len(shown)
