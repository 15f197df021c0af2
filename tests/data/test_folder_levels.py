"""What the folders above clips stand for: parts, labels, groups; and what is none of these."""

from pathlib import PurePosixPath

import mini_trees
import pytest

from cohear.base.errors import DataError
from cohear.data import importers  # noqa: F401 - enters the readers
from cohear.data.tables.reader import read_clip_table, reader_of

WORDS = ("angry", "happy", "sad")
SPEAKERS = ("s01", "s02", "s03", "s04")
DIGITS = tuple("0123456789")


def write(root, *names):
    """Files that stand for audio; nothing is decoded here."""
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def columns(root):
    """The columns of the table beside ``path``, each as a set of its values, where class folders are read."""
    assert reader_of(root) == "class_folders"
    rows = read_clip_table(root, "mine").rows
    return {column: set(rows[column]) for column in rows.columns if column != "path"}


@pytest.mark.parametrize(
    "parts",
    [
        ("train", "val", "test"),
        ("Training", "Validation", "Testing"),
        ("train", "dev", "eval"),
        ("train_set", "test_set"),
        ("fold1", "fold2", "fold10"),
        ("train", "valid"),
    ],
)
@pytest.mark.parametrize("inside", ["{part}/{label}/1.wav", "audio/{part}/{label}/1.wav", "{label}/{part}/1.wav"])
def test_parts_are_folds_of_one_dataset(tmp_path, parts, inside):
    write(tmp_path, *(inside.format(part=part, label=label) for part in parts for label in WORDS))
    assert columns(tmp_path) == {"label": set(WORDS), "fold": set(parts)}


def test_a_folder_beside_parts_is_no_part(tmp_path):
    names = [f"{part}/{label}/1.wav" for part in ("train", "test") for label in WORDS]
    write(tmp_path, *names, "extra/noise/1.wav", "extra/hum/1.wav")
    assert columns(tmp_path) == {"label": set(WORDS), "fold": {"train", "test"}}


def test_a_train_is_a_class_beside_others(tmp_path):
    write(tmp_path, *(f"{label}/{number}.wav" for label in ("train", "bus", "tram") for number in (1, 2)))
    assert columns(tmp_path) == {"label": {"train", "bus", "tram"}}


@pytest.mark.parametrize("labels", [DIGITS, ("1", "2", "3"), ("000", "001")])
def test_plain_numbers_are_classes(tmp_path, labels):
    write(tmp_path, *(f"{label}/a.wav" for label in labels))
    assert columns(tmp_path) == {"label": set(labels)}


@pytest.mark.parametrize("wrapped", ["", "data/", "data/audio/"])
@pytest.mark.parametrize(
    ("inside", "labels", "groups"),
    [
        ("{label}/{group}/1.wav", WORDS, SPEAKERS),
        ("{group}/{label}/1.wav", WORDS, SPEAKERS),
        ("{group}/wav/{label}/1.wav", WORDS, SPEAKERS),
        ("{group}/{label}/1.wav", DIGITS, ("george", "lucas", "theo")),
        ("{label}/{group}/1.wav", DIGITS, ("george", "lucas", "theo")),
        ("{label}/{group}/1.wav", WORDS, ("anna", "bela", "carl", "dora")),
        ("{group}/{label}/1.wav", WORDS, ("anna", "bela", "carl", "dora")),
        ("{label}/{group}/1.wav", WORDS, ("Actor_01", "Actor_02")),
        ("{label}/{group}/1.wav", WORDS, ("000", "001", "002")),
        ("{label}/{group}/1.wav", ("808", "909", "acoustic", "brush"), ("kit1", "kit2")),
    ],
)
def test_speakers_above_or_below_classes_are_groups(tmp_path, wrapped, inside, labels, groups):
    write(tmp_path, *(wrapped + inside.format(label=label, group=group) for label in labels for group in groups))
    assert columns(tmp_path) == {"label": set(labels), "group": set(groups)}
    (remark,) = read_clip_table(tmp_path, "mine").remarks
    assert f"{len(groups)} groups" in remark
    assert f"{len(labels)} labels" in remark


