"""Signs that are not seen: taken out where texts are compared, made visible where they are printed."""

from __future__ import annotations

import re

# Zero width, marks of direction, soft hyphen, byte order mark, tags: pasted along from web pages and chats.
_FORMAT = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0001-\U000e007f"
_UNSEEN = re.compile(f"[{_FORMAT}]")
_BREAKS = re.compile("[\t\r\n\u2028\u2029]")
# Control characters steer a terminal; half a character cannot be printed at all.
_UNPRINTABLE = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff{_FORMAT}]")


def printable(text: str) -> str:
    """Return the text with a � for each sign that is not seen; line breaks and tabs become spaces."""
    return _UNPRINTABLE.sub("\ufffd", _BREAKS.sub(" ", text))


def without_unseen(text: str) -> str:
    """Return the text without signs of no width."""
    return text if text.isascii() else _UNSEEN.sub("", text)
