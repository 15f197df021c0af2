"""What a host does before it has cohear: sees to code and packages, and becomes a worker that has them.

Python's own library alone: the text of this file is sent there. Where the host's Python has all packages, it is used as
it is. Where some are missing or of other versions, an environment is made on top of it that holds these.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import re
import shutil
import site
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cohear.base.files import cache_folder
from cohear.study.launch.ssh.frames import MARK, read_frame, write_frame

WORKER = "cohear.study.launch.ssh.there"


def become_worker() -> None:
    """Answer what is asked of this host, and go on as a worker in the environment that was found or made."""
    with open(0, "rb", 0, closefd=False) as asks, open(1, "wb", 0, closefd=False) as answers:
        os.write(1, MARK)
        told = read_frame(asks)
        if told is None:
            return
        asked = told[0]
        try:
            python, code = _prepared(asked, asks, answers)
        except OSError as error:
            write_frame(answers, {"refused": f"nothing can be kept in {cache_folder()}: {error.strerror}"})
            return
        except RuntimeError as error:
            write_frame(answers, {"refused": str(error)})
            return
        write_frame(answers, {"python": sys.version.split()[0]})
    path = os.pathsep.join(filter(None, [str(code), os.environ.get("PYTHONPATH", "")]))
    os.execve(python, [python, "-m", WORKER], {**os.environ, "PYTHONPATH": path})  # noqa: S606 - this is what it is for


def _prepared(asked: dict[str, Any], asks: io.FileIO, answers: io.FileIO) -> tuple[str, Path]:
    """A Python with all packages, and the folder with the code.

    Raises:
        RuntimeError, OSError: it cannot be had.
    """
    if list(sys.version_info[:2]) < asked["oldest"]:
        oldest = ".".join(map(str, asked["oldest"]))
        raise RuntimeError(
            f"{sys.executable} is Python {sys.version.split()[0]}, and cohear needs {oldest}: name another one with "
            "--python"
        )
    folder = cache_folder() / "ssh"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:  # free at once when its process dies
        fcntl.flock(lock, fcntl.LOCK_EX)
        code = folder / "code" / asked["code"]
        write_frame(answers, {"code": code.is_dir()})
        if not code.is_dir():
            told = read_frame(asks)
            if told is None:
                raise RuntimeError("the code did not come through")
            _unpack(told[1], code)
        lacking = lacking_packages(asked["packages"])
        if not lacking:
            return sys.executable, code
        place = folder / "environments" / _name_of([sys.version, sys.executable, sorted(lacking.items())])
        if not (place / "whole").exists():
            write_frame(answers, {"makes": str(place), "lacking": ["".join(each) for each in lacking.items()]})
            _make_environment(place, lacking)
        return str(place / "bin" / "python"), code


def lacking_packages(packages: Mapping[str, str]) -> dict[str, str]:
    """Packages that are not here, or not in a version that will do."""
    return {name: wanted for name, wanted in packages.items() if not _is_here(name, wanted)}


def _is_here(name: str, wanted: str) -> bool:
    """Whether a package is installed, as ``==2.1`` or ``>=2`` wants it."""
    try:
        found = version(name).partition("+")[0]
    except PackageNotFoundError:
        return False
    if wanted.startswith(">="):
        return _numbers(found) >= _numbers(wanted[2:])
    return wanted in ("", f"=={found}")


def _numbers(release: str) -> list[int]:
    return [int(number) for number in re.match(r"[\d.]*", release)[0].strip(".").split(".") if number]  # type: ignore[index]


def _unpack(content: bytes, place: Path) -> None:
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        files.extractall(part)
    part.rename(place)


def _make_environment(place: Path, lacking: Mapping[str, str]) -> None:
    """An environment that has what is lacking, and beside it what this Python has."""
    wanted = ["".join(each) for each in lacking.items()]
    shutil.rmtree(place, ignore_errors=True)
    python = str(place / "bin" / "python")
    try:
        if find_spec("ensurepip") is None:
            raise RuntimeError("its venv is not whole, on Debian: apt install python3-venv")
        _call([sys.executable, "-m", "venv", str(place)])
        [packages] = place.glob("lib/python*/site-packages")
        here = [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]
        beside = "".join(f"import site; site.addsitedir({each!r})\n" for each in here)
        (packages / "host.pth").write_text(beside, encoding="utf-8")
        _call([python, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", *wanted])
    except RuntimeError as error:
        shutil.rmtree(place, ignore_errors=True)
        raise RuntimeError(
            f"{sys.executable} lacks {', '.join(wanted)}, and an environment with that cannot be made in {place} "
            f"({error}): install it there, give pip an index, or name another Python with --python"
        ) from error
    (place / "whole").touch()


def _call(command: list[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        errors = [line for line in lines if re.match("error", line, re.IGNORECASE)]
        raise RuntimeError((errors or lines or [f"exit status {done.returncode}"])[-1])


def _name_of(what: list[Any]) -> str:
    return hashlib.blake2b(json.dumps(what).encode(), digest_size=8).hexdigest()
