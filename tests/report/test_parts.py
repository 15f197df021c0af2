"""The parts of the page, each by itself."""

import base64
import json
import struct
import zlib

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, confusion_matrix

from cohear.analysis.tables.of_study import FolderTables
from cohear.analysis.tables.text import write_table
from cohear.audio.segment import Segment
from cohear.base.decoding import NumberDecoding
from cohear.base.errors import UserError
from cohear.base.study_facts import TaskFacts
from cohear.base.tables import RESULTS_CSV
from cohear.base.timeline import TimelineDecoding
from cohear.base.units import POINTS
from cohear.report.page.build import _data
from cohear.report.parts.answer import larger_combinations
from cohear.report.parts.learning_curves import LearningCurves
from cohear.report.parts.number_outcomes import MOST_DOTS, NumberOutcome, pictures_of
from cohear.report.parts.outcomes import Outcomes
from cohear.report.parts.shown_gains import cells_of
from cohear.report.parts.sounds import Sounds, picture
from cohear.report.parts.study_audio import AtHand
from cohear.report.parts.task_orders import orders
from cohear.report.parts.timeline_outcomes import TimelineOutcome, roll_of
from cohear.tasks import Events, Regression, Targets


def test_the_whole_comes_before_the_best_group():
    groups = {"a+b+c": 0.01, "a+b+d": 0.02, "a+c+d": 0.03, "a+b+c+d": -0.01}
    rows = [
        {"task": task, "combination": name, "metric": "uar", "single": 0.5, "shared": 0.5 + gain, "gain": gain}
        | {
            "low": gain - 0.01,
            "high": gain + 0.01,
            "p_adjusted": 0.1,
            "repeats": 5,
            "verdict": "undecided",
            "explanation": "",
            "verdict_here": "",
        }
        for name, gain in groups.items()
        for task in name.split("+")
    ]
    made = cells_of(pd.DataFrame(rows), {"uar": POINTS}, ("a", "b", "c", "d"))
    assert list(larger_combinations(made)) == ["a+b+c+d", "a+c+d", "a+b+d", "a+b+c"]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 7), st.randoms(use_true_random=False))
def test_every_order_has_every_task_once(number, random):
    tasks = [f"t{place}" for place in range(number)]
    gain = {(a, b): random.uniform(-1, 1) for a in tasks for b in tasks if a != b and random.random() < 0.8}
    gain |= {(a, a): float("nan") for a in tasks}
    made = orders(tasks, gain)
    assert all(sorted(places) == list(range(number)) for places in made.values())
    assert made["study"] == list(range(number))


def test_alike_tasks_lie_beside_each_other():
    near = {("a", "c"): 0.1, ("c", "a"): 0.1, ("b", "d"): 0.2, ("d", "b"): 0.2, ("a", "b"): -0.1, ("b", "a"): -0.1}
    near |= {("c", "d"): -0.1, ("d", "c"): -0.1, ("a", "d"): -0.1, ("d", "a"): -0.1, ("b", "c"): -0.1, ("c", "b"): -0.1}
    places = orders(["a", "b", "c", "d"], near)["clustered"]
    assert {frozenset(places[:2]), frozenset(places[2:])} == {frozenset({0, 2}), frozenset({1, 3})}


def write_predictions(folder, task, clips, truth, logits, labels):
    folder.mkdir(parents=True)
    rows = [
        f"{task},{clip},{label},test,{','.join(map(str, row))}"
        for clip, label, row in zip(clips, truth, logits, strict=True)
    ]
    text = "\n".join(["task,clip,label,part," + ",".join(labels), *rows, f"{task},v,x,validation,9,9,9"])
    (folder / "predictions.csv").write_text(text)


def test_outcomes_are_those_of_scikit_learn(tmp_path):
    rng = np.random.default_rng(0)
    labels, clips = ["x", "y", "label"], [f"c{k}" for k in range(40)]
    truth = [labels[k] for k in rng.integers(0, 3, 40)]
    logits = rng.normal(size=(40, 3))
    for run in ("r1", "r2"):
        write_predictions(tmp_path / run, "t", clips, truth, logits, ["x", "y", "logit:label"])
    found = Outcomes(tmp_path, {"t": TaskFacts(kind="multiclass", labels=labels)}).of(["r1", "r2", "gone", "../r1"])[
        "t"
    ]
    said = [labels[k] for k in logits.argmax(axis=1)]
    expected = confusion_matrix(truth, said, labels=labels)
    assert (found.confusion == 2 * expected).all()
    assert found.per_class[0] == pytest.approx(expected.diagonal() / expected.sum(axis=1))
    assert found.clips["c0"] == (2 * (truth[0] == said[0]), 2)


