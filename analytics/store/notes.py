"""Notes: batches that changed no row, kept beside a snapshot until the next command that writes.

Files that come again as they were change no figure: what there is to keep is that they came, when, and by
whom. A large snapshot need not be copied for that. The new snapshot is the old file under a second name
(a hard link, and so is its mirror) with a note beside it, in two copies. Readers find the note in the
tables as if it were written there (:func:`as_statements`), and the next snapshot that is written has it in
its tables (:func:`fold_in`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, literal, select, update

from analytics.core.errors import UserError
from analytics.store.files import replace_text
from analytics.store.pointer import damaged
from analytics.store.schema import BATCHES, FILES, JUDGED, LEDGERS, PROBLEMS, REPEATS
from analytics.store.seals import NOTED, read_seal, seal_path

# Then a snapshot is written: readers have few of them to look through.
MOST = 20
_SUFFIXES = (".note", ".note-copy")
_Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Repeated:
    """Rows of a file that came again: version ``first`` at ``position``, and so on one by one."""

    kind: str
    file_id: int
    first: int
    position: int
    rows: int


@dataclass(frozen=True, slots=True)
class Note:
    """A batch all of whose rows were current already.

    Attributes
    ----------
    batch : dict
        Its row of ``batches``; the time as ISO 8601.
    files : tuple of dict
        Its rows of ``files``.
    problems : tuple of dict
        Its rows of ``problems``: what is said of its sheets.
    repeats : tuple of Repeated
        What stands for its rows of ``repeats``.
    """

    batch: dict[str, Any]
    files: tuple[dict[str, Any], ...]
    problems: tuple[dict[str, Any], ...]
    repeats: tuple[Repeated, ...]


def note_paths(folder: Path, version: str) -> list[Path]:
    """Return where the notes of a snapshot and their second copy stand."""
    stem = version.removesuffix(".duckdb")
    return [folder / f"{stem}{suffix}" for suffix in _SUFFIXES]


def write_notes(folder: Path, version: str, notes: Sequence[Note]) -> None:
    """Write the notes of a snapshot twice and wait until they are on the disk."""
    text = json.dumps([asdict(note) for note in notes], ensure_ascii=False)
    for path in note_paths(folder, version):
        replace_text(path, json.dumps({"notes": text, "check": _check(text)}, ensure_ascii=False) + "\n")


def read_notes(folder: Path, version: str) -> tuple[Note, ...]:
    """Return the notes of a snapshot in their order, from whichever copy is whole.

    Raises
    ------
    UserError
        When there are notes and neither copy is whole.
    """
    paths = note_paths(folder, version)
    for path in paths:
        found = notes_in(path)
        if found is not None:
            return found
    seal = read_seal(seal_path(folder, version))
    if any(path.exists() for path in paths) or (seal is not None and seal.format == NOTED):
        raise damaged(paths[0])
    return ()


def notes_in(path: Path) -> tuple[Note, ...] | None:
    """Return the notes in a file, ``None`` where there is none or what is there was garbled."""
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["check"] == _check(content["notes"]):
            return tuple(_note(**told) for told in json.loads(content["notes"]))
    return None


def _note(batch: dict[str, Any], files: _Rows, problems: _Rows, repeats: _Rows) -> Note:
    return Note(batch, tuple(files), tuple(problems), tuple(Repeated(**told) for told in repeats))


def _check(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def wrong_with_notes(folder: Path, version: str) -> list[Path]:
    """Return the copies of a snapshot's notes that are missing or garbled, none where it has no notes."""
    paths = note_paths(folder, version)
    try:
        return [path for path in paths if notes_in(path) is None] if read_notes(folder, version) else []
    except UserError:
        return paths


def fold_in(connection: Connection, notes: Sequence[Note]) -> None:
    """Write notes into the tables of a draft that was copied from their snapshot."""
    for note in notes:
        told = note.batch | {"imported_at": datetime.fromisoformat(note.batch["imported_at"])}
        connection.execute(insert(BATCHES).values(**told))
        connection.execute(insert(FILES), list(note.files))
        if note.problems:
            connection.execute(insert(PROBLEMS), list(note.problems))
        for repeated in note.repeats:
            write_repeats(connection, repeated, note.batch["batch_id"])
        # Its rows had been judged already.
        connection.execute(update(JUDGED).values(batch_id=note.batch["batch_id"]))


def write_repeats(connection: Connection, repeated: Repeated, batch_id: int) -> None:
    """Record rows as repeated by a batch."""
    rows = LEDGERS[repeated.kind].rows
    again = select(
        literal(repeated.kind),
        rows.c.version_id - repeated.first + repeated.position,
        rows.c.version_id,
        literal(batch_id),
    ).where(rows.c.file_id == repeated.file_id)
    connection.execute(insert(REPEATS).from_select(["kind", "position", "version_id", "batch_id"], again))


def as_statements(notes: Sequence[Note], database: str) -> Iterator[str]:
    """Return what a reader's connection runs so that the tables hold the notes, for it alone.

    Temporary views go before the tables of the file. Values are written out: a view holds no parameters.

    Parameters
    ----------
    database : str
        Under which name the connection has the snapshot.
    """
    if not notes:
        return
    place = f'"{database.replace(chr(34), chr(34) * 2)}".main'
    by_table: tuple[tuple[Table, list[dict[str, Any]]], ...] = (
        (BATCHES, [note.batch for note in notes]),
        (FILES, [file for note in notes for file in note.files]),
        (PROBLEMS, [problem for note in notes for problem in note.problems]),
    )
    for table, rows in by_table:
        names = ", ".join(column.name for column in table.columns)
        parts = [f"SELECT {names} FROM {place}.{table.name}"]  # noqa: S608 - names of the schema
        parts += [f"SELECT {_values(table, row)}" for row in rows]
        yield f"CREATE TEMPORARY VIEW {table.name} AS {' UNION ALL '.join(parts)}"
    parts = [f"SELECT kind, position, version_id, batch_id FROM {place}.{REPEATS.name}"]  # noqa: S608
    parts += [
        f"SELECT '{told.kind}', version_id - {told.first} + {told.position}, version_id, "  # noqa: S608
        f"{note.batch['batch_id']:d} FROM {place}.{told.kind}_rows WHERE file_id = {told.file_id:d}"
        for note in notes
        for told in note.repeats
    ]
    yield f"CREATE TEMPORARY VIEW {REPEATS.name} AS {' UNION ALL '.join(parts)}"


def _values(table: Table, row: dict[str, Any]) -> str:
    # The types of the table: a time and a text together would be text.
    return ", ".join(f"CAST({_literal(row.get(c.name))} AS {c.type})" for c in table.columns)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value).upper()
    return "'" + str(value).replace("'", "''") + "'"
