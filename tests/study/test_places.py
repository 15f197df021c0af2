"""Which folders are datasets, where several lie in one folder: none hides another."""

import zipfile
from inspect import isfunction

import mini_trees
import pytest

from cohear.study.draft.places import dataset_places
from cohear.study.draft.sentences import parted_sentence


def places(folder):
    """Readers by folders below it, and what is left out."""
    found_places = dataset_places([folder])
    found, left_out = found_places.readers, found_places.left_out
    return {place.relative_to(folder).as_posix(): reader for place, reader in found.items()}, left_out


def test_two_public_datasets_beside_each_other(tmp_path):
    """Each reader finds its own one folder down: the first hid the second."""
    mini_trees.esc50(tmp_path)
    mini_trees.urbansound8k(tmp_path)
    assert places(tmp_path) == ({"ESC-50-master": "esc50", "UrbanSound8K": "urbansound8k"}, {})


def test_one_whose_reader_takes_the_folder_itself(tmp_path):
    """Actors are looked for in the folders of the folder, and so are those of TESS."""
    for name in ("ravdess", "tess", "esc50", "class_folders"):
        getattr(mini_trees, name)(tmp_path / name)
    found, left_out = places(tmp_path)
    assert found == {name: name for name in ("ravdess", "tess", "esc50", "class_folders")}
    assert not left_out


@pytest.mark.parametrize(
    "other", ["class_folders", "class_folders_parts", "audiofolder", "audiofolder_parts", "dcase_scenes"]
)
def test_a_public_dataset_beside_another(tmp_path, other):
    mini_trees.esc50(tmp_path)
    getattr(mini_trees, other)(tmp_path / "mine")
    found, left_out = places(tmp_path)
    assert found == {"ESC-50-master": "esc50", "mine": other.removesuffix("_parts").removesuffix("_scenes")}
    assert not left_out


def test_sounds_without_labels_beside_a_dataset_are_told(tmp_path):
    mini_trees.gtzan(tmp_path / "music")
    mini_trees.clip(tmp_path / "recordings/1.wav")
    found, left_out = places(tmp_path)
    assert found == {"music": "gtzan"}
    assert list(left_out) == [str(tmp_path / "recordings")]


def test_sounds_that_are_still_packed_are_told(tmp_path):
    mini_trees.gtzan(tmp_path / "music")
    (tmp_path / "more").mkdir()
    with zipfile.ZipFile(tmp_path / "more/birds.zip", "w") as archive:
        archive.writestr("owl/1.wav", "")
    assert places(tmp_path)[1] == {
        str(
            tmp_path / "more"
        ): "nothing in it is recognised as a dataset; 1 archive is not unpacked, with 1 audio file in it: 'birds.zip'"
    }


def test_languages_of_a_release_are_datasets(tmp_path):
    """Common Voice: a folder a language."""
    mini_trees.common_voice(tmp_path)
    release = next(tmp_path.iterdir())
    mini_trees.text(release / "br/train.tsv", "client_id\tpath\tage", "w1\tcommon_voice_br_1.mp3\tteens")
    mini_trees.clip(release / "br/clips/common_voice_br_1.mp3", seconds=0.2, rate=16000)
    assert places(release)[0] == {"br": "common_voice", "cy": "common_voice"}


def test_a_dataset_in_the_folder_of_another(tmp_path):
    """A table at the top names its own clips; the public dataset below it is one more."""
    mini_trees.text(tmp_path / "manifest.csv", "path,sound", "mine/1.wav,a", "mine/2.wav,b")
    mini_trees.clip(tmp_path / "mine/1.wav")
    mini_trees.clip(tmp_path / "mine/2.wav")
    mini_trees.esc50(tmp_path)
    assert places(tmp_path) == ({".": "manifest", "ESC-50-master": "esc50"}, {})


TREES = sorted({name for name, made in vars(mini_trees).items() if isfunction(made)} - {"clip", "text"})


@pytest.mark.parametrize("name", TREES)
def test_one_dataset_stays_one(tmp_path, name):
    """Every public layout of the tests, with a folder of pictures and an empty one beside."""
    getattr(mini_trees, name)(tmp_path)
    mini_trees.text(tmp_path / "pictures/1.png", "")
    (tmp_path / "empty").mkdir()
    found, left_out = places(tmp_path)
    assert (list(found), left_out) == (["."], {})


def test_that_folders_are_taken_for_datasets_is_told(tmp_path):
    """Two folders of classes without a class in common: two datasets, or one whose classes have kinds."""
    for path in ("animals/dog/1.wav", "animals/cat/1.wav", "cars/horn/1.wav", "cars/engine/1.wav"):
        mini_trees.clip(tmp_path / path)
    found = dataset_places([tmp_path])
    assert found.parted == {str(tmp_path): ["animals", "cars"]}
    assert parted_sentence("data", found.parted[str(tmp_path)]) == (
        "Taken for 2 datasets: the folders animals, cars of data. If they are one, write a manifest.csv there that "
        "names the files of all."
    )
    assert dataset_places([tmp_path / "animals", tmp_path / "cars"]).parted == {}


def test_datasets_that_say_so_are_not_told_as_a_choice(tmp_path):
    mini_trees.esc50(tmp_path)
    mini_trees.clip(tmp_path / "own" / "a.wav")
    mini_trees.text(tmp_path / "own" / "manifest.csv", "path,label", "a.wav,x")
    assert dataset_places([tmp_path]).parted == {}


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("filename,label,label", "1.wav,a,a"), "labels.csv: column 'label' stands twice"),
        (("filename,label", "gone/7.wav,a"), "labels.csv names files that are not there, such as 'gone/7.wav'"),
        (("filename,label", ",a"), "labels.csv names no file"),
        (("filename,label",), "labels.csv names no file"),
        (("speaker,age", "s1,20"), "labels.csv has no column that names audio files"),
    ],
)
def test_why_a_table_is_not_read_is_told(tmp_path, lines, why):
    """The table was told as not read, and no more."""
    for number in range(3):
        mini_trees.clip(tmp_path / f"{number}.wav")
    mini_trees.text(tmp_path / "labels.csv", *lines)
    (line,) = dataset_places([tmp_path]).left_out.values()
    assert line.endswith(f"1 table is not read: 'labels.csv'; {tmp_path / why}")
