"""Temperatures, thresholds and calibration error on made-up predictions whose truth is known."""

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cohear.base.decoding import LabelDecoding, NumberDecoding, activated
from cohear.base.timeline import UNHEARD
from cohear.cli.export import _calibration
from cohear.export.calibrate import _held_out, calibration_error, fit_temperature
from cohear.export.expectation import expectation
from cohear.export.forms import OUTPUT_FORMS, calibrate
from cohear.export.licences import hub_licence, licence_warnings
from cohear.export.out_of_fold import OutOfFold
from cohear.export.withheld import Withheld
from cohear.runs.record import Record, TaskRecord
from cohear.tasks import TARGET_KINDS, Targets
from cohear.tasks.decisions import best_decisions

ACTIVATIONS = {"multiclass": "softmax", "multilabel": "sigmoid"}


def predictions(kind, clips=3000, labels=4, factor=1.0, parts=5, seed=0):
    """Logits that are the truth's log-odds times a factor: the right temperature is that factor."""
    noise = np.random.default_rng(seed)
    logits = noise.normal(0, 1.5, (clips, labels))
    chances = activated(ACTIVATIONS[kind], logits)
    if kind == "multiclass":
        values = np.array([noise.choice(labels, p=row) for row in chances])
        known = np.ones(clips, bool)
    else:
        values = (noise.uniform(size=chances.shape) < chances).astype(np.float32)
        known = noise.uniform(size=chances.shape) < 0.9
    numbers = np.arange(clips)
    return out_of_fold(kind, logits * factor, Targets(values, known), numbers % parts, numbers)


def out_of_fold(kind, logits, targets, parts, clips):
    names = [str(number) for number in range(logits.shape[1])]
    kind = TARGET_KINDS[kind]
    return OutOfFold(kind.decoding("t", names), logits, kind.truth(targets, names), parts, clips)


@pytest.mark.parametrize("kind", ["multiclass", "multilabel"])
@pytest.mark.parametrize("factor", [0.3, 1.0, 4.0])
def test_the_right_temperature_is_found(kind, factor):
    made = predictions(kind, factor=factor)
    found = calibrate(made)
    assert found.temperature == pytest.approx(factor, rel=0.1)
    assert found.error_after < 0.03
    if factor != 1:
        assert found.error_after < found.error_before
    assert found.clips == 3000


@pytest.mark.parametrize("kind", ["multiclass", "multilabel"])
@pytest.mark.parametrize("parts", [1, 3])
def test_few_clips_that_are_all_right_make_nobody_certain(kind, parts):
    """Else the temperature would go to 0 and every answer would be given with a probability of 1."""
    truth = np.arange(12) % 3
    values = truth if kind == "multiclass" else np.eye(3, dtype=np.float32)[truth]
    logits = np.where(np.eye(3)[truth] > 0, 4.0, -4.0)
    targets, numbers = Targets(values, np.ones(values.shape, bool)), np.arange(12)
    made = out_of_fold(kind, logits, targets, numbers % parts, numbers)
    largest = activated(ACTIVATIONS[kind], logits / fit_temperature(made)).max()
    assert 0.8 < largest < 0.99
    found = calibrate(made)
    assert found.temperature >= 1  # what is right already may be left as it is, and is made no surer
    assert np.isfinite([found.error_before, found.error_after]).all()


def test_the_error_after_is_not_fitted_on_what_it_judges():
    """Parts that need other temperatures: what fits them all together cannot be promised for a new one."""
    hot, cold = (predictions("multiclass", factor=factor, seed=7) for factor in (5.0, 0.2))
    both = OutOfFold(
        hot.decoding,
        np.concatenate([hot.logits, cold.logits]),
        Targets.joined([hot.truth, cold.truth]),
        np.repeat([0, 1], len(hot.logits)),
        np.arange(2 * len(hot.logits)),
    )
    assert calibrate(both).error_after > 0.1


def two_parts(first, second):
    """Predictions of two test parts."""
    clips = np.arange(len(first.logits) + len(second.logits))
    return OutOfFold(
        first.decoding,
        np.concatenate([first.logits, second.logits]),
        Targets.joined([first.truth, second.truth]),
        np.repeat([0, 1], [len(first.logits), len(second.logits)]),
        clips,
    )


