"""All that is known to be wrong with eight of the real datasets is found."""

import csv

import pytest

from cohear.base.yaml_text import YamlText
from cohear.data.audit.alignment import waveform_correlation
from cohear.study.audit import check_data
from cohear.study.file import check_study
from cohear.study.folder.folder import with_paths_from

DATASETS = ("donateacry", "emodb", "esc10", "fsdd", "mdb_drums", "philharmonia", "speech_commands", "urbansound8k")
TASKS = {
    "cry": {"dataset": "donateacry", "target": "cry_reason", "hold_out": "group"},
    "emotion": {"dataset": "emodb", "target": "emotion", "hold_out": "speaker"},
    "event": {"dataset": "esc10", "target": "event", "folds": "fold"},
    "digit": {"dataset": "fsdd", "target": "digit", "hold_out": "speaker"},
    "drums": {"dataset": "mdb_drums", "target": "drum_tags", "folds": "fold"},
    "instrument": {"dataset": "philharmonia", "target": "instrument", "hold_out": "group"},
    "keyword": {"dataset": "speech_commands", "target": "keyword", "hold_out": "group"},
    "urban": {"dataset": "urbansound8k", "target": "event", "folds": "fold"},
}

pytestmark = [pytest.mark.data, pytest.mark.slow]


@pytest.fixture(scope="module")
def audit(shared_data, tmp_path_factory):
    datasets = {name: {"path": name} for name in DATASETS}
    settings = check_study(YamlText({"study": "all", "datasets": datasets, "tasks": TASKS}))
    return check_data(with_paths_from(settings, shared_data), cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def find(audit):
    """The one finding of a code and dataset."""

    def one(code, dataset, severity=None):
        (finding,) = [
            finding
            for finding in audit.findings
            if (finding.code, finding.dataset) == (code, dataset) and severity in (None, finding.severity)
        ]
        return finding

    return one


def clips(finding):
    return {clip.clip for clip in finding.clips}


def test_sources_in_two_datasets(find):
    sources = find("sources-across-datasets", "").figures["sources"]
    assert set(sources) == {"freesound:114587", "freesound:180256", "freesound:59513"}


def test_near_duplicates_known_by_hand(shared_data, find):
    """Those of neardup.csv that are in this copy, and no other that groups do not keep together."""
    assert clips(find("near-duplicates", "esc10")) == {"clips/2-28314-A.flac", "clips/2-30322-A.flac"}
    for dataset in ("esc10", "urbansound8k"):
        with (shared_data / dataset / "neardup.csv").open(encoding="utf-8", newline="") as file:
            known = [(row["path_a"], row["path_b"]) for row in csv.DictReader(file)]
        there = [pair for pair in known if all((shared_data / dataset / path).exists() for path in pair)]
        found = {(p["first"][1], p["second"][1]) for p in find("near-duplicates", dataset).figures["pairs"]}
        assert set(there) <= found


def test_no_false_near_duplicates(audit):
    """Every pair that is told holds one waveform; no two takes of a word are called one recording."""
    pairs = [
        pair
        for finding in audit.findings
        if finding.code.startswith("near-duplicates")
        for pair in finding.figures["pairs"]
    ]
    assert len(pairs) >= 3
    assert sum(abs(pair["correlation"]) < 0.88 for pair in pairs) == 0
    assert not [pair for pair in pairs if "fsdd" in (pair["first"][0], pair["second"][0])]  # takes of one word
    across = [pair for pair in pairs if pair["first"][0] != pair["second"][0]]
    assert [(pair["first"][1], pair["second"][1]) for pair in across] == [
        ("clips/1-59513-A.flac", "clips/59513-3-0-1.flac")
    ]


def test_exact_duplicates(find):
    sets = find("exact-duplicates", "speech_commands").figures["sets"]
    assert (len(sets), sum(map(len, sets))) == (21, 43)


def test_label_of_one_group(find):
    finding = find("one-group-label", "speech_commands", "warning")
    assert finding.figures["counts"] == {"_silence_": 100}
    assert "_silence_" in find("absent-label", "speech_commands").figures["folds"]


def test_speakers_and_sentences_across_folds(find):
    assert len(find("groups-across-folds", "fsdd").figures["values"]) == 6
    assert find("values-on-both-sides", "emodb").figures["columns"]["sentence"] == [10, 10]


def test_trailing_silence_and_repeats(find):
    assert len(clips(find("trailing-silence", "emodb"))) == 114
    assert find("fixed-duration", "emodb").figures["seconds"] == 2
    assert len(clips(find("repeated-excerpt", "urbansound8k"))) >= 40


def test_mixed_bandwidth(find):
    figures = find("mixed-bandwidth", "").figures
    assert set(figures["low"]) == {"donateacry", "fsdd"}
    assert set(figures["tasks"]) == {"cry", "digit"}


def test_nothing_makes_the_study_impossible(audit):
    assert audit.counts()["error"] == 0


def test_the_correlation_of_the_known_pair(shared_data):
    from cohear.audio.decode import read_audio
    from cohear.audio.segment import Segment

    folder = shared_data / "esc10" / "clips"
    one, two = (read_audio(Segment(folder / f"{name}.flac")) for name in ("2-28314-A", "2-30322-A"))
    assert waveform_correlation(*one, *two, 0.0)[0] == pytest.approx(0.965, abs=0.01)


def test_near_duplicates_of_heart_sounds(shared_data, tmp_path):
    """Of the pairs that are known to correlate above 0.95, nearly all; and all that is told correlates above 0.92."""
    content = {
        "study": "heart",
        "datasets": {"heart_sounds": {"path": "heart_sounds"}},
        "tasks": {"heart": {"dataset": "heart_sounds", "target": "heart", "hold_out": "group"}},
    }
    audit = check_data(with_paths_from(check_study(YamlText(content)), shared_data), cache=tmp_path)
    pairs = [p for f in audit.findings if f.code == "near-duplicates" for p in f.figures["pairs"]]
    told = {frozenset((pair["first"][1], pair["second"][1])) for pair in pairs}
    with (shared_data / "heart_sounds" / "neardup.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if float(row["ncc"]) > 0.95]
    there = {path.relative_to(shared_data / "heart_sounds").as_posix() for path in shared_data.glob("heart_sounds/*/*")}
    known = {frozenset((row["path_a"], row["path_b"])) for row in rows if {row["path_a"], row["path_b"]} <= there}
    assert len(known) == 547
    assert len(known & told) >= 0.95 * len(known)
    assert min(abs(pair["correlation"]) for pair in pairs) >= 0.92
