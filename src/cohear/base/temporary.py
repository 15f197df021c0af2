"""Temporary names that tell whose they are, and what processes that were killed left under such names."""

import hashlib
import os
import platform
import time
from pathlib import Path

_ABANDONED_SECONDS = 7 * 24 * 3600.0  # for what other hosts began, whose processes we cannot ask for


def temporary_beside(path: Path, mark: str = "new") -> Path:
    """A name beside ``path`` for what is to take its place: ``.<name>.<host>.<pid>.<mark>.tmp``.

    Args:
        path: what the name is for.
        mark: without a dot; apart where a process needs several names for one path.
    """
    return path.with_name(f".{path.name}.{_host()}.{os.getpid()}.{mark}.tmp")


def left_behind(folder: Path, name: str | None = None) -> list[Path]:
    """What nobody works on any more of the temporary files and folders in a folder.

    Args:
        folder: where.
        name: of the one path that they were for; None is any.
    """
    found = sorted(path for path in folder.glob(".*.tmp") if name is None or _parts(path)[0] == f".{name}")
    return [path for path in found if _is_abandoned(path)]


def meant_by(temporary: Path) -> str:
    """The name that a temporary one was for; its own where it is of another form."""
    return _parts(temporary)[0].removeprefix(".") or temporary.name


def _parts(path: Path) -> tuple[str, str, str]:
    """Name (after a dot), host and process in a temporary name; empty where it is of another form."""
    parts = path.name.rsplit(".", 4)
    return (parts[0], parts[1], parts[2]) if len(parts) == 5 else ("", "", "")


def _is_abandoned(path: Path) -> bool:
    _, host, pid = _parts(path)
    if os.name == "posix" and host == _host() and pid.isdecimal():
        try:
            os.kill(int(pid), 0)  # asks, sends nothing
        except (ProcessLookupError, OverflowError):
            return True
        except PermissionError:
            pass  # it lives and is another user's
    try:
        return time.time() - path.stat().st_mtime > _ABANDONED_SECONDS
    except OSError:
        return False  # it has just become what it was for


def _host() -> str:
    """A short word for this machine; names of hosts may be long, and those of files may not."""
    return hashlib.blake2b(platform.node().encode(), digest_size=4).hexdigest()
