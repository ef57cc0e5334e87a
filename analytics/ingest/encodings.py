"""How a text file is encoded: UTF-8, UTF-16 or GB18030, told by all of its bytes and never guessed."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from analytics.ingest.sheets import UnreadableError

_BLOCK = 4 << 20
_START = 1 << 16
# Web pages, documents, data of programs: text, or nearly, and yet no table.
_NO_TABLE = re.compile(
    rb"(?:<(?:!doctype|html|table|head|body|\?xml|svg)|%PDF|\{\\rtf|\{\s*[\"}]|\[\s*[\[{\"])"
    rb"|\x89PNG|\xff\xd8\xff|GIF8|\x1f\x8b|PAR1|SQLite format|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|\x28\xb5/\xfd"
    rb"|\x7fELF",
    re.IGNORECASE,
)
_CONTROL_SIGNS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
# A Chinese sign in UTF-8: GBK text hardly ever forms one, and never on every line.
_SIGN = re.compile(rb"[\xe3-\xe9\xef][\x80-\xbf]{2}")
_Written = Literal["either", "utf-8", "gb18030", "neither", "cut"]
_LINE_BYTES = 8 << 20


def find_encoding(path: Path) -> str | None:
    """Return ``utf-8``, ``utf-16`` (with its byte order) or ``gb18030``; ``None`` for a file without text.

    Raises
    ------
    UnreadableError
        For what is no text (E105), for text in none of these (E107) or in two of them (E109), with
        the line, and for NUL bytes within text (E110).
    """
    with path.open("rb") as stream:
        start = stream.read(_START)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _checked(path, "utf-16")
    if _NO_TABLE.match(start.lstrip(b"\xef\xbb\xbf \t\r\n")):
        raise UnreadableError("E105")
    if b"\0" in start:
        return _checked(path, _utf16_without_mark(start))
    found = _scan(path)
    if found == "other":
        _check_lines(path)
        return "gb18030"
    return found


def _scan(path: Path) -> str | None:
    """Return whether a file is UTF-8, other text (``other``) or blank (``None``)."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, is_blank, lines = True, True, 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            _refuse_nul(block, lines)
            lines += block.count(b"\n")
            is_blank = is_blank and not block.strip(b"\xef\xbb\xbf \r\n\t")
            is_utf8 = is_utf8 and _decodes(decoder, block)
    is_utf8 = is_utf8 and _decodes(decoder, b"", final=True)
    if is_blank:
        return None
    return "utf-8" if is_utf8 else "other"


def _refuse_nul(block: bytes, lines_before: int) -> None:
    place = block.find(b"\0")
    if place >= 0:
        raise UnreadableError("E110", str(lines_before + block.count(b"\n", 0, place) + 1))


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(start: bytes) -> str:
    """Return the byte order that the NUL bytes of separators, digits and line ends give away."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    order = "utf-16-le" if even == 0 else "utf-16-be"
    # Damaged text has NUL bytes here and there; only in UTF-16 do they stand behind separators and lines
    # alike, and its Chinese signs are no UTF-8.
    share = (even + odd) / len(start)
    if 0 in (even, odd) and share > (0.4 if _is_utf8(start) else 0.02):
        signs = start.decode(order, errors="ignore")
        if not _CONTROL_SIGNS.search(signs) and {"\n", "\r"} & set(signs) and {",", ";", "\t"} & set(signs):
            return order
    text = start.replace(b"\0", b"")
    if _CONTROLS.search(text) or len(text) * 10 < len(start) * 9:
        raise UnreadableError("E105")
    place = start.index(b"\0")
    raise UnreadableError("E110", str(start.count(b"\n", 0, place) + 1))


def _is_utf8(start: bytes) -> bool:
    """Say whether bytes are UTF-8, a sign that is cut at their end left aside."""
    return _decodes(codecs.getincrementaldecoder("utf-8")(), start)


def _checked(path: Path, encoding: str) -> str:
    """Return ``encoding`` where the whole file is written in it."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    with path.open("rb") as stream:
        try:
            while block := stream.read(_BLOCK):
                lines += decoder.decode(block).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            good = bytes(error.object[: error.start]).decode(_with_order(encoding, path), errors="replace")
            raise UnreadableError("E107", str(lines + good.count("\n") + 1)) from error
    return encoding


def _with_order(encoding: str, path: Path) -> str:
    if encoding != "utf-16":
        return encoding
    with path.open("rb") as stream:
        return "utf-16-le" if stream.read(2) == codecs.BOM_UTF16_LE else "utf-16-be"


def _check_lines(path: Path) -> None:
    """Raise where lines of a file that is not UTF-8 are not all GB18030, or some are UTF-8 after all."""
    counted: Counter[_Written] = Counter()
    first: dict[_Written, int] = {}
    for number, line in _lines(path):
        written = _written(line)
        counted[written] += 1
        first.setdefault(written, number)
        if written == "neither":
            raise UnreadableError("E107", str(number))
    if counted["cut"] and not counted["gb18030"]:
        raise UnreadableError("E107", str(first["cut"]))
    if counted["utf-8"] and counted["gb18030"]:
        rarer: _Written = "gb18030" if counted["gb18030"] <= counted["utf-8"] else "utf-8"
        raise UnreadableError("E109", str(first[rarer]))


def _written(line: bytes) -> _Written:
    if line.isascii():
        return "either"
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data" and not line.endswith(b"\n") and _decodes_gb(line):
            return "cut"
    else:
        return "utf-8" if _SIGN.search(line) else "either"
    return "gb18030" if _decodes_gb(line) else "neither"


def _decodes_gb(line: bytes) -> bool:
    try:
        line.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as stream:
        number = 0
        while line := stream.readline(_LINE_BYTES):
            number += 1
            if len(line) == _LINE_BYTES and not line.endswith(b"\n"):
                raise UnreadableError("E107", str(number))
            yield number, line