@pytest.mark.parametrize("kind", ["multiclass", "multilabel"])
def test_a_temperature_that_makes_it_worse_on_other_parts_is_not_applied(kind):
    """One part is too sure, the other too unsure: what is right for either is wrong for the other."""
    made = two_parts(predictions(kind, factor=4.0, seed=1), predictions(kind, factor=0.25, seed=2))
    found = calibrate(made)
    crossed = np.concatenate(
        [
            activated(ACTIVATIONS[kind], made.logits[own] / fit_temperature(made.take(other)))
            for own, other in ((made.parts == 0, made.parts == 1), (made.parts == 1, made.parts == 0))
        ]
    )
    raw = activated(ACTIVATIONS[kind], made.logits)
    before, after = (
        calibration_error(chances, made.truth, exclusive=kind == "multiclass") for chances in (raw, crossed)
    )
    assert after > before
    told = found.withheld[0]
    assert (told.what, told.measure) == ("temperature", "calibration error")
    assert (told.before, told.after) == (pytest.approx(before, abs=1e-6), pytest.approx(after, abs=1e-6))
    assert found.temperature == 1
    assert found.error_before == found.error_after == pytest.approx(before, abs=1e-6)
    assert found.log_loss_before == found.log_loss_after
    sentence = told.sentence("tone")
    assert sentence.startswith("task 'tone': a temperature was set and is not applied, since it did not hold on other")
    assert f"(calibration error {after:.3f}, without it {before:.3f})" in sentence


def test_few_clips_of_many_labels_are_left_as_they_are():
    """Probabilities that are right need no temperature, and forty clips of ten labels ask for a wrong one."""
    exact = [predictions("multiclass", clips=40, labels=10, seed=seed) for seed in range(30)]
    found = [calibrate(each) for each in exact]
    assert all(each.error_after <= each.error_before and each.log_loss_after <= each.log_loss_before for each in found)
    assert all((each.temperature == 1) == bool(each.withheld) for each in found)
    assert sum(each.temperature == 1 for each in found) > 15
    too_sure = [calibrate(predictions("multiclass", clips=40, labels=10, factor=4.0, seed=seed)) for seed in range(10)]
    assert sum(each.temperature > 1.5 for each in too_sure) >= 8  # what is far off is mended by few clips, too


def test_log_loss_of_known_cases():
    logits = np.log([[0.9, 0.1]] * 10)
    targets = Targets(np.array([0] * 9 + [1]), np.ones(10, bool))
    found = calibrate(out_of_fold("multiclass", logits, targets, np.arange(10) % 5, np.arange(10)))
    assert found.log_loss_before == pytest.approx(-0.9 * np.log(0.9) - 0.1 * np.log(0.1))
    assert found.temperature == 1  # it cannot be better
    assert found.error_before == pytest.approx(0, abs=1e-6)


def test_temperature_and_thresholds_are_judged_apart():
    noise, numbers = np.random.default_rng(3), np.arange(2000)
    truth = (noise.uniform(size=(2000, 2)) < 0.5).astype(np.float32)
    targets = Targets(truth, truth >= 0)
    apart = np.where(truth > 0, 6.0, -6.0) + noise.normal(0, 5.0, truth.shape)  # one half is best, and far too sure
    cooled = calibrate(out_of_fold("multilabel", apart, targets, numbers % 4, numbers))
    assert cooled.temperature > 1.5 and cooled.error_after < cooled.error_before
    assert [each.what for each in cooled.withheld] in (["thresholds"], [])
    if cooled.withheld:
        assert cooled.decoding.thresholds == (0.5, 0.5) and cooled.f1_after == cooled.f1_before
    hot, cold = (np.where(truth > 0, 0.0, -3.0) * factor for factor in (3.0, 0.3))  # thresholds help, no temperature
    mixed = np.where((numbers % 2)[:, None] > 0, hot, cold) + noise.normal(0, 0.3, truth.shape)
    rare = calibrate(out_of_fold("multilabel", mixed, targets, numbers % 2, numbers))
    assert [each.what for each in rare.withheld] == ["temperature"]
    assert rare.f1_after > rare.f1_before + 0.02
    assert rare.temperature == 1 and max(rare.decoding.thresholds) < 0.5


