"""Recording that files came again as they were, without copying the snapshot."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, func, inspect, select

from analytics.core.settings import settings
from analytics.store.batch import Batch, Outcome
from analytics.store.facts import rules_hash
from analytics.store.known import KnownFile, known_files, repeated_rows
from analytics.store.load import counts, now, problem_rows
from analytics.store.notes import MOST, Note
from analytics.store.outcomes import Outcomes
from analytics.store.phases import begin, command_now, entered
from analytics.store.rejected import has_expired
from analytics.store.schema import (
    BATCHES,
    FACT_TABLES,
    FILES,
    INSTITUTIONS,
    JUDGED,
    REJECTED,
    TURNED_AWAY,
    metadata,
)
from analytics.store.seals import has_sealed_size, mirror_path, read_seal, seal_path
from analytics.store.snapshot import Snapshot
from analytics.store.store import Store
from analytics.store.told import told_of
from analytics.store.writing import CannotLinkError, Draft, fresh_snapshot, locked, mind_the_clock


class _MustBeWrittenError(Exception):
    """The batch changes something, or what is there must be mended: it needs a snapshot of its own."""


def note_batch(
    store: Store, batch: Batch, known: Sequence[KnownFile], conditions: str
) -> tuple[int, list[Outcome]] | None:
    """Record a batch of files that were all read before, as :func:`analytics.store.load.load_batch` would.

    Return its number and the outcome of its rows, ``None`` when it must be written as any other: another
    command has come between, the snapshot or its mirror is damaged, something is to be said or done
    beside, or the file system has no second names for a file.
    """
    try:
        with (
            entered(command_now() or "import"),
            locked(store.folder),
            fresh_snapshot(store.folder) as draft,
        ):
            begin("recording")
            return _noted(store, draft, batch, known, conditions)
    except (_MustBeWrittenError, CannotLinkError):
        return None


def _noted(
    store: Store, draft: Draft, batch: Batch, known: Sequence[KnownFile], conditions: str
) -> tuple[int, list[Outcome]]:
    if not _has_both_copies(draft):
        raise _MustBeWrittenError
    snapshot = store.snapshot()
    with snapshot.connect() as connection:
        is_same = snapshot.version == draft.before and len(snapshot.notes) < MOST
        if not (is_same and _changes_nothing(connection, snapshot, batch)):
            raise _MustBeWrittenError
        if known_files(connection, batch.files, conditions) != list(known):
            raise _MustBeWrittenError
        mind_the_clock(connection)
        note, outcomes = _note_of(connection, batch, known)
        draft.batches = 1 + connection.execute(select(func.count()).select_from(BATCHES)).scalar_one()
    if snapshot.is_damaged:
        raise _MustBeWrittenError
    draft.notes = (*snapshot.notes, note)
    draft.is_link = True
    return note.batch["batch_id"], list(outcomes.values())


def _has_both_copies(draft: Draft) -> bool:
    """Say whether the current snapshot is sealed and it and its mirror can be whole."""
    seal = read_seal(seal_path(draft.folder, draft.before)) if draft.before else None
    if seal is None or not has_sealed_size(draft.folder / draft.before, seal):
        return False
    mirror = mirror_path(draft.folder, draft.before)
    return has_sealed_size(mirror, seal) if settings().mirror_snapshot else True


def _changes_nothing(connection: Connection, snapshot: Snapshot, batch: Batch) -> bool:
    """Say whether publishing would leave all as it is, and nothing is to be told or removed."""
    if batch.is_sample and not snapshot.is_sample:
        return False
    tables = set(inspect(connection).get_table_names())
    if not tables >= set(metadata.tables) - {REJECTED.name}:
        return False
    # What an earlier version kept inside the snapshot is to be moved out of it.
    if REJECTED.name in tables and connection.execute(select(REJECTED.c.batch_id)).first():
        return False
    judged = connection.execute(select(JUDGED.c.batch_id)).scalar()
    last = connection.execute(select(func.max(BATCHES.c.batch_id))).scalar()
    # Batches that are noted already were judged when their rows first came.
    if judged is None or judged != (last or 0) - len(snapshot.notes):
        return False
    # The list of institutions is made anew when it changes, and only then.
    others = select(FACT_TABLES.c.made_by).where(FACT_TABLES.c.kind != INSTITUTIONS.kind)
    made_by = set(connection.execute(others).scalars())
    is_turning = connection.execute(select(TURNED_AWAY).limit(1)).first() is not None
    is_turning = is_turning or "reject" in settings().rule_severity.values()
    return made_by == {rules_hash()} and not is_turning and not has_expired(connection)


def _note_of(connection: Connection, batch: Batch, known: Sequence[KnownFile]) -> tuple[Note, Outcomes]:
    batch_id = 1 + (connection.execute(select(func.max(BATCHES.c.batch_id))).scalar() or 0)
    first = 1 + (connection.execute(select(func.max(FILES.c.file_id))).scalar() or 0)
    outcomes: Outcomes = {}
    repeats = tuple(repeated_rows(connection, known, outcomes))
    counted = counts(outcomes, batch)
    told = {
        "batch_id": batch_id,
        "imported_at": now().isoformat(sep=" "),
        "imported_by": batch.imported_by,
        "is_sample": batch.is_sample,
        "withdrawn_at": None,
        "not_data": batch.not_data,
        **counted,
        "report": json.dumps(told_of(counted["report"]), ensure_ascii=False),
    }
    files = tuple(
        {"file_id": first + number, "batch_id": batch_id, **asdict(file)}
        for number, file in enumerate(batch.files)
    )
    problems = tuple(problem_rows(batch_id, [file["file_id"] for file in files], batch))
    return Note(told, files, problems, repeats), outcomes
