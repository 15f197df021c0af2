"""Helpers of other folders."""

import sys
from pathlib import Path

for folder in ("helpers", "runtime"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))
