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
from cohear.base.processor import processor_name


def environment(precision: str, device: str) -> dict[str, Any]:
    """What a study ran with.

    Args:
        precision: that it left to the machine.
        device: that it asks for.
    """
    packages = ("cohear", "torch", "numpy", "scipy", "scikit-learn", "pandas", "soundfile", "soxr")
    return {
        "written": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": processor_name(),
        "cores": available_cores(),
        "memory_bytes": _memory(),
        "device": device,
        "precision": precision,
        "torch_capability": torch.backends.cpu.get_cpu_capability(),
        "git": _git_revision(),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
    }


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
