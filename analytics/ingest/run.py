"""One import command from files to a new snapshot: read, load, check across ledgers, report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import inspect, select

from analytics.core import clock
from analytics.core.account import account_name
from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.ingest.again import conditions, known_batch
from analytics.ingest.cross_check import findings
from analytics.ingest.erased import strip_erased
from analytics.ingest.read_batch import read_batch
from analytics.ingest.rejects import without_names
from analytics.ingest.rule_list import check_severities
from analytics.store import Store
from analytics.store.batch import Batch, Outcome, ValidRows
from analytics.store.industry_refs import synonyms_in_force
from analytics.store.known import KnownFile, known_files, record_readings
from analytics.store.load import load_batch
from analytics.store.noting import note_batch
from analytics.store.phases import begin, entered, running
from analytics.store.rejected import write_rejected
from analytics.store.retention import purge_expired
from analytics.store.schema import INDUSTRY_SYNONYMS, INSTITUTIONS
from analytics.store.told import keep_told

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
    names: Mapping[Path, str] | None = None,
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
    names : mapping of Path to str, optional
        What files are called where they come from; by default as on this disk.
    progress : callable, optional
        Called with what is being done, and how far of how much.

    Raises
    ------
    UserError
        When a path does not exist, nothing to read is found, another command writes, or the settings change
        a rule that does not exist or cannot be changed.
    """
    check_severities(settings().rule_severity)
    for path in paths:
        if not _exists(path):
            raise UserError(
                Text(zh=f"找不到 {path.name}。", en=f"{path.name} does not exist."),
                Text(zh="请检查文件或文件夹的路径。", en="Check the path of the file or folder."),
            )
    with entered("import", progress):
        begin("reading")
        asked = _Asked(
            paths,
            kind,
            hidden,
            strict,
            dry_run,
            account_name() if imported_by is None else imported_by,
            _known_institutions(store),
            _known_synonyms(store),
            store.salt(),
            names or {},
        )
        done = _done(store, asked, progress)
    if done.batch_id is not None:
        _keep_no_longer(store)
    return done


def _done(store: Store, asked: _Asked, progress: Progress | None) -> Imported:
    again = _read_before(store, asked)
    if again is not None:
        noted = _noted(store, asked, *again)
        if noted is not None:
            return noted
        with suppress(_StoreChanged):
            return _stored(store, asked, *again)
    return _stored(store, asked, _read(asked, progress), [])


def _keep_no_longer(store: Store) -> None:
    """Erase clients whose time has passed, a command of its own once the import stands."""
    if not settings().client_kept_months:
        return
    # A clock set forward must not erase anybody: the data themselves have to reach that far.
    until = store.snapshot().about.get("data_until")
    if until:
        # Another command may write meanwhile: the next import or nightly run does it then.
        with suppress(UserError), running("purge"):
            purge_expired(store, on=min(clock.today(), date.fromisoformat(until)))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a command asks for, and what its files are read with: institutions and synonyms that are known."""

    paths: Sequence[Path]
    kind: str | None
    hidden: bool
    strict: bool
    dry_run: bool
    imported_by: str
    listed: list[tuple[str, str]]
    synonyms: list[tuple[str, str]]
    salt: bytes
    names: Mapping[Path, str]

    def conditions(self, more: Iterable[tuple[str, str]] = ()) -> str:
        """Return a hash of all that reading depends on, ``more`` being what the files bring."""
        known = [*self.listed, *self.synonyms, *more]
        return conditions(settings(), self.salt, known, kind=self.kind, hidden=self.hidden)


class _StoreChanged(Exception):  # noqa: N818 - not an error: the files are read after all
    """Another command wrote between the look at the store and the lock."""


def _read_before(store: Store, asked: _Asked) -> tuple[Batch, list[KnownFile]] | None:
    if store.is_empty:
        return None
    with store.snapshot().connect() as connection:
        return known_batch(connection, asked.paths, asked.conditions(), asked.imported_by, asked.names)


def _read(asked: _Asked, progress: Progress | None) -> Batch:
    return read_batch(
        asked.paths,
        kind=asked.kind,
        hidden=asked.hidden,
        known_institutions=asked.listed,
        settings=settings(),
        salt=asked.salt,
        imported_by=asked.imported_by,
        names=asked.names,
        synonyms=asked.synonyms,
        progress=progress,
    )


def _noted(store: Store, asked: _Asked, batch: Batch, known: list[KnownFile]) -> Imported | None:
    """Record that files came again without copying the data; ``None`` where these must be written."""
    found = None if asked.dry_run else note_batch(store, batch, known, asked.conditions())
    return None if found is None else Imported(batch, found[1], found[0])


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False  # a name the system refuses, too long or with a NUL in it


def _stored(store: Store, asked: _Asked, batch: Batch, known: list[KnownFile]) -> Imported:
    """Write what was read, or that ``known`` files came again, unless it is to be left."""
    refused = batch.rejected or any(p.severity == "reject" for p in batch.problems)
    keep = not asked.dry_run and not (asked.strict and refused)
    keep = keep and bool(batch.rows or batch.rejected or known)
    said, brought = list(batch.problems), list(_lists_in(batch))
    try:
        with store.writing() as connection:
            if known and known_files(connection, batch.files, asked.conditions()) != known:
                raise _StoreChanged
            kept = _kept(batch)
            strip_erased(connection, kept, store.salt())
            batch_id, outcomes = load_batch(connection, kept, settings(), findings, known=known)
            # Rows turned away for what other ledgers say, which only the store could tell.
            batch.rejected += kept.rejected[len(batch.rejected) :]
            batch.resolved = kept.resolved
            keep_told(connection, batch_id, resolved=batch.resolved)
            if not keep or (asked.strict and any(outcome.rejected for outcome in outcomes)):
                raise _DryRun(batch_id, outcomes)
            condition = asked.conditions(brought)
            record_readings(connection, batch_id, batch, said, outcomes, condition)
            write_rejected(store.folder, connection, batch_id, kept.rejected)
    except _DryRun as outcome:
        return Imported(batch, outcome.outcomes, None)
    return Imported(batch, outcomes, batch_id)


def _lists_in(batch: Batch) -> Iterator[tuple[str, str]]:
    """Return the institutions and synonyms that the batch brings."""
    for rows in batch.rows:
        if rows.kind == INSTITUTIONS.kind:
            yield from _pairs(rows, "institution_id", "name")
        if rows.kind == INDUSTRY_SYNONYMS.kind:
            yield from _pairs(rows, "spelling", "industry")


def _pairs(rows: ValidRows, key: str, value: str) -> Iterator[tuple[str, str]]:
    return zip(rows.table[key].to_pylist(), rows.table[value].to_pylist(), strict=True)


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


def _known_synonyms(store: Store) -> list[tuple[str, str]]:
    if store.is_empty:
        return []
    with store.snapshot().connect() as connection:
        # A store of an earlier version, which nothing was written to since, lacks the table.
        there = inspect(connection).has_table(INDUSTRY_SYNONYMS.current.name)
        return synonyms_in_force(connection) if there else []
