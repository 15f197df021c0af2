"""YAML whose scalars stay text."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cohear.base.yaml_text import YamlMistake, read_yaml

WORDS = ["yes", "no", "on", "off", "true", "NA", "null", "01", "1e3", "1_000", "0x1f", "2024-01-01", "12:30", ".5", "ä"]


@pytest.mark.parametrize("word", WORDS)
def test_scalars_stay_text(word):
    """Pitfall 15: a label is the text it is, as a key, in a list, quoted or not."""
    assert read_yaml(f"only: [{word}, '{word}']").value == {"only": [word, word]}
    assert read_yaml(f"only:\n- {word}\n").value == {"only": [word]}
    assert read_yaml(f"rename: {{{word}: x}}").value == {"rename": {word: "x"}}
    if word != "null":
        assert read_yaml(f"limit: {word}").value == {"limit": word}


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_nothing_is_none(nothing):
    assert read_yaml(f"base: {nothing}\n").value == {"base": None}
    assert read_yaml("base: 'null'").value == {"base": "null"}
    assert read_yaml("").value is None


def test_lines():
    text = read_yaml("a:\n  b: 1\n  c:\n  - x\n  - y: 2\n")
    assert text.lines == {("a",): 1, ("a", "b"): 2, ("a", "c"): 3, ("a", "c", 0): 4, ("a", "c", 1): 5} | {
        ("a", "c", 1, "y"): 5
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb:\n  c: 2\n  c: 3\n", r"line 4: b\.c stands twice"),
        ("a: [1, 2\n", "line 2: not valid YAML"),
        ("a: 1\n---\nb: 2\n", "not valid YAML: but found another document"),
        ("? [a, b]\n: 1\n", "line 1: a key must be a word"),
        ("a: &x [*x]\n", "an alias refers to what it is part of"),
        ("a: *nowhere\n", "not valid YAML"),
        ("a: \0", "not valid YAML"),
        (r'a: "\U00110000"', "not valid YAML"),
        (r'a: "\ud800"', "not valid YAML"),
        (r'"\ud800": a', "not valid YAML"),
        ("[" * 5000, "nested too deeply"),
    ],
)
def test_mistakes_are_told(text, told):
    with pytest.raises(YamlMistake, match=told):
        read_yaml(text)


def test_aliases_repeat_values():
    assert read_yaml("a: &x {k: 1}\nb: *x\n").value == {"a": {"k": "1"}, "b": {"k": "1"}}


def test_merged_keys():
    """What stands in a mapping itself wins, wherever ``<<`` is; then what is merged first."""
    text = read_yaml(
        "a: &x {k: 1, l: 2}\nb: &y {l: 3, m: no}\nc:\n  k: 0\n  <<: [*x, *y]\nd: {<<: *x, l: 9}\n'<<': e\n"
    )
    assert text.value["c"] == {"k": "0", "l": "2", "m": "no"}
    assert text.value["d"] == {"k": "1", "l": "9"}
    assert text.value["<<"] == "e"  # quoted: a word as any other
    assert text.lines["c", "l"] == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\n<<: word\n", "line 2: << takes keys and values"),
        ("a: &x {k: 1}\nb: {<<: [*x, 2]}\n", "line 2: << takes keys and values"),
        ("a: &x {b: 1, <<: *x}\n", "an alias refers to what it is part of"),
        ("a: &x {b: &y {<<: *x}}\n", "an alias refers to what it is part of"),
        ("a: &x {[k]: 1}\nb: {<<: *x}\n", "a key must be a word"),
    ],
)
def test_mistakes_in_merged_keys(text, told):
    with pytest.raises(YamlMistake, match=told):
        read_yaml(text)


def test_merges_of_merges_take_no_time():
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}], k{n}: 1}}" for n in range(1, 60)]
    assert len(read_yaml("\n".join(lines)).value["a59"]) == 60


def test_aliases_of_aliases_do_not_fill_the_memory():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(YamlMistake, match="more than 100,000 values"):
        read_yaml("\n".join(lines))


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029"), max_size=20)


@given(st.recursive(TEXT, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)))
@settings(max_examples=60, deadline=None)
def test_what_is_dumped_as_text_is_read_as_text(value):
    """Quoted scalars survive, whatever they look like."""
    assert read_yaml(yaml.safe_dump(value, default_style='"', allow_unicode=True)).value == value


@given(st.text(alphabet=":-[]{}&*!|>'\"#%@`,? \n\tab1~\\uU", max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_told(text):
    try:
        read_yaml(text)
    except YamlMistake as error:
        assert str(error)
