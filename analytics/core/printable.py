"""Names and cells as they may be printed: nothing in them moves a cursor, turns the line or breaks it."""

from __future__ import annotations

import re
import unicodedata

# Control, format (directions, zero width), surrogate, line and paragraph separator.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_PLAIN = re.compile(r"[\x20-\x7e\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]*")


def printable(text: str) -> str:
    """Return the text with a � for each character that is not seen; line breaks and tabs become spaces."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(_shown(sign) for sign in text)


def _shown(sign: str) -> str:
    if sign in "\t\r\n":
        return " "
    return "\ufffd" if unicodedata.category(sign) in _UNSEEN else sign
