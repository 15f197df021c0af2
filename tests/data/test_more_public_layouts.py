"""What readers of public layouts make of their miniatures, cell by cell, and copies of datasets on mirrors."""

import mini_trees
import pytest

from cohear.base.errors import DataError
from cohear.data.readers import public_layouts
from cohear.data.readers.layout import DOMAINS
from cohear.data.tables.reader import read_clip_table, reader_of
from cohear.study.draft.places import dataset_places


def rows_of(name, folder):
    """Every clip's cells by its path, as the reader that recognises the folder gives them."""
    mini_trees.PUBLIC[name](folder)
    assert reader_of(folder) == name
    rows = read_clip_table(folder, "t").rows
    return {row.pop("path"): row for row in rows.to_dict("records")}


def test_vocalsound(tmp_path):
    rows = rows_of("vocalsound", tmp_path)
    sniff = {"sound": "sniff", "gender": "female", "group": "speaker:f0005", "fold": "test"}
    assert rows["audio_16k/f0005_1_sniff.wav"] == sniff
    assert rows["audio_16k/f0003_0_throatclearing.wav"]["sound"] == "throat clearing"
    assert [row["fold"] for row in rows.values()] == ["train", "train", "test", "validation"]


def test_savee_and_a_mirror_of_it(tmp_path):
    rows = rows_of("savee", tmp_path / "one")
    assert rows["DC/su03.wav"] == {"emotion": "surprise", "speaker": "DC", "group": "speaker:DC"}
    assert rows["KL/sa15.wav"]["emotion"] == "sadness"
    assert len(rows) == 16
    for name in ("DC_a01", "JK_su03"):
        mini_trees.clip(tmp_path / "flat" / "ALL" / f"{name}.wav")
    assert reader_of(tmp_path / "flat") == "savee"
    table = read_clip_table(tmp_path / "flat", "t")
    assert table.column("speaker", "t") == ["DC", "JK"]
    assert table.column("emotion", "t") == ["anger", "surprise"]


def test_tess_is_not_read_twice(tmp_path):
    rows = rows_of("tess", tmp_path)
    assert len(rows) == 3
    older = {"emotion": "neutral", "speaker": "older", "word": "bite", "group": "speaker:older"}
    assert rows["OAF_neutral/OA_bite_neutral.wav"] == older
    assert rows["YAF_pleasant_surprised/YAF_youth_ps.wav"]["emotion"] == "pleasant surprise"


def test_audiomnist(tmp_path):
    rows = rows_of("audiomnist", tmp_path)
    assert len(rows) == 12
    one = {"digit": "7", "speaker": "60", "gender": "female", "native": "yes", "room": "vr-room", "group": "speaker:60"}
    assert rows["60/7_60_49.wav"] == one
    assert rows["17/0_17_0.wav"]["gender"] == ""
    assert rows["01/0_01_0.wav"]["room"] == "vr-room"


def test_nsynth(tmp_path):
    rows = rows_of("nsynth", tmp_path)
    assert rows["nsynth-test/audio/flute_acoustic_002-022-050.wav"] == {
        "family": "flute",
        "source": "acoustic",
        "quality": "bright;dark",
        "pitch": "22",
        "velocity": "50",
        "group": "flute_acoustic_002",
        "fold": "test",
    }
    assert rows["nsynth-valid/audio/bass_electronic_018-077-050.wav"]["quality"] == ""
    assert {row["fold"] for row in rows.values()} == {"train", "validation", "test"}


def test_musan(tmp_path):
    rows = rows_of("musan", tmp_path)
    assert rows["music/fma/music-fma-0000.wav"] == {
        "kind": "music",
        "origin": "fma",
        "vocals": "yes",
        "group": "artist:Some Artist",
    }
    assert rows["music/rfm/music-rfm-0000.wav"]["vocals"] == ""
    assert rows["speech/us-gov/speech-us-gov-0000.wav"] == {
        "kind": "speech",
        "origin": "us-gov",
        "vocals": "",
        "group": "",
    }
    assert [row["kind"] for row in rows.values()] == ["music"] * 3 + ["speech"] * 2 + ["noise"] * 2


