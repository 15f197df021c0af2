"""Two datasets that were cut from the same recordings, as their own columns name them."""

import planted
import pytest

from cohear.study.audit import check_data

CODE = "recordings-across-datasets"


def found(copy, cache, code=CODE):
    return [finding for finding in check_data(copy.settings(), cache=cache).findings if finding.code == code]


def named(copy, first, second, every=6):
    """Columns ``(name, how number 123450 and its like are written)`` in both datasets, a recording for some clips."""
    for dataset, (column, form) in (("bird", first), ("door", second)):
        rows = planted.read_rows(copy.folder / dataset)
        for number, row in enumerate(rows):
            row["source_id"] = row.get("source_id", "")
            row[column] = form.format(123450 + number // every)
        planted.write_rows(copy.folder / dataset, rows)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("src_file", "{}"), ("fsID", "{}")),
        (("freesound_id", "00{}"), ("source_id", "freesound:{}")),
        (("source_id", "freesound:{}"), ("source_id", "{}.wav")),
        (("ytid", "dQw4w9W-{}"), ("youtube_video", "dQw4w9W-{}")),
    ],
)
def test_both_name_the_recording(clean, cache, tmp_path, first, second):
    """An error: what one task is tested on the other learns from."""
    copy = planted.Copy(clean, tmp_path)
    named(copy, first, second)
    (finding,) = found(copy, cache)
    assert finding.severity == "error"
    assert finding.datasets == ("bird", "door")
    assert repr(first[0]) in finding.sentence
    assert {clip.dataset for clip in finding.clips} == {"bird", "door"}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            ("source_id", "freesound:{}"),
            ("source_id", "freesound:{}"),
        ),  # as `sources-across-datasets` says
        (("source_id", "freesound:{}"), ("source_id", "youtube:{}")),  # not the same, by what stands before
        (("freesound_id", "{}"), ("xc", "{}")),  # nor by the columns
        (("src_file", "{0:.3}"), ("src_file", "{0:.3}")),  # numbers that everybody counts to
        (("author", "{}"), ("fsID", "{}")),  # no recording
    ],
)
def test_nothing_to_be_told(clean, cache, tmp_path, first, second):
    copy = planted.Copy(clean, tmp_path)
    forms = [(column, form.replace("{0:.3}", "12")) for column, form in (first, second)]
    named(copy, *forms)
    assert found(copy, cache) == []


def test_an_equal_source_id_beside_it_says_it(clean, cache, tmp_path):
    """As readers of public datasets keep the publisher's column in another one."""
    copy = planted.Copy(clean, tmp_path)
    named(copy, ("source_id", "freesound:{}"), ("source_id", "freesound:{}"))
    rows = planted.read_rows(copy.folder / "door")
    planted.write_rows(copy.folder / "door", [{**row, "freesound_id": row["source_id"][10:]} for row in rows])
    assert found(copy, cache) == []
    assert len(found(copy, cache, "sources-across-datasets")) == 1
