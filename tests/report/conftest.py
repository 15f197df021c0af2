"""The report's page in a real browser."""

import pytest
from browsing import chromium


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def opened(browser):
    """Open a page; at the end there must have been no error and no request but the file itself."""
    wrong, made = [], []

    def open_page(path, width=1400, scheme="light", height=900):
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
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
