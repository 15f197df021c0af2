"""Groups that are written in two ways: a warning, and an error where that parts a group between training and test."""

import planted

from cohear.study.audit import check_data


def found(copy, cache):
    audit = check_data(copy.settings(), cache=cache)
    return [finding for finding in audit.findings if finding.code == "groups-alike"]


def test_on_one_side_it_is_a_warning(clean, cache, tmp_path):
    copy = planted.Copy(clean, tmp_path)
    copy.row(group="G1 ")
    (finding,) = found(copy, cache)
    assert (finding.severity, finding.dataset) == ("warning", "bird")
    assert finding.figures["values"] == [["G1 ", "g1"]]
    assert len(finding.clips) == 6


def test_on_both_sides_it_is_an_error(clean, cache, tmp_path):
    copy = planted.Copy(clean, tmp_path)
    copy.row(group="g01", fold="3", source_id="")
    (finding,) = found(copy, cache)
    assert finding.severity == "error"
    assert finding.figures["on_both_sides"] == [["g01", "g1"]]
    assert "1 of them is trained and tested on" in finding.sentence


def test_what_another_column_keeps_on_one_side_is_no_error(clean, cache, tmp_path):
    """The leakage rule sets training clips of the same ``source_id`` aside."""
    copy = planted.Copy(clean, tmp_path)
    copy.row(group="g01", fold="3")
    (finding,) = found(copy, cache)
    assert finding.severity == "warning"


def test_where_the_group_is_on_both_sides_anyway_its_spelling_leaks_nothing_more(clean, cache, tmp_path):
    copy = planted.Copy(clean, tmp_path)
    copy.row(6, group="g1", fold="3", source_id="")
    copy.row(7, group="g01", fold="3", source_id="")
    (finding,) = found(copy, cache)
    assert finding.severity == "warning"
