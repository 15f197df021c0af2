import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from filelock import FileLock
from simulated_study import write_study

from cohear.base.errors import UserError
from cohear.report.page.watch import Watched, make_server, state_of


@pytest.fixture
def served(tmp_path):
    pages = iter([b"first", b"second", b"third"])
    watched = Watched(tmp_path, lambda: next(pages))
    server = make_server(watched, 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield watched, f"http://127.0.0.1:{server.server_address[1]}", server.server_address[1]
    server.shutdown()
    server.server_close()


def read(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return answer.read()


def test_a_page_is_made_when_a_run_ends_and_not_else(served, tmp_path):
    watched, url, _ = served
    assert b"No page yet" in read(url)
    assert watched.look() and read(url) == b"first" and read(url + "/version") == b"1"
    assert not watched.look()
    (tmp_path / "runs" / "a").mkdir(parents=True)
    (tmp_path / "runs" / "a" / "record.json").write_text("{}")
    assert watched.look() and read(url) == b"second" and read(url + "/version") == b"2"


def test_a_killed_study_is_told(tmp_path):
    """Nothing is written where a process is killed; what it held is free."""
    (tmp_path / "plan.json").write_text("{}")
    with FileLock(tmp_path / ".lock"):
        working = state_of(tmp_path)
        assert working == state_of(tmp_path)
    assert working != state_of(tmp_path)


def test_only_this_machine_and_only_the_page(served):
    _, url, port = served
    for path, host, code in (("/", "evil.example", 403), ("/", "", 403), ("/../study.yaml", "localhost", 404)):
        with pytest.raises(urllib.error.HTTPError) as error:
            read(url + path, Host=f"{host}:{port}")
        assert error.value.code == code
        error.value.close()
    with pytest.raises(UserError, match="--port"):
        make_server(Watched(None, lambda: b""), port)


def test_a_study_without_a_result_has_a_page_that_says_so(tmp_path):
    def make():
        raise UserError("<b>nothing is done</b>")

    watched = Watched(tmp_path, make)
    assert watched.look() and b"&lt;b&gt;nothing is done" in watched.page


@pytest.mark.slow
def test_the_command_serves_until_it_is_interrupted(tmp_path):
    folder = write_study(tmp_path / "study", folds=2)
    (folder / "plan.json").unlink()  # a table from elsewhere: simulated records hold no scores
    command = [Path(sys.executable).with_name("cohear"), "report", folder, "--watch", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        url = ""
        while not url:
            url = "".join(re.findall(r"http://127\.0\.0\.1:\d+/", process.stderr.readline()))
        page = b""
        while b"help each other" not in page and process.poll() is None:
            page = read(url)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        process.stderr.read()
    assert b"connect-src 'self'" in page
    assert not (folder / "report").exists()