def test_artists_that_are_not_known_are_no_group(tmp_path):
    mini_trees.musan(tmp_path)
    mini_trees.text(tmp_path / "musan/music/fma/ANNOTATIONS", "music-fma-0000 a Y Unknown", "music-fma-0001 a,b N B_C")
    assert read_clip_table(tmp_path, "t").column("group", "t")[:2] == ["", "artist:B_C"]


def test_fma(tmp_path):
    rows = rows_of("fma", tmp_path)
    assert rows["fma_small/000/000002.mp3"] == {
        "genre": "Hip-Hop",
        "group": "artist:1",
        "source_id": "fma:2",
        "fold": "train",
    }
    assert rows["fma_small/000/000005.mp3"]["genre"] == ""
    assert rows["fma_small/000/000140.mp3"]["fold"] == "validation"
    assert len(rows) == 4


def test_a_track_that_the_table_does_not_have(tmp_path):
    mini_trees.fma(tmp_path)
    mini_trees.clip(tmp_path / "fma_small/000/000999.mp3", seconds=0.2, rate=16000)
    with pytest.raises(DataError, match=r"000999.mp3 is no track of .*tracks.csv; move it away"):
        read_clip_table(tmp_path, "t")


def test_excerpts_of_fma_are_known_in_openmic(tmp_path):
    """Both name the track of the Free Music Archive."""
    rows = rows_of("openmic2018", tmp_path)
    assert rows["audio/000/000046_3840.ogg"] == {
        "instrument": "flute;trumpet",
        "source_id": "fma:46",
        "fold": "train",
    }
    assert rows["audio/000/000135_483840.ogg"]["instrument"] == ""
    assert rows["audio/141/141077_19200.ogg"]["fold"] == "test"


def test_common_voice(tmp_path):
    rows = rows_of("common_voice", tmp_path)
    assert rows["clips/common_voice_cy_1.mp3"] == {
        "gender": "male",
        "age": "twenties",
        "group": "voice:v1",
        "fold": "train",
    }
    assert rows["clips/common_voice_cy_2.mp3"]["gender"] == "female"
    assert rows["clips/common_voice_cy_3.mp3"]["fold"] == "test"
    assert len(rows) == 3


def test_who_does_not_wish_to_say_is_unknown(tmp_path):
    """Newer releases of Common Voice write it as an answer: it is no gender and no age."""
    mini_trees.common_voice(tmp_path)
    file = tmp_path / "cv-corpus-17.0-2024-03-15/cy/dev.tsv"
    told = file.read_text().replace("fifties\tfemale\t", "do_not_wish_to_say\tdo_not_wish_to_say\t")
    mini_trees.text(file, told.rstrip("\n"))
    table = read_clip_table(tmp_path, "t")
    assert table.column("gender", "t") == ["male", "", ""]
    assert table.column("age", "t") == ["twenties", "", ""]


def test_voxceleb1_as_its_author_unpacks_it(tmp_path):
    rows = rows_of("voxceleb1", tmp_path / "a")
    (tmp_path / "a/wav").rename(tmp_path / "a/voxceleb1")
    assert reader_of(tmp_path / "a") == "voxceleb1"
    renamed = read_clip_table(tmp_path / "a", "t").rows.to_dict("records")
    assert {row.pop("path"): row for row in renamed} == {
        path.replace("wav/", "voxceleb1/", 1): row for path, row in rows.items()
    }


def test_voxceleb1(tmp_path):
    rows = rows_of("voxceleb1", tmp_path)
    assert rows["wav/id10001/7gWzIy6yIIk/00002.wav"] == {
        "speaker": "id10001",
        "gender": "male",
        "nationality": "Ireland",
        "group": "id10001/7gWzIy6yIIk",
        "source_id": "youtube:7gWzIy6yIIk",
        "fold": "test",
    }
    assert rows["wav/id10270/5r0dWxy17C8/00001.wav"]["fold"] == "validation"


