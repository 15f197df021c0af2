"""What is a part of a dataset by its name: one list, for folders, tables and values of columns."""

import pytest

from cohear.data.tables.part_names import holds_parts, is_part_name, role_of


@pytest.mark.parametrize(
    ("name", "role"),
    [
        *((name, "train") for name in ("train", "Training", "train_set", "audio_train", "train_labels", " TRAIN ")),
        *((name, "validation") for name in ("val", "valid", "validation", "dev", "devel", "dev-set", "VAL")),
        *((name, "test") for name in ("test", "testing", "eval", "evaluation", "test_metadata", "Holdout")),
        *((name, "") for name in ("fold1", "train horn", "trains", "tram", "test_dev", "set", "labels", "", "-", "1")),
    ],
)
def test_what_a_part_is_for(name, role):
    assert role_of(name) == role


@pytest.mark.parametrize(
    ("name", "told"),
    [
        *((name, True) for name in ("fold1", "Fold_02", "split-3", "val")),
        *((name, False) for name in ("folder1", "000", "speaker1", "1", "part1", "unfold1")),
    ],
)
def test_what_is_a_part(name, told):
    """Numbers alone are classes, and parts of a download are no folds."""
    assert is_part_name(name) == told


@pytest.mark.parametrize(
    ("column", "cells", "told"),
    [
        ("split", ["train", "test", "train"], True),
        ("Subset", ["Training", "Validation", ""], True),
        ("partition", ["train", "devel", "test"], True),
        ("set", ["dev", "eval"], True),
        ("data_split", ["train", "val"], True),
        ("fold", ["1", "2", "10"], True),
        ("cv_fold", ["fold1", "fold2"], True),
        ("fold", ["1", "2", "test"], True),
        ("split", ["1", "2", "3"], True),
        ("set", ["1", "2", "3"], False),
        ("subset", ["clean", "noisy"], False),
        ("set", ["train", "bus"], False),
        ("vehicle", ["train", "test"], False),
        ("test_set", ["train", "test"], False),
        ("split", ["", ""], False),
        ("fold", [str(number) for number in range(40)], False),
    ],
)
def test_columns_of_parts_are_known_by_their_values(column, cells, told):
    assert holds_parts(column, cells) == told