def test_outcomes_of_several_labels(tmp_path):
    rng = np.random.default_rng(1)
    labels = ["x", "y", "z"]
    carried = rng.random((30, 3)) < 0.4
    carried[:, 2] = False
    truth = [";".join(label for label, has in zip(labels, row, strict=True) if has) for row in carried]
    logits = rng.normal(size=(30, 3))
    write_predictions(tmp_path / "r", "t", range(30), truth, logits, labels)
    found = Outcomes(tmp_path, {"t": TaskFacts(kind="multilabel", labels=labels)}).of(["r"])["t"]
    expected = [average_precision_score(carried[:, k], logits[:, k]) for k in range(2)]
    assert found.confusion is None and found.per_class[0][:2] == pytest.approx(expected)
    assert np.isnan(found.per_class[0][2])
    assert not Outcomes(tmp_path, {"t": TaskFacts(kind="somebody's", labels=labels)}).of(["r"])


@pytest.mark.parametrize(("scores", "ends"), [((0.99, 0.9), (0.0, 1.0)), ((0.01, 0.1), (0.0, 1.0))])
def test_a_band_does_not_leave_the_scale(scores, ends):
    """Scores of 99 and 90 have no spread above 100."""
    low, high = ends
    points = pd.DataFrame(
        [
            {"run": run, "task": "t", "part": "validation", "step": step, "loss": 1.0, "metric": score}
            for run, score in zip("ab", scores, strict=True)
            for step in (1, 2)
        ]
    )
    made = LearningCurves(points).chart(["a", "b"], ["a", "b"], "t", "validation", "metric", True)
    beyond = [text for _, text in made["yticks"] if not 100 * low <= float(text) <= 100 * high]
    assert not beyond
    assert max(made["alone"]["high"]) == 100.0 if scores[0] > 0.5 else min(made["alone"]["low"]) == 0.0


def test_curves_have_a_mean_and_a_spread(tmp_path):
    runs = ("a1", "a2", "b1", "../odd", "gone")
    for run, values in (("a1", (1, 3)), ("a2", (3, 5)), ("b1", (2, 2)), ("../odd", (9, 9))):
        (tmp_path / "runs" / run).mkdir(parents=True, exist_ok=True)
        rows = [f"t,{step},train,{value},0.5" for step, value in zip((10, 20), values, strict=True)]
        curve = "\n".join(["task,step,part,loss,metric", *rows, "t,x,train,,"])
        (tmp_path / "runs" / run / "curve.csv").write_text(curve)
    usual = dict.fromkeys(RESULTS_CSV.names, "0") | {"control": ""}
    rows = [usual | dict.fromkeys(("run", "task", "combination"), run) for run in runs]
    write_table(tmp_path / "results.csv", pd.DataFrame(rows).assign(higher_is_better="true"))
    curves = LearningCurves(FolderTables(tmp_path).curves)
    made = curves.chart(["a1", "a2"], ["b1", "gone"], "t", "train", "loss", False)
    assert made["alone"]["repeats"] == 2 and made["together"]["repeats"] == 1 and made["x"] == [0.0, 100.0]
    first, last = made["alone"]["mean"], made["together"]["mean"]
    assert first[0] == last[0] < first[1] and last[0] == last[1]  # means 2 to 4 beside 2 to 2
    assert made["alone"]["high"][0] - first[0] == pytest.approx(first[0] - made["alone"]["low"][0], abs=0.11)
    assert curves.chart(["a1"], ["../odd"], "t", "train", "loss", False) is None
    assert curves.chart(["a1"], ["b1"], "other", "train", "loss", False) is None
    (tmp_path / "runs" / "b1" / "curve.csv").write_text("task,step,part,loss\nt,30")
    with pytest.raises(UserError, match=r"b1/curve.csv, line 2: 2 cells where the header has 4"):
        assert len(FolderTables(tmp_path).curves)