def test_librispeech(tmp_path):
    rows = rows_of("librispeech", tmp_path)
    assert rows["train-clean-100/19/227/19-227-0000.flac"] == {
        "speaker": "19",
        "gender": "female",
        "group": "chapter:19-227",
        "fold": "train",
    }
    assert rows["test-clean/61/70968/61-70968-0000.flac"]["gender"] == "male"
    assert [row["fold"] for row in rows.values()] == ["validation", "test", "train", "train"]


def test_desed(tmp_path):
    """Public evaluation tests, validation validates; without the former the latter tests."""
    rows = rows_of("desed", tmp_path)
    assert rows["audio/train/weak/Y00pbt6aJV8I_30.000_40.000.wav"] == {
        "event": "Dog;Speech",
        "group": "00pbt6aJV8I",
        "source_id": "youtube:00pbt6aJV8I",
        "fold": "train",
    }
    assert rows["audio/validation/validation/Y1UxMRjcXlnQ_10.000_20.000.wav"]["event"] == "Speech;Dishes"
    assert rows["audio/eval/public/lmnopqrstuv_0_10.wav"]["event"] == ""
    assert [row["fold"] for row in rows.values()] == ["train", "train", "validation", "test", "test"]
    (tmp_path / "dataset/metadata/eval/public.tsv").unlink()
    assert read_clip_table(tmp_path, "t").column("fold", "t") == ["train", "train", "test"]


def test_birdclef(tmp_path):
    rows = rows_of("birdclef", tmp_path)
    assert rows["train_audio/akiapo/XC122399.ogg"] == {
        "species": "akiapo",
        "heard": "akiapo;apapan;houfin",
        "group": "author:Pat, J.",
        "source_id": "xeno-canto:122399",
    }
    assert rows["train_audio/afrsil1/XC125458.ogg"]["heard"] == "afrsil1"


def test_birdclef_of_2021(tmp_path):
    """The species' folder is not in the column, and the folder of the recordings has another name."""
    text = "primary_label,secondary_labels,author,filename\nacafly,[],Jo,XC109605.ogg\n"
    mini_trees.text(tmp_path / "train_metadata.csv", text.strip())
    mini_trees.clip(tmp_path / "train_short_audio/acafly/XC109605.ogg", seconds=0.2)
    table = read_clip_table(tmp_path, "t")
    assert table.column("path", "t") == ["train_short_audio/acafly/XC109605.ogg"]


def test_birdclef_of_2025(tmp_path):
    """Numbers of iNaturalist for species, three collections, and recordists without a name, who are not one group."""
    head = "primary_label,secondary_labels,type,filename,collection,rating,author,license"
    lines = [
        "1139490,[''],[''],1139490/CSA36385.ogg,CSA,0.0,Unknown,cc-by",
        "1139490,[''],[''],1139490/iNat123.ogg,iNat,0.0,Unknown,cc-by",
        "greani1,['1139490'],['song'],greani1/XC7.ogg,XC,4.0,Jo,cc-by",
    ]
    mini_trees.text(tmp_path / "train.csv", head, *lines)
    for line in lines:
        mini_trees.clip(tmp_path / "train_audio" / line.split(",")[3], seconds=0.2)
    assert reader_of(tmp_path) == "birdclef"
    table = read_clip_table(tmp_path, "t")
    assert table.column("group", "t") == ["", "", "author:Jo"]
    assert table.column("source_id", "t") == ["csa:36385", "inaturalist:123", "xeno-canto:7"]
    assert table.column("heard", "t") == ["1139490", "1139490", "greani1;1139490"]


def test_mtat(tmp_path):
    """Clips of one track are one group; the folder that is not there is left out."""
    rows = rows_of("mtat", tmp_path)
    assert rows == {
        "0/a_band-disc-01-song-0-29.mp3": {"tag": "no voice;duet", "group": "a_band-disc-01-song"},
        "0/a_band-disc-01-song-30-59.mp3": {"tag": "", "group": "a_band-disc-01-song"},
        "f/other-x-02-y-0-29.mp3": {"tag": "singer", "group": "other-x-02-y"},
    }


