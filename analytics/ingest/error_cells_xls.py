"""Cells of an old workbook (.xls) that hold an error of Excel, which its reader hands over as empty.

Imported by the reader's process: nothing large is imported here. Formats: [MS-CFB] for the container,
[MS-XLS] for the records (BoundSheet8, BoolErr, Formula).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from analytics.ingest.error_cells import MOST_ERRORS, Errors

_TEXTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_BOF, _EOF, _BOUNDSHEET, _BOOLERR, _FORMULA = 0x0809, 0x000A, 0x0085, 0x0205, 0x0006
_FREE = 0xFFFFFFFA  # sector numbers from here on are marks: no sector, end of chain
_ENTRY = 128
_BOOKS = ("Workbook", "Book")


def error_cells_xls(raw: bytes) -> dict[str, Errors]:
    """Return (column, text) of each error cell by row, both from 0, by the name of the sheet.

    A file whose structure is not understood yields nothing: its reader says what is wrong with it.
    """
    try:
        stream = _book(raw)
        sheets = list(_sheets(stream))
        found = {name: _errors(stream, start) for name, start in sheets}
    except (struct.error, IndexError, ValueError, UnicodeError):
        return {}
    return {name: errors for name, errors in found.items() if errors}


def _book(raw: bytes) -> bytes:
    """Return the stream of a compound file that holds the workbook."""
    size = 1 << struct.unpack_from("<H", raw, 30)[0]
    tables = [n for n in struct.unpack_from("<109I", raw, 76) if n < _FREE]
    following, left = struct.unpack_from("<II", raw, 68)
    while following < _FREE and left > 0:
        numbers = struct.unpack_from(f"<{size // 4}I", raw, (following + 1) * size)
        tables += [n for n in numbers[:-1] if n < _FREE]
        following, left = numbers[-1], left - 1
    chain = [n for table in tables for n in struct.unpack_from(f"<{size // 4}I", raw, (table + 1) * size)]
    directory = _joined(raw, struct.unpack_from("<I", raw, 48)[0], chain, size)
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        length = struct.unpack_from("<H", directory, at + 64)[0]
        name = directory[at : at + max(0, length - 2)].decode("utf-16-le", "replace")
        if name in _BOOKS:
            start, whole = struct.unpack_from("<II", directory, at + 116)
            # Streams below 4096 bytes lie elsewhere; a workbook never is so small.
            return _joined(raw, start, chain, size)[:whole]
    return b""


def _joined(raw: bytes, start: int, chain: list[int], size: int) -> bytes:
    """Return the sectors of a stream, put together; a chain that runs in circles is refused."""
    parts: list[bytes] = []
    while start < _FREE:
        if len(parts) > len(chain):
            raise ValueError("sectors in a circle")
        parts.append(raw[(start + 1) * size : (start + 2) * size])
        start = chain[start]
    return b"".join(parts)


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Yield the kind of each record and where its content begins and ends, up to the end of its part."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield kind, at + 4, at + 4 + size
        at += 4 + size
        if depth <= 0:
            return


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    for kind, at, _ in _records(stream, 0):
        if kind == _BOUNDSHEET:
            start, _, letters, is_wide = struct.unpack_from("<IHBB", stream, at)
            text = stream[at + 8 : at + 8 + letters * (1 + (is_wide & 1))]
            yield text.decode("utf-16-le" if is_wide & 1 else "latin-1"), start


def _errors(stream: bytes, start: int) -> Errors:
    found: Errors = {}
    count = 0
    for kind, at, end in _records(stream, start):
        code = _error_of(stream, kind, at, end)
        if code is not None and count < MOST_ERRORS:
            row, column = struct.unpack_from("<HH", stream, at)
            found.setdefault(row, []).append((column, _TEXTS.get(code, "#N/A")))
            count += 1
    return found


def _error_of(stream: bytes, kind: int, at: int, end: int) -> int | None:
    """Return the error that a record holds: as a constant, or as what a formula came to."""
    if kind == _BOOLERR and end - at >= 8:
        code, is_error = stream[at + 6], stream[at + 7]
        return code if is_error else None
    if kind == _FORMULA and end - at >= 14 and stream[at + 12 : at + 14] == b"\xff\xff":
        return stream[at + 8] if stream[at + 6] == 2 else None
    return None
