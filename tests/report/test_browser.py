"""The page in a real browser: nothing is loaded, nothing overflows, it shows what is in the tables."""

import json
import threading
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from browsing import NEEDS_CHROMIUM
from gains_table import read_gains
from layout import overflow, show_all
from simulated_study import HOSTILE, TASKS, write_study

from cohear.analysis.gains.pairs import paired_differences
from cohear.analysis.tables.results import read_results
from cohear.analysis.tables.scores import scores
from cohear.analysis.tables.text import write_table
from cohear.report.folder import read_folder
from cohear.report.numbers import level, signed
from cohear.report.page.build import render, write_report
from cohear.report.page.watch import Watched, make_server

pytestmark = NEEDS_CHROMIUM
WIDE, NARROW = 1400, 360


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    plain = write_study(folder / "plain")
    hostile = write_study(folder / "hostile", names=HOSTILE, encoders=("small", "dnn"))
    bare = write_study(folder / "bare", folds=1, extras=False)
    for study in (plain, hostile):
        (study / "check.json").write_text(json.dumps(found_in(study)))
    (hostile / "data" / "set").mkdir(parents=True)
    with_audio(hostile)
    return {path.name: (path, write_report(path, clips=path == hostile)) for path in (plain, hostile, bare)}


def found_in(study):
    task = next(iter(json.loads((study / "data.json").read_text())["tasks"]))
    finding = {
        "severity": "error",
        "code": "leak",
        "dataset": task,
        "task": task,
        "fold": 0,
        "clips": [],
        "figures": {},
    }
    finding |= {"sentence": f"{task} leaks", "cure": "hold it out"}
    return {"study": "x", "counts": {"error": 1, "warning": 0, "note": 0}, "findings": [finding], "datasets": {}}


def with_audio(study):
    """A dataset of the clips that the simulated predictions name, for the first task."""
    root = study / "data" / "set"
    rows = ["path,group"]
    for fold in range(5):
        (root / str(fold)).mkdir()
        for k in range(20):
            soundfile.write(root / str(fold) / f"{k:03}.wav", np.sin(np.arange(4000) * 0.1 * (k + 1)) * 0.5, 8000)
            rows.append(f"{fold}/{k:03}.wav,{'<b>' if k % 2 else 'two'}")
    (root / "manifest.csv").write_text("\n".join(rows))
    tasks = {name: {"dataset": "set", "target": "label"} for name in HOSTILE}
    text = {"study": "hostile", "datasets": {"set": {"path": "data/set"}}, "tasks": tasks}
    (study / "study.yaml").write_text(json.dumps(text, ensure_ascii=False))


def open_cell(page, place=0):
    page.locator("#matrix .matrix td.cell button").nth(place).click()
    assert page.locator("dialog[open]").count() == 1


@pytest.mark.parametrize("name", ["plain", "hostile", "bare"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_nothing_overflows(opened, pages, name, width):
    page = opened(pages[name][1], width)
    for kind, value in {"encoder": "dnn", "metric": "accuracy"}.items():
        if page.locator(f"select[data-choice={kind}]").count():  # the first choice is seen by other pages
            page.locator(f"select[data-choice={kind}]").select_option(value)
    show_all(page)
    assert overflow(page) == []
    open_cell(page)
    assert overflow(page, "dialog") == []
    assert page.evaluate("document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth")


@pytest.mark.parametrize("width", [NARROW, 1300])
def test_a_verdict_is_whole_in_its_column(opened, tmp_path, width):
    """Gains of two digits beside the longest word: nothing is cut at the edge of the section."""
    write_study(tmp_path, names=TASKS[:3], folds=2, extras=False)
    results = read_results(tmp_path)
    shared = results["combination"] != results["task"]
    write_table(tmp_path / "results.csv", results.assign(value=results["value"] - 0.2 * shared))
    page = opened(write_report(tmp_path), width)
    show_all(page)
    told = """() => [...document.querySelectorAll("#intervals .row:not(.axis) .value")].filter((e) =>
        e.scrollWidth > e.clientWidth || e.getBoundingClientRect().right > document.documentElement.clientWidth)
        .map((e) => e.textContent)"""
    assert page.locator("#intervals .row.undecided .told").count() == 9
    assert page.evaluate(told) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(360, 740), (390, 844), (1280, 900), (1600, 900)])
