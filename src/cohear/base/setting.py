"""What is varied besides the combination: gains are never compared across it."""

from __future__ import annotations

Setting = tuple[str, str, str]
"""Features, encoder and arm."""
