"""``cohear serve`` as it is called."""

import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

pytest.importorskip("websockets", reason="websockets is not installed")


def command(*arguments):
    return [sys.executable, "-c", "from cohear.cli import main; main()", "serve", *map(str, arguments)]


def refused(*arguments):
    """The one sentence of a mistake."""
    done = subprocess.run(command(*arguments), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    return " ".join(done.stderr.split())


def test_mistakes(tiny_folder, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = refused(tiny_folder, "--port", port)
        assert f"cannot listen on 127.0.0.1, port {port} (Address already in use): choose another" in told
    assert "set COHEAR_TOKEN" in refused(tiny_folder, "--host", "0.0.0.0")
    assert "without spaces" in refused(tiny_folder, "--token", "two words")
    assert "scheme and host of a page" in refused(tiny_folder, "--origin", "app.example")
    assert "every page in the world" in refused(tiny_folder, "--origin", "*")
    assert "the same folder name" in refused(tiny_folder, tiny_folder)
    assert "is no bundle" in refused(tmp_path)


def test_it_serves_until_ctrl_c(tiny_folder):
    serve = command(tiny_folder, "--port", "0", "--origin", "https://App.example/")
    with subprocess.Popen(serve, stderr=subprocess.PIPE, text=True) as server:
        url = next(line.strip() for line in server.stderr if line.startswith("http"))
        for _ in range(600):
            try:
                told = httpx.get(f"{url}/tasks", headers={"Origin": "https://app.example"})
                assert list(told.json()) == ["tiny"]
                assert told.headers["access-control-allow-origin"] == "https://app.example"
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0
        assert server.stderr.read() == ""
