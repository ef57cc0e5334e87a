"""Opening a file by what it is: its sheets, each recognised or refused, or why it cannot be read."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analytics.core.printable import printable
from analytics.core.settings import Settings
from analytics.core.text import Text
from analytics.ingest.delimited import read_delimited
from analytics.ingest.find import Listed
from analytics.ingest.recognise import ReadSheet, recognise, refused_file
from analytics.ingest.rules import FILE_DAMAGED, FILE_EMPTY, FILE_PASSED_OVER, RULES
from analytics.ingest.sheets import Sheet, UnreadableError
from analytics.ingest.workbook import read_workbook

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class How:
    """How the files of a command are read: where to, as which kind, hidden sheets too or not."""

    scratch: Path
    kind: str | None
    settings: Settings
    hidden: bool


def open_file(number: int, listed: Listed, how: How) -> Iterator[ReadSheet]:
    """Yield the file's sheets, each recognised or refused; a file that cannot be read as one of them."""
    if listed.why_not is not None:
        yield _passed_over(listed, listed.why_not, number, how.settings)
        return
    try:
        sheets = _sheets(listed.path, number, how)
    except UnreadableError as error:
        yield refused_file(number, how.settings, RULES[error.code], error.fill)
        return
    except OSError as error:
        yield refused_file(number, how.settings, FILE_DAMAGED, {"detail": error.strerror or ""})
        return
    if not sheets:
        yield refused_file(number, how.settings, FILE_EMPTY, {})
    for sheet in sheets:
        try:
            yield recognise(sheet, how.kind, how.settings)
        except UnreadableError as error:
            yield refused_file(number, how.settings, RULES[error.code], error.fill, sheet.name)


def _passed_over(listed: Listed, why_not: Text, number: int, settings: Settings) -> ReadSheet:
    """Name what a folder holds and is not read; what the command named itself is refused."""
    if listed.by_name:
        return refused_file(number, settings, FILE_DAMAGED, {"detail": why_not})
    fill: dict[str, str | Text] = {"detail": printable(listed.path.name), "reason": why_not}
    return refused_file(number, settings, FILE_PASSED_OVER, fill)


def _sheets(file: Path, number: int, how: How) -> list[Sheet]:
    """Read a file by what it is, whatever its ending says."""
    with file.open("rb") as stream:
        start = stream.read(8)
    if zipfile.is_zipfile(file) or start.startswith((b"PK\x03\x04", _OLE)):
        return read_workbook(file, number, how.scratch, how.settings, hidden=how.hidden)
    found = read_delimited(file, number, how.scratch, how.settings)
    return [found] if found else []
