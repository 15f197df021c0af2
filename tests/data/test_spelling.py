"""Which names are one name written in two ways, and which are two."""

import unicodedata

import pytest

from cohear.data.tables.spelling import NO_LABEL, NO_NAME, plain_label, plain_name, says_unknown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("S1", "s1"),
        ("01", "1"),
        ("1.0", "1"),
        ("007", "7.00"),
        ("anna ", "anna"),
        ("anna\u00a0", " anna"),
        ("s01", "S1"),
        ("p_1", "p-1"),
        ("spk 3", "spk_03"),
        (unicodedata.normalize("NFC", "jörg"), unicodedata.normalize("NFD", "jörg")),
        ("\uff41nna", "anna"),
        ("anna\u200b", "anna"),
        ("Straße", "STRASSE"),
        ("1.50", "1.5"),
    ],
)
def test_one_name_in_two_ways(one, other):
    assert plain_name(one) == plain_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("s1", "s10"), ("10", "1"), ("1.05", "1.5"), ("1_1", "11"), ("-6", "6"), ("a1", "1a"), ("100", "1"), ("0", "")],
)
def test_two_names(one, other):
    assert plain_name(one) != plain_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("-6", "6"), ("\u22126", "6"), ("snr_-6", "snr_6"), ("1-2", "12"), ("1 0", "10"), ("-.5", ".5"), ("+3", "-3")],
)
def test_labels_that_differ_by_a_sign(one, other):
    assert plain_label(one) != plain_label(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Air conditioner", "air-conditioner"),
        ("covid-19", "COVID 19"),
        ("\u22126", "-6"),
        ("a_b", "ab"),
        ("-6 dB", "-6dB"),
    ],
)
def test_labels_that_are_alike(one, other):
    assert plain_label(one) == plain_label(other)


def test_words_for_unknown():
    for word in ("nan", "NaN", "n/a", "N/A", "NULL", "-", " - ", "NA", "#N/A"):
        assert says_unknown(word, NO_LABEL)
    for label in ("none", "unknown", "na", "no", "n", "0", "nano", ""):
        assert not says_unknown(label, NO_LABEL)
    assert says_unknown("unknown", NO_NAME)
    assert says_unknown("None", NO_NAME)
