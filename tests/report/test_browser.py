"""The page in a real browser: nothing is loaded, nothing overflows, it shows what is in the tables."""

import shutil

import pytest
from simulated_study import HOSTILE, write_study

from cohear.analysis.results import read_gains
from cohear.report.build import write_report
from cohear.report.numbers import signed

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def browser():
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    plain = write_study(folder / "plain")
    hostile = write_study(folder / "hostile", names=HOSTILE, encoders=("small", "dnn"))
    bare = write_study(folder / "bare", folds=1, extras=False)
    return {path.name: (path, write_report(path)) for path in (plain, hostile, bare)}


@pytest.fixture
def opened(browser):
    """Open a page; at the end there must have been no error and no request but the file itself."""
    wrong, made = [], []

    def open_page(path, width=1400, scheme="light"):
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        made.append(page)
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(dialog.message))
        page.on("request", lambda request: wrong.append(request.url) if request.url != path.as_uri() else None)
        page.goto(path.as_uri())
        return page

    yield open_page
    for page in made:
        page.close()
    assert [what for what in wrong if not what.startswith("data:")] == []


@pytest.mark.parametrize("name", ["plain", "hostile", "bare"])
@pytest.mark.parametrize("width", [390, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows(opened, pages, name, width, scheme):
    page = opened(pages[name][1], width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # nothing sticks out of the page but what scrolls inside its box
    stuck = page.evaluate("""() => [...document.querySelectorAll("main *")].filter((e) =>
        e.checkVisibility() && !e.closest(".scroll, pre, svg, .tip, .label") &&
        e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 80))""")
    assert stuck == []


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_every_gain_shown_is_that_of_the_table(opened, pages, name):
    folder, path = pages[name]
    page = opened(path)
    shown = page.evaluate("""() => [...document.querySelectorAll(".matrix button")].map((b) => [
        b.closest(".view").dataset.encoder, b.dataset.task, b.dataset.combination, Number(b.dataset.gain),
        b.querySelector("b").textContent, b.querySelector("span").textContent.split(" ")[1]])""")
    expected = [
        [r["encoder"], r["task"], r["combination"], r["gain"], signed(r["gain"], True), r["verdict"]]
        for r in read_gains(folder / "gains.csv").to_dict("records")
    ]
    assert sorted(shown) == sorted(expected)


def test_a_tooltip_on_focus_on_hover_and_by_arrow_keys(opened, pages):
    page = opened(pages["plain"][1])
    first = page.locator(".matrix button").first
    first.focus()
    tip = page.locator(".tip:visible")
    assert tip.count() == 0 or "digit" in tip.inner_text()  # a script's focus may not count as the keyboard's
    page.keyboard.press("ArrowRight")
    assert tip.count() == 1
    text = tip.inner_text()
    for word in ("digit beside emotion", "95 % interval", "alone", "together", "p, adjusted", "repeats"):
        assert word in text
    box = tip.bounding_box()
    assert box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= 1400
    page.keyboard.press("Escape")
    assert tip.count() == 0
    page.keyboard.press("ArrowDown")
    page.locator(".matrix button").nth(8).hover()
    assert tip.count() == 1


def test_switching_the_encoder(opened, pages):
    page = opened(pages["hostile"][1])
    views = page.locator("#matrix .view:visible")
    assert views.count() == 1 and views.get_attribute("data-encoder") == "small"
    page.locator("select[data-choice=encoder]").select_option("dnn")
    assert views.count() == 1 and views.get_attribute("data-encoder") == "dnn"


def test_hostile_names_are_shown_as_text(opened, pages):
    page = opened(pages["hostile"][1])
    heads = page.locator("#matrix .view:visible tbody th").all_text_contents()
    assert heads == list(HOSTILE)


def test_structure_that_screen_readers_need(opened, pages):
    page = opened(pages["plain"][1])
    assert page.evaluate("""() => [
        document.querySelectorAll("h1").length,
        document.querySelectorAll("th:not([scope])").length,
        new Set([...document.querySelectorAll("[id]")].map((e) => e.id)).size ===
            document.querySelectorAll("[id]").length,
        [...document.querySelectorAll("[aria-describedby]")].every((e) =>
            document.getElementById(e.getAttribute("aria-describedby"))),
        [...document.querySelectorAll(".scroll")].every((e) => e.tabIndex === 0 && e.ariaLabel),
    ]""") == [1, 0, True, True, True]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_of_text(opened, pages, scheme):
    """At least 4.5 : 1 between text and its ground (WCAG 2.1, 1.4.3), hatched cells on their ground."""
    page = opened(pages["plain"][1], scheme=scheme)
    poor = page.evaluate("""() => {
      const parse = (c) => (c.match(/[\\d.]+/g) || []).map(Number);
      const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
        .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
      const ground = (e) => {
        for (; e; e = e.parentElement) {
          const style = getComputedStyle(e), image = style.backgroundImage.match(/rgb\\([^)]*\\)/);
          if (image) return parse(image[0]);
          const c = parse(style.backgroundColor);
          if (c.length === 3 || c[3] > 0.99) return c;
        }
        return [255, 255, 255];
      };
      const texts = [...document.querySelectorAll("main *, header *")].filter((e) => e.checkVisibility() &&
        [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && !e.closest("svg, .empty"));
      return texts.map((e) => {
        const a = light(parse(getComputedStyle(e).color)), b = light(ground(e));
        return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.outerHTML.slice(0, 90)];
      }).filter(([ratio]) => ratio < 4.5);
    }""")
    assert poor == []
