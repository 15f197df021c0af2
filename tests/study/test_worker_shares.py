"""What a worker makes once, before it forks the runs that read it."""

import json

import pytest
import tiny

from cohear.features import window_vectors as kept
from cohear.runs.in_place import PackInPlace
from cohear.runs.manifest import Manifest
from cohear.study.launch import worker


@pytest.fixture
def shared(finished, monkeypatch):
    """``shared(**changes)``: what is kept when a worker was asked for each run of a study; changes are the pack's."""
    monkeypatch.setattr(kept, "_KEPT", type(kept._KEPT)())
    monkeypatch.setattr(kept, "_NO_ROOM", set())
    out = finished.root / "out"

    def of_pack(**changes):
        records = [json.loads(path.read_text()) for path in tiny.records(out).values()]
        pack = PackInPlace(out / "splits", finished.cache, finished.root, **changes)
        server = worker._Server()
        for record in records:
            server._share(record["specification"], pack)
        return kept._KEPT

    return of_pack


def test_vectors_of_every_clip_are_made_once(shared):
    """Of `summary`, each dataset's; nothing of `logmel`, whose windows are drawn from everywhere."""
    tables = shared()
    assert {(front_end.name, type(table).__name__) for (front_end, *_), table in tables.items()} == {
        ("summary", "WindowVectors")
    }
    assert len({key for _, key, _ in tables}) == len(tables) == 2
    assert all(table._made.all() for table in tables.values())


def test_code_of_others_is_run_by_the_runs_alone(shared, finished, monkeypatch):
    """Of plugins and installed parts: what they do at import is not known."""
    monkeypatch.setattr(worker, "packages_with_parts", lambda: {"theirs": "1.0"})
    assert not shared()
    monkeypatch.undo()
    monkeypatch.setattr(kept, "_KEPT", type(kept._KEPT)())
    manifest = Manifest(plugins=("a digest",))
    assert not shared(plugins=(finished.root / "plugin.py",), manifest=manifest)


def test_what_cannot_be_made_is_left_to_the_run(finished):
    """A store that is gone: the run tells of it, and the worker lives."""
    [record, *_] = (json.loads(path.read_text()) for path in tiny.records(finished.root / "out").values())
    worker._Server()._share(record["specification"], PackInPlace(finished.root, finished.root / "nothing"))
    worker._Server()._share({"job": "unheard of"}, PackInPlace(finished.root, finished.root / "nothing"))
