"""What is a part of a dataset by its name: one list, for folders, tables and values of columns."""

import pytest

from cohear.data.tables.part_names import holds_parts, is_part_name, parts_among, parts_by_value, role_of


@pytest.mark.parametrize(
    ("name", "role"),
    [
        *((name, "train") for name in ("train", "Training", "train_set", "audio_train", "train_labels", " TRAIN ")),
        *((name, "validation") for name in ("val", "valid", "validation", "dev", "devel", "dev-set", "VAL")),
        *((name, "test") for name in ("test", "testing", "eval", "evaluation", "test_metadata", "Holdout")),
        *((name, "train") for name in ("tr", "trn", "trainSet", "train2")),
        *((name, "validation") for name in ("va", "cv", "dt05", "validation1", "dev1", "development")),
        *((name, "test") for name in ("te", "tt", "et", "tst", "test3")),
        *(
            (name, "train")
            for name in ("entrenamiento", "Entraînement", "entrai\u0302nement", "Treino", "训练集", "обучение")
        ),
        *((name, "validation") for name in ("Validación", "validac\u0327a\u0303o", "validierung", "验证")),
        *((name, "test") for name in ("prueba", "Pruebas", "teste", "测试", "тест")),
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
        *(("split", ["train", "test", odd, "train"], True) for odd in ("unused", "extra", "none", "-1", "holiday")),
        *(("split", ["train-clean-100", "dev-clean", odd], True) for odd in ("test-other", "extra")),
        *(("subset", ["train", odd], True) for odd in ("dev1", "te", "validation1", "balanced_test")),
        *(("fold", ["1", "2", odd], True) for odd in ("-1", "none", "unused", "3.0", "test")),
        *(("fold", ["0.0", "1.0"], True), ("kfold", ["0", "1", "2"], True), ("k_fold", ["0", "1"], True)),
        *((column, ["train", "test"], True) for column in ("dataset", "phase", "part", "mode", "Usage")),
        *(
            (column, ["0", "1", "1"], True)
            for column in ("is_test", "is_train", "isTest", "in_training_set", "is_valid")
        ),
        *((column, ["True", "False"], True) for column in ("is_test", "validation")),
        ("type", ["train", "val", "test"], True),
        *(
            (column, ["train", "test"], True)
            for column in ("train_test_split", "train_test", "trainOrTest", "traintest", "is_train_or_test")
        ),
        *(("train_test_split", cells, True) for cells in (["traindata", "testdata"], ["trainval", "test"])),
        ("trainval", ["train", "val"], True),
        ("train_station", ["train", "test"], False),
        ("train", ["steam", "diesel"], False),
        ("fold", ["training-a", "training-b"], True),
        ("phase", ["inhale", "exhale"], False),
        ("dataset", ["fsdd", "esc10"], False),
        ("part", ["1", "2", "3"], False),
        ("is_loud", ["0", "1"], False),
        ("fold", ["1", "2", "bird"], False),
        ("set", ["train", "test", "bus", "car"], False),
        ("fold", ["1.5", "2.5"], False),
    ],
)
def test_columns_of_parts_are_known_by_their_values(column, cells, told):
    assert holds_parts(column, cells) == told


@pytest.mark.parametrize(
    ("column", "values", "roles"),
    [
        ("split", ["train", "dev", "test"], "train validation test"),
        ("split", ["development", "evaluation"], "train test"),
        ("set", ["dev1", "dev2", "test", "extra"], "train train test -"),
        ("split", ["val", "test"], "validation test"),
        ("subset", ["train-clean-100", "dev-clean", "test-other"], "train validation test"),
        ("set", ["balanced_train", "eval"], "train test"),
        ("split", ["tr", "cv", "tt", "unused"], "train validation test -"),
        ("fold", ["1", "2", "-1"], "- - -"),
        ("is_test", ["0", "1"], "train test"),
        ("is_train", ["False", "true"], "test train"),
        ("is_valid", ["no", "yes"], "train validation"),
    ],
)
def test_what_the_values_of_a_column_are_for(column, values, roles):
    """Seen together: development trains where nothing else does."""
    assert list(parts_by_value(column, values).values()) == roles.replace("-", "").split(" ")


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        ("development evaluation", "development evaluation"),
        ("dev test docs", "dev test"),
        ("tr cv tt", "tr cv tt"),
        ("tr05 dt05 et05", "tr05 dt05 et05"),
        ("validation1 validation2 train", "validation1 validation2 train"),
        ("et te", ""),
        ("en tr te", ""),
        ("ta te ti to", ""),
        ("train test en", "train test"),
    ],
)
def test_folders_that_are_parts(names, parts):
    """``tr`` and ``te`` are Turkish and Telugu where another language lies beside."""
    assert list(parts_among(names.split())) == parts.split()


@pytest.mark.parametrize("names", [["训练", "测试"], ["entrenamiento", "prueba"], ["Treino", "Validação", "Teste"]])
def test_parts_in_other_languages(names):
    assert parts_among(names) == {name: name for name in names}
    assert holds_parts("split", names * 3)
