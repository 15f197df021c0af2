"""What `init`, `run` and `check` say of all that lies in a dataset's folder."""

import zlib

import mini_trees
import pytest
import soundfile
import tiny
from made_up import table

from cohear.api import Study
from cohear.base.errors import DataError
from cohear.data.tables.targets import label_columns
from cohear.study.draft.propose import propose, write_proposal
from cohear.study.draft.sentences import decisions


def clips(root, names):
    """Sounds that differ, also in folders of other names."""
    for number, name in enumerate(names):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        seed = zlib.crc32(f"{root.name}/{name}".encode())
        soundfile.write(file, tiny.sound(300 + 11 * number, seed, 0.05), tiny.RATE)


def words(root, parts=("",), labels=("dog", "owl")):
    clips(root, [f"{part}{label}/{number}.wav" for part in parts for label in labels for number in range(6)])


def found(tmp_path, *paths):
    proposal = propose([tmp_path / path for path in paths], cache=tmp_path / "cache")
    return [known.name for known in proposal.found], proposal


def test_run_and_check_name_what_is_not_used(bench):
    """Also `--dry-run`; the JSON of `check` has every file."""
    clips(bench.root / "data/tones", ["loose.wav", "deep/er/1.wav", "deep/er/2.wav"])
    (bench.root / "data/tones/other.csv").write_text("a,b\n")
    study = Study.load(bench.study(datasets={"tones": {"path": "data/tones"}, "birds": {"path": "data/birds"}}))
    told = [
        "1 audio file is not used, loose above the folders of the clips: 'loose.wav'",
        "2 audio files are not used, deeper than the clips: 'deep/er/1.wav', 'deep/er/2.wav'",
        "1 table is not read: 'other.csv'",
    ]
    warnings = study.plan()[2]
    assert {f"datasets.tones: {sentence}" for sentence in told} <= set(warnings)
    findings = [one for one in study.check(jobs=1).to_json()["findings"] if one["code"].startswith("unused-")]
    assert sorted(one["sentence"] for one in findings) == sorted(told)
    assert {one["dataset"] for one in findings} == {"tones"}
    assert ["deep/er/1.wav", "deep/er/2.wav"] in [one["figures"]["files"] for one in findings]


def test_audio_beside_datasets_is_told(tmp_path):
    words(tmp_path / "data/one")
    words(tmp_path / "data/two", labels=("open", "shut"))
    clips(tmp_path / "data", ["a.wav", "b.wav"])
    clips(tmp_path / "data", ["three/1.wav", "three/2.wav", "three/3.wav"])
    names, proposal = found(tmp_path, "data")
    assert names == ["one", "two"]
    assert proposal.left_out == {
        str(tmp_path / "data"): "2 audio files beside its datasets: a.wav, b.wav",
        str(
            tmp_path / "data/three"
        ): "nothing in it is recognised as a dataset, though it holds 3 audio files; it has no "
        "two folders with audio files, a folder a class",
    }


def test_init_tells_its_decisions(tmp_path):
    """A line on the terminal for each comment of the file."""
    clips(tmp_path / "one", [f"{w}/s{s:02}_{n}.wav" for w in ("dog", "owl") for s in range(1, 7) for n in range(2)])
    clips(tmp_path / "one", ["intro.wav"])
    proposal = write_proposal([tmp_path / "one"], tmp_path / "study.yaml", cache=tmp_path / "cache")
    lines = list(decisions(proposal))
    assert lines[0] == f"one: {tmp_path / 'one'}, read as class_folders"
    text = " ".join((tmp_path / "study.yaml").read_text().replace("#", "").split())
    for line in lines[1:]:
        assert " ".join(line.strip().removeprefix("task label: ").split()) in text
    assert any("names of files have 6 values there (s01, s02, s03, s04, s05 and 1 more)" in line for line in lines)
    assert any("1 audio file is not used, loose above the folders of the clips: 'intro.wav'" in line for line in lines)
    assert 'group_in_name: "[^-_. ]+"' in (tmp_path / "study.yaml").read_text()
    study = Study.load(tmp_path / "study.yaml")
    groups = study.settings.datasets["one"].read("one").column("group", "")
    assert set(groups) == {f"s{s:02}" for s in range(1, 7)}
    assert study.plan()[0]


