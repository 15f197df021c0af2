"""What a check found is told where it matters: in `run`, with its datasets, and in few lines."""

import planted
import pytest
from rich.console import Console

from cohear.data.audit.finding import AuditFinding, in_order
from cohear.report.page.audit import audit_lines
from cohear.study.audit import Audit, check_data
from cohear.study.prepare import prepare


@pytest.fixture
def copy(tmp_path):
    """A small dataset with a clip tested and, nearly, trained on."""
    planted.write_both(tmp_path / "clean")
    copy = planted.Copy(tmp_path / "clean", tmp_path / "copy")
    planted._replace(copy, 7, planted.another_take(copy.samples(20)))
    return copy


def told(copy, cache):
    warnings = prepare(copy.settings(), copy.folder, cache=cache).warnings
    return [warning for warning in warnings if "cohear check" in warning]


def test_run_tells_the_errors_of_the_last_check(copy, tmp_path):
    cache = tmp_path / "cache"
    assert told(copy, cache) == []  # not checked yet
    audit = check_data(copy.settings(), cache=cache)
    (error,) = [finding for finding in audit.findings if finding.severity == "error"]
    assert told(copy, cache) == [
        f"`cohear check` has 1 error on these data: leaking-near-duplicates: {error.sentence}; mend the data first"
    ]
    copy.row(7, group="g3", fold="1")  # other data were not checked
    assert told(copy, cache) == []
    assert not check_data(copy.settings(), cache=cache).failed
    assert told(copy, cache) == []


def test_every_finding_names_its_datasets(copy, tmp_path):
    copy.row(9, source_id="door:3")
    copy.changes["tasks"] = {
        "bird": {"dataset": "bird", "target": "bird", "folds": "fold"},
        "door": {"dataset": "door", "target": "dor", "hold_out": "group"},
    }
    found = check_data(copy.settings(), cache=tmp_path / "cache").to_json()["findings"]
    by_code = {finding["code"]: finding["dataset"] for finding in found}
    assert all(by_code.values())
    assert by_code["leaking-near-duplicates"] == "bird"
    assert by_code["sources-across-datasets"] == "bird, door"
    assert by_code["study-refused"] == "door"


def shown(findings, **how):
    audit = Audit("s", in_order(findings), {}, ["t"]).to_json()
    plain = Console(width=100, color_system=None)
    with plain.capture() as captured:
        plain.print(audit_lines(audit, **how))
    return captured.get()


def finding(code, number, severity="warning"):
    return AuditFinding(
        severity=severity, code=code, sentence=f"{code} sentence {number}.", cure="mend it", dataset=f"set{number}"
    )


def test_hundreds_of_findings_are_a_screen():
    """The five kinds that matter most in full, the worst first; of the others a line each; all with --all."""
    codes = ["clipped", "rare-label", "upsampled", "dc-offset", "extreme-level", "absent-label", "label-shift"]
    found = [finding(code, number) for code in codes for number in range(50)]
    found += [finding("label-counts", number, "note") for number in range(50)]
    found += [finding("label-from-conditions", 3), finding("leaking-near-duplicates", 1, "error")]
    lines = shown(found).splitlines()
    assert len(lines) <= 60
    assert "leaking-near-duplicates" in lines[0]
    text = "\n".join(lines)
    assert text.index("label-from-conditions") < text.index("clipped")
    assert "and 47 more: set3, set4, set5, set6, set7, set8 and 41 more" in text
    assert "label-counts: set0, set1" in text
    assert "--all shows every finding" in text
    every = shown(found, every=True)
    assert every.count("sentence") == len(found)
    assert "--all" not in every


def test_few_findings_are_shown_whole():
    text = shown([finding("clipped", 1), finding("clipped", 2), finding("rare-label", 1)])
    assert text.count("sentence") == 3
    assert "--all" not in text


def test_each_dataset_is_told_how_many_of_its_pairs_leak(copy, tmp_path):
    """As many findings as datasets, and each with pairs of its own; a pair of two datasets names both."""
    for number, source in ((9, 31), (10, 44)):
        planted._replace(copy, number, planted.another_take(copy.samples(source)))
    planted._replace(copy, 7, planted.another_take(copy.samples(20, "door")), "door")
    planted._replace(copy, 2, planted.another_take(copy.samples(30)), "door")
    found = check_data(copy.settings(), cache=tmp_path / "cache").to_json()["findings"]
    leaking = {one["dataset"]: one for one in found if one["code"] == "leaking-near-duplicates"}
    for dataset, one in leaking.items():
        pairs = {
            tuple(map(tuple, (pair["first"], pair["second"]))) for f in one["figures"]["folds"].values() for pair in f
        }
        assert one["sentence"].startswith(f"{len(pairs)} pair")
        assert {name for pair in pairs for name, _ in pair} == set(dataset.split(", "))
    assert {"bird", "bird, door"} <= leaking.keys()


def test_official_folds_that_nobody_uses_are_a_note(copy, tmp_path):
    copy.row(3, fold="4", group="g1")
    copy.changes["tasks"] = {"bird": {"dataset": "bird", "target": "bird", "hold_out": "group"}}
    severities = {one.code: one.severity for one in check_data(copy.settings(), cache=tmp_path / "cache").findings}
    assert severities["groups-across-folds"] == "note"
    copy.changes["tasks"] = {"bird": {"dataset": "bird", "target": "bird", "folds": "fold"}}
    severities = {one.code: one.severity for one in check_data(copy.settings(), cache=tmp_path / "cache").findings}
    assert severities["groups-across-folds"] == "warning"


def test_a_task_that_bears_its_dataset_s_name_is_named_once():
    one = AuditFinding(
        severity="warning", code="clipped", sentence="s.", cure="c", dataset="emodb", task="emodb_emotion"
    )
    other = AuditFinding(severity="warning", code="clipped", sentence="s.", cure="c", dataset="esc10", task="event")
    text = shown([one, other])
    assert "clipped  emodb_emotion" in text
    assert "clipped  esc10 · event" in text
