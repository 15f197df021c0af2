"""The example in JavaScript with its dependency, over HTTP."""

import json
import os
import shutil
import subprocess
import tempfile
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "javascript"
NPM = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"]
NEEDS_NPM = pytest.mark.skipif(shutil.which("npm") is None, reason="there is no npm on this machine")


class Quiet(SimpleHTTPRequestHandler):
    """Files, JavaScript modules among them by the type that browsers ask for."""

    def guess_type(self, path):
        return "text/javascript" if str(path).endswith("js") else super().guess_type(path)

    def log_message(self, *_):
        pass


def node_modules():
    """Folder ``node_modules`` with the example's dependency; fetched once, and kept for the next time."""
    wanted = json.loads((EXAMPLE / "package.json").read_text())["dependencies"]["onnxruntime-web"]
    assert wanted.replace(".", "").isdecimal(), "an exact version"
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cohear-tests"
    place = kept / f"onnxruntime-web-{wanted}"
    if not place.exists():
        kept.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept) as folder:
            shutil.copy(EXAMPLE / "package.json", folder)
            try:
                ended = subprocess.run(NPM, cwd=folder, capture_output=True, text=True, check=False, timeout=900)
            except subprocess.TimeoutExpired:
                pytest.skip("npm did not fetch onnxruntime-web within 15 minutes")
            if ended.returncode:
                pytest.skip(
                    f"npm cannot fetch onnxruntime-web here: {(ended.stderr.strip().splitlines() or ['?'])[-1]}"
                )
            Path(folder, "node_modules").rename(place)
    return place


@contextmanager
def example_site(root, modules, **bundles):
    """The example in a new folder, with bundles by name; its address."""
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("node_modules", "bundle"))
    (root / "node_modules").symlink_to(modules)
    for name, folder in bundles.items():
        (root / name).symlink_to(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=root))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
