"""Every planted fault is found, with its clips; on the clean copy none is."""

import planted
import pytest

from cohear.study.audit import check_data

pytestmark = pytest.mark.slow

ALWAYS = {"label-counts", "values-on-both-sides"}


@pytest.fixture(scope="module")
def of_clean(clean, cache):
    return check_data(planted.settings(clean), cache=cache)


def test_nothing_is_found_in_clean_data(of_clean):
    assert {finding.code for finding in of_clean.findings} <= ALWAYS
    assert not of_clean.failed


def test_there_are_enough_kinds():
    assert len({fault.code for fault in planted.FAULTS.values()}) >= 30


@pytest.mark.parametrize("name", planted.FAULTS)
def test_planted_fault_is_found(clean, cache, tmp_path, name):
    fault = planted.FAULTS[name]
    copy = planted.Copy(clean, tmp_path)
    fault.plant(copy)
    audit = check_data(copy.settings(), cache=cache)
    found = [finding for finding in audit.findings if finding.code == fault.code]
    assert found, {finding.code for finding in audit.findings}
    (finding,) = [one for one in found if one.dataset == fault.dataset][:1]
    assert finding.sentence
    assert finding.cure
    if fault.clip:
        assert fault.clip in {clip.clip for clip in finding.clips}
    assert audit.failed == any(finding.severity == "error" for finding in audit.findings)
    if fault.code.endswith("-file") or fault.code in ("not-finite", "study-refused", "leaking-near-duplicates"):
        assert finding.severity == "error"
