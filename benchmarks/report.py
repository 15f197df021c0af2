"""The page of a large study in a real browser: size, first paint, and how long a reader waits after a click.

``python benchmarks/report.py`` simulates a study of 10 tasks, 3 encoders and 504 runs with curves and predictions,
makes its page, and drives it in headless Chromium. Exit code 1 where a limit is missed.
"""

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "helpers"))

from simulated_study import TASKS, write_study

from cohear.report.page.build import write_report

MOST_BYTES, MOST_PAINT, MOST_INTERACTION = 6_000_000, 1000.0, 100.0
NAMES = (*TASKS, "speaker", "language", "accent", "scene")
REPEATS = 5

# from the event to the end of the frame that shows what it did
WAIT = """(act) => new Promise((done) => {
  const began = performance.now();
  act();
  requestAnimationFrame(() => { const channel = new MessageChannel();
    channel.port1.onmessage = () => done(performance.now() - began); channel.port2.postMessage(0); });
})"""
ACTS = {
    "open a cell": "document.querySelectorAll('#matrix td.cell button')[7].click()",
    "close it": "document.querySelector('#behind .close').click()",
    "switch the encoder": "(() => { const s = document.querySelector('select[data-choice=encoder]');"
    " s.selectedIndex = (s.selectedIndex + 1) % 3; s.dispatchEvent(new Event('change')); })()",
    "switch the metric": "(() => { const s = document.querySelector('select[data-choice=metric]');"
    " s.selectedIndex = 1 - s.selectedIndex; s.dispatchEvent(new Event('change')); })()",
    "cluster the matrix": "(() => { const s = document.querySelector('#order');"
    " s.selectedIndex = 1 - s.selectedIndex; s.dispatchEvent(new Event('change')); })()",
    "sort by a column": "document.querySelector('#matrix .sort').click()",
}


def main() -> int:
    """Measure, print, and judge."""
    with tempfile.TemporaryDirectory() as folder:
        study = write_study(Path(folder) / "study", names=NAMES, encoders=("small", "cnn", "dnn"), folds=3, clips=60)
        began = time.process_time()
        path = write_report(study)
        print(f"page made in {time.process_time() - began:.1f} s of CPU time")
        figures = {"size, MB": (path.stat().st_size / 1e6, MOST_BYTES / 1e6)}
        with sync_playwright() as playwright:
            chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            paints = [_paint(browser.new_page(), path) for _ in range(REPEATS)]
            figures["first paint, ms"] = (statistics.median(paints), MOST_PAINT)
            page = browser.new_page(viewport={"width": 1400, "height": 900})
            page.goto(path.as_uri())
            for name, act in ACTS.items():
                waits = []
                for _ in range(REPEATS):
                    waits.append(page.evaluate(f"({WAIT})(() => {act})"))
                    if name == "open a cell":
                        page.evaluate(ACTS["close it"])
                    if name == "close it":
                        page.evaluate(ACTS["open a cell"])
                page.evaluate(ACTS["close it"])
                figures[f"{name}, ms"] = (statistics.median(waits), MOST_INTERACTION)
            browser.close()
    for name, (value, most) in figures.items():
        print(f"{name:24} {value:8.2f}   at most {most:g}   {'held' if value <= most else 'MISSED'}")
    return int(any(value > most for value, most in figures.values()))


def _paint(page: Page, path: Path) -> float:
    page.goto(path.as_uri())
    paint: float = page.evaluate("""() => new Promise((done) => {
        const told = () => performance.getEntriesByName("first-contentful-paint")[0];
        const look = () => (told() ? done(told().startTime) : setTimeout(look, 10));
        look(); })""")
    page.close()
    return paint


if __name__ == "__main__":
    sys.exit(main())