def test_the_first_screen_decides(opened, pages, width, height, scheme):
    """What to do in a sentence that is whole, and the networks as a picture, without scrolling."""
    page = opened(pages["plain"][1], width, scheme, height=height)
    head = page.locator(".decision .headline")
    assert head.inner_text().startswith("Train ") and "digit + keyword" in head.inner_text()
    assert page.evaluate("""() => { const e = document.querySelector(".decision .headline");
        return e.scrollHeight <= e.clientHeight; }""")
    drawn = page.locator(".decision .networks li")
    tasks = page.locator(".decision .head").all_text_contents()
    assert sorted(tasks) == sorted(TASKS) and drawn.count() < len(TASKS)
    for box in (head.bounding_box(), drawn.nth(0).bounding_box(), drawn.last.bounding_box()):
        assert box["y"] + box["height"] <= height
    assert page.locator(".answer.pair .headline").inner_text() == "digit and keyword help each other most."
    assert page.locator(".decision").bounding_box()["y"] < page.locator(".answer.pair").bounding_box()["y"]
    if width >= 1280:
        for words in ("points a task", "What would decide it?"):
            box = page.locator(".decision").get_by_text(words).first.bounding_box()
            assert box["y"] + box["height"] <= height


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_choices_stand_below_the_answer(opened, pages, width):
    page = opened(pages["hostile"][1], width)
    decided, choices = page.locator(".decision").bounding_box(), page.locator("#answer .choices").bounding_box()
    assert choices["y"] >= decided["y"] + decided["height"]


def test_a_pair_that_is_not_shown_to_help_is_folded_away(opened, pages):
    page = opened(pages["bare"][1])
    assert page.locator(".card.pair").count() == 0
    folded = page.locator("details.pair")
    assert not folded.locator(".proof").first.is_visible()
    folded.locator("summary").click()
    assert folded.locator(".proof").first.is_visible()


@pytest.mark.parametrize("name", ["plain", "hostile"])
def test_every_gain_shown_is_that_of_the_table(opened, pages, name):
    folder, path = pages[name]
    page = opened(path)
    shown = []
    encoders = ("small", "dnn") if name == "hostile" else ("small",)
    for encoder in encoders:
        if name == "hostile":
            page.locator("select[data-choice=encoder]").select_option(encoder)
        shown += page.evaluate("""() => [...document.querySelectorAll("#matrix .matrix td.cell button")].map((b) => {
            const cell = page.cellOf(b);
            return [b.closest(".view").dataset.encoder, cell.task, cell.combination, Number(b.dataset.gain),
                b.querySelector("b").textContent, b.querySelector("span").textContent.split(" ")[1]]})""")
    expected = [
        [r["encoder"], r["task"], r["combination"], r["gain"], signed(r["gain"], True), r["verdict"]]
        for r in read_gains(folder / "gains.csv").to_dict("records")
    ]
    assert sorted(shown) == sorted(expected)


def test_every_score_shown_is_that_of_the_runs(opened, pages):
    folder, path = pages["plain"]
    shown = opened(path).evaluate("""() => [...document.querySelectorAll("#scores .card")].flatMap((card) =>
        [...card.querySelectorAll("tbody tr")].map((r) => [card.querySelector("h3").textContent,
            r.querySelector("th").title, r.cells[1].textContent, r.cells[2].textContent]))""")
    expected = [
        [
            row["task"],
            " + ".join(name for name in row["combination"].split("+") if name != row["task"]),
            level(row["mean"], True),
            level(row["sd"], True),
        ]
        for row in scores(read_results(folder)).to_dict("records")
    ]
    assert sorted(shown) == sorted(expected)


def test_a_tooltip_on_focus_on_hover_and_by_arrow_keys(opened, pages):
    page = opened(pages["plain"][1])
    tip = page.locator("#tip:visible")
    page.locator("#matrix .matrix td.cell button").first.focus()
    page.keyboard.press("ArrowRight")
    assert tip.count() == 1
    text = tip.inner_text()
    for word in ("digit beside emotion", "95 % interval", "alone", "together", "p, adjusted", "repeats"):
        assert word in text
    box = tip.bounding_box()
    assert box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= WIDE
    assert page.evaluate("document.activeElement.getAttribute('aria-describedby')") == "tip"
    page.keyboard.press("Escape")
    assert tip.count() == 0
    page.keyboard.press("ArrowDown")
    page.locator("#matrix .matrix td.cell button").nth(8).hover()
    assert tip.count() == 1