def test_thresholds_that_make_it_worse_on_other_parts_are_not_applied():
    """Each part would have another one."""
    numbers = np.arange(400)
    truth = (numbers % 4 < 2).astype(np.float32)[:, None]
    shift = np.where(numbers % 2, 3.0, -3.0)[:, None]
    logits = np.where(truth > 0, 2.0, -2.0) + shift + np.random.default_rng(0).normal(0, 0.5, truth.shape)
    found = calibrate(out_of_fold("multilabel", logits, Targets(truth, truth >= 0), numbers % 2, numbers))
    (told,) = [each for each in found.withheld if each.what == "thresholds"]
    assert told.measure == "macro F1" and told.after <= told.before == found.f1_before == found.f1_after
    assert found.decoding.thresholds == (0.5,)
    assert told.sentence("a").endswith(f"(macro F1 {told.after:.3f}, without it {told.before:.3f}); all are one half")


def test_a_spread_that_does_not_hold_on_other_parts_is_not_applied():
    numbers = np.arange(60)
    truth = np.zeros((60, 1))
    said = np.random.default_rng(0).normal(0, np.where(numbers % 2, 1.0, 50.0))[:, None]
    decoding = NumberDecoding("t", "number", ("a",), "dB")
    made = OutOfFold(decoding, said, Targets(truth, truth == 0), numbers % 2, numbers)
    found = calibrate(made)
    assert found.covered < 0.6 and found.decoding.spread == ()
    (told,) = found.withheld
    assert (told.what, told.before, told.after) == ("spread", 0.9, found.covered)
    assert f"(share of truths within it {found.covered:.3f}, not 0.900)" in told.sentence("level")
    even = calibrate(OutOfFold(decoding, said, made.truth, numbers // 2 % 2, numbers))
    assert even.decoding.spread and even.withheld == ()


def test_what_is_not_applied_is_told_in_the_model_card_and_in_the_terminal():
    told = {"error_before": 0.187, "error_after": 0.187, "temperature": 1.0}
    withheld = asdict(Withheld("temperature", "calibration error", 0.187, 0.275))
    labels, numbers = (OUTPUT_FORMS[form] for form in ("labels", "numbers"))
    assert labels.calibrated(told) == "18.7 before, 18.7 after"
    assert labels.calibrated({**told, "withheld": [withheld]}) == "18.7, no temperature applied"
    assert _calibration({**told, "withheld": [withheld]}) == ("0.187, not changed", "1.00")
    assert _calibration({**told, "error_after": 0.05, "temperature": 2.0, "withheld": []}) == ("0.187 → 0.050", "2.00")
    spread = {"covered": 0.62, "withheld": [asdict(Withheld("spread", "share of truths within it", 0.9, 0.62))]}
    assert numbers.calibrated(spread) == "62.0 % of the truths within the spread, which is not applied"
    assert _calibration(spread) == ("62% within the spread (not applied)", "–")


def test_a_clip_that_several_repeats_tested_does_not_judge_itself():
    """With one official test part the halves are of clips: another network's words on a clip are not news."""
    made = predictions("multilabel", clips=40, parts=1)
    twice = made.take(np.tile(np.arange(40), 3))
    sides = list(_held_out(twice))
    assert len(sides) == 2
    for fitted, judged in sides:
        assert not set(twice.clips[fitted]) & set(twice.clips[judged])
        assert (fitted ^ judged).all() and 0.4 < judged.mean() < 0.6


def test_nothing_known_is_no_error():
    made = predictions("multiclass", clips=4)
    unknown = Targets(made.truth.values, np.zeros_like(made.truth.known))
    blind = OutOfFold(made.decoding, made.logits, unknown, made.parts, made.clips)
    found = calibrate(blind)
    assert found.temperature == 1
    assert np.isnan(found.error_before)


def test_calibration_error_of_known_cases():
    chances, known = np.array([[0.9, 0.1]] * 10), np.ones((10, 2), bool)
    for labels, error in (([0] * 9 + [1], 0), ([1] * 10, 0.9)):
        truth = Targets(np.eye(2)[labels], known)
        assert calibration_error(chances, truth, exclusive=True) == pytest.approx(error)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.booleans()), min_size=1, max_size=25))
