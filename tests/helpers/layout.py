"""What a reader would have to scroll sideways for."""

_STUCK = """(root) => [...document.querySelectorAll(root + " *")].filter((e) =>
    e.checkVisibility() && !e.closest(".scroll, pre, svg, .tip, .label, .unseen, .field") &&
    (e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1))
    .map((e) => e.outerHTML.slice(0, 80))"""


def show_all(page):
    """Open every part, and lay out those too that are far from the window."""
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    page.add_style_tag(content="section { content-visibility: visible !important; }")


def overflow(page, root="main"):
    """What sticks out of the window, but what scrolls inside its box, on light screens and dark ones."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{scheme}: the page scrolls sideways")
        found += [f"{scheme}: {what}" for what in page.evaluate(_STUCK, root)]
    return found
