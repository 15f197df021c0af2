"""A pack that was carried elsewhere: whole, checked, and refused in one sentence where it is not."""

import json
import os
import re
import shutil
from pathlib import Path
from unittest import mock

import pytest

from cohear.api import Study
from cohear.base.errors import DataError, FolderError, StudyError
from cohear.features.shards import StoreOutline
from cohear.runs.carried import Carried
from cohear.runs.pack_card import UNDERSTOOD, CarriedStore, card_of
from cohear.runs.pack_index import PackIndex
from cohear.testing.pack import PackContract


def pack_of(bench, folder):
    with mock.patch.dict(os.environ, {"COHEAR_CACHE": str(bench.cache)}):
        return Study.load(bench.root / "study.yaml").pack(str(folder))


@pytest.fixture(scope="module")
def packed(finished, tmp_path_factory):
    """A pack, every test's: what is there stays as it is."""
    folder = tmp_path_factory.mktemp("packed") / "pack"
    pack_of(finished, folder)
    return folder


@pytest.fixture
def own(packed, tmp_path):
    """A pack to be broken."""
    return Path(shutil.copytree(packed, tmp_path / "pack"))


def changed_index(pack, **changes):
    path = pack / "pack.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}), encoding="utf-8")


class TestCarried(PackContract):
    @pytest.fixture(autouse=True)
    def pack(self, packed, finished, tmp_path):
        carried = Carried.at(str(packed), tmp_path / "cache", [finished.root / "out" / "runs"])
        self.spec, self.carried = next(iter(carried.specs().values())), carried

    def given(self):
        return self.spec, self.carried


def test_no_audio_and_no_place_of_this_machine_goes_along(packed, finished):
    files = [path for path in packed.rglob("*") if path.is_file()]
    texts = [path.read_bytes() for path in files]
    for clip in (finished.root / "data").rglob("*.wav"):
        samples = clip.read_bytes()[200:264]
        assert not any(samples in text for text in texts)
    assert not any(str(finished.root).encode() in text for text in texts)
    assert {path.suffix for path in files} <= {".json", ".shard", ".csv", ".py", ".md"}


def test_the_card_says_what_is_in_it_and_what_can_be_made_again(packed):
    card = (packed / "README.md").read_text(encoding="utf-8")
    index = json.loads((packed / "pack.json").read_text(encoding="utf-8"))
    assert f"{len(index['manifest']['runs'])} runs, the features that they read" in card
    assert "No audio is in it." in card
    rows = dict(re.findall(r"^\| `(\w+)` \| `exact` \| (\d+) \| ", card, re.MULTILINE))
    assert rows == {"logmel": "50", "summary": "50"}
    assert re.search(rf"^\| `logmel` .* \| {UNDERSTOOD['logmel', 'exact']} \|$", card, re.MULTILINE)


def test_features_of_which_nothing_was_measured_say_so():
    outline = StoreOutline("k", json.dumps({"front_end": "mine", "stored": "exact"}), 2, (3, 4), ((0, 1),))
    card = card_of("s", "1.0", 1, [CarriedStore(outline, 2_000_000), CarriedStore(outline, 1_000_000)])
    assert "| `mine` | `exact` | 4 | 3.0 | not measured |" in card
    assert "1 run, the features" in card


def test_what_is_there_is_not_sent_again(own, finished):
    whole = {path: path.read_bytes() for path in own.rglob("*") if path.is_file()}
    (own / "pack.json").unlink()
    shards = sorted(own.glob("features/*.shard"))
    shards[0].unlink()
    shards[1].write_bytes(shards[1].read_bytes()[:-1])
    content = bytearray(shards[2].read_bytes())
    content[50] ^= 1
    shards[2].write_bytes(content)
    times = {path: path.stat().st_mtime_ns for path in whole if path.exists()}
    sent = pack_of(finished, own).sent
    assert {path: path.read_bytes() for path in whole if path.name != "pack.json"} == {
        path: content for path, content in whole.items() if path.name != "pack.json"
    }
    again = {path for path, time in times.items() if path.stat().st_mtime_ns != time}
    assert shards[1] in again
    assert shards[2] in again
    assert shards[3] not in again
    assert sum(len(whole[shard]) for shard in shards[:3]) < sent.sent < sent.bytes


