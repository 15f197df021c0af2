"""Readers of public layouts, each on a miniature of what its publisher gives."""

import mini_trees
import pytest

from cohear.base.errors import DataError
from cohear.data.folds.parts import Part
from cohear.data.folds.splits import FoldPlan, FoldRule
from cohear.data.readers import public_layouts
from cohear.data.readers.speech_commands import hash_part
from cohear.data.scan.dataset import open_dataset
from cohear.data.tables.reader import READERS, read_clip_table
from cohear.testing.reader import ReaderContract


class OfAMiniature(ReaderContract):
    """The contract for a reader whose miniature has its name."""

    layout = ""

    def make(self):
        return READERS[self.layout]

    def write(self, folder):
        mini_trees.PUBLIC[self.layout](folder)


for _name in mini_trees.PUBLIC:
    globals()[f"Test{_name}"] = type(f"Test{_name}", (OfAMiniature,), {"layout": _name})


def read(name, folder, reader=None):
    mini_trees.PUBLIC[name](folder)
    return read_clip_table(folder, "mine", reader)


def cells(table, *columns):
    """Rows as tuples of some columns, by path."""
    paths = table.column("path", "t")
    return dict(zip(paths, zip(*(table.column(column, "t") for column in columns), strict=True), strict=True))


def test_every_layout_has_a_miniature():
    assert set(mini_trees.PUBLIC) == set(public_layouts())
    assert len(public_layouts()) >= 32


@pytest.mark.parametrize("name", mini_trees.PUBLIC)
def test_only_its_own_reader_recognises_a_layout(name, tmp_path):
    """So that the order in which readers are asked does not matter among public layouts."""
    mini_trees.PUBLIC[name](tmp_path)
    assert [known for known, reader in public_layouts().items() if reader.recognises(tmp_path)] == [name]
    assert not READERS["manifest"].recognises(tmp_path)


@pytest.mark.parametrize("place", ["", "ESC-50-master"])
def test_dataset_yaml_counts_more_than_what_is_published(tmp_path, place):
    """In the folder that is given, or in the publisher's own."""
    mini_trees.esc50(tmp_path)
    mini_trees.text(
        tmp_path / place / "dataset.yaml",
        "licence: bought",
        "domain: household",
        "groups: mine.csv",
        "labels: {event: [rain, dog, hand_saw]}",
    )
    mini_trees.text(tmp_path / place / "mine.csv", "clip,group", "audio/1-100032-A-0.wav,g")
    table = read_clip_table(tmp_path, "mine")
    published = public_layouts()["esc50"].published
    assert (table.about.licence, table.about.domain) == ("bought", "household")
    assert (table.about.title, table.about.citation) == (published.title, published.citation)
    assert table.about.labels["event"] == ["rain", "dog", "hand_saw"]
    assert "g" in table.column("group", "mine")


@pytest.mark.parametrize("name", mini_trees.PUBLIC)
def test_facts_and_audio(name, tmp_path):
    """All audio is found and read; tasks that are told of are columns; licence and citation come along."""
    table = read(name, tmp_path)
    published = public_layouts()[name].published
    assert open_dataset(table, cache=tmp_path / "cache", skip_bad=False).bad == ()
    assert set(published.tasks) <= set(table.rows.columns)
    assert table.about.licence == published.licence != ""
    assert table.about.citation == published.citation != ""


@pytest.mark.parametrize("name", mini_trees.PUBLIC)
def test_official_folds_can_be_used(name, tmp_path):
    """Where there are official folds, every clip has one, and no group lies on both sides (but for fsdd's speakers)."""
    table = read(name, tmp_path)
    if "fold" not in table.rows.columns:
        without = (
            "ambient_contexts",
            "audiomnist",
            "birdclef",
            "cremad",
            "emodb",
            "mtat",
            "musan",
            "ravdess",
            "savee",
            "tess",
        )
        assert name in without
        return
    plan = FoldPlan(table, FoldRule(folds="fold"), 0, "t")
    groups = table.optional_column("group")
    for fold in range(plan.count):
        parts = plan.parts(fold)
        tested = {group for group, part in zip(groups, parts, strict=True) if part == Part.TEST and group}
        trained = {group for group, part in zip(groups, parts, strict=True) if part == Part.TRAIN and group}
        assert tested.isdisjoint(trained) or name == "fsdd"


