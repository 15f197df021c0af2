"""A page in a real browser, with a microphone that plays a file where one is needed."""

import shutil
import time
from contextlib import contextmanager

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NEEDS_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
WAIT = 60_000  # milliseconds


@contextmanager
def chromium(*switches):
    """A browser, started with further switches."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", *switches]
        )
        yield started
        started.close()


def microphone(played):
    """Switches for a microphone that plays a file over and over, or once where the name ends with ``%noloop``."""
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={played}",
    )


@contextmanager
def page_of(browser, client, path="/", width=1280, scheme="light", allowed=()):
    """The page of a server; at the end there must have been no error, and no request to anyone else."""
    wrong = []
    url = str(client.base_url).rstrip("/")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    try:
        page.set_default_timeout(WAIT)
        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: wrong.append(request.url) if not request.url.startswith(url) else None)
        page.goto(url + path)
        yield page
    finally:
        page.close()
    assert [what for what in wrong if not what.startswith("data:") and not any(a in what for a in allowed)] == []


def wait_until(page, condition, milliseconds=WAIT):
    """Until a condition holds; playwright's own way needs `eval`, which the page forbids."""
    deadline = time.monotonic() + milliseconds / 1000
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, condition
        page.wait_for_timeout(50)


def cards(page):
    """Label and best probability of each task."""
    return page.evaluate("""() => Object.fromEntries([...document.querySelectorAll("#cards > li")].map((card) => [
        card.dataset.task, [card.querySelector(".label").textContent,
        Number(card.querySelector("ol b").textContent)]]))""")


def event_rows(page):
    """The cells of the table of events."""
    return page.evaluate("""() => [...document.querySelectorAll("#events tr")].map((row) =>
        [...row.cells].map((cell) => cell.textContent))""")


def drop(page, path, name):
    """Drop a file on the page."""
    page.evaluate(
        """async ([bytes, name]) => { const files = new DataTransfer();
        files.items.add(new File([Uint8Array.from(bytes)], name));
        dispatchEvent(new DragEvent("drop", { dataTransfer: files, cancelable: true })); }""",
        [list(path.read_bytes()), name],
    )
