"""What the Dockerfile promises: enough packages and no torch, no file written, no root needed."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from serving import wav
from tiny_bundle import tone

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PROJECT = (ROOT / "pyproject.toml").read_text()
INSTALLED = re.findall(r'^ +"([a-z0-9-]+>=[\d.]+)"', DOCKERFILE, re.MULTILINE)

ONLY_INSTALLED = """
import re, sys
from importlib import metadata

wanted, names = [*sys.argv[1:]], set()
while wanted:  # what was asked for, and what that requires by itself
    name = re.match(r"[A-Za-z0-9._-]+", wanted.pop())[0].lower().replace("_", "-")
    if name not in names:
        names.add(name)
        try:
            wanted += [line for line in metadata.requires(name) or () if "extra ==" not in line]
        except metadata.PackageNotFoundError:
            pass  # for another system or Python
by_module = metadata.packages_distributions()

class Refuse:
    def find_spec(self, name, path=None, target=None):
        owners = {each.lower().replace("_", "-") for each in by_module.get(name.partition(".")[0], ())}
        if owners and not owners & names and "cohear" not in owners:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refuse())
import cohear.cli, cohear.cli.serve
import cohear.runtime.server.app, cohear.runtime.server.run, cohear.runtime.server.worker, onnxruntime
try:
    import torch
except ModuleNotFoundError:
    print("fine")
"""


def test_the_image_installs_what_serving_needs_and_no_torch():
    done = subprocess.run(
        [sys.executable, "-c", ONLY_INSTALLED, *INSTALLED], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout == "fine\n", done.stderr


def test_the_image_installs_the_versions_of_the_project():
    assert len(INSTALLED) > 8
    assert [each for each in INSTALLED if f'"{each}"' not in PROJECT] == []
    serve = re.search(r"^serve = \[\n(.*?)^\]", PROJECT, re.MULTILINE | re.DOTALL)[1]
    assert set(re.findall(r'"(.+?)"', serve)) <= set(INSTALLED)
    formats = re.search(r"^formats = \[(.*?)\]", PROJECT, re.MULTILINE)[1]  # what browsers record
    assert set(re.findall(r'"(.+?)"', formats)) <= set(INSTALLED)


def test_the_image_serves_without_root():
    assert re.search(r"^USER 10001$", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.index("USER 10001") > DOCKERFILE.rindex("RUN ")
    assert 'ENTRYPOINT ["cohear", "serve"' in DOCKERFILE


def test_a_read_only_file_system_will_do(tiny_folder):
    read_only = ["unshare", "--map-root-user", "--mount", "sh", "-c", 'mount -o remount,ro,bind / && exec "$@"', "sh"]
    if shutil.which("unshare") is None or subprocess.run([*read_only, "true"], check=False).returncode:
        pytest.skip("file systems cannot be made read-only here")
    assert subprocess.run([*read_only, "touch", str(tiny_folder / "x")], check=False, stderr=-3).returncode
    command = [sys.executable, "-c", "from cohear.cli import main; main()", "serve", str(tiny_folder), "--port", "0"]
    with subprocess.Popen([*read_only, *command], stderr=subprocess.PIPE, text=True) as server:
        try:
            url = next(line.strip() for line in server.stderr if line.startswith("http"))
            for _ in range(600):
                try:
                    assert httpx.get(f"{url}/healthz").status_code == 200
                    break
                except httpx.ConnectError:
                    time.sleep(0.1)
            content = wav(tone("mid"), format="FLAC")
            answer = httpx.post(f"{url}/classify", files={"file": ("a.flac", content)}, timeout=60)
            assert answer.json()["answers"]["pitch"]["labels"] == ["mid"], answer.text
        finally:
            server.terminate()
        assert "Traceback" not in server.stderr.read()