@pytest.mark.parametrize(
    ("name", "column", "count"),
    [
        ("asvspoof2015", "method", 11),
        ("audiomnist", "digit", 10),
        ("cremad", "emotion", 6),
        ("desed", "event", 10),
        ("esc10", "event", 10),
        ("fsdkaggle2018", "event", 41),
        ("gtzan", "genre", 10),
        ("nsynth", "family", 11),
        ("openmic2018", "instrument", 20),
        ("ravdess", "emotion", 8),
        ("savee", "emotion", 7),
        ("speech_commands", "keyword", 12),
        ("tau_urban", "scene", 10),
        ("tess", "emotion", 7),
        ("tut_events_2017", "event", 7),
        ("tut_scenes_2017", "scene", 15),
        ("urbansound8k", "event", 10),
        ("vocalsound", "sound", 6),
    ],
)
def test_label_lists_are_closed(name, column, count, tmp_path):
    """Whatever part of a dataset is there, its labels are those of the whole, in one order."""
    labels = read(name, tmp_path).about.labels[column]
    assert len(set(labels)) == len(labels) == count


def test_esc50(tmp_path):
    table = read("esc50", tmp_path)
    assert cells(table, "event", "group", "source_id", "fold")["audio/1-100032-B-0.wav"] == (
        "dog",
        "freesound:100032",
        "freesound:100032",
        "1",
    )
    assert len(table) == 6
    assert len(table.about.labels["event"]) == 50
    ten = read_clip_table(tmp_path, "mine", "esc10")
    assert len(ten) == 5
    assert set(ten.column("event", "t")) == {"dog", "rain"}


def test_esc10_names_its_classes_as_esc50_does(tmp_path):
    events = read("esc10", tmp_path).about.labels["event"]
    assert set(events) <= set(public_layouts()["esc50"].labels(tmp_path)["event"])
    assert len(events) == 10


def test_urbansound8k_has_no_segments(tmp_path):
    """``start`` and ``end`` of its table are places in a recording that nobody has."""
    table = read("urbansound8k", tmp_path)
    assert not {"start", "end"} & set(table.rows.columns)
    assert cells(table, "event", "salience", "fold", "source_id")["audio/fold5/100263-2-0-121.wav"] == (
        "children_playing",
        "background",
        "5",
        "freesound:100263",
    )
    assert FoldPlan(table, FoldRule(folds="fold"), 0, "t").count == 2


def test_freesound_recordings_are_known_across_datasets(tmp_path):
    """100032 is in ESC-50 and UrbanSound8K."""
    esc = read("esc50", tmp_path / "esc").column("source_id", "t")
    urban = read("urbansound8k", tmp_path / "urban").column("source_id", "t")
    assert "freesound:100032" in set(esc) & set(urban)


def test_fsdd(tmp_path):
    clips = cells(read("fsdd", tmp_path), "digit", "speaker", "accent", "fold")
    assert clips["recordings/1_jackson_32.wav"] == ("1", "jackson", "USA", "train")
    assert clips["recordings/0_yweweler_4.wav"] == ("0", "yweweler", "DEU-German", "test")


def test_emodb(tmp_path):
    clips = cells(read("emodb", tmp_path), "emotion", "speaker", "gender", "sentence")
    assert clips["wav/03a01Fa.wav"] == ("happiness", "03", "male", "a01")
    assert clips["wav/08b10Eb.wav"] == ("disgust", "08", "female", "b10")
    assert {clip[0] for clip in clips.values()} == set(READERS["emodb"].labels(tmp_path)["emotion"])


def test_cremad_levels_that_are_not_specified_are_unknown(tmp_path):
    clips = cells(read("cremad", tmp_path), "emotion", "intensity", "gender", "actor")
    assert clips["AudioWAV/1001_DFA_ANG_XX.wav"] == ("anger", "", "male", "1001")
    assert clips["AudioWAV/1002_IEO_HAP_LO.wav"] == ("happiness", "low", "female", "1002")
    assert clips["AudioWAV/1040_ITH_SAD_X.wav"] == ("sadness", "", "male", "1040")


def test_ravdess_has_speech_and_song(tmp_path):
    clips = cells(read("ravdess", tmp_path), "emotion", "intensity", "channel", "gender", "statement", "group")
    assert clips["Actor_12/03-01-06-01-02-01-12.wav"] == ("fearful", "normal", "speech", "female", "dogs", "actor:12")
    song = clips["Audio_Song_Actors_01-24/Actor_01/03-02-06-02-02-01-01.wav"]
    assert song == ("fearful", "strong", "song", "male", "dogs", "actor:01")
    assert len(clips) == 5, "the recording that lies in two places is taken once"


