"""Text in LaTeX."""

from __future__ import annotations


def tex(text: str) -> str:
    """Text with nothing in it that TeX would obey."""
    words = {"\\": "backslash", "{": "braceleft", "}": "braceright", "~": "asciitilde", "^": "asciicircum"}
    marks = {"\N{MINUS SIGN}": "$-$", "\N{EN DASH}": "--"}
    marks |= {mark: f"\\text{word}{{}}" for mark, word in words.items()} | {mark: f"\\{mark}" for mark in "&%$#_"}
    plain = " ".join(text.encode("utf-8", errors="replace").decode().split())
    return "".join(marks.get(one, one) for one in plain)