def test_no_dataset_is_left_out_for_the_number_of_tasks(tmp_path):
    """Fourteen datasets of two tasks each: one of each; a number that is asked for is kept, and told."""
    for number in range(14):
        rows = [{"path": f"{n}.wav", "a": "xy"[n % 2], "b": "xy"[n // 2 % 2]} for n in range(12)]
        tiny.write_table(tmp_path / f"d{number:02}", rows)
        clips(tmp_path / f"d{number:02}", [row["path"] for row in rows])
    paths = [tmp_path / f"d{number:02}" for number in range(14)]
    proposal = propose(paths, cache=tmp_path / "cache")
    assert [task.choice.dataset for task in proposal.tasks] == [path.name for path in paths]
    few = propose(paths, cache=tmp_path / "cache", most_tasks=3)
    assert [task.choice.dataset for task in few.tasks] == ["d00", "d01", "d02"]
    assert sum("3 tasks make enough combinations" in reason for _, reason in few.set_back) == 25


def test_bookkeeping_of_mixtures_is_no_target():
    count = 48
    targets, reasons = label_columns(
        table(
            {
                "event": ["cough", "keys", "laugh"] * 16,
                "scene": [f"dev_{n % 3}_ebr_-6_nec_{n % 2}_poly_0" for n in range(count)],
                "source": [f"street/{'abc'[n % 3]}.wav" for n in range(count)],
                "ebr_db": ["-6", "0", "6", "12"] * 12,
                "snr": ["-5", "5"] * 24,
                "poly": ["0", "1"] * 24,
                "polyphony": ["1", "2", "3"] * 16,
                "overlap_ratio": ["0", "1"] * 24,
                "split": ["train", "train", "test"] * 16,
                "Subset": ["training", "validation"] * 24,
                "set": ["a", "b"] * 24,
            }
        )
    )
    assert targets == ["event", "set"]
    assert reasons["scene"] == reasons["source"] == "names of recordings"
    assert reasons["split"] == "official parts: test, train"
    assert {reasons[name] for name in ("ebr_db", "snr", "poly", "polyphony", "overlap_ratio")} == {
        "bookkeeping by their names"
    }


@pytest.mark.parametrize("column", ["split", "subset", "partition", "set", "Split"])
def test_a_column_of_parts_is_the_split(tmp_path, column):
    rows = [{"path": f"{n}.wav", "sound": "xy"[n % 2], column: ("train", "val", "test")[n // 2 % 3]} for n in range(24)]
    tiny.write_table(tmp_path / "one", rows)
    clips(tmp_path / "one", [row["path"] for row in rows])
    write_proposal([tmp_path / "one"], tmp_path / "study.yaml", cache=tmp_path / "cache")
    assert f"  sound: {{dataset: one, target: sound, folds: {column}}}\n" in (tmp_path / "study.yaml").read_text()
    Study.load(tmp_path / "study.yaml").plan()


@pytest.mark.parametrize("column", ["speaker", "speaker_id", "client_id", "recordist", "SPEAKER"])
def test_parts_that_cut_through_speakers_are_seen(tmp_path, column):
    """Without a column of groups: one that is called after speakers says that an official split leaks."""
    for name, step in (("leaks", 1), ("holds", 6)):
        rows = [
            {"path": f"{n}.wav", "sound": "xy"[n % 2], column: f"p{n // 4}", "split": ("train", "test")[n // step % 2]}
            for n in range(24)
        ]
        if name == "holds":
            rows = [{**row, "split": ("train", "test")[int(row[column][1:]) % 2]} for row in rows]
        tiny.write_table(tmp_path / name, rows)
        clips(tmp_path / name, [row["path"] for row in rows])
    _, proposal = found(tmp_path, "leaks")
    (task,) = [task for task in proposal.tasks if task.choice.target == "sound"]
    assert (task.choice.rule.hold_out, task.choice.rule.folds) == (column, None)
    assert f"The official folds have 6 values of {column} on both sides" in task.why[0]
    _, proposal = found(tmp_path, "holds")
    (task,) = [task for task in proposal.tasks if task.choice.target == "sound"]
    assert task.choice.rule.folds == "split"


def test_who_recorded_is_no_task(tmp_path):
    """Xeno-canto names the recordist: he is a group."""
    targets, reasons = label_columns(table({"bird": ["owl", "wren"] * 12, "recordist": ["Ann", "Bo", "Cy"] * 8}))
    assert targets == ["bird"]
    assert reasons == {"recordist": "bookkeeping by their names"}


def test_parts_that_are_given_are_their_dataset(tmp_path):
    """A shell makes `data/train data/val data/test` of `data/*`."""
    words(tmp_path / "folders", ("train/", "val/", "test/"))
    for part in ("train", "test"):
        clips(tmp_path / "tables", [f"{part}/{n}.wav" for n in range(6)])
        mini_trees.text(
            tmp_path / f"tables/{part}.csv", "filename,label", *(f"{n}.wav,{'ab'[n % 2]}" for n in range(6))
        )
    names, proposal = found(tmp_path, "folders/train", "folders/val", "folders/test")
    assert names == ["folders"]
    assert proposal.tasks[0].choice.rule.folds == "fold"
    names, proposal = found(tmp_path, "tables/train.csv", "tables/test.csv")
    assert names == ["tables"]
    assert len(proposal.found[0].dataset.table) == 12
    assert found(tmp_path, "folders/train", "tables")[0] == ["train", "tables"]


def test_folders_of_parts_without_labels_are_told(tmp_path):
    clips(tmp_path / "data", ["train/1.wav", "test/2.wav"])
    with pytest.raises(DataError, match="holds 2 audio files; it has folders of parts and nothing that says"):
        found(tmp_path, "data")


def test_what_is_written_leads_on(tmp_path):
    """The lines behind the grid make a study as they stand, with a second network, baselines and controls."""
    for name in ("one", "two"):
        words(tmp_path / name)
    write_proposal([tmp_path / "one", tmp_path / "two"], tmp_path / "study.yaml", cache=tmp_path / "cache")
    first = len(Study.load(tmp_path / "study.yaml").plan()[0])
    text = (tmp_path / "study.yaml").read_text()
    for key in ("encoders", "baselines", "controls"):
        assert f"\n# {key}: [" in text
        text = text.replace(f"\n# {key}: [", f"\n{key}: [")
    (tmp_path / "study.yaml").write_text(text)
    study = Study.load(tmp_path / "study.yaml")
    runs = study.plan()[0]
    assert {run.control for run in runs} > {""}
    assert {run.encoder for run in runs} >= {"small", "cnn", "svm", "majority"}
    assert len(runs) > 2 * first
