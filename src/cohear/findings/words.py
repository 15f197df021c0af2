"""Text before it is shown: our own words, and the names that users gave, which every medium writes in its own way."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

MINUS = "\N{MINUS SIGN}"
_CODE = re.compile(r"`([^`]+)`")
"""What is to be typed as it is, as it stands in our own text: a command, a setting."""
_NEGATIVE = re.compile(r"(?<![\w-])-(?=\d)")


@dataclass(frozen=True)
class Name:
    """What a user called something."""

    text: str


@dataclass(frozen=True)
class Strong:
    """A figure that a reader looks for."""

    text: str


@dataclass(frozen=True)
class Networks:
    """Networks of several tasks each."""

    groups: tuple[tuple[str, ...], ...]


Piece = str | Name | Strong | Networks
Write = Callable[[str], str]
"""How a medium writes a kind of piece."""


@dataclass(frozen=True)
class Words:
    """A sentence or a few.

    Attributes:
        pieces: in their order.
    """

    pieces: tuple[Piece, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.pieces)

    @property
    def plain(self) -> str:
        """For a terminal, a table in Markdown, JSON."""
        return self._written(str, str, str, _networks)

    @property
    def html(self) -> str:
        """For a page: escaped, names isolated from the direction of the text around, minus signs and code as such."""
        return self._written(_html_with_code, _isolated, lambda figure: f"<b>{_own_html(figure)}</b>", _boxes)

    @property
    def markdown(self) -> str:
        """For a chat, a pull request, a paper: names are text and mark nothing, code and figures are marked."""
        return self._written(typeset, escaped_in_markdown, lambda figure: f"**{typeset(figure)}**", _networks)

    @property
    def drawn(self) -> str:
        """For a drawing and what is read out of it: plain, with minus signs as such, and no marks around code."""
        return self._written(lambda text: _with_code(text, typeset, str), str, typeset, _networks)

    def _written(self, own: Write, name: Write, strong: Write, networks: Callable[[Networks], str]) -> str:
        ways: dict[type, Callable[[Any], str]] = {
            str: own,
            Name: lambda piece: name(piece.text),
            Strong: lambda piece: strong(piece.text),
            Networks: networks,
        }
        return "".join(ways[type(piece)](piece) for piece in self.pieces)


NOTHING = Words()
"""Where nothing is said."""


def words(*pieces: Piece | Words) -> Words:
    """Pieces and words in a row; empty ones are left out."""
    found: list[Piece] = []
    for piece in pieces:
        found += piece.pieces if isinstance(piece, Words) else [piece] if piece else []
    return Words(tuple(found))


def joined(parts: Iterable[Words | str], between: str = " ") -> Words:
    """Parts that say something, with something between them."""
    found: list[Words | str] = []
    for part in parts:
        if part:
            found += [between, part] if found else [part]
    return words(*found)


def names(of: Sequence[str], last: str = " and ") -> Words:
    """``a``, ``a and b``, ``a, b and c``, each a name."""
    ends = [*([", "] * (len(of) - 2)), *([last] if len(of) > 1 else []), ""]
    return words(*(piece for name, end in zip(of, ends, strict=True) for piece in (Name(name), end)))


def escaped_in_markdown(text: str) -> str:
    """A name as text in Markdown: nothing in it is a mark, a tag, a column or a new line."""
    plain = " ".join(text.encode("utf-8", errors="replace").decode().split())
    return re.sub(r"[\\`*_{}\[\]()#!|~>^$]", r"\\\g<0>", plain.replace("&", "&amp;").replace("<", "&lt;"))


def typeset(text: str) -> str:
    """Our own text with minus signs as such."""
    return _NEGATIVE.sub(MINUS, text)


def _networks(networks: Networks) -> str:
    """``a and b together; c and d together``."""
    return "; ".join(f"{names(group).plain} together" for group in networks.groups)


def _boxes(networks: Networks) -> str:
    """A box each."""
    return " ".join(f'<span class="network">{names(group).html}</span>' for group in networks.groups)


def _isolated(name: str) -> str:
    return f"<bdi>{html.escape(name)}</bdi>"


def _html_with_code(text: str) -> str:
    return _with_code(text, _own_html, lambda code: f"<code>{html.escape(code)}</code>")


def _with_code(text: str, own: Write, code: Write) -> str:
    """Our own text, and what is code in it, which stands at every other place."""
    return "".join((code if place % 2 else own)(part) for place, part in enumerate(_CODE.split(text)))


def _own_html(text: str) -> str:
    return typeset(html.escape(text)).replace("95 %", "95&nbsp;%")
