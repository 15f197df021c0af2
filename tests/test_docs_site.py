"""The documentation as a site: it builds, names what the code has, and leads nowhere that is not there."""

import html
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

from cohear import api
from cohear.cli import app
from cohear.study.file.settings import StudySettings

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("mkdocs", reason="mkdocs-material is not installed")
    folder = tmp_path_factory.mktemp("docs") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return folder


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text("utf-8")))


def test_every_command_name_and_key_is_there(site):
    told = text_of(site / "reference" / "commands.html")
    commands = typer.main.get_command(app).commands
    assert len(commands) > 15
    for name, command in commands.items():
        assert f"cohear {name}" in told
        assert all(option in told for one in command.params for option in one.opts if option.startswith("--"))
    python = text_of(site / "reference" / "python.html")
    assert all(name in python for name in api.__all__)
    keys = re.findall(r"<code>(\w+)</code>", (site / "reference" / "study-keys.html").read_text("utf-8"))
    assert set(StudySettings.model_fields) <= set(keys)


def test_links_and_pictures_are_there(site):
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        if page.name == "404.html":  # served at any address: its links begin at the root
            continue
        for target in re.findall(r'(?:href|src)="([^"#:]+)(?:#[^"]*)?"', page.read_text("utf-8")):
            assert (page.parent / unquote(target).split("?")[0]).exists(), f"{page.relative_to(site)}: {target}"


def test_nothing_is_loaded_from_elsewhere(site):
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert re.findall(r'<(?:script|img)[^>]+src="(?:https?:)?//[^"]*"', text) == []
        assert re.findall(r'<link[^>]+rel="(?:stylesheet|preconnect)"[^>]+href="(?:https?:)?//[^"]*"', text) == []