@pytest.mark.parametrize("inside", ["{group}/{label}/1.wav", "{label}/{group}/1.wav"])
@pytest.mark.parametrize(
    ("labels", "groups"),
    [
        (("angry", "happy", "sad"), ("alice", "bob")),
        (("angry", "happy", "sad"), ("anna", "mohammed", "yuki", "zora")),
        (("dog_bark", "car horn", "siren"), ("kitchen", "garage")),
        (("0", "1", "2"), ("alice", "bob")),
        (("1", "2", "3"), ("s01", "s02")),
        (("robin", "wren", "owl"), ("Anna_1", "Ben_2", "Carlos_3", "Dora_4")),
        (("piano", "violin", "flute"), ("forte", "mezzo")),
    ],
)
def test_names_tell_labels_from_groups(tmp_path, inside, labels, groups):
    """Whichever are fewer, and whichever lie above."""
    write(tmp_path, *(inside.format(label=label, group=group) for label in labels for group in groups))
    assert columns(tmp_path) == {"label": set(labels), "group": set(groups)}
    assert "guess" not in read_clip_table(tmp_path, "mine").remarks[0]


def test_a_further_level_is_a_column(tmp_path):
    """MIMII: a machine, which of them, and whether it is well; the machine was left out without a word."""
    machines, states = ("fan", "pump", "valve"), ("normal", "abnormal")
    write(
        tmp_path, *(f"{m}/id_0{i}/{state}/{n}.wav" for m in machines for i in "024" for state in states for n in "12")
    )
    assert columns(tmp_path) == {"label": set(states), "group": {"id_00", "id_02", "id_04"}, "folder": set(machines)}
    assert "further folders (3 names: fan, pump, valve) are column folder" in read_clip_table(tmp_path, "mine").remarks


@pytest.mark.parametrize("names", [("Session1", "Session2"), ("disc_1", "disc_2"), ("2021-03-05", "2021-03-06")])
def test_where_recordings_were_kept_is_no_label(tmp_path, names):
    """Nor is it one beside labels."""
    write(tmp_path / "bare", *(f"{name}/{n}.wav" for name in names for n in "123"))
    assert reader_of(tmp_path / "bare") is None
    write(tmp_path / "full", *(f"{name}/{word}/{n}.wav" for name in names for word in ("bip", "bop") for n in "12"))
    assert columns(tmp_path / "full") == {"label": {"bip", "bop"}, "group": set(names)}


def test_kinds_of_parts_are_no_classes(tmp_path):
    """PhysioNet has `training-a` to `training-f`, LibriSpeech `train-clean-100` beside `dev-other`."""
    write(tmp_path / "a", *(f"training-{letter}/{n}.wav" for letter in "abc" for n in "12"))
    assert reader_of(tmp_path / "a") is None
    parts = ("train-clean-100", "dev-clean", "test-other")
    write(tmp_path / "b", *(f"{part}/{word}/{n}.wav" for part in parts for word in WORDS for n in "12"))
    assert columns(tmp_path / "b") == {"label": set(WORDS), "fold": set(parts)}
    write(tmp_path / "c", *(f"{word}/{n}.wav" for word in ("train_horn", "train_brakes") for n in "12"))
    assert columns(tmp_path / "c") == {"label": {"train_horn", "train_brakes"}}


def test_labels_that_look_like_speakers_are_told(tmp_path):
    write(tmp_path, *(f"{who}/{word}_{n}.wav" for who in SPEAKERS for word in ("go", "stop") for n in "12"))
    (remark,) = read_clip_table(tmp_path, "mine").remarks
    assert remark.startswith("its labels (4 folders: s01, s02, s03, s04) are named as speakers or recordings are")


