"""Groups that names of files tell, and what looks like one and is none."""

from itertools import product

import pytest
from made_up import table

from cohear.base.errors import DataError
from cohear.data.tables.folder_groups import folder_groups
from cohear.data.tables.name_groups import name_groups, with_name_groups

WORDS = ("no", "on", "yes")


def named(form, **parts):
    """Paths below a folder a word, with their words."""
    cells = [dict(zip(parts, values, strict=True)) for values in product(*parts.values())]
    return [f"{cell['word']}/{form.format(**cell)}" for cell in cells], [cell["word"] for cell in cells]


@pytest.mark.parametrize(
    ("form", "who"),
    [
        ("{who}_{take}.wav", ("s01", "s02", "s03")),
        ("{word}-{who}_{take}.wav", ("man00", "man01", "lady07")),
        ("{who}_IEO_{word}_{take}.wav", ("1001", "1002", "1091")),
        ("{who}_nohash_{take}.wav", ("0a7c2a8d", "bb05582b", "c50f55b8")),
        ("{who}{word}{take}.wav", ("03", "08", "11")),
        ("{word} {who} {take}.wav", ("SM1", "SF2", "SF10")),
        ("{word}.{who}.{take}.wav", ("p225", "p226", "p330")),
    ],
)
def test_speakers_and_sources_are_seen(form, who):
    """The pattern gives back who it is, and the evidence counts them."""
    paths, labels = named(form, word=WORDS, who=who, take=("00", "01"))
    found = name_groups(paths, labels)
    assert found.is_sure
    assert f"{len(who)} values" in found.evidence
    assert f"{len(who)} of them have clips of several labels" in found.evidence
    groups = with_name_groups(table({"path": paths, "word": labels}), found.pattern).column("group", "")
    assert set(groups) == set(who)
    assert all(group in path for group, path in zip(groups, paths, strict=True))


def test_sources_that_few_clips_share_are_seen():
    """Freesound's numbers in names of ESC-50: most sources have one clip."""
    paths = [f"dog/{1 + n % 5}-{100032 + 7919 * (n * 3 // 4)}-{'AB'[n % 2]}.wav" for n in range(40)]
    assert name_groups(paths, ["dog"] * 20 + ["cat"] * 20).is_sure


def test_a_label_may_have_names_of_its_own():
    """Silence of Speech Commands is cut from noise: nobody speaks in it."""
    words = [f"w{number}" for number in range(11)]
    paths, labels = named("{word}-{who}_nohash_{take}.wav", word=words, who=("0a7c2a8d", "bb05582b"), take="01")
    silence = [f"silence/silence-{1024 + 37 * number}.wav" for number in range(20)]
    assert name_groups([*paths, *silence], [*labels, *["silence"] * 20]).is_sure


def test_words_are_told_and_not_sure():
    """`george` is a speaker in `0_george_1`, and `calm` an emotion in `no_calm_1`."""
    for who in (("george", "lucas", "theo"), ("angry", "calm", "happy")):
        found = name_groups(*named("{word}_{who}_{take}.wav", word=WORDS, who=who, take="012"))
        assert not found.is_sure


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("{word}-{number:04}.wav", {"number": range(20)}),
        ("{number:04}_{word}.wav", {"number": range(20)}),
        ("{word}_{take}.wav", {"take": range(1, 9)}),
        ("New_{word}_{number:03}.wav", {"number": range(12)}),
        ("{word}_{word}_x.wav", {"number": range(5)}),
        ("{number}.wav", {"number": range(100, 120)}),
    ],
)
def test_what_is_no_group(form, parts):
    """Running numbers, takes and the class itself."""
    assert name_groups(*named(form, word=WORDS, **parts)) is None


def test_few_clips_say_nothing():
    assert name_groups(["a/s01_1.wav", "a/s01_2.wav", "b/s02_1.wav"], ["a", "a", "b"]) is None


def test_mistakes():
    clips = table({"path": ["s1_a.wav", "x.wav"], "word": ["a", "b"]})
    with pytest.raises(DataError, match="is no regular expression"):
        with_name_groups(clips, "(")
    with pytest.raises(DataError, match="fits the beginning of no file's name"):
        with_name_groups(clips, "zz")
    with pytest.raises(DataError, match="has a column 'group' already"):
        with_name_groups(table({"group": ["a", "b"]}), ".")
    made = with_name_groups(clips, r"(s\d)_")
    assert made.column("group", "") == ["s1", ""]
    assert made.remarks == ("group_in_name does not fit 1 clip: each of these is a group of its own",)


def test_what_speakers_said_is_no_group_where_they_are_the_labels():
    """VCTK: `p225_001_mic1` has the speaker, which is the folder, and the number of the sentence."""
    clips = [
        (f"{who}/{who}_{n:03}_mic{mic}.flac", who) for who in ("p225", "p226", "p227") for n in range(5) for mic in "12"
    ]
    assert name_groups([path for path, _ in clips], [who for _, who in clips]) is None


WHO = {"ids": [f"s{n:02}" for n in range(6)], "names": ["anna", "bela", "carl", "dora", "emil", "fred"]}


@pytest.mark.parametrize("who", WHO.values(), ids=list(WHO))
@pytest.mark.parametrize("form", ["{who}/{n}.wav", "data/{who}/{n}.wav", "{part}/{who}/{n}.wav", "{who}/ch{n}/{n}.wav"])
def test_folders_beside_a_table_tell_groups(who, form):
    """A table with labels alone, each speaker's clips in a folder: folds went through speakers."""
    parts = {one: ("train", "test")[number == 0] for number, one in enumerate(who)}
    paths = [form.format(who=one, n=n, part=parts[one]) for one in who for n in range(4)]
    labels = ["ab"[number % 2] for number in range(len(paths))]
    found = folder_groups(paths, labels)
    assert found.is_sure
    assert found.evidence.startswith(f"folders have 6 values there ({', '.join(who[:5])} and 1 more), 4.0 clips each")
    groups = with_name_groups(table({"path": paths, "word": labels}), found.pattern).column("group", "")
    assert groups == [one for one in who for _ in range(4)]


@pytest.mark.parametrize(
    ("folders", "sure"),
    [(["000", "001", "002", "003", "004"], False), (["mic1", "mic2"], False), (["dog", "cat", "owl"], None)],
)
def test_folders_that_are_no_sure_groups(folders, sure):
    """Numbers may be where many files were kept, a few may be rooms: told; words are none."""
    found = folder_groups([f"{one}/{n}.wav" for one in folders for n in range(6)], ["a", "b"] * 3 * len(folders))
    assert (found if found is None else found.is_sure) == sure


def test_folders_that_are_labels_or_parts_are_no_groups():
    folders = [f"c{number}" for number in range(6)]
    assert folder_groups([f"{one}/{n}.wav" for one in folders for n in range(4)], sorted(folders * 4)) is None
    parts = [f"fold{number}" for number in range(6)]
    assert folder_groups([f"{one}/{n}.wav" for one in parts for n in range(4)], ["a", "b"] * 12) is None
    assert folder_groups([f"s{n:02}/1.wav" for n in range(12)], ["a", "b"] * 6) is None
