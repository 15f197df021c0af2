"""Which clips a task uses, and its labels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import table

from cohear.base.errors import DataError, UserError
from cohear.data.folds.selection import LabelChoice, guess_kind, select
from cohear.data.tables.clip_table import About
from cohear.tasks import TARGET_KINDS, Multiclass, TargetKind, Targets

ODD = [
    "yes",
    "no",
    "on",
    "off",
    "NA",
    "null",
    "01",
    "1",
    "1e3",
    "1.0",
    "a.b",
    "two words",
    "Ünsinn",
    "-",
    "True",
    "nan",
]


def choose(clips, target="label", kind=None, seed=0, **choice):
    return select(clips, target, kind, LabelChoice(**choice), seed, "tasks.t")


def cells(clips, **choice):
    """Row → cell text of what is chosen."""
    kind, chosen = choose(clips, **choice)
    return dict(zip(chosen.rows.tolist(), TARGET_KINDS[kind].cells(chosen.targets, chosen.labels), strict=True))


def test_odd_labels_stay_what_they_are():
    """Pitfall 15: dots, spaces, umlauts, integers and YAML's words; sorted as text (pitfall 11)."""
    clips = table({"label": ODD * 2})
    kind, chosen = choose(clips)
    assert (kind, chosen.labels) == ("multiclass", sorted(ODD))
    assert cells(clips) == dict(enumerate(ODD * 2))


@given(st.permutations(["b", "a", "c", "10", "2", ""]))
def test_label_order_does_not_depend_on_rows(order):
    """Pitfall 11: sorted as text, or the closed list's own order."""
    assert choose(table({"label": order}))[1].labels == ["10", "2", "a", "b", "c"]
    closed = About(labels={"label": ["c", "10", "a", "b", "2", "none"]})
    assert choose(table({"label": order}, about=closed))[1].labels == ["c", "10", "a", "b", "2", "none"]


def test_empty_cells_are_unknown():
    """Never negative: the clip is not used by the task at all."""
    assert cells(table({"label": ["a", "", "b", ""]})) == {0: "a", 2: "b"}
    assert cells(table({"label": ["a;b", "", "b"]})) == {0: "a;b", 2: "b"}


def test_rename_only_and_drop():
    """In this order; `only` and `drop` speak of the new names, and two labels may become one."""
    clips = table({"label": ["dog", "cat", "car", "bus", "dog"]})
    renamed = {"dog": "animal", "cat": "animal", "car": "engine"}
    assert cells(clips, rename=renamed) == {0: "animal", 1: "animal", 2: "engine", 3: "bus", 4: "animal"}
    assert cells(clips, rename=renamed, only=["animal", "bus"]) == {0: "animal", 1: "animal", 3: "bus", 4: "animal"}
    assert cells(clips, rename=renamed, drop=["animal"]) == {2: "engine", 3: "bus"}
    assert (
        choose(clips, only=["dog", "bus"])[1].labels == choose(clips, only=["bus", "dog"])[1].labels == ["bus", "dog"]
    )


def test_multilabel_choice():
    """A clip that carries none of the kept labels is known to carry none; a merged label stands once."""
    clips = table({"label": ["a;b", "c", "", "a", "b;c"]})
    assert choose(clips, only=["a", "b"])[0] == "multilabel"
    assert cells(clips, only=["a", "b"]) == {0: "a;b", 1: "", 3: "a", 4: "b"}
    _, chosen = choose(clips, only=["a", "b"])
    assert chosen.targets.known.all()
    assert cells(clips, rename={"b": "a"})[0] == "a"


def test_kind_is_guessed_by_the_semicolon():
    assert (guess_kind(["a", "b"]), guess_kind(["a", "b;c"])) == ("multiclass", "multilabel")
    clips = table({"label": ["a;b", "b", "a"]})
    assert choose(clips, kind="multiclass")[1].labels == ["a", "a;b", "b"]
    with pytest.raises(UserError, match=r"unknown target kind 'multiclas' \(did you mean 'multiclass'"):
        choose(clips, kind="multiclas")


@given(st.integers(0, 99), st.integers(1, 9))
@settings(max_examples=30, deadline=None)
def test_limit(seed, limit):
    """Deterministic, exactly `limit` or all, rows ascending; another label's choice moves nobody."""
    draw = np.random.default_rng(seed)
    clips = table({"label": draw.choice(["a", "b", "c"], 60, p=[0.7, 0.2, 0.1]), "other": draw.integers(0, 3, 60)})
    chosen = cells(clips, limit=limit, seed=seed)
    assert list(chosen) == sorted(chosen)
    every = clips.column("label", "t")
    for label in set(every):
        assert list(chosen.values()).count(label) == min(limit, every.count(label))
    assert chosen == cells(clips, limit=limit, seed=seed)
    if {"b", "c"} <= set(every):
        assert cells(clips, limit=limit, seed=seed, drop=["a"]) == {k: v for k, v in chosen.items() if v != "a"}
    larger = cells(clips, limit=limit + 1, seed=seed)
    assert chosen.items() <= larger.items()


