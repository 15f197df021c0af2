"""Words as each medium writes them."""

from cohear.findings.words import Name, words

SAID = words("A second seed (`repeats: {seeds: -2}`) moves ", Name("`a`"), " by -2 <points> in `a<b`.")


def test_code_is_set_as_code_on_a_page_and_keeps_its_hyphens():
    assert SAID.html == (
        "A second seed (<code>repeats: {seeds: -2}</code>) moves <bdi>`a`</bdi> by −2 &lt;points&gt; in "
        "<code>a&lt;b</code>."
    )


def test_a_drawing_has_no_marks_around_code():
    assert SAID.drawn == "A second seed (repeats: {seeds: -2}) moves `a` by −2 <points> in a<b."


def test_a_terminal_keeps_them():
    assert SAID.plain == "A second seed (`repeats: {seeds: -2}`) moves `a` by -2 <points> in `a<b`."


def test_a_mark_without_its_other_half_is_text():
    assert words("a ` b").html == "a ` b"
