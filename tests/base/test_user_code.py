"""Files beside a study: what they shadow, what they share, and what of them is in a key."""

import sys
import textwrap

import numpy
import pytest

from cohear.base.user_code import load_user_code


def write(folder, **files):
    """Files by name, with ``_in_`` between a module and its package."""
    for name, text in files.items():
        path = folder / ("/".join(reversed(name.split("_in_"))) + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return folder


def test_two_folders_have_modules_of_the_same_names(tmp_path):
    for number in (1, 2):
        write(tmp_path / str(number), net="from helper import NUMBER", helper=f"NUMBER = {number}")
    first, second = (load_user_code("net", tmp_path / str(number)) for number in (1, 2))
    assert (first.module.NUMBER, second.module.NUMBER) == (1, 2)
    assert load_user_code("net", tmp_path / "1").module is first.module
    assert first.files.keys() == second.files.keys() == {"net.py", "helper.py"}
    assert first.files["net.py"] == second.files["net.py"]
    assert first.files["helper.py"] != second.files["helper.py"]


def test_nothing_is_shadowed_and_nothing_is_left_behind(tmp_path):
    """A study folder may hold a ``random.py``; the standard library and what was imported before stay what they are."""
    write(
        tmp_path, random="raise RuntimeError('shadowed')", numpy="raise RuntimeError", net="import random, numpy, hlp"
    )
    write(tmp_path, hlp="import random")
    path, modules = list(sys.path), set(sys.modules)
    code = load_user_code("net", tmp_path)
    assert code.module.random.random() < 1
    assert code.module.numpy is numpy
    assert set(code.files) == {"net.py", "hlp.py"}
    assert sys.path == path
    assert {name.partition(".")[0] for name in set(sys.modules) - modules} == {code.module.__name__.partition(".")[0]}
    assert sys.modules[code.module.__name__] is code.module


def test_every_file_that_is_imported_counts_and_no_other(tmp_path):
    write(
        tmp_path,
        __init___in_kit="from .parts import layer",
        layer_in_parts_in_kit="import deep",
        __init___in_parts_in_kit="",
        deep="",
        net="from kit.parts import layer\nimport kit",
        unrelated="",
    )
    write(tmp_path, other="import unrelated")
    load_user_code("other", tmp_path)
    files = load_user_code("net", tmp_path).files
    assert list(files) == ["deep.py", "kit/__init__.py", "kit/parts/__init__.py", "kit/parts/layer.py", "net.py"]


def test_an_edit_is_seen_at_once_also_of_a_helper(tmp_path):
    """The code that runs is the code that is hashed, in the same second and the same process."""
    write(tmp_path, net="from helper import NUMBER", helper="NUMBER = 1")
    before = load_user_code("net", tmp_path)
    write(tmp_path, helper="NUMBER = 2")
    after = load_user_code("net", tmp_path)
    assert (before.module.NUMBER, after.module.NUMBER) == (1, 2)
    assert before.files["helper.py"] != after.files["helper.py"]


def test_a_folder_without_code_does_not_hide_what_is_installed(tmp_path):
    (tmp_path / "yaml").mkdir()
    (tmp_path / "yaml" / "notes.txt").write_text("")
    write(tmp_path, net="import yaml\nDUMP = yaml.safe_dump")
    assert load_user_code("net", tmp_path).module.DUMP({}) == "{}\n"


def test_installed_modules_can_be_named(tmp_path):
    code = load_user_code("hypothesis.strategies", tmp_path)
    assert code.module is sys.modules["hypothesis.strategies"]
    assert list(code.files) == ["__init__.py"]


def test_errors_are_the_modules_own(tmp_path):
    write(tmp_path, broken="1 / 0", importing="import broken")
    for name in ("broken", "importing"):
        with pytest.raises(ZeroDivisionError):
            load_user_code(name, tmp_path)
    with pytest.raises(ModuleNotFoundError, match="absent"):
        load_user_code("absent", tmp_path)
    write(tmp_path, broken="VALUE = 1")
    assert load_user_code("importing", tmp_path).module.broken.VALUE == 1
