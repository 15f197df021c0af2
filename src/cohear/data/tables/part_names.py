"""What parts of one dataset are called, as folders, tables and values of a column: the one list of these names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Literal

PartRole = Literal["train", "validation", "test", ""]
"""What a part is for; empty where its name does not say."""


def _plain(text: str) -> str:
    """In lower case and without accents, which some systems write behind their letters."""
    return "".join(mark for mark in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(mark))


_NAMES: dict[PartRole, str] = {
    "train": "train training trainset traindata trainingdata trainval trn tr",
    "validation": "validation validate valid valdata val va dev devel development cv dt",
    "test": "test testing testset testdata tst te tt eval evaluate evaluation holdout heldout et",
}
_ELSEWHERE: dict[PartRole, str] = {
    "train": "entrenamiento entrainement apprentissage treinamento treino addestramento egitim trenowanie обучение "
    "обучающая 训练 训练集 學習 学習 訓練",
    "validation": "validacion validacao validazione validierung validatie walidacja dogrulama валидация 验证 验证集 "
    "検証",
    "test": "prueba pruebas teste testes evaluacion evaluacao evaluierung valutazione testowanie тест тестовая 测试 "
    "测试集",
}
"""The same in other languages, without accents."""
_ROLE_OF = {
    name: role for named in (_NAMES, _ELSEWHERE) for role, names in named.items() for name in _plain(names).split()
}
_SHORT = frozenset(name for name in _ROLE_OF if len(name) == 2 and name.isascii())
_DEVELOPMENT = frozenset(("dev", "devel", "development"))  # what is not evaluated on, where nothing is called training
_ASIDE = frozenset(
    (
        *("aside", "discard", "discarded", "exclude", "excluded", "extra", "ignore", "ignored", "unused", "other"),
        *("na", "nan", "none", "null", "unlabeled", "unlabelled"),
    )
)
"""Values of clips that are in no part."""

_SPLIT_WORDS = frozenset(
    (
        *("dataset", "fold", "folds", "kfold", "mode", "part", "partition", "phase", "purpose", "set"),
        *("split", "splits", "stage", "subset", "traintest", "trainval", "trainvaltest", "usage"),
    )
)
_NUMBERED_WORDS = frozenset(("fold", "folds", "kfold", "split", "splits", "partition"))
_COLUMN_FILLERS = frozenset(
    (
        *("and", "cv", "data", "default", "id", "idx", "in", "index", "is", "k", "name", "no", "nr", "num", "number"),
        *("official", "or", "original", "sample", "type", "vs"),
    )
)
_FILLERS = frozenset(
    (
        *("set", "data", "dataset", "split", "part", "subset", "audio", "wav", "wavs", "clips", "files"),
        *("meta", "metadata", "manifest", "labels", "annotations", "list", "filelist"),
    )
)
_FOLD = re.compile(r"(?:fold|folds|split|partition|cv)[-_. ]?\d{1,3}")
_NUMBER = re.compile(r"\d+(?:\.0+)?")
_YES, _NO = frozenset(("1", "1.0", "true", "yes", "y", "t")), frozenset(("0", "0.0", "false", "no", "n", "f"))
_MOST_NUMBERED = 20


def role_of(name: str) -> PartRole:
    """What a part is by its name: ``Test``, ``dev_set``, ``validation1`` and ``audio_train`` say it; else empty."""
    words = _words(name)
    roles = [role for word in words if (role := _role_of_word(word))]
    others = [word for word in words if not _role_of_word(word) and word not in _FILLERS]
    return roles[0] if len(roles) == 1 and not others else ""


def is_fold_name(name: str) -> bool:
    """``fold1``, ``Fold_02``, ``split-3``: one of several equal parts."""
    return bool(_FOLD.fullmatch(name.strip().lower()))


def is_part_name(name: str) -> bool:
    """Whether a folder, a table or a value of this name is a part of a dataset, and no class and no dataset."""
    return bool(role_of(name)) or is_fold_name(name)


def parts_among(names: Collection[str]) -> dict[str, str]:
    """Names of folders or tables that are parts of one dataset, with the part that each is; nothing where none are.

    They are parts where each has a word for one, and all are alike but for it: ``esd_train`` beside ``esd_test``. What
    lies beside them is no part (``train``, ``test`` and ``docs``); a class called ``train`` beside others is none.
    Where all have one, they may differ in more: ``train-clean`` and ``test-other``, ``training-a`` and ``training-b``.
    Words of two letters (``tr``, ``cv``, ``tt``) are codes of languages too: all names must be such, one for training.
    """
    short = [name for name in names if any(_without_number(word) in _SHORT for word in _words(name))]
    if short and (len(short) < len(names) or "train" not in map(role_of, short)):
        names = [name for name in names if name not in short]
    if names and all(map(is_part_name, names)):
        return {name: name for name in names}
    by_rest: dict[tuple[str, ...], dict[str, str]] = {}
    for name in names:
        part, rest = _part_and_rest(name)
        if part:
            by_rest.setdefault(rest, {})[name] = name if is_part_name(name) else part
    if len(names) > 1 and sum(map(len, by_rest.values())) == len(names) and _are_kinds_of_parts(names, by_rest):
        return {name: name for name in names}
    alike = max(by_rest.values(), key=len, default={})
    roles = set(_settled({part: role_of(part) for part in alike.values()}).values()) - {""}
    is_split = len(roles) > 1 and "train" in roles
    return alike if is_split or sum(map(is_fold_name, alike.values())) > 1 else {}


def _are_kinds_of_parts(names: Collection[str], rests: Collection[tuple[str, ...]]) -> bool:
    """Whether names that all have a word for a part are parts: of several roles, or marked by a letter or number."""
    several = len({_loose_role(name) for name in names}) > 1
    marked = all(len(rest) == 1 and (len(rest[0]) == 1 or rest[0].isdecimal()) for rest in rests)
    return len(rests) > 1 and (several or marked)


def is_about_parts(column: str) -> bool:
    """Whether a column's name is a part's (``test``, ``is_test``), or a word for parts (``split``)."""
    words = set(_words(column))
    return is_part_name(column) or bool(_flagged(column)) or _is_named_for_parts(words)


def holds_parts(column: str, cells: Iterable[str]) -> bool:
    """Whether a column says which part each clip is in, by its name and by its values.

    Values are parts where most of them are: ``unused``, ``extra`` or ``-1`` beside ``train`` and ``test`` are clips
    that are in none. What is called ``train``, ``validation`` and ``test`` is a split, whatever the column's name.

    Args:
        column: ``fold``, ``split``, ``subset``, ``partition``, ``set``, ``phase``, ``is_test`` or the like, in any
            case.
        cells: of the column; empty ones say nothing. Plain numbers are parts of ``fold``, ``split`` and ``partition``.
    """
    values = {cell.strip() for cell in cells if cell.strip()}
    if _are_yes_and_no(values) and _flagged(column):
        return True
    strict = {role_of(value) for value in values}
    if "" not in strict and len(strict) == len(_NAMES):
        return True
    words = set(_words(column))
    if not values or not _is_named_for_parts(words):
        return False
    return all(map(is_part_name, values)) or _are_mostly_parts(column, values, bool(words & _NUMBERED_WORDS))


def parts_by_value(column: str, values: Collection[str]) -> dict[str, PartRole]:
    """What the part of each value of a column is for, all of them seen together; empty where a value does not say.

    Here a name may say more than that: ``train-clean-100``, ``balanced_train``, ``dev1``. Where nothing is called
    training, ``development`` and ``dev`` train beside ``evaluation`` and ``test``. Of ``is_test`` the value 1 (true,
    yes) is the test part and 0 what is trained on; of ``is_train`` the other way round.

    Args:
        column: its name, one for which `holds_parts` holds.
        values: that it has, once each or as often as clips have them.
    """
    flagged = _flagged(column)
    if flagged and _are_yes_and_no(values):
        no: PartRole = "test" if flagged == "train" else "train"
        return {value: flagged if value.strip().lower() in _YES else no for value in values}
    return _settled({value: _loose_role(value) for value in values})


def is_aside(value: str) -> bool:
    """Whether a value of a column of parts says that a clip is in none of them: ``unused``, ``extra``, ``-1``."""
    plain = value.strip().lower()
    return plain in _ASIDE or bool(re.fullmatch(r"-\d*(?:\.0+)?", plain))


def _are_mostly_parts(column: str, values: set[str], numbers_are_parts: bool) -> bool:
    roles = parts_by_value(column, values)
    sure = {value for value in values if roles[value] or is_fold_name(value)}
    others = {value for value in values - sure if not is_aside(value)}
    kinds = len({roles[value] for value in sure} - {""}) + sum(map(is_fold_name, sure))
    if (kinds > 1 and len(others) < len(sure)) or (len(sure) > 1 and not others):
        return True
    are_numbers = bool(others) and all(map(_NUMBER.fullmatch, others)) and len(others) <= _MOST_NUMBERED
    return numbers_are_parts and are_numbers and len(others | sure) > 1


def _are_yes_and_no(values: Collection[str]) -> bool:
    return bool(values) and all(value.strip().lower() in _YES | _NO for value in values)


def _settled(roles: dict[str, PartRole]) -> dict[str, PartRole]:
    """The roles, with development for training where something is evaluated on and nothing is called training."""
    if "test" not in roles.values() or "train" in roles.values():
        return roles
    develops = {value for value in roles if _DEVELOPMENT & set(map(_without_number, _words(value)))}
    return {value: "train" if role and value in develops else role for value, role in roles.items()}


def _flagged(column: str) -> PartRole:
    """The part that a column of yes and no is about: ``is_test``, ``test``, ``in_train_set``; empty where of none."""
    words = [word for word in _words(column) if word not in _COLUMN_FILLERS | _FILLERS]
    return _ROLE_OF.get(words[0], "") if len(words) == 1 and words[0] not in _SHORT else ""


def _is_named_for_parts(words: set[str]) -> bool:
    """Whether a column's name has a word for parts or names several, and no foreign word: ``train_test_split``.

    One part alone (``test_set``) is what the column is about, not what its values are.
    """
    parts = {word for word in words if word in _ROLE_OF and word not in _SHORT} - _SPLIT_WORDS
    foreign = {word for word in words - parts - _SPLIT_WORDS - _COLUMN_FILLERS if not word.isdecimal()}
    return bool(len(parts) > 1 or (words & _SPLIT_WORDS and not parts)) and not foreign


def _loose_role(value: str) -> PartRole:
    roles = {role for word in _words(value) if (role := _role_of_word(word))}
    return roles.pop() if len(roles) == 1 else ""


def _part_and_rest(name: str) -> tuple[str, tuple[str, ...]]:
    """The word for a part in a name, and its other words."""
    words = _words(name)
    parts = [word for word in words if _role_of_word(word) or _FOLD.fullmatch(word)]
    rest = tuple(word for word in words if word not in parts and word not in _FILLERS)
    return (parts[0], rest) if len(parts) == 1 else ("", rest)


def _role_of_word(word: str) -> PartRole:
    return _ROLE_OF.get(_without_number(word), "")


def _without_number(word: str) -> str:
    """``validation1`` and ``dt05`` as the word in them."""
    return word.rstrip("0123456789")


def _words(name: str) -> list[str]:
    """``trainSet``, ``dev-clean`` and ``audio_train`` as their words in lower case."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return [word for word in re.split(r"[\W_]+", _plain(parted)) if word]
