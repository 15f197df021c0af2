"""cohear as it is installed here, for machines that have none or another one."""

from __future__ import annotations

import hashlib
import inspect
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from importlib.metadata import distribution, version
from pathlib import Path

from cohear.base.files import cache_folder
from cohear.study.launch.ssh import first_steps, frames

OLDEST_PYTHON = (3, 10)
_EARLY = (1980, 1, 1, 0, 0, 0)
"""Time of every file in the archive, so that the same code is the same bytes."""


def code_here() -> tuple[str, bytes]:
    """The digest of cohear's code with what is said of it as a package, and an archive of it."""
    package = Path(__file__).parents[3]
    files = {
        f"cohear/{path.relative_to(package).as_posix()}": path.read_bytes()
        for path in sorted(package.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    here = distribution("cohear")
    files[f"cohear-{here.version}.dist-info/METADATA"] = (here.read_text("METADATA") or "").encode()
    held, archive = hashlib.blake2b(digest_size=16), io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            held.update(f"{name} {len(content)}\n".encode() + content)
            packed.writestr(zipfile.ZipInfo(name, _EARLY), content, zipfile.ZIP_DEFLATED)
    return held.hexdigest(), archive.getvalue()


def packages_needed(versions: Mapping[str, Sequence[str]], with_parts: Mapping[str, str]) -> dict[str, str]:
    """Packages that runs need, with the versions that will do, as ``pip`` writes them.

    Args:
        versions: that runs were planned for, by name; those of packages change numbers.
        with_parts: packages that entered parts, with their versions.
    """
    needed = {}
    for line in distribution("cohear").requires or []:
        name = re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]
        if "extra ==" not in line or name in versions:
            needed[name] = f"=={version(name).partition('+')[0]}" if name in versions else line.removeprefix(name)
    return {**needed, **{name: f"=={each}" for name, each in with_parts.items()}}


def first_text() -> bytes:
    """What a host is told to do first, as one Python text."""
    texts = [inspect.getsource(each) for each in (frames, cache_folder, first_steps)]
    ours = re.compile(r"^from (?:__future__|cohear\S*) import .*\n", re.MULTILINE)
    return "\n\n".join(
        [
            "from __future__ import annotations",
            *(ours.sub("", text) for text in texts),
            f"{first_steps.become_worker.__name__}()\n",
        ]
    ).encode()