def test_speech_commands(tmp_path):
    table = read("speech_commands", tmp_path)
    clips = dict(
        zip(
            table.clip_ids(),
            zip(*(table.column(c, "t") for c in ("keyword", "word", "fold")), strict=True),
            strict=True,
        )
    )
    assert clips["yes/0a7c2a8d_nohash_0.wav"] == ("yes", "yes", "train")
    assert clips["bed/bb05582b_nohash_0.wav"] == ("_unknown_", "bed", "validation")
    assert clips["yes/c50f55b8_nohash_0.wav"] == ("yes", "yes", "test")
    noise = {name: clip for name, clip in clips.items() if name.startswith("_background_noise_")}
    assert len(noise) == 6, "two whole seconds of each file"
    assert noise["_background_noise_/running_tap.wav@1-2"] == ("_silence_", "", "test")
    assert table.about.labels["keyword"][:2] == ["_silence_", "_unknown_"]


def test_speech_commands_hash_split(tmp_path):
    """Without the lists the hash decides; the parts of these speakers are those of the published lists."""
    mini_trees.speech_commands(tmp_path, lists=False)
    folds = cells(read_clip_table(tmp_path, "mine"), "fold")
    assert folds["no/0a7c2a8d_nohash_0.wav"] == (hash_part("0a7c2a8d"),)
    shares = [hash_part(f"{number:08x}") for number in range(4000)]
    assert 0.08 < shares.count("test") / 4000 < 0.12
    assert 0.08 < shares.count("validation") / 4000 < 0.12


@pytest.mark.data
def test_speech_commands_hash_split_on_the_official_test_set(shared_data):
    """All speakers of the official test set (but those who say nothing) are in the test part by the hash."""
    table = read_clip_table(shared_data / "speech_commands", "words")
    speakers = set(table.column("speaker", "t")) - {""}
    hashed = {name for name in speakers if len(name) == 8}
    assert len(hashed) > 100
    assert {hash_part(speaker) for speaker in hashed} == {"test"}


def test_gtzan_fault_filtered(tmp_path):
    """Clips in none of the lists are left out; without lists all are there, without folds."""
    table = read("gtzan", tmp_path / "with")
    assert cells(table, "genre", "fold")["genres/hiphop/hiphop.00002.au"] == ("hiphop", "test")
    assert len(table) == 6
    mini_trees.gtzan(tmp_path / "without", lists=False)
    table = read_clip_table(tmp_path / "without", "mine")
    assert len(table) == 8
    assert "fold" not in table.rows.columns
    (tmp_path / "with" / "valid_filtered.txt").unlink()
    with pytest.raises(DataError, match=r"not valid_filtered.txt; add or move them"):
        read_clip_table(tmp_path / "with", "mine")


def test_gtzan_from_its_folder_of_genres(tmp_path):
    mini_trees.gtzan(tmp_path, lists=False)
    assert len(read_clip_table(tmp_path / "genres", "mine", "gtzan")) == 8


def test_fsd50k(tmp_path):
    clips = cells(read("fsd50k", tmp_path), "event", "group", "source_id", "fold")
    assert clips["FSD50K.dev_audio/64760.wav"] == (
        "Electric_guitar;Guitar;Plucked_string_instrument;Musical_instrument;Music",
        "uploader:user of 64760",
        "freesound:64760",
        "train",
    )
    assert clips["FSD50K.eval_audio/37199.wav"][3] == "test"
    assert clips["FSD50K.dev_audio/16399.wav"][3] == "val"


def test_fsdkaggle2018(tmp_path):
    clips = cells(read("fsdkaggle2018", tmp_path), "event", "verified", "source_id", "fold")
    assert clips["FSDKaggle2018.audio_train/00044347.wav"] == ("Hi-hat", "no", "freesound:28739", "train")
    assert clips["FSDKaggle2018.audio_test/00326aa9.wav"] == ("Oboe", "", "freesound:355125", "test")


def test_tau_urban(tmp_path):
    clips = cells(read("tau_urban", tmp_path), "scene", "city", "device", "group", "fold")
    assert clips["audio/airport-barcelona-0-1-a.wav"] == ("airport", "barcelona", "a", "barcelona-0", "train")
    lyon = clips["audio/street_pedestrian-lyon-1104-44126-a.wav"]
    assert lyon == ("street_pedestrian", "lyon", "a", "lyon-1104", "test")
    assert len(clips) == 3, "a clip in neither list of the official fold is left out"


