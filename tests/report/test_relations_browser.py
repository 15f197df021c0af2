"""The figures on the page, in a real browser: light and dark, one setting at a time, and as files."""

from xml.etree import ElementTree

import pytest
from browsing import NEEDS_CHROMIUM
from layout import overflow, show_all
from rich_study import write_rich_study
from simulated_study import HOSTILE

from cohear.analysis.tables.results import read_results
from cohear.analysis.tables.text import write_table
from cohear.report.figures import FIGURES
from cohear.report.figures.palette import DARK, LIGHT
from cohear.report.page.build import write_report

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.slow]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    folder = write_rich_study(tmp_path_factory.mktemp("relations") / "study", names=HOSTILE[:4])
    return write_report(folder)


def colour(hexadecimal):
    parts = (int(hexadecimal[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgb({', '.join(map(str, parts))})"


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "palette"), [("light", LIGHT), ("dark", DARK)])
@pytest.mark.parametrize("width", [390, 1400])
def test_every_figure_fits_and_has_the_colours_of_the_screen(opened, page_file, scheme, palette, width):
    page = opened(page_file, width, scheme)
    show_all(page)
    drawn = page.locator("svg.figure:visible")
    assert drawn.count() == len(list(FIGURES))
    for place in range(drawn.count()):
        figure = drawn.nth(place)
        assert figure.get_attribute("role") == "img"
        ground = figure.locator("rect").first.evaluate("(e) => getComputedStyle(e).fill")
        assert ground == colour(palette["paper"])
        assert figure.evaluate("(e) => e.getBoundingClientRect().width") > 300
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.drawn svg')].map((e) => e.getBoundingClientRect().width)"
    )
    assert max(wide) <= 1200
    assert overflow(page) == []


def test_the_choice_of_an_encoder_goes_for_figures_too(opened, page_file):
    page = opened(page_file)
    shown = page.locator("#figure-matrix .setting:visible")
    assert shown.count() == 1 and shown.get_attribute("data-encoder") == "dnn"
    page.locator("select[data-choice=encoder]").select_option("small")
    page.wait_for_function("document.querySelector('#figure-matrix .setting').hidden")
    assert shown.count() == 1 and shown.get_attribute("data-encoder") == "small"


def test_a_figure_of_another_encoder_says_so(opened, tmp_path):
    folder = write_rich_study(tmp_path / "study")
    results = read_results(folder)
    write_table(folder / "results.csv", results[(results["control"] == "") | (results["encoder"] == "small")])
    page = opened(write_report(folder))
    note = page.locator("#figure-controls .elsewhere")
    for encoder, said in (("small", False), ("dnn", True)):
        page.locator("select[data-choice=encoder]").select_option(encoder)
        page.wait_for_timeout(100)
        assert note.is_visible() == said
        assert page.locator("#figure-controls .setting:visible").get_attribute("data-encoder") == "small"
    assert not page.locator("#figure-matrix .elsewhere").is_visible()


def test_figures_are_saved_without_a_network(opened, page_file, tmp_path):
    page = opened(page_file, 1400, "dark")
    for ending, head in (("svg", b"<svg"), ("png", b"\x89PNG"), ("csv", b"task,beside")):
        with page.expect_download() as download:
            page.locator("#figure-matrix .setting:visible .take").get_by_text(ending.upper(), exact=True).click()
        assert download.value.suggested_filename == f"matrix-dnn.{ending}"
        path = tmp_path / f"saved.{ending}"
        download.value.save_as(path)
        assert path.read_bytes().startswith(head)
    saved = ElementTree.fromstring((tmp_path / "saved.svg").read_text("utf-8"))
    there = ElementTree.fromstring((page_file.parent / "figures" / "matrix-dnn.svg").read_text("utf-8"))
    for name in ("width", "height", "viewBox"):
        assert float(saved.get(name).split()[-1]) == pytest.approx(float(there.get(name).split()[-1]))
    assert [e.get("fill") for e in saved.iter()] == [e.get("fill") for e in there.iter()], (
        "white paper, whatever the screen"
    )
