"""Counting what became of a batch's rows: a file, sheet and kind at a time, adding up to the rows read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, func, select

from analytics.store.batch import Batch, Outcome, RejectedRow
from analytics.store.current import Oddities, current_versions, institution_of, last_of_key, sharing_keys
from analytics.store.schema import INSTITUTIONS, REPEATS, Ledger

Outcomes = dict[tuple[int, str, str | None], Outcome]


def outcome_of(outcomes: Outcomes, file_no: int, sheet: str, kind: str | None) -> Outcome:
    """Return the counts of a file, sheet and kind, new ones where there are none yet."""
    return outcomes.setdefault((file_no, sheet, kind), Outcome(file_no, sheet, kind))


def counted_rejects(batch: Batch) -> Outcomes:
    """Return the counts with which a batch begins: its rejected rows."""
    outcomes: Outcomes = {}
    for row in batch.rejected:
        outcome = outcome_of(outcomes, row.file_no, row.sheet, row.kind)
        outcome.rejected += 1
        outcome.data_rows += 1
    return outcomes


def count_superseded(
    connection: Connection,
    ledger: Ledger,
    incoming: Table,
    batch_id: int,
    file_ids: list[int],
    outcomes: Outcomes,
    odd: Oddities,
) -> None:
    """Move counts from loaded to superseded: rows of the batch that are not the last of their key."""
    last = last_of_key(ledger, incoming, odd)
    place = (incoming.c.file_id, incoming.c.sheet)
    superseded = (
        select(*place, func.count())
        .select_from(incoming.outerjoin(last, last.c.version_id == incoming.c.version_id))
        .where(incoming.c.batch_id == batch_id, last.c.version_id.is_(None))
        .group_by(*place)
    )
    _move(connection, superseded, "superseded", ledger, file_ids, outcomes)


def count_unchanged(
    connection: Connection,
    ledger: Ledger,
    incoming: Table,
    batch_id: int,
    file_ids: list[int],
    outcomes: Outcomes,
) -> None:
    """Move counts from loaded to unchanged: rows that said what was current already."""
    place = (incoming.c.file_id, incoming.c.sheet)
    again = and_(
        REPEATS.c.position == incoming.c.version_id,
        REPEATS.c.batch_id == batch_id,
        REPEATS.c.kind == ledger.kind,
    )
    repeated = select(*place, func.count()).select_from(incoming.join(REPEATS, again)).group_by(*place)
    _move(connection, repeated, "unchanged", ledger, file_ids, outcomes)


def count_waiting(
    connection: Connection, ledger: Ledger, batch_id: int, file_ids: list[int], outcomes: Outcomes
) -> None:
    """Move counts from loaded to waiting: current rows of this batch whose institution is not listed."""
    if not ledger.institution_ref:
        return
    odd = Oddities.of(connection)
    rows = ledger.rows
    listed = select(INSTITUTIONS.current.c.institution_id)
    meant = institution_of(ledger, rows, odd)
    unlisted = select(rows).where(rows.c.batch_id == batch_id, meant.is_not(None), meant.not_in(listed))
    if connection.execute(unlisted.with_only_columns(rows.c.version_id).limit(1)).first() is None:
        return
    with sharing_keys(connection, ledger, unlisted.subquery("unlisted"), odd) as within:
        current = current_versions(ledger, odd, within)
        place = (current.c.file_id, current.c.sheet)
        waiting = select(*place, func.count()).where(current.c.batch_id == batch_id).group_by(*place)
        _move(connection, waiting, "waiting", ledger, file_ids, outcomes)


def count_turned_away(outcomes: Outcomes, rows: Sequence[RejectedRow]) -> None:
    """Move counts from loaded to rejected: rows turned away for what they contradict in other ledgers."""
    for row in rows:
        outcome = outcome_of(outcomes, row.file_no, row.sheet, row.kind)
        outcome.loaded -= 1
        outcome.rejected += 1


def by_sheet(outcomes: Outcomes, batch: Batch) -> list[dict[str, Any]]:
    """Return the counts of every sheet read, those without a row included, with its rows that are no data."""
    told = {place: asdict(outcome) for place, outcome in outcomes.items()}
    for read in batch.sheets:
        place = (read.file_no, read.sheet, read.kind)
        told.setdefault(place, asdict(Outcome(*place)))["not_data"] += read.not_data
    return list(told.values())


def _move(
    connection: Connection,
    counts: Select[Any],
    outcome_name: str,
    ledger: Ledger,
    file_ids: list[int],
    outcomes: Outcomes,
) -> None:
    for file_id, sheet, count in connection.execute(counts):
        outcome = outcome_of(outcomes, file_ids.index(file_id), sheet, ledger.kind)
        setattr(outcome, outcome_name, getattr(outcome, outcome_name) + count)
        outcome.loaded -= count