def test_no_threshold_has_a_larger_f1(rows):
    chances = np.array([[chance / 20] for chance, _, _ in rows])
    truth = np.array([[float(carries)] for _, carries, _ in rows], np.float32)
    known = np.array([[is_known] for _, _, is_known in rows])

    def f1(threshold):
        given_, real = (chances >= threshold) & known, (truth > 0.5) & known
        return 2 * (given_ & real).sum() / max(given_.sum() + real.sum(), 1)

    (found,) = best_decisions({1: chances}, Targets(truth, known)).thresholds
    assert f1(found) == pytest.approx(max(f1(threshold) for threshold in np.arange(-0.5, 21) / 20))


def test_thresholds_help_rare_labels():
    noise = np.random.default_rng(2)
    truth = (noise.uniform(size=(2000, 2)) < 0.1).astype(np.float32)
    logits = np.where(truth > 0, 0.0, -3.0) + noise.normal(0, 1, truth.shape)
    targets, numbers = Targets(truth, truth >= 0), np.arange(2000)
    made = out_of_fold("multilabel", logits, targets, numbers % 4, numbers)
    found = calibrate(made)
    assert found.f1_after > found.f1_before + 0.02
    assert fit_temperature(made) > 0


@pytest.mark.parametrize("clips", [1, 7, 400])
def test_nine_truths_in_ten_lie_within_the_spread_of_a_number(clips):
    """Of either column its own; a test part judges spreads that it did not set."""
    noise, numbers = np.random.default_rng(clips), np.arange(clips)
    truth = noise.normal(0, 10, (clips, 2))
    known = noise.uniform(size=truth.shape) < 0.9
    known[0] = True
    said = truth + noise.normal(0, [1.0, 5.0], truth.shape)
    decoding = NumberDecoding("t", "number", ("a", "b"), "dB")
    found = calibrate(OutOfFold(decoding, said, Targets(truth, known), numbers % 4, numbers))
    assert (found.decoding.names, found.decoding.unit, found.clips) == (("a", "b"), "dB", clips)
    assert found.temperature == 1
    for column, spread in enumerate(found.decoding.spread):
        distances = np.abs(said - truth)[known[:, column], column]
        assert spread in distances
        assert np.mean(distances <= spread) >= 0.9
    if clips == 400:
        assert found.decoding.spread == pytest.approx((1.645, 8.22), rel=0.15)
        assert found.covered == pytest.approx(0.9, abs=0.03)
    blind = OutOfFold(decoding, said, Targets(truth, np.zeros_like(known)), numbers % 4, numbers)
    assert calibrate(blind).decoding == decoding


def test_what_was_set_is_in_the_decoding():
    one, several = (calibrate(predictions(kind)).decoding for kind in ACTIVATIONS)
    assert one == LabelDecoding("t", "multiclass", ("0", "1", "2", "3"))
    assert (several.labels, len(several.thresholds)) == (one.labels, 4)


def record(value, part, metric="uar"):
    scores = {"test": {"last": {metric: value, "accuracy": 0.5, "loss": 9.0}}}
    return Record("run", {}, {"t": TaskRecord(metric, True, 20, part, scores)}, seconds=1.0)


def test_expected_scores():
    found = expectation([record(0.6, "a"), record(0.8, "b"), record(None, "c")], "t", 0.25)
    assert (found.mean, found.repeats, found.others) == (pytest.approx(0.7), 2, {"accuracy": 0.5})
    assert found.low < 0.6
    assert 0.8 < found.high <= 1
    same = expectation([record(1.0, part) for part in "abcde"], "t", 0.25)  # scores move in steps of a clip
    assert (same.mean, same.high) == (1.0, 1.0)
    assert 0.95 < same.low < 1 - 1 / 100
    alone = expectation([record(0.6, "a"), record(0.7, "a")], "t", 0.25)
    assert (alone.mean, alone.low, alone.repeats) == (pytest.approx(0.65), None, 2)
    assert expectation([record(None, "a")], "t", 0.1).mean is None


