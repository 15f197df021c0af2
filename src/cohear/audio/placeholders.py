"""Files that stand where audio should be: pointers of version control, pages of a server that refused, archives."""

from __future__ import annotations

from codecs import getincrementaldecoder

from cohear.audio.content import Content

_TEXT_BYTES = 512
_POINTER = "not the audio itself: run `{}` in its repository"
_WHITE = str.maketrans("", "", "\t\r\n\v\f")
_JSON = (b"{",)
IS_TEXT = "it is text, not audio"
_BY_BEGIN: tuple[tuple[tuple[bytes, ...], str, str], ...] = (
    ((b"version https://git-lfs", b"version https://hawser"), f"a Git LFS pointer, {_POINTER}", "git lfs pull"),
    ((b"/annex/objects/", b"../.git/annex/"), f"a git-annex pointer, {_POINTER}", "git annex get"),
    ((b"outs:\n", b"outs:\r\n"), f"a DVC pointer, {_POINTER}", "dvc pull"),
    (
        (b"<!doctype html", b"<html", b"<?xml", b"<head"),
        "a web page, as servers send in place of a file: {}",
        "fetch it",
    ),
    (_JSON, "JSON text, as servers send in place of a file: {}", "fetch it"),
    ((b"pk\x03\x04", b"\x1f\x8b", b"rar!", b"7z\xbc\xaf", b"bzh", b"\xfd7zxz"), "an archive: {} it", "unpack"),
    ((b"mthd",), "MIDI, which holds notes and no sound: {} it", "render"),
    ((b"\x89png", b"\xff\xd8\xff", b"gif8"), "a picture, and not the sound itself: {} it", "remove"),
    ((b"%pdf-",), "a PDF document: {} it", "remove"),
    ((b"\x00\x05\x16\x07",), "what macOS knows of a file (AppleDouble), and not the file: {} it", "remove"),
)


def placeholder(content: Content) -> tuple[str, str] | None:
    """What a file is that is no audio, as a clause with its cure, and its kind; None where that is not known."""
    head = _letters(content.head[:_TEXT_BYTES])
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for begins, sentence, cure in _BY_BEGIN:
        if text.startswith(begins) and (begins != _JSON or _is_text(head)):
            return "it is " + sentence.format(cure), "missing" if _POINTER in sentence else "unreadable"
    if _is_text(head):
        return IS_TEXT, "unreadable"
    if content.size and not any(content.head) and not any(content.at(content.size - _TEXT_BYTES, _TEXT_BYTES)):
        return "its bytes are zeros: it was never filled (a copy or download that ended early)", "truncated"
    return None


def _letters(head: bytes) -> bytes:
    """Text of two bytes a letter, as Windows writes it, in the way of others."""
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head
    letters = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    return letters if _is_text(letters) else head


def _is_text(head: bytes) -> bool:
    """Whether the first bytes are letters of any language and what stands between them, the last perhaps not whole."""
    try:
        letters = getincrementaldecoder("utf-8-sig")().decode(head)
    except UnicodeDecodeError:
        return False
    return letters.translate(_WHITE).isprintable()
