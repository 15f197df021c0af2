"""What a study was trained with: versions, hardware and revision."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from cohear.base.pool import available_cores


def environment(precision: str) -> dict[str, Any]:
    """Versions, hardware and revision that a study ran with, and the precision that it left to the machine."""
    packages = ("cohear", "torch", "numpy", "scipy", "scikit-learn", "pandas", "soundfile", "soxr")
    return {
        "written": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": _processor(),
        "cores": available_cores(),
        "memory_bytes": _memory(),
        "precision": precision,
        "torch_capability": torch.backends.cpu.get_cpu_capability(),
        "git": _git_revision(),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "")


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None


def _git_revision() -> str:
    """Revision of the folder that the command was called in, with a + where it has uncommitted changes."""
    try:
        ended = subprocess.run(
            ["git", "describe", "--always", "--dirty=+"], check=False, capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ended.stdout.strip() if ended.returncode == 0 else ""
