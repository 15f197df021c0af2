"""The page of the study that the repository holds: eight tasks, four encoders, controls, costs."""

import shutil

import pytest
from browsing import NEEDS_CHROMIUM
from gains_table import read_gains
from layout import overflow, show_all

from cohear.report.figures import FIGURES
from cohear.report.numbers import interval, signed
from cohear.report.page.build import write_report

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.slow]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory, request):
    folder = tmp_path_factory.mktemp("real") / "eight-tasks"
    shutil.copytree(request.config.rootpath / "docs" / "results" / "eight-tasks", folder)
    return write_report(folder)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 390, 1280, 1600])
def test_nothing_overflows_and_axe_finds_nothing_serious(opened, page_file, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    page = opened(page_file, width, scheme)
    show_all(page)
    assert overflow(page) == []
    page.emulate_media(color_scheme=scheme)
    for act in (lambda: None, page.locator("#matrix .matrix td.cell button").first.click):
        act()
        told = axe.run(page).response["violations"]
        assert [v["id"] for v in told if v["impact"] in ("serious", "critical")] == []
    assert overflow(page, "dialog") == []


def test_it_has_every_figure_and_the_numbers_of_its_tables(opened, page_file):
    page = opened(page_file)
    assert {page.locator(f"#figure-{name}").count() for name in FIGURES} == {1}
    gains = read_gains(page_file.parent.parent / "gains.csv")
    for (features, encoder), rows in gains.groupby(["features", "encoder"]):
        page.locator("select[data-choice=features]").select_option(features)
        page.locator("select[data-choice=encoder]").select_option(encoder)
        shown = page.evaluate("""() => [...document.querySelectorAll("#matrix .matrix td.cell button")].map((b) => {
            const cell = page.cellOf(b);
            return [cell.task, cell.combination, cell.gain, cell.interval, cell.verdict, cell.repeats]})""")
        expected = [
            [
                *(row["task"], row["combination"], f"{signed(row['gain'], True)} points"),
                *(interval(row["low"], row["high"], True), row["verdict"], row["repeats"]),
            ]
            for row in rows.to_dict("records")
        ]
        assert sorted(shown) == sorted(expected)