def test_behind_a_cell(opened, pages):
    folder, path = pages["plain"]
    page = opened(path)
    page.locator("#matrix .matrix td.cell button").first.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    assert "digit beside keyword" in dialog.inner_text()
    pairs = paired_differences(read_results(folder))
    pairs = pairs[(pairs["task"] == "digit") & (pairs["combination"] == "digit+keyword")]
    expected = [
        [
            f"fold {r['fold']}, seed {r['seed']}",
            level(r["single"], True),
            level(r["shared"], True),
            signed(r["difference"], True),
        ]
        for r in pairs.to_dict("records")
    ]
    rows = """(label) => [...document.querySelectorAll(`dialog [aria-label="${label}"] tbody tr`)].map((r) =>
        [...r.cells].slice(0, 4).map((c) => c.textContent))"""
    assert page.evaluate(rows, "Paired differences") == expected
    assert dialog.locator(".curve").count() == 2 and dialog.locator(".curve polyline").count() == 4
    # what is in the confusion matrix is in the predictions: 20 clips in each of 5 folds
    assert sum(int(row[-1]) for row in confusion(page)) == 100
    assert dialog.get_by_text("Change of each label").count() and dialog.get_by_text("Clips that changed most").count()
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("document.activeElement.matches('.matrix td.cell button')")


def confusion(page):
    return page.evaluate("""() => [...document.querySelectorAll('dialog [aria-label="alone"] tbody tr')]
        .map((r) => [...r.cells].map((c) => c.textContent))""")


def test_each_task_has_its_confusion_and_its_hardest_clips_without_opening_a_cell(opened, pages):
    page = opened(pages["plain"][1])
    show_all(page)
    cards = page.locator("#tasks .card")
    assert page.locator("#tasks .card h3").all_text_contents() == [*TASKS][: cards.count()] and cards.count() >= 2
    for place in range(cards.count()):
        assert cards.nth(place).locator(".confusion").count() == 1
        # 20 test clips in each of 5 folds, as the predictions have them
        totals = cards.nth(place).locator(".confusion tbody td:last-child").all_text_contents()
        assert sum(map(int, totals)) == 100
    right = [text.split(" of ") for text in cards.first.locator("tbody tr td:nth-child(3).n").all_text_contents()]
    assert right and all(int(some) < int(asked) for some, asked in right if asked)


def test_one_task_can_be_looked_at_and_the_address_is_a_link_to_the_view(opened, pages, browser):
    page = opened(pages["hostile"][1])
    page.locator("select[data-choice=encoder]").select_option("dnn")
    page.locator("#only").select_option(HOSTILE[1])
    for part in ("#matrix .matrix:not(.groups) tbody tr", "#scores .card", "#data .tasks > .card"):
        shown = page.locator(f"{part}:visible")
        assert shown.count() == 1 and shown.first.get_attribute("data-of") == HOSTILE[1]
    page.locator("#matrix .matrix tbody tr:visible td.cell button").first.click()
    title = page.locator("#behind-title").inner_text()
    address = page.evaluate("location.href")
    again = browser.new_page(viewport={"width": WIDE, "height": 900})
    again.goto(address)
    assert again.locator("#matrix .view").get_attribute("data-encoder") == "dnn"
    assert again.locator("#only").input_value() == HOSTILE[1]
    assert again.locator("dialog[open] #behind-title").inner_text() == title
    again.keyboard.press("Escape")
    assert "cell=" not in again.evaluate("location.hash")
    again.close()


def test_there_is_no_empty_column(opened, tmp_path):
    """Without pairs there is no column a partner, and of groups only those of their members."""
    folder = write_study(tmp_path / "study", folds=2, extras=False)
    results = read_results(folder)
    several = results["combination"].str.count(r"\+")
    write_table(folder / "results.csv", results[(several == 0) | (several == len(TASKS) - 1)])
    page = opened(write_report(folder))
    heads = page.locator("#matrix .matrix thead th").all_text_contents()
    assert heads == ["task", "alone", f"all {len(TASKS)} together"]
    assert page.locator("#matrix td.cell").count() == len(TASKS)
    assert page.evaluate("""() => [...document.querySelectorAll(".matrix, .scores")].every((table) =>
        [...table.tHead.rows[0].cells].every((head, at) => [...table.tBodies[0].rows].some((row) =>
            !["", "–"].includes(row.cells[at].textContent.trim()))))""")