def test_where_names_do_not_tell_it_is_a_guess(tmp_path):
    write(tmp_path, *(f"{outer}/{inner}/1.wav" for outer in ("ba", "bi") for inner in ("gru", "gra", "gro")))
    assert columns(tmp_path) == {"label": {"ba", "bi"}, "group": {"gru", "gra", "gro"}}
    assert "column label, which is a guess" in read_clip_table(tmp_path, "mine").remarks[0]


def test_speakers_of_one_class_each_are_groups(tmp_path):
    """Patients of two diagnoses: nobody is in both."""
    patients = ("healthy/h1", "healthy/h2", "sick/s1", "sick/s2")
    write(tmp_path, *(f"{patient}/{take}.wav" for patient in patients for take in "ab"))
    assert columns(tmp_path) == {"label": {"healthy", "sick"}, "group": {"h1", "h2", "s1", "s2"}}


def test_parts_with_speakers(tmp_path):
    write(tmp_path, *(f"{p}/{w}/{s}/1.wav" for p in ("train", "test") for w in WORDS for s in SPEAKERS))
    assert columns(tmp_path) == {"label": set(WORDS), "fold": {"train", "test"}, "group": set(SPEAKERS)}


def test_recordings_of_speakers_alone(tmp_path):
    """VoxCeleb: a folder a speaker, and in it one a recording."""
    videos = ("1zcIwhmdeo4", "x6uYqmx31kE")
    write(tmp_path, *(f"{who}/{video}/0000{n}.wav" for who in ("id10270", "id10271") for video in videos for n in "12"))
    assert columns(tmp_path) == {"label": {"id10270", "id10271"}, "group": set(videos)}


@pytest.mark.parametrize(
    "tree",
    [
        ("birds/owl", "birds/wren", "doors/open", "doors/shut"),
        ("esc10/dog", "esc10/rain", "urbansound8k/siren", "urbansound8k/drill", "esc10/horn", "urbansound8k/horn"),
    ],
)
def test_datasets_beside_each_other_are_not_one(tmp_path, tree):
    write(tmp_path, *(f"{folder}/{number}.wav" for folder in tree for number in (1, 2)))
    assert reader_of(tmp_path) is None
    with pytest.raises(DataError, match=r"audio lies deeper, in \d folders such as "):
        read_clip_table(tmp_path, "mine", "class_folders")


def test_datasets_with_tables_of_their_own_are_not_one(tmp_path):
    for name in ("one", "two"):
        write(tmp_path, f"{name}/clips/1.wav")
        (tmp_path / name / "manifest.csv").write_text("path,label\nclips/1.wav,a\n")
    assert reader_of(tmp_path) is None


@pytest.mark.parametrize("parts", [("train", "test"), ("fold1", "fold2", "fold3")])
def test_parts_are_no_classes(tmp_path, parts):
    """Nothing says the labels: folds are none."""
    write(tmp_path, *(f"{part}/{number}.wav" for part in parts for number in "12"))
    assert reader_of(tmp_path) is None
    with pytest.raises(DataError, match="has folders of parts and nothing that says the labels"):
        read_clip_table(tmp_path, "mine", "class_folders")


def test_few_loose_files_do_not_hide_a_dataset(tmp_path):
    write(tmp_path, *(f"{w}/{s}/{n}.wav" for w in WORDS for s in SPEAKERS for n in "12"), "angry/intro.wav", "a.wav")
    assert columns(tmp_path) == {"label": set(WORDS), "group": set(SPEAKERS)}


def test_a_link_in_a_circle_ends(tmp_path):
    write(tmp_path, *(f"{label}/1.wav" for label in WORDS))
    (tmp_path / "angry" / "up").symlink_to(tmp_path)
    assert len(read_clip_table(tmp_path, "mine")) == len(WORDS)


def test_rows_are_in_the_order_of_their_paths(tmp_path):
    """As before there were groups: folds depend on it."""
    write(tmp_path, "b c/1.wav", "b/2.wav", "b/10.wav", "B/1.wav")
    paths = list(read_clip_table(tmp_path, "mine").rows["path"])
    assert paths == [str(path) for path in sorted(map(PurePosixPath, paths))]