def test_a_picture_has_the_tone_where_it_sounds():
    low, high = (np.sin(2 * np.pi * hertz * np.arange(16000) / 16000).astype(np.float32) for hertz in (200, 6000))
    for samples, lower in ((low, True), (high, False)):
        levels = read_png(base64.b64decode(picture(samples).split(",")[1]))
        loudest = levels.mean(axis=1).argmax() / len(levels)
        assert (loudest > 0.5) == lower  # the first row of a picture is its top


def read_png(content):
    """Levels of one of our pictures, by the specification; sums are checked."""
    place, data, shape = 8, b"", (0, 0)
    while place < len(content):
        size, name = struct.unpack(">I4s", content[place : place + 8])
        body = content[place + 8 : place + 8 + size]
        assert struct.unpack(">I", content[place + 8 + size : place + 12 + size])[0] == zlib.crc32(name + body)
        if name == b"IHDR":
            shape = struct.unpack(">II", body[:8])
        data += body if name == b"IDAT" else b""
        place += 12 + size
    lines = np.frombuffer(zlib.decompress(data), np.uint8).reshape(shape[1], shape[0] + 1)
    return lines[:, 1:]


def test_sounds_stay_within_their_limit(tmp_path):
    paths = [tmp_path / f"{k}.wav" for k in range(4)]
    for path in paths:
        soundfile.write(path, np.random.default_rng(0).normal(0, 0.1, 16000 * 5), 16000)
    sounds = Sounds(limit=80_000)
    found = [sounds.number(Segment(path)) for path in (*paths, paths[0], tmp_path / "gone.wav")]
    assert found[0] == found[4] == 0 and found[5] is None and found[3] is None
    assert sum(len(s["player"]) + len(s["picture"]) for s in sounds.made) <= 80_000
    assert sounds.made[0]["seconds"] == 3.0


def test_what_cannot_be_read_is_not_at_hand(tmp_path):
    for text in ("", "[", "datasets: {d: {path: gone}}\ntasks: {t: {dataset: d}}", "datasets: 3", "tasks: {t: x}"):
        there = AtHand(tmp_path, text)
        assert there.groups("t") == {} and there.segments("t") == {} and there.examples("t") == {}


def test_data_in_the_page_holds_no_markup():
    hostile = "</script><!-- & \u2028 \ud800 שלום"
    text = str(_data({"x": hostile}))
    assert not set("<>&") & set(text) and text.isascii() and json.loads(text) == {"x": hostile}


def numbers_of(folder, said, facts=TaskFacts(kind="regression", labels=["a", "b"], units={"mae": "dB"})):  # noqa: B008 - frozen
    """Outcomes of a run of four clips, of which one has no number ``b``."""
    truth = ["a=1;b=10", "a=2;b=20", "a=4", "a=3;b=30"]
    write_predictions(folder / "r", "t", ["w", "x", "y", "z"], truth, said, ["a", "b"])
    return Outcomes(folder, {"t": facts}).of(["r"])["t"]


def test_outcomes_of_numbers(tmp_path):
    alone = numbers_of(tmp_path / "alone", [[1, 10], [2, 22], [0, 99], [3, 30]])
    assert alone.distances() == {"w": 0.0, "x": 1.0, "y": 4.0, "z": 0.0}  # of y nobody knows b
    assert alone.cell_of("y") == "a 4 dB" and alone.cell_of("w") == "a 1; b 10 dB"
    assert alone.mean_of("x").tolist() == [2, 22]


def test_pictures_of_numbers_show_the_truth_and_how_far_answers_are_from_it(tmp_path):
    alone = numbers_of(tmp_path / "alone", [[1, 10], [2, 22], [0, 99], [3, 30]])
    together = numbers_of(tmp_path / "together", [[1, 10], [2, 20], [4, 0], [3, 30]])
    one, two = pictures_of(alone, together)
    assert [(each["name"], each["unit"], each["clips"]) for each in (one, two)] == [("a", "dB", 4), ("b", "dB", 3)]
    answers, off = one["answers"], one["residuals"]
    assert answers["x"] == answers["together"] == sorted(answers["x"])  # what is right lies on the line
    assert answers["line"] == [[0, 0], [100, 100]] and answers["xticks"] == answers["yticks"]
    [at_zero] = {place for place, text in off["yticks"] if text == "0"}
    assert off["line"] == [[0, at_zero], [100, at_zero]]
    assert off["together"] == [at_zero] * 4 and off["alone"][:3] == [at_zero] * 3 and off["alone"][3] < at_zero
    assert all(
        0 <= place <= 100 for field in (answers, off) for side in ("x", "alone", "together") for place in field[side]
    )


