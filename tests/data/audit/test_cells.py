"""Cells of several labels are told with the mark between them, and with what to write."""

import planted

from cohear.study.audit import check_data


def test_a_comma_where_other_cells_have_a_semicolon_is_told_with_the_cure(clean, cache, tmp_path):
    copy = planted.Copy(clean, tmp_path)
    copy.row(4, bird="high;mid")
    for number in (7, 10):
        copy.row(number, bird="low, mid")
    audit = check_data(copy.settings(), cache=cache)
    (finding,) = [one for one in audit.findings if one.code == "several-labels-in-a-cell"]
    assert (finding.severity, finding.dataset, finding.task) == ("warning", "bird", "bird")
    assert finding.sentence == (
        "2 cells of 'bird' hold labels of other clips with ',' between them where others have ';' (write that in all), "
        "such as 'low, mid'"
    )
    assert [clip.clip for clip in finding.clips] == ["clips/007.wav", "clips/010.wav"]
    assert finding.figures == {"column": "bird", "separator": ","}


def test_one_such_cell_is_told_as_one(clean, cache, tmp_path):
    copy = planted.Copy(clean, tmp_path)
    copy.row(4, bird="high;mid")
    copy.row(7, bird="low, mid")
    audit = check_data(copy.settings(), cache=cache)
    (finding,) = [one for one in audit.findings if one.code == "several-labels-in-a-cell"]
    assert finding.sentence.startswith("1 cell of 'bird' holds labels of other clips")