@pytest.mark.parametrize("name", ["1.wave", "2.WAV", "3", "4.sound", "5.Flac", "6.wav.1"])
def test_audio_is_known_by_its_content(tmp_path, name):
    for label in "ab":
        mini_trees.clip(tmp_path / label / "x.wav")
        (tmp_path / label / "x.wav").rename(tmp_path / label / name)
        (tmp_path / label / "notes").write_text("MAC addresses of the recorders, and what else is no sound")
    assert list(read_clip_table(tmp_path, "mine").rows["path"]) == [f"a/{name}", f"b/{name}"]


def test_names_like_a_publishers_are_not_taken_for_his(tmp_path):
    """Speakers called as those of RAVDESS, and files as those of Speech Commands but for a word before."""
    write(tmp_path / "a", *(f"{label}/Actor_0{actor}/1.wav" for label in WORDS for actor in (1, 2)))
    assert columns(tmp_path / "a") == {"label": set(WORDS), "group": {"Actor_01", "Actor_02"}}
    write(tmp_path / "b", *(f"{word}/{word}-0a7c2a8d_nohash_{n}.wav" for word in ("yes", "no") for n in (0, 1)))
    assert columns(tmp_path / "b") == {"label": {"yes", "no"}}


def test_levels_of_noise_are_no_groups(tmp_path):
    """MIMII in all its releases: the same machines at several ratios; the machines are the groups, nothing is lost."""
    levels = ("-6_dB", "0_dB", "6_dB")
    folders = (
        f"{level}/{kind}/{which}/{state}"
        for level in levels
        for kind in ("fan", "pump")
        for which in ("id_00", "id_02")
        for state in ("normal", "abnormal")
    )
    write(tmp_path, *(f"{folder}/1.wav" for folder in folders))
    found = columns(tmp_path)
    assert found["label"] == {"normal", "abnormal"}
    assert found["group"] == {"id_00", "id_02"}
    assert found["folder"] == {f"{level}/{kind}" for level in levels for kind in ("fan", "pump")}


def test_a_level_of_folders_that_is_not_used_is_told(tmp_path):
    """A second level of numbers below the speakers was in no column and in no line."""
    write(tmp_path, *(f"s{who}/{word}/ch{n}/1.wav" for who in range(4) for word in ("yes", "no") for n in range(3)))
    assert columns(tmp_path) == {"label": {"yes", "no"}, "group": {f"s{who}" for who in range(4)}}
    told = read_clip_table(tmp_path, "mine").remarks
    assert "folders of 3 names: ch0, ch1, ch2 say nothing that is used" in told


@pytest.mark.parametrize("inside", ["wavs", "Part1"])
def test_a_part_without_labels_has_none(tmp_path, inside):
    """IRMAS: classes to train on, and one folder of recordings to test; the folder was a class of its own."""
    write(tmp_path, *(f"train/{word}/{n}.wav" for word in ("cel", "flu") for n in range(3)))
    write(tmp_path, *(f"test/{inside}/{n}.wav" for n in range(3)))
    table = read_clip_table(tmp_path, "mine")
    assert set(zip(table.column("fold", ""), table.column("label", ""), strict=True)) == {
        ("train", "cel"),
        ("train", "flu"),
        ("test", ""),
    }
    assert f"clips of test have no labels: they lie in a folder {inside} that no other part has" in table.remarks


def test_a_part_with_few_classes_keeps_them(tmp_path):
    """One class alone in a part is a class, where another part has it, it is a sound, or none has two."""
    write(tmp_path / "open", "train/a/1.wav", "train/b/1.wav", "test/dog/1.wav")
    assert columns(tmp_path / "open")["label"] == {"a", "b", "dog"}
    write(tmp_path, "train/a/1.wav", "train/b/1.wav", "test/a/1.wav")
    assert columns(tmp_path)["label"] == {"a", "b"}
    write(tmp_path / "other", "train/a/1.wav", "test/b/1.wav")
    assert columns(tmp_path / "other")["label"] == {"a", "b"}