def test_tut_scenes_2017(tmp_path):
    clips = cells(read("tut_scenes_2017", tmp_path), "scene", "group", "source_id", "fold")
    assert clips["audio/b099_0_10.wav"] == ("cafe/restaurant", "b099", "tut:b099", "2")
    assert clips["audio/b020_110_120.wav"] == ("beach", "b020", "tut:b020", "1")


def test_tut_lists_that_leave_clips_out(tmp_path):
    mini_trees.tut_scenes_2017(tmp_path)
    (tmp_path / "TUT-acoustic-scenes-2017-development/evaluation_setup/fold3_evaluate.txt").write_text("")
    with pytest.raises(DataError, match=r"no fold tests audio/a001_20_30.wav \(1 such clips\)"):
        read_clip_table(tmp_path, "mine")


def test_tut_events_2017(tmp_path):
    """Both forms of annotation; segments of 5 s; silence of the list is a label."""
    table = read("tut_events_2017", tmp_path)
    told = dict(zip(table.clip_ids(), table.column("event", "t"), strict=True))
    assert told == {
        "audio/street/a001.wav@0-5": "people speaking;car",
        "audio/street/a001.wav@5-10": "car",
        "audio/street/b003.wav@0-5": "large vehicle",
        "audio/street/b003.wav@5-12": "brakes squeaking",
    }
    assert set(table.column("source_id", "t")) == {"tut:a001", "tut:b003"}


def test_asvspoof_spoofed_clips_have_no_speaker(tmp_path):
    clips = cells(read("asvspoof2015", tmp_path), "key", "method", "speaker", "voice", "fold")
    assert clips["wav/T1/T1_1000001.wav"] == ("human", "human", "T1", "T1", "train")
    assert clips["wav/T1/T1_1000500.wav"] == ("spoof", "S1", "", "T1", "train")
    assert clips["wav/E1/E1_1000700.wav"] == ("spoof", "S10", "", "E1", "eval")


def test_audioset(tmp_path):
    clips = cells(read("audioset", tmp_path), "event", "strong_event", "source_id", "fold")
    assert clips == {
        "balanced/--4gqARaEJE_0.wav": (
            "Domestic animals, pets;/m/07q6cd_;/m/0bt9lr",
            "",
            "youtube:--4gqARaEJE",
            "train",
        ),
        "balanced/Y-0RWZT-miFs.wav": (
            "Speech;Male speech, man speaking",
            "Speech;/m/053hz1",
            "youtube:-0RWZT-miFs",
            "train",
        ),
        "eval/--U7joUcTCo_0.000_10.000.flac": ("Cough", "", "youtube:--U7joUcTCo", "eval"),
        "strong/b0RFKhbpFJA_30000.wav": ("", "/m/03m9d0z", "youtube:b0RFKhbpFJA", "train"),
    }


def test_ambient_contexts(tmp_path):
    table = read("ambient_contexts", tmp_path)
    clips = cells(table, "context", "group", "source_id")
    assert len(clips) == 5
    assert clips["id_-kyuX8l4VWY_30_40/000.wav"] == (
        "Crowd;Hubbub, speech noise, speech babble",
        "id_-kyuX8l4VWY_30_40",
        "youtube:-kyuX8l4VWY",
    )
    assert clips["id_-kyuX8l4VWY_30_40/008.wav"][0] == ""
    assert clips["id_OIpGIvnK9ns_130_140/001.wav"][0] == "None of the above"
    assert "fold" not in table.rows


def test_ambient_contexts_in_lists(tmp_path):
    mini_trees.ambient_contexts_lists(tmp_path)
    assert READERS["ambient_contexts"].recognises(tmp_path)
    clips = cells(read_clip_table(tmp_path, "mine"), "context", "group", "source_id", "fold")
    assert clips["id_-kyuX8l4VWY_30_40/000.wav"] == ("Crowd", "id_-kyuX8l4VWY_30_40", "youtube:-kyuX8l4VWY", "train")
    assert clips["id_-kyuX8l4VWY_30_40/001.wav"][0] == "Female speech"
    assert clips["id_OIpGIvnK9ns_130_140/001.wav"][0] == "None of the above"
    assert clips["id_SnXfFeqhFY4_430_440/003.wav"][3] == "test"