def test_names_stay_in_view_where_a_table_scrolls(opened, pages):
    page = opened(pages["plain"][1], NARROW)
    show_all(page)
    box = page.locator("#scores .scroll").first
    box.evaluate("(e) => e.scrollBy(200, 0)")
    moved = box.evaluate("(e) => e.scrollLeft")
    assert moved > 0
    assert abs(box.locator("tbody th").first.bounding_box()["x"] - box.bounding_box()["x"]) < 2


def test_printing_keeps_the_whole_matrix_and_its_colours(opened, pages, tmp_path):
    """To PDF and back to pictures: the names of all tasks stand on one page, in the colours of the screen."""
    reader = pytest.importorskip("pypdfium2")
    page = opened(pages["plain"][1])
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1047, "height": 800})
    assert page.evaluate("""() => [...document.querySelectorAll("#matrix .scroll")].every((e) =>
        e.scrollWidth <= e.clientWidth)""")
    page.pdf(path=tmp_path / "page.pdf", format="A4", prefer_css_page_size=True)
    document = reader.PdfDocument(tmp_path / "page.pdf")
    printed = [sheet.get_textpage().get_text_bounded() for sheet in document]
    place = next(at for at, text in enumerate(printed) if "Sharing matrix" in text)
    assert all(printed[place].count(task) >= 2 for task in TASKS)
    width, height = document[place].get_size()
    assert width > height
    pixels = document[place].render(scale=2).to_numpy().astype(int)
    coloured = abs(pixels[..., 0] - pixels[..., 2]) > 60  # blue or orange
    assert coloured.mean() > 0.001


def test_clips_can_be_seen_and_heard(opened, pages):
    page = opened(pages["hostile"][1])
    open_cell(page)
    sounds = page.locator("dialog .sound")
    assert sounds.count() >= 2 and sounds.locator("audio").count() == sounds.count()
    page.wait_for_function("document.querySelector('dialog .sound img').naturalWidth > 10")
    seconds = page.evaluate("""() => new Promise((done) => { const a = document.querySelector("dialog audio");
        a.onloadedmetadata = () => done(a.duration); a.onerror = () => done(-1); a.load(); })""")
    assert 0.4 < seconds < 0.7
    assert page.locator("dialog").get_by_text("Change of each group").count() >= 1
    assert page.locator("dialog [aria-label='Change of each group'] tbody th").first.inner_text() in ("<b>", "two")


def test_a_page_of_singles_can_be_switched(opened, tmp_path):
    folder = write_study(tmp_path / "study", encoders=("small", "dnn"), folds=2, extras=False)
    results = read_results(folder)
    write_table(folder / "results.csv", results[results["combination"] == results["task"]])
    page = opened(write_report(folder))
    for encoder in ("dnn", "small"):
        page.locator("select[data-choice=encoder]").select_option(encoder)
        page.locator(f"#scores .view[data-encoder={encoder}]").wait_for()


def test_what_is_not_known_is_not_told(opened, pages):
    page = opened(pages["bare"][1])  # one repeat: no interval, no p
    page.locator("#matrix .matrix td.cell button").first.focus()
    page.keyboard.press("ArrowRight")
    said = page.locator("#tip:visible").inner_text()
    assert "95 % interval" not in said and "p, adjusted" not in said and "repeats" in said
    page.keyboard.press("Enter")
    words = page.locator("dialog .body p").first.inner_text()
    assert "interval" not in words and "adjusted" not in words and "1 repeat;" in words


def test_switching_encoder_and_metric(opened, pages):
    page = opened(pages["hostile"][1])
    view = page.locator("#matrix .view")
    assert view.count() == 1 and view.get_attribute("data-encoder") == "small"
    page.locator("select[data-choice=encoder]").select_option("dnn")
    assert view.count() == 1 and view.get_attribute("data-encoder") == "dnn"
    answers = page.locator("#answer .view")
    assert [answers.nth(place).get_attribute("data-encoder") for place in range(answers.count())] == ["dnn", "dnn"]
    before = page.locator("#matrix td.cell b").all_text_contents()
    page.locator("select[data-choice=metric]").select_option("accuracy")
    assert view.get_attribute("data-metric") == "accuracy" and view.get_attribute("data-encoder") == "dnn"
    assert "for orientation" in view.inner_text() and page.locator("#matrix td.cell b").all_text_contents() != before
    open_cell(page)
    assert page.locator("dialog .curve").count() == 2


