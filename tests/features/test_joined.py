"""Several front-ends as one."""

import re

import numpy as np
import pytest

from cohear.base.assets import Asset
from cohear.base.errors import UserError
from cohear.features import Joined, LogMel, Summary, build_front_end
from cohear.features.settings import shown, with_paths
from cohear.testing.front_end import FrontEndContract


class TestVectors(FrontEndContract):
    def make(self):
        return Joined((Summary(bands=6), Summary(bands=4, hop_ms=40.0, window_ms=40.0)))


class TestSequences(FrontEndContract):
    def make(self):
        return Joined((LogMel(bands=6, hop_ms=30.0, window_ms=30.0), LogMel(bands=5)))


def test_each_part_gives_what_it_gives_alone():
    parts = Summary(bands=6), Summary(bands=4, hop_ms=40.0, window_ms=40.0)
    joined = Joined(parts)
    clip = np.random.default_rng(0).uniform(-0.5, 0.5, 16000).astype(np.float32)
    (frames,) = joined.frames([clip])
    assert (frames.shape, joined.hop) == ((25, 4 * 6 + 4), 640)
    given = joined.window_input(frames[None], np.array([25]))
    alone = [part.window_input(own[None], np.array([len(own)])) for part in parts for own in part.frames([clip])]
    np.testing.assert_allclose(given, np.concatenate(alone, axis=1), atol=1e-6)


def test_at_the_end_of_a_clip_the_last_frame_stands_again():
    joined = Joined((LogMel(bands=2, hop_ms=30.0, window_ms=30.0), LogMel(bands=1)))
    clip = np.random.default_rng(0).uniform(-0.5, 0.5, 170).astype(np.float32)  # two frames of the second
    (frames,), (own,) = joined.frames([clip]), LogMel(bands=1).frames([clip])
    np.testing.assert_array_equal(frames[0, 2:], own[[0, 1, 1], 0])


def test_parts_are_front_ends_with_names_settings_and_files(tmp_path):
    text = {"name": "joined", "of": ["summary", {"name": "summary", "bands": "8"}]}
    joined = build_front_end(text)
    assert joined == Joined((Summary(), Summary(bands=8)))
    assert shown(joined.of) == "[{name: summary}, {name: summary, bands: 8}]"
    assert joined.key()["of"][1]["bands"] == 8 and joined.key()["of"][0]["version"] == Summary.version
    own = {"of": ["summary", {"name": "table", "path": "x.csv"}]}
    moved = with_paths(own, Joined, lambda path: f"there/{path}")
    assert moved == {"of": ["summary", {"name": "table", "path": "there/x.csv"}]}


@pytest.mark.parametrize(
    ("of", "sentence"),
    [
        (["summary"], "of must name two front-ends or more"),
        (["summary", "logmel"], "its parts (summary, logmel) have several layouts"),
        (["summary", {"name": "summary", "rate": 8000, "high": 4000}], "have several rates"),
        (["logmel", {"name": "logmel", "hop_ms": 9.9375}], "begin together only every"),
        (["summary", "sumary"], "unknown front-end 'sumary' (did you mean 'summary'?)"),
        (["summary", {"name": "summary", "band": 3}], "has no setting 'band' (did you mean 'bands'?)"),
        (["summary", 3], "of.1 must be a front-end by name, or with settings, not 3"),
    ],
)
def test_mistakes_are_said(of, sentence):
    with pytest.raises(UserError, match=re.escape(sentence)):
        build_front_end({"name": "joined", "of": of})


def test_what_knows_clips_by_names_is_refused(tmp_path):
    (tmp_path / "t.csv").write_text("clip,x\na,1\n", encoding="utf-8")
    with pytest.raises(UserError, match="'table' knows clips by their names"):
        build_front_end({"name": "joined", "of": ["summary", {"name": "table", "path": str(tmp_path / "t.csv")}]})
    assert Asset.at(tmp_path / "t.csv").name == "t.csv"