def test_a_picture_of_many_numbers_has_some_hundred_dots(tmp_path):
    made = numbers_of(tmp_path, [[0, 0]] * 4)
    for clip in range(5000):
        made.add([f"c{clip}"], [f"a={clip}"], np.array([[clip, 0.0]]))
    one, two = pictures_of(made, made)
    assert len(one["answers"]["x"]) == MOST_DOTS and one["clips"] == 5004 and two["clips"] == 3
    assert one["answers"]["x"][0] < 6 and one["answers"]["x"][-1] > 94


EVENTS = TaskFacts(kind="events", labels=["cat", "dog"], units={})


def events_of(folder, said):
    """Outcomes of a run of two clips of three steps: dog in the first two steps of one, nothing in the other."""
    truth = ["dog", "cat;dog", "", "", "", ""]
    write_predictions(folder / "r", "t", ["w"] * 3 + ["x"] * 3, truth, said, ["cat", "dog"])
    return Outcomes(folder, {"t": EVENTS}).of(["r"])["t"]


def test_outcomes_of_events(tmp_path):
    made = events_of(tmp_path, [[-1, 1], [-1, 1], [-1, 1], [-1, -1], [-1, -1], [-1, -1]])
    assert made.sounds("w").tolist() == [[False, True]] * 3
    assert made.f1_by_label().tolist() == [0.0, pytest.approx(4 / 5)]
    assert (made.right("w"), made.right("x")) == (pytest.approx(4 / 6), 1.0)
    made.add(["w"] * 3, ["dog", "cat;dog", ""], np.array([[9, 1], [9, 1], [-9, -9]]))  # once more: the mean counts
    assert made.sounds("w").tolist() == [[True, True], [True, True], [False, False]]
    assert made.right("w") == pytest.approx(6 / 7)


def test_a_piano_roll_shows_truth_and_answers(tmp_path):
    alone = events_of(tmp_path / "alone", [[-1, 1], [-1, 1], [-1, 1], [-1, -1], [-1, -1], [-1, -1]])
    together = events_of(tmp_path / "together", [[-1, 1], [-1, -1], [-1, 1], [-1, -1], [-1, -1], [-1, -1]])
    told = roll_of("w", {"alone": alone, "together": together})
    assert told["seconds"] == "0.3"
    cat, dog = told["labels"]
    assert cat == {"name": "cat", "truth": [[33.333, 33.333]], "alone": [], "together": []}
    assert dog["truth"] == [[0.0, 66.667]] and dog["alone"] == [[0.0, 100.0]]
    assert dog["together"] == [[0.0, 33.333], [66.667, 33.333]]
    assert roll_of("x", {"alone": alone, "together": together})["labels"] == []


def test_of_a_long_clip_the_beginning_is_drawn_and_of_many_labels_the_commonest(tmp_path):
    labels = tuple(f"l{number:02}" for number in range(20))
    made = TimelineOutcome(Events(), TimelineDecoding("t", "timeline", labels, 0.1, 1, (0.5,) * 20))
    logits = np.where(np.arange(300)[:, None] < 10 * np.arange(1, 21), 1.0, -1.0)
    made.add(["w"] * 300, [""] * 300, logits)
    told = roll_of("w", {"alone": made, "together": made})
    assert told["seconds"] == "20" and [one["name"] for one in told["labels"]] == list(labels[8:])
    assert told["labels"][0]["alone"] == [[0.0, 45.0]]


class Flat(Regression):
    """A kind that keeps its one number otherwise than the usual one does."""

    def encode(self, cells, labels, rename=None):
        targets = super().encode(cells, labels)
        return Targets(targets.values[:, 0], targets.known[:, 0])

    def truth(self, targets, labels):
        return Targets(targets.values[:, None], targets.known[:, None])


def test_numbers_are_read_through_their_kind():
    made = NumberOutcome(Flat(), NumberDecoding("t", "number", ("a",), "dB"))
    made.add(["x", "y"], ["3", ""], np.array([[1.0], [2.0]]))
    assert made.distances() == {"x": 2.0}
    assert [picture["clips"] for picture in pictures_of(made, made)] == [1]