def test_licences_are_carried_over_and_warned_about():
    told = licence_warnings(
        {
            "free": {"licence": "CC-BY-4.0"},
            "nc": {"licence": "CC BY-NC 4.0"},
            "samples": {"licence": "free to use, must not be sold or passed on as samples"},
            "silent": {"licence": ""},
        }
    )
    assert [sentence.split(":")[0].split(" ")[1] for sentence in told] == ["nc", "samples", "silent"]
    assert hub_licence({"a": {"licence": "CC-BY-4.0"}, "b": {"licence": "CC0-1.0"}}) == "other"
    assert hub_licence({"a": {"licence": "CC-BY-4.0"}, "b": {"licence": "cc-by-4.0"}}) == "cc-by-4.0"
    assert hub_licence({"a": {"licence": ""}}) == "other"
    names = {"CC BY-NC-SA 4.0": "cc-by-nc-sa-4.0", "MIT": "mit", "CC0": "cc0-1.0", "CC BY": "other"}
    for written, known in names.items():
        assert hub_licence({"a": {"licence": written}}) == known


@pytest.mark.parametrize(
    ("licence", "word"),
    [
        ("free for research; no licence is stated", "non-commercial"),
        ("cc_by_nc_4.0", "non-commercial"),
        ("Attribution-NonCommercial-NoDerivatives 4.0", "non-commercial"),
        ("may not be used for commercial purposes", "non-commercial"),
        ("academic use only", "non-commercial"),
        ("cc-by-nd-4.0", "passing it on"),
        ("All rights reserved", "passing it on"),
        ("none stated; copyright of the music is with others", "is open"),
        ("unknown", "is open"),
        ("  ", "not stated"),
        ("CC BY 4.0", ""),
        ("CC-BY-SA-4.0", ""),
        ("Unlicense", ""),
        ("MIT", ""),
        ("Open Database License 1.0", ""),
        ("free for research and commercial use", ""),
    ],
)
def test_what_a_licence_says_in_words(licence, word):
    told = licence_warnings({"d": {"licence": licence}})
    assert any(word in sentence for sentence in told) if word else not told


def steps_of_clips(clips=40, steps=30, holes=0.1, seed=0):
    """What is said of clips in steps: an event each, with holes and specks, and a silent step in its middle."""
    noise = np.random.default_rng(seed)
    truth = np.zeros((clips, steps), np.float32)
    truth[:, 8:20] = 1
    logits = np.where(truth > 0, 2.0, -2.0) * np.where(noise.uniform(size=truth.shape) < holes, -1, 1)
    logits = logits + noise.normal(0, 0.3, truth.shape)
    logits[:, 14] = UNHEARD
    numbers = np.repeat(np.arange(clips), steps)
    targets = Targets(truth.reshape(-1, 1), np.ones((clips * steps, 1), np.bool_))
    decoding = TARGET_KINDS["events"].decoding("t", ["a"])
    return OutOfFold(decoding, logits.reshape(-1, 1), targets, numbers % 4, numbers, numbers)


def test_a_filter_is_set_where_answers_have_holes():
    """Steps of one clip follow each other, and those of silence are neither filled nor judged."""
    found = calibrate(steps_of_clips())
    assert found.decoding.filters[0] > 1 and found.f1_after > found.f1_before + 0.05
    assert found.withheld == () or [each.what for each in found.withheld] == ["temperature"]
    assert found.clips == 40


def test_filters_that_make_it_no_better_are_not_applied():
    """What is right already is made no better, and stays as it is."""
    made = steps_of_clips(holes=0)
    found = calibrate(made)
    assert found.f1_before == 1 and found.decoding.filters == ()
    (told,) = [each for each in found.withheld if each.what == "thresholds and filters"]
    assert told.sentence("t").endswith("all thresholds are one half, and steps are taken alone")
