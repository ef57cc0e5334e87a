"""Cells of an .xlsx that hold an error of Excel (#N/A, #REF! …), which its reader hands over as empty.

Imported by the reader's process: nothing large is imported here.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from posixpath import join, normpath

_CELL = re.compile(rb"<c\b([^>]*\bt=\"e\"[^>]*)>(.{0,2000}?)</c>", re.DOTALL)
_PLACE = re.compile(rb"\br=\"([A-Z]{1,3})(\d{1,7})\"")
_VALUE = re.compile(rb"<v>([^<]{1,40})</v>")
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_BLOCK = 1 << 20
# Longer than a cell with its formula: what begins in one block is found whole in the next.
_OVERLAP = 4_096
# Of more errors than this a sheet's further ones stay empty cells.
MOST_ERRORS = 200_000

Errors = dict[int, list[tuple[int, str]]]


def error_cells(archive: zipfile.ZipFile) -> dict[str, Errors]:
    """Return (column, text) of each error cell by row, both from 0, by the name of the sheet."""
    names = set(archive.namelist())
    parts = dict(_parts(archive, names))
    found = {name: _errors(archive, part) for name, part in parts.items() if part in names}
    return {name: errors for name, errors in found.items() if errors}


def _parts(archive: zipfile.ZipFile, names: set[str]) -> Iterator[tuple[str, str]]:
    """Yield each sheet's name and the part of the archive that holds its cells."""
    book, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if book not in names or relations not in names:
        return
    targets = {}
    for tag in _RELATION.findall(archive.read(relations).decode("utf-8", "replace")):
        target = _attribute(tag, "Target")
        targets[_attribute(tag, "Id")] = normpath(join("xl", target)).lstrip("/")
    for tag in _SHEET.findall(archive.read(book).decode("utf-8", "replace")):
        part = targets.get(_attribute(tag, r"\w+:id"))
        if part:
            yield _attribute(tag, "name"), part


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf"\s{name}=(?:\"([^\"]*)\"|'([^']*)')", tag)
    return unescape(match[1] or match[2] or "") if match else ""


def _errors(archive: zipfile.ZipFile, part: str) -> Errors:
    found: dict[tuple[int, int], str] = {}
    tail = b""
    with archive.open(part) as stream:
        while (block := stream.read(_BLOCK)) and len(found) < MOST_ERRORS:
            text = tail + block
            if b't="e"' in text:
                found |= dict(_within(text))
            tail = text[-_OVERLAP:]
    by_row: Errors = {}
    for (row, column), text_ in found.items():
        by_row.setdefault(row, []).append((column, text_))
    return by_row


def _within(text: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for cell in _CELL.finditer(text):
        place, value = _PLACE.search(cell[1]), _VALUE.search(cell[2])
        if place and value:
            column = 0
            for letter in place[1]:
                column = column * 26 + letter - 64
            yield (int(place[2]) - 1, column - 1), value[1].decode("utf-8", "replace")