def test_the_pack_of_another_study_is_not_written_over(own, finished):
    changed_index(own, study="other")
    with pytest.raises(FolderError, match="holds the pack of study 'other', not 'tiny'"):
        pack_of(finished, own)


@pytest.mark.parametrize("damage", ["flipped", "missing"])
def test_a_shard_that_is_not_what_it_was_is_refused(damage, own, tmp_path):
    for shard in own.glob("features/*.shard"):
        content = bytearray(shard.read_bytes())
        content[len(content) // 2] ^= 16
        shard.write_bytes(content) if damage == "flipped" else shard.unlink()
    carried = Carried.at(str(own), tmp_path / "cache")
    with pytest.raises(DataError, match="is damaged: it does not hold" if damage == "flipped" else "is missing; run"):
        carried.store(carried.manifest.stores[0])
    assert not list((tmp_path / "cache" / "features").glob("*/frames.npy"))


def test_a_pack_that_is_half_there_is_none(own, tmp_path):
    (own / "pack.json").unlink()
    with pytest.raises(FolderError, match=r"there is no pack\.json at"):
        Carried.at(str(own), tmp_path)


def test_a_pack_of_another_form_is_told_with_its_version(own, tmp_path):
    changed_index(own, form=99, cohear="9.0", more="fields")
    with pytest.raises(FolderError, match=r"was made by cohear 9\.0 in form 99, and cohear .* reads form 2: install"):
        Carried.at(str(own), tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"form": 2, "cohear": "0"}'])
def test_a_damaged_list_is_told_as_such(text, own, tmp_path):
    (own / "pack.json").write_text(text, encoding="utf-8")
    with pytest.raises(FolderError, match="is no list of a pack or is damaged"):
        Carried.at(str(own), tmp_path)


def test_runs_that_are_not_what_their_keys_say_are_refused(own, tmp_path):
    index = PackIndex.model_validate_json((own / "pack.json").read_text())
    runs = {key: {**run, "seed": 7} for key, run in index.manifest.runs.items()}
    changed_index(own, manifest=index.manifest.model_copy(update={"runs": runs}).model_dump(mode="json"))
    with pytest.raises(FolderError, match="not what their keys say"):
        Carried.at(str(own), tmp_path).specs()


def test_a_package_whose_parts_are_not_here_is_named(own, tmp_path):
    changed_index(own, packages={"my-parts": "1.2"})
    with pytest.raises(StudyError, match=r"needs parts of packages that are not here: install my-parts==1\.2"):
        Carried.at(str(own), tmp_path).open()


@pytest.mark.parametrize("path", ["../net.py", "/net.py", "a/../../net.py", "..\\net.py"])
def test_a_pack_writes_nowhere_else(path, own, tmp_path):
    index = json.loads((own / "pack.json").read_text())
    changed_index(own, modules={path: next(iter(index["splits"].values()))})
    with pytest.raises(FolderError, match="lies outside of it"):
        Carried.at(str(own), tmp_path / "cache").open()


CODE = """
import torch.nn
import {needs}
from cohear.training.objectives import OBJECTIVES, Sum


@OBJECTIVES.register("mine")
class Mine(Sum):
    pass
"""


def test_a_plugin_travels_and_what_it_lacks_is_named(bench, tmp_path):
    parts = bench.root / "parts.py"
    parts.write_text(CODE.format(needs="json"), encoding="utf-8")
    bench.study(plugins=["parts.py"], training={"steps": 3, "batch": 4, "objective": "mine"}, repeats={"folds": 1})
    pack_of(bench, tmp_path / "pack")
    index = json.loads((tmp_path / "pack" / "pack.json").read_text())
    [plugin] = index["plugins"]
    file = tmp_path / "pack" / plugin["blob"]["name"]
    assert file.read_bytes() == parts.read_bytes()
    text = CODE.format(needs="a_package_of_the_other_machine").encode()
    from cohear.runs.pack_index import Blob

    blob = Blob.of("code", text, ".py")
    (tmp_path / "pack" / blob.name).write_bytes(text)
    changed_index(tmp_path / "pack", plugins=[{"file": "parts.py", "blob": blob.model_dump()}])
    with pytest.raises(StudyError, match=r"parts\.py cannot be imported: .*No module named 'a_package_of_the_other"):
        Carried.at(str(tmp_path / "pack"), tmp_path / "cache").open()