def test_fluent_speech_commands(tmp_path):
    rows = rows_of("fluent_speech_commands", tmp_path)
    test = rows["wavs/speakers/4BrX8aDqK2cLZRYl/0a3129c0-4474-11e9-a9a5-5dbec3b8816a.wav"]
    assert test == {
        "intent": "change language none none",
        "action": "change language",
        "object": "none",
        "location": "none",
        "group": "speaker:4BrX8aDqK2cLZRYl",
        "fold": "test",
    }


# mirrors


@pytest.mark.parametrize("audio", ["audio", "audio/audio", "audio/audio/44100"])
def test_a_mirror_of_esc50(tmp_path, audio):
    mini_trees.esc50(tmp_path / "own")
    own = read_clip_table(tmp_path / "own", "t")
    root, mirror = tmp_path / "own/ESC-50-master", tmp_path / "mirror"
    (mirror / audio).parent.mkdir(parents=True)
    (root / "meta/esc50.csv").rename(mirror / "esc50.csv")
    (root / "audio").rename(mirror / audio)
    assert reader_of(mirror) == "esc50"
    table = read_clip_table(mirror, "t")
    assert [path.removeprefix(audio) for path in table.rows["path"]] == [
        path.removeprefix("audio") for path in own.rows["path"]
    ]
    assert table.rows.drop(columns="path").equals(own.rows.drop(columns="path"))
    assert all(segment.path.is_file() for segment in table.segments())
    assert len(read_clip_table(mirror, "t", "esc10")) == 5


@pytest.mark.parametrize("audio", ["", "audio/"])
def test_a_mirror_of_urbansound8k(tmp_path, audio):
    mini_trees.urbansound8k(tmp_path / "own")
    own = read_clip_table(tmp_path / "own", "t")
    root, mirror = tmp_path / "own/UrbanSound8K", tmp_path / "mirror"
    (mirror / audio).mkdir(parents=True)
    (root / "metadata/UrbanSound8K.csv").rename(mirror / "UrbanSound8K.csv")
    for fold in sorted(root.glob("audio/fold*")):
        fold.rename(mirror / audio / fold.name)
    assert reader_of(mirror) == "urbansound8k"
    table = read_clip_table(mirror, "t")
    assert list(table.rows["path"]) == [audio + path.removeprefix("audio/") for path in own.rows["path"]]
    assert table.rows.drop(columns="path").equals(own.rows.drop(columns="path"))
    assert all(segment.path.is_file() for segment in table.segments())


@pytest.mark.parametrize("name", mini_trees.PUBLIC)
def test_what_is_heard_is_told(tmp_path, name):
    mini_trees.PUBLIC[name](tmp_path)
    assert read_clip_table(tmp_path, "t").about.domain == public_layouts()[name].published.domain
    assert public_layouts()[name].published.domain in DOMAINS


def test_speech_commands_of_the_challenge(tmp_path):
    """Kaggle's archive has the words in `train/audio`, the lists beside them, and a test part without labels."""
    mini_trees.speech_commands(tmp_path / "train/audio")
    for name in ("validation_list.txt", "testing_list.txt"):
        (tmp_path / "train/audio" / name).rename(tmp_path / "train" / name)
    mini_trees.clip(tmp_path / "test/audio/clip_000044442.wav")
    assert reader_of(tmp_path / "train") == "speech_commands"
    table = read_clip_table(tmp_path, "mine")
    parts = dict(zip(table.column("path", ""), table.column("fold", ""), strict=True))
    assert parts["no/bb05582b_nohash_3.wav"] == "validation"
    assert parts["yes/c50f55b8_nohash_0.wav"] == "test"
    assert parts["yes/0a7c2a8d_nohash_0.wav"] == "train"
    found_places = dataset_places([tmp_path])
    found, left_out = found_places.readers, found_places.left_out
    assert {place.name: reader for place, reader in found.items()} == {"train": "speech_commands"}
    assert "holds 1 audio file" in left_out[str(tmp_path / "test")]