def test_sorting_and_order(opened, pages):
    page = opened(pages["plain"][1])
    heads = page.locator("#matrix .matrix tbody th")
    assert heads.all_text_contents() == list(TASKS)
    page.locator("#matrix .sort", has_text="event").first.click()
    column = page.locator("#matrix thead th[aria-sort=descending]")
    assert column.count() == 1
    gains = """() => { const at = document.querySelector("#matrix th[aria-sort]").cellIndex;
        return [...document.querySelectorAll("#matrix .matrix tbody tr")].map((r) =>
            r.cells[at].querySelector("button")?.dataset.gain).filter(Boolean).map(Number); }"""
    sorted_down = page.evaluate(gains)
    assert sorted_down == sorted(sorted_down, reverse=True) and len(sorted_down) == 5
    page.locator("#matrix .sort", has_text="event").first.click()
    assert page.evaluate(gains) == sorted(sorted_down)
    for order in ("clustered", "gaining", "giving", "study"):
        page.locator("#order").select_option(order)
        assert sorted(heads.all_text_contents()) == sorted(TASKS)
        # rows and columns go together: what is empty is the diagonal
        assert page.evaluate("""() => [...document.querySelectorAll("#matrix .matrix tbody tr")].every((r, i) =>
            r.cells[i + 2].matches(".empty"))""")
    assert heads.all_text_contents() == list(TASKS)


def test_hostile_names_are_shown_as_text(opened, pages):
    page = opened(pages["hostile"][1])
    assert page.locator("#matrix .matrix tbody th").all_text_contents() == list(HOSTILE)
    assert f"{HOSTILE[0]} leaks" in page.locator(".finding").inner_text()
    open_cell(page)
    assert HOSTILE[0] in page.locator("#behind-title").inner_text()
    assert page.locator("dialog [aria-label='alone'] tbody th").all_text_contents()[:2] == list(HOSTILE[:2])


def test_structure_that_screen_readers_need(opened, pages):
    page = opened(pages["plain"][1])
    assert page.evaluate("""() => [
        document.querySelectorAll("h1").length,
        document.querySelectorAll("th:not([scope])").length,
        new Set([...document.querySelectorAll("[id]")].map((e) => e.id)).size ===
            document.querySelectorAll("[id]").length,
        [...document.querySelectorAll(".scroll")].every((e) => e.tabIndex === 0 && e.ariaLabel),
        [...document.querySelectorAll(".matrix td.cell button")].every((b) => b.ariaLabel.includes(" beside ")),
    ]""") == [1, 0, True, True, True]


def test_a_watched_page_is_loaded_again_with_its_choices(browser, pages):
    content = read_folder(pages["hostile"][0])
    made = (render(replace(content, name=name), watched=True).encode() for name in ("early", "late"))
    watched = Watched(pages["hostile"][0], lambda: next(made))
    watched.look()
    server = make_server(watched, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page, wrong = browser.new_page(), []
    page.on("console", lambda message: wrong.append(message.text))
    page.goto(f"http://127.0.0.1:{server.server_address[1]}/")
    assert page.title() == "early · cohear"
    page.locator("select[data-choice=encoder]").select_option("dnn")
    with page.expect_response("**/version"):
        pass
    (pages["hostile"][0] / "plan.json").touch()
    assert watched.look()
    expect = pytest.importorskip("playwright.sync_api").expect
    expect(page).to_have_title("late · cohear", timeout=30_000)
    # the title is there before the scripts below it have run
    expect(page.locator("#matrix .view")).to_have_attribute("data-encoder", "dnn")
    assert wrong == []
    page.close()
    server.shutdown()
    server.server_close()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "width"), [("plain", WIDE), ("hostile", NARROW)])
def test_axe_finds_nothing_serious(opened, pages, name, width, scheme):
    """Contrast, names, roles, tables and landmarks by axe-core, of the page and of the dialog on it."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page = opened(pages[name][1], width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    for act in (lambda: None, lambda: open_cell(page)):
        act()
        told = axe.run(page).response["violations"]
        serious = [(v["id"], v["nodes"][0]["html"][:120]) for v in told if v["impact"] in ("serious", "critical")]
        assert serious == []
