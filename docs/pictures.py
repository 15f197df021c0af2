"""The pictures of the report in ``docs/images``, from the recorded study: ``make pictures``.

``python docs/pictures.py [STUDY_FOLDER]`` copies the folder's tables, makes its page there and photographs it.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from cohear.api import make_report

DOCS = Path(__file__).parent
STUDY = DOCS / "results" / "eight-tasks"
IMAGES = DOCS / "images"


def main() -> None:
    """Photograph the parts of the page."""
    study = Path(sys.argv[1]) if len(sys.argv) > 1 else STUDY
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        copy = Path(folder) / study.name
        shutil.copytree(study, copy)
        path = make_report(copy)
        chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme=scheme)
            page.goto(path.as_uri())
            _photograph(page, scheme)
        browser.close()


def _photograph(page: Page, scheme: str) -> None:
    ending = "" if scheme == "light" else "-dark"
    page.screenshot(path=IMAGES / f"report{ending}.png")
    if scheme == "light":
        page.set_viewport_size({"width": 1280, "height": 1600})  # or the head of the page stands in front of it
        page.locator("#matrix").screenshot(path=IMAGES / "report-matrix.png")
        page.set_viewport_size({"width": 1280, "height": 860})
        page.locator("#matrix td.cell button").nth(1).click()
        page.locator("dialog .curve").first.wait_for()
        page.screenshot(path=IMAGES / "report-cell.png")


if __name__ == "__main__":
    main()