@pytest.mark.parametrize("name", ["fsdd", "emodb", "cremad", "ravdess", "esc10", "speech_commands", "gtzan"])
def test_a_file_that_is_named_otherwise_is_told(name, tmp_path):
    """No clip is left out in silence where the names are the metadata."""
    mini_trees.PUBLIC[name](tmp_path)
    beside = next(
        file for file in sorted(tmp_path.rglob("*")) if file.suffix in (".wav", ".ogg") and file.stat().st_size
    )
    if "_background_noise_" in beside.parts:
        beside = tmp_path / "yes" / "x.wav"
    mini_trees.clip(beside.with_name("renamed.wav"))
    with pytest.raises(DataError, match=r"renamed.wav is not named as the dataset's files are; move it away"):
        read_clip_table(tmp_path, "mine", name)


@pytest.mark.parametrize(
    ("name", "file", "content", "told"),
    [
        ("esc50", "ESC-50-master/meta/esc50.csv", "filename,fold\na.wav,1\n", "no column 'category'"),
        ("esc50", "ESC-50-master/meta/esc50.csv", "", "is empty"),
        ("urbansound8k", "UrbanSound8K/metadata/UrbanSound8K.csv", "a;b\n1;2\n", "no column 'slice_file_name'"),
        (
            "esc50",
            "ESC-50-master/meta/esc50.csv",
            "filename,fold,category,esc10,src_file\n../../etc/passwd,1,dog,True,1\n",
            "leaves the dataset's folder",
        ),
        (
            "tut_scenes_2017",
            "TUT-acoustic-scenes-2017-development/meta.txt",
            "/etc/passwd\tbeach\tb020\n",
            "no fold tests",
        ),
        ("asvspoof2015", "CM_protocol/cm_train.trn", "T1 T1_1000001 human\n", "line 1 has 3 words"),
        ("asvspoof2015", "CM_protocol/cm_train.trn", "../../x a human human\n", "leaves the dataset's folder"),
        ("audioset", "balanced_train_segments.csv", '-0RWZT-miFs, soon, 430.000, "/m/1"\n', "begins or ends at 'soon'"),
        ("audioset", "balanced_train_segments.csv", "-0RWZT-miFs, 1.0\n", "row 1 has 2 cells"),
        ("fsd50k", "FSD50K.ground_truth/vocabulary.csv", "0,a\n", "row 1 has 2 cells"),
        ("fsd50k", "FSD50K.metadata/dev_clips_info_FSD50K.json", "{", "is not JSON"),
        (
            "ambient_contexts",
            "audioset_1sec/id_-kyuX8l4VWY_30_40/001_labels.txt",
            "69,/m/03qtwd\n",
            "has 2 cells, not number, identifier and label",
        ),
        ("ambient_contexts_lists", "train.csv", "segment,file\nx,y\n", "none of the columns label"),
        ("ambient_contexts_lists", "train.csv", "file,label\ny.wav,z\n", "row 1 names no segment"),
        ("tut_events_2017", "TUT-sound-events-2017-development/meta/street/a001.ann", "9\t1\tcar\n", "from '9' to '1'"),
    ],
)
def test_mistakes_in_lists(name, file, content, told, tmp_path):
    getattr(mini_trees, name)(tmp_path)
    assert (tmp_path / file).exists()
    (tmp_path / file).write_text(content)
    with pytest.raises(DataError, match=told):
        read_clip_table(tmp_path, "mine", name.removesuffix("_lists"))


def test_lists_that_are_links_out_of_the_folder(tmp_path):
    mini_trees.esc50(tmp_path / "data")
    table = tmp_path / "data/ESC-50-master/meta/esc50.csv"
    table.rename(tmp_path / "elsewhere.csv")
    table.symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(DataError, match="is a link that leaves the dataset's folder"):
        read_clip_table(tmp_path / "data", "mine")


def test_audio_that_is_a_link_out_of_the_folder(tmp_path):
    mini_trees.fsdd(tmp_path / "data")
    first = next((tmp_path / "data/recordings").iterdir())
    first.rename(tmp_path / "elsewhere.wav")
    first.symlink_to(tmp_path / "elsewhere.wav")
    table = read_clip_table(tmp_path / "data", "mine")
    with pytest.raises(DataError, match="is a link that leaves the dataset's folder"):
        open_dataset(table, cache=tmp_path / "cache", skip_bad=True)
