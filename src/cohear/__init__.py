"""cohear: which of your audio tasks should learn together in one network?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cohear.api import Study
    from cohear.runtime.bundle import Bundle

__version__ = "0.1.0"
__all__ = ["Bundle", "Study", "__version__"]

# onnxruntime's own builds report to Microsoft from 1.29 on, and keep a number of the machine in the user's cache. This
# is their documented way to have neither (its Privacy.md); it must be set before the first import.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")


def __getattr__(name: str) -> object:
    """Load what is heavy only when it is asked for."""
    if name == "Study":
        from cohear.api import Study

        return Study
    if name == "Bundle":
        from cohear.runtime.bundle import Bundle

        return Bundle
    raise AttributeError(f"module 'cohear' has no attribute {name!r}")
