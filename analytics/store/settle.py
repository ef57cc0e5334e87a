"""Append one kind's rows of a batch; what is current already becomes a repeat instead of a version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Table, and_, func, insert, literal, select

from analytics.store.batch import Batch, ValidRows
from analytics.store.current import Oddities, current_versions, key_of, last_of_key
from analytics.store.engines import append
from analytics.store.outcomes import Outcomes, count_superseded, count_unchanged, outcome_of
from analytics.store.schema import LEDGERS, REPEATS, Ledger, metadata
from analytics.store.sharing import sharing_keys_of_few


def load_kind(
    connection: Connection,
    ledger: Ledger,
    batch_id: int,
    file_ids: list[int],
    batch: Batch,
    outcomes: Outcomes,
    shared: Table,
) -> bool:
    """Append the batch's rows of one kind and count what became of them, waiting rows as loaded.

    Return whether ``shared`` (a column ``version_id``) was given the versions among which are all that share
    a key with them: not where these are the first rows of their kind.
    """
    is_first = connection.execute(select(ledger.rows.c.version_id).limit(1)).first() is None
    position = next_position(connection)
    target = ledger.rows if is_first else _staging(connection, ledger)
    pieces = []
    for rows in batch.rows:
        if rows.kind == ledger.kind:
            pieces.append(_numbered(rows, ledger, batch_id, file_ids[rows.file_no], position))
            position += rows.table.num_rows
            outcome = outcome_of(outcomes, rows.file_no, rows.sheet, rows.kind)
            outcome.data_rows += rows.table.num_rows
            outcome.loaded += rows.table.num_rows
    # At once: the database compresses rows by groups, and again those that a next piece would fill up.
    append(connection, target, pa.concat_tables(pieces, promote_options="permissive"))
    odd = Oddities.of(connection)
    count_superseded(connection, ledger, target, batch_id, file_ids, outcomes, odd)
    if not is_first:
        _settle(connection, ledger, target, batch_id, odd, shared)
        count_unchanged(connection, ledger, target, batch_id, file_ids, outcomes)
        target.drop(connection)
    return not is_first and not odd.refs


def next_position(connection: Connection) -> int:
    """Return the first number that no version and no repeat has: places in time are given out in order."""
    highest = [connection.execute(select(func.max(REPEATS.c.position))).scalar() or 0]
    for ledger in LEDGERS.values():
        highest.append(connection.execute(select(func.max(ledger.rows.c.version_id))).scalar() or 0)
    return max(highest) + 1


def _staging(connection: Connection, ledger: Ledger) -> Table:
    staging = ledger.rows.to_metadata(type(metadata)(), name=f"{ledger.kind}_incoming")
    staging.create(connection)
    return staging


def _numbered(rows: ValidRows, ledger: Ledger, batch_id: int, file_id: int, position: int) -> pa.Table:
    """Return the rows with version numbers and their source, columns cast to the store's types."""
    count = rows.table.num_rows
    known = {"source_row", "row_key", *ledger.content}
    columns = {name: rows.table[name] for name in rows.table.column_names if name in known}
    return pa.table(
        {
            "version_id": pa.array(range(position, position + count), pa.int64()),
            "batch_id": pa.repeat(pa.scalar(batch_id, pa.int32()), count),
            "file_id": pa.repeat(pa.scalar(file_id, pa.int32()), count),
            "sheet": pa.repeat(pa.scalar(rows.sheet), count),
            **columns,
        }
    )


def _settle(
    connection: Connection, ledger: Ledger, incoming: Table, batch_id: int, odd: Oddities, shared: Table
) -> None:
    """Move incoming rows to the versions, except those that say what is current already."""
    last = last_of_key(ledger, incoming, odd)
    compared = [
        name for name in ledger.content if not (ledger.institution_in_key and name == "institution_id")
    ]
    with sharing_keys_of_few(connection, ledger, incoming, odd) as within:
        # This batch has no versions of the kind yet: what is current is what was current before it.
        before = current_versions(ledger, odd, within)
        same_key = and_(*_pairs(key_of(ledger, incoming, odd), key_of(ledger, before, odd)))
        same = and_(*(incoming.c[n].is_not_distinct_from(before.c[n]) for n in compared))
        found = (
            select(literal(ledger.kind), incoming.c.version_id, before.c.version_id, literal(batch_id))
            .select_from(
                incoming.join(last, last.c.version_id == incoming.c.version_id).join(before, same_key)
            )
            .where(same)
        )
        connection.execute(insert(REPEATS).from_select(["kind", "position", "version_id", "batch_id"], found))
        connection.execute(insert(shared).from_select(["version_id"], select(within.c.version_id)))
    repeated = select(REPEATS.c.position).where(REPEATS.c.kind == ledger.kind, REPEATS.c.batch_id == batch_id)
    fresh = select(incoming).where(incoming.c.version_id.not_in(repeated))
    connection.execute(insert(ledger.rows).from_select([c.name for c in incoming.columns], fresh))
    own = fresh.with_only_columns(incoming.c.version_id)
    connection.execute(insert(shared).from_select(["version_id"], own))


def _pairs(left: Iterable[Any], right: Iterable[Any]) -> list[Any]:
    return [a == b for a, b in zip(left, right, strict=True)]