def test_limit_with_several_labels():
    """No label is starved by a frequent one beside it, and clips that carry none are limited too."""
    clips = table({"label": ["a;b"] * 30 + ["a"] * 30 + ["c"] * 30})
    kept = list(cells(clips, only=["a", "b"], limit=5).values())
    assert sum("b" in cell for cell in kept) == 5
    assert 5 <= sum("a" in cell for cell in kept) <= 10
    assert kept.count("") == 5


@pytest.mark.parametrize(
    ("column", "choice", "told"),
    [
        (["", ""], {}, "column 'label' of dataset 'made' is empty; name another target"),
        (["a", "a"], {}, "needs at least 2 labels, column 'label' leaves only 'a'"),
        (["a", "b"], {"only": ["a"]}, "leaves only 'a'"),
        (["a", "b"], {"drop": ["a", "b"]}, "leaves none"),
        (["a", "b"], {"rename": {"b": "a"}}, "leaves only 'a'"),
        (["a;b", "b"], {"drop": ["a", "b"]}, "needs at least 1 label, column"),
        (["left", "right"], {"only": ["lefft"]}, r"only: there is no label 'lefft' \(did you mean 'left'\?\)"),
        (["left", "right"], {"drop": ["up"]}, r"drop: there is no label 'up' \(known: left, right\)"),
        (
            ["left", "right"],
            {"rename": {"Left": "l"}},
            r"rename: there is no label 'Left' \(did you mean 'left'",
        ),
        (["left", "right"], {"rename": {"left": "l"}, "only": ["left"]}, "only: there is no label 'left'"),
    ],
)
def test_mistakes(column, choice, told):
    with pytest.raises(DataError, match=rf"^tasks\.t\b.*{told}"):
        choose(table({"label": column}), **choice)


class Level(Multiclass):
    """Numbers: nothing that one could choose from."""

    name, has_labels, fewest_labels = "level", False, 1
    labels_in, counts, scored_clips = TargetKind.labels_in, TargetKind.counts, TargetKind.scored_clips

    def names(self, target, cells):
        return [target]

    def encode(self, cells, labels, rename=None):
        for cell in cells:
            if cell == "loud":
                raise ValueError("holds 'loud', which is no number")
        return Targets(np.array([float(cell or 0) for cell in cells], np.float32), np.array([bool(c) for c in cells]))


@pytest.fixture
def level(monkeypatch):
    monkeypatch.setitem(TARGET_KINDS._entries, "level", Level())


def test_a_kind_without_labels_takes_every_clip_that_has_a_cell(level):
    """Its name stands for labels; a closed list of the column is of no concern."""
    clips = table({"label": ["1.5", "", "-2", "1.5"]}, about=About(labels={"label": ["1.5", "3"]}))
    name, chosen = choose(clips, kind="level")
    assert (name, chosen.labels, chosen.rows.tolist()) == ("level", ["label"], [0, 2, 3])
    assert chosen.targets.values.tolist() == [1.5, -2.0, 1.5]


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ({"only": ["1"]}, r"tasks\.t\.only: a task of kind level has no labels to choose from"),
        ({"limit": 3}, r"tasks\.t\.limit: a task of kind level has no labels to choose from"),
        ({}, r"tasks\.t: column 'label' of dataset 'made' holds 'loud', which is no number"),
    ],
)
def test_mistakes_of_a_kind_without_labels(level, choice, told):
    with pytest.raises(DataError, match=told):
        choose(table({"label": ["1", "loud"]}), kind="level", **choice)


def test_missing_column():
    with pytest.raises(DataError, match=r"^tasks.t: dataset 'made' has no column 'labl' \(did you mean 'label'\?\)"):
        choose(table({"label": ["a", "b"]}), target="labl")


# closed lists of dataset.yaml


def test_label_outside_the_closed_list():
    closed = About(labels={"label": ["dog", "cat"]})
    with pytest.raises(DataError, match=r"holds 'dgo', which is not in the closed list .*did you mean 'dog'"):
        choose(table({"label": ["dog", "dgo", "cat"]}, about=closed))


def test_closed_list_is_kept_where_a_label_has_no_clip():
    """It is the network's output shape; `only` and `drop` shorten it, and names that no clip has may be chosen."""
    clips = table({"label": ["dog", "cat", ""]}, about=About(labels={"label": ["owl", "dog", "cat", "bee"]}))
    assert choose(clips)[1].labels == ["owl", "dog", "cat", "bee"]
    assert choose(clips, only=["cat", "dog", "owl"])[1].labels == ["owl", "dog", "cat"]
    assert choose(clips, drop=["bee"])[1].labels == ["owl", "dog", "cat"]
    with pytest.raises(DataError, match="leaves only 'dog'"):
        choose(clips, only=["dog", "owl"])


def test_closed_list_of_a_column_that_is_not_there():
    with pytest.raises(DataError, match=r"lists labels of a column 'lable', .*did you mean 'label'"):
        choose(table({"label": ["a", "b"]}, about=About(labels={"lable": ["a", "b"]})))
