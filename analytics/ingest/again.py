"""Whether a command's files were all read before, so that none needs to be read again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from sqlalchemy import Connection

from analytics.core.settings import Settings
from analytics.ingest.find import called, find_files, source_file
from analytics.ingest.read_batch import is_sample
from analytics.store.batch import Batch
from analytics.store.known import KnownFile, known_files, may_be_known

_ANALYTICS = Path(__file__).parent.parent
# Whatever says how a cell is read; the rest of the program does not touch rows before they are stored.
_RULES = ("core", "ingest", "standard")


def conditions(
    settings: Settings,
    salt: bytes,
    institutions: Iterable[tuple[str, str]],
    *,
    kind: str | None,
    hidden: bool,
) -> str:
    """Return a hash of all that reading a file depends on beside the file itself and the day.

    ``institutions`` are the numbers and names on the list, those that the command brings included. What
    can be read on one day can be on each later one: dates after the day are wrong.
    """
    listed = sorted({(number, name or "") for number, name in institutions})
    parts = (rules_hash(), settings.model_dump_json(), salt.hex(), listed, kind, hidden)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


@cache
def rules_hash() -> str:
    """Return a hash of the modules and lists by which files are read."""
    digest = hashlib.sha256()
    for folder in _RULES:
        for path in sorted((_ANALYTICS / folder).rglob("*")):
            if path.suffix in (".py", ".csv"):
                digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def known_batch(
    connection: Connection,
    paths: Sequence[Path],
    condition: str,
    imported_by: str,
    names: Mapping[Path, str],
) -> tuple[Batch, list[KnownFile]] | None:
    """Return the batch that reading the paths would give, without its rows, and whence these came first.

    ``names`` are those of files that are called otherwise on this disk. ``None`` when a file must be read:
    it is new, not all of its rows are current, or a row had a fault.
    """
    listed = find_files(paths)
    if any(found.why_not is not None for found in listed):
        return None
    sizes = [(called(found.path, names), found.path.stat().st_size) for found in listed]
    # Names and sizes are known at once; a large file takes a while to be told apart by its content.
    if not may_be_known(connection, sizes, condition):
        return None
    batch = Batch(is_sample=any(is_sample(found.path) for found in listed), imported_by=imported_by)
    batch.files = [source_file(found, names) for found in listed]
    known = known_files(connection, batch.files, condition)
    if known is None:
        return None
    batch.sheets = [sheet for file in known for sheet in file.sheets]
    batch.problems = [problem for file in known for problem in file.problems]
    batch.not_data = sum(sheet.not_data for sheet in batch.sheets)
    return batch, known
