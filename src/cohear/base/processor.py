"""What this machine's processor is called."""

from __future__ import annotations

import platform
from pathlib import Path


def processor_name() -> str:
    """Its name where the system tells it, else that of its kind; empty where nothing is told."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
