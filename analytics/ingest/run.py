"""One import command from files to a new snapshot: read, load, check across ledgers, report."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.ingest.cross_check import findings
from analytics.ingest.read_batch import read_batch
from analytics.ingest.rejects import without_names
from analytics.store import Store
from analytics.store.batch import Batch, Outcome
from analytics.store.load import load_batch
from analytics.store.rejected import write_rejected
from analytics.store.schema import INSTITUTIONS

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a command read and what became of it; ``batch_id`` is None when nothing was kept."""

    batch: Batch
    outcomes: list[Outcome]
    batch_id: int | None

    @property
    def rejected(self) -> int:
        """How many data rows were rejected."""
        return sum(outcome.rejected for outcome in self.outcomes)

    @property
    def could_read_nothing(self) -> bool:
        """Whether no file gave a single data row, good or bad; a blank template was read none the less."""
        if any(outcome.data_rows for outcome in self.outcomes):
            return False
        return self.has_unreadable or not any(sheet.kind for sheet in self.batch.sheets)

    @property
    def has_unreadable(self) -> bool:
        """Whether a file or sheet as a whole was refused."""
        return any(p.severity == "reject" and p.source_row is None for p in self.batch.problems)


class _DryRun(Exception):  # noqa: N818 - not an error: it leaves the writing block without keeping it
    def __init__(self, batch_id: int, outcomes: list[Outcome]) -> None:
        super().__init__()
        self.batch_id, self.outcomes = batch_id, outcomes


def run_import(
    store: Store,
    paths: Sequence[Path],
    *,
    kind: str | None = None,
    hidden: bool = False,
    strict: bool = False,
    dry_run: bool = False,
    imported_by: str | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Import files or folders in one command, all or nothing.

    Parameters
    ----------
    hidden : bool
        Read hidden sheets of workbooks too.
    strict : bool
        Keep nothing when any row or file is rejected.
    dry_run : bool
        Say what would become of each row, keep nothing.
    progress : callable, optional
        Called with what is being done, and how far of how much.

    Raises
    ------
    UserError
        When a path does not exist, nothing to read is found, or another command writes.
    """
    for path in paths:
        if not path.exists():
            raise UserError(
                Text(zh=f"找不到 {path.name}。", en=f"{path.name} does not exist."),
                Text(zh="请检查文件或文件夹的路径。", en="Check the path of the file or folder."),
            )
    batch = read_batch(
        paths,
        kind=kind,
        hidden=hidden,
        known_institutions=_known_institutions(store),
        settings=settings(),
        salt=store.salt(),
        imported_by=_user() if imported_by is None else imported_by,
        progress=progress,
    )
    refused = batch.rejected or any(p.severity == "reject" for p in batch.problems)
    keep = not dry_run and not (strict and refused) and bool(batch.rows or batch.rejected)
    if progress is not None:
        progress("store", 0, 1)
    try:
        with store.writing() as connection:
            kept = _kept(batch)
            batch_id, outcomes = load_batch(connection, kept, settings(), findings)
            # Rows turned away for what other ledgers say, which only the store could tell.
            batch.rejected += kept.rejected[len(batch.rejected) :]
            batch.resolved = kept.resolved
            if not keep or (strict and any(outcome.rejected for outcome in outcomes)):
                raise _DryRun(batch_id, outcomes)
            write_rejected(store.folder, connection, batch_id, kept.rejected)
    except _DryRun as outcome:
        return Imported(batch, outcome.outcomes, None)
    if progress is not None:
        progress("store", 1, 1)
    return Imported(batch, outcomes, batch_id)


def _user() -> str:
    """Return the account's name; some containers run under a number that has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _kept(batch: Batch) -> Batch:
    """Return the batch as the store may keep it; what is found in it is added to the one that was read."""
    if settings().keep_client_names:
        return batch
    return replace(batch, rejected=without_names(batch.rejected))


def _known_institutions(store: Store) -> list[tuple[str, str]]:
    if store.is_empty:
        return []
    table = INSTITUTIONS.current.c
    with store.snapshot().connect() as connection:
        return [(i, name or "") for i, name in connection.execute(select(table.institution_id, table.name))]
