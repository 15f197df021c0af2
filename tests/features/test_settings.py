"""Settings of front-ends: lists, files, words, settings of their own, from study files and from keys."""

import json

import pytest
from front_ends import Link, Projected, write_matrix

from cohear.base.assets import Asset
from cohear.base.errors import DataError, UserError
from cohear.features import FRONT_ENDS, build_front_end
from cohear.features.build import front_end_of, versions_here, versions_planned
from cohear.features.settings import with_paths


@pytest.fixture(scope="module", autouse=True)
def _registered():
    FRONT_ENDS.register("projected")(Projected)


@pytest.fixture
def matrix(tmp_path):
    return write_matrix(tmp_path / "matrix.npy")


def made(**settings):
    return build_front_end({"name": "projected", **settings})


def test_text_of_a_study_file_becomes_what_the_fields_hold(matrix):
    front_end = made(path=str(matrix), without=["1", "2.0"], scale="int16")
    assert front_end == Projected(Asset.at(matrix), without=(1, 2), scale="int16")
    links = [{"file": str(matrix), "multiply": "2", "output": "7"}, {"file": str(matrix), "output": None}]
    with pytest.raises(
        UserError, match=r"each matrix must fit .* path: \[\{file: matrix\.npy, multiply: 2\.0, output: 7\}"
    ):
        made(path=links)
    assert made(path=links[:1]) == Projected((Link(Asset.at(matrix), 2.0, "7"),))


def test_a_key_holds_content_and_no_path(matrix, tmp_path):
    front_end = made(path=[{"file": str(matrix)}], without=[1])
    key = front_end.key()
    assert key["libraries"] == {"numpy": __import__("numpy").__version__}
    assert key["path"] == [{"file": Asset.at(matrix).to_json(), "multiply": 1.0, "output": None}]
    assert str(tmp_path) not in json.dumps(key) and "matrix" not in json.dumps(key)
    with pytest.raises(DataError, match=r"front-end 'projected': path\.0\.file: a file that features are made with"):
        front_end_of({**key, "path": [{**key["path"][0], "file": {"blake2b": "0" * 32}}]})


def test_another_version_of_a_library_is_told(matrix, monkeypatch):
    key = made(path=str(matrix)).key()
    assert (
        versions_planned(key)
        == versions_here(key)
        == {
            "front-end 'projected'": 1,
            "numpy of front-end 'projected'": key["libraries"]["numpy"],
        }
    )
    monkeypatch.setattr("cohear.features.front_end.installed", lambda name: "0.1+cpu")
    assert versions_here(key)["numpy of front-end 'projected'"] == "0.1"
    monkeypatch.undo()
    monkeypatch.setattr(Projected, "libraries", ("no-such-package",))
    with pytest.raises(
        UserError, match="front-end 'projected' needs the package no-such-package, which is not installed"
    ):
        made(path=str(matrix))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({}, "front-end 'projected' needs a setting 'path': a list or the path of a file"),
        ({"path": "none.npy"}, "front-end 'projected': path: there is no file "),
        ({"path": ""}, "front-end 'projected': path must be a list or the path of a file, not ''"),
        ({"path": {"blake2b": "00"}}, "front-end 'projected': path must be a list or the path of a file"),
        ({"path": [{"file": "none.npy"}]}, "front-end 'projected': path.0.file: there is no file "),
        ({"path": [{"fil": "x"}]}, "front-end 'projected': path.0 has no setting 'fil' (did you mean 'file'?)"),
        ({"path": [{}]}, "front-end 'projected': path.0 needs a setting 'file': the path of a file"),
        ({"without": 3}, "front-end 'projected': without must be a list, not 3"),
        ({"without": [1, "x"]}, "front-end 'projected': without.1 must be a whole number, not 'x'"),
        ({"without": [99]}, "front-end 'projected': without names more than the 12 bands that there are"),
        ({"scale": "int8"}, "front-end 'projected': scale must be unit or int16, not 'int8'"),
        ({"path": ["x"]}, "front-end 'projected': path.0 must be a mapping of settings, not 'x'"),
    ],
)
def test_mistakes_are_said(settings, sentence, matrix):
    with pytest.raises(UserError) as told:
        made(**({"path": str(matrix)} if settings and "path" not in settings else {}), **settings)
    assert str(told.value).startswith(sentence)


def test_paths_are_changed_wherever_they_stand():
    kind = Asset | tuple[Link, ...]
    assert with_paths("a", kind, str.upper) == "A"
    assert with_paths([{"file": "a", "output": "b"}], kind, str.upper) == [{"file": "A", "output": "b"}]
    assert with_paths("a", str, str.upper) == "a"
    assert with_paths(["a"], None, str.upper) == ["a"]
