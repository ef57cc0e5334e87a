"""Which version of a key is current: the latest that no withdrawal has taken out.

A row counts where its own batch is in force, and where a later batch in force brought it again
(``repeats``). Its place in time is the latest of these. An institution given by name or without its
leading zeros counts as the institution it means (``institution_refs``), so a record sent once by
name and once by number is one record.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    exists,
    func,
    insert,
    select,
    union_all,
)

from analytics.store.schema import BATCHES, INSTITUTION_REFS, REPEATS, Ledger


def in_force() -> Select[tuple[int]]:
    """Select the numbers of the batches that are not withdrawn."""
    return select(BATCHES.c.batch_id).where(BATCHES.c.withdrawn_at.is_(None))


@dataclass(frozen=True, slots=True)
class Oddities:
    """What most stores lack; statements are simpler and faster without it.

    Attributes
    ----------
    repeats : frozenset of str
        Kinds of which a batch brought rows again that were current already.
    refs : bool
        Whether any institution was given by another spelling than its number.
    """

    repeats: frozenset[str] = frozenset()
    refs: bool = False

    @classmethod
    def of(cls, connection: Connection) -> Oddities:
        """Look them up in the store as it stands."""
        kinds = connection.execute(select(REPEATS.c.kind).distinct()).scalars()
        refs = connection.execute(select(exists().select_from(INSTITUTION_REFS))).scalar()
        return cls(frozenset(kinds), bool(refs))


def institution_of(ledger: Ledger, rows: FromClause, odd: Oddities) -> ColumnElement[str]:
    """Return the institution a row means, looking up the few odd spellings."""
    given = rows.c.institution_id
    if not ledger.institution_ref or not odd.refs:
        return given
    meant = (
        select(INSTITUTION_REFS.c.institution_id)
        .where(INSTITUTION_REFS.c.ref == given)
        .scalar_subquery()
        .correlate(rows)
    )
    return func.coalesce(meant, given)


def key_of(ledger: Ledger, rows: FromClause, odd: Oddities) -> list[ColumnElement[str]]:
    """Return the columns that make a row's key."""
    key: list[ColumnElement[str]] = [rows.c.row_key]
    return [institution_of(ledger, rows, odd), *key] if ledger.institution_in_key else key


def last_of_key(ledger: Ledger, rows: FromClause, odd: Oddities) -> Subquery:
    """Return the ``version_id`` of the last of ``rows`` under each key."""
    latest = select(func.max(rows.c.version_id).label("version_id"))
    return latest.group_by(*key_of(ledger, rows, odd)).subquery("last_of_key")


@contextmanager
def held(connection: Connection, name: str, *columns: Column[Any]) -> Iterator[Table]:
    """Hold rows for a while: an empty temporary table that is gone when the block ends."""
    table = Table(name, MetaData(), *columns, prefixes=["TEMPORARY"])
    table.create(connection, checkfirst=False)
    yield table
    # After an error the connection is of no more use, and the table goes with it.
    table.drop(connection, checkfirst=False)


@contextmanager
def sharing_keys(connection: Connection, ledger: Ledger, rows: FromClause, odd: Oddities) -> Iterator[Table]:
    """Hold the numbers of all versions that have a key of ``rows``.

    A batch touches few keys of many: what is current among these can be told without ranking the rest.
    """
    versions = ledger.rows
    parts = key_of(ledger, rows, odd)
    names = [f"part_{number}" for number in range(len(parts))]
    with ExitStack() as stack:
        # Held apart, so that the database knows how few they are.
        wanted = stack.enter_context(
            held(connection, f"{ledger.kind}_keys", *(Column(name, Text) for name in names))
        )
        connection.execute(insert(wanted).from_select(names, select(*parts).distinct()))
        own = key_of(ledger, versions, odd)
        same = and_(*(part == wanted.c[name] for name, part in zip(names, own, strict=True)))
        found = select(versions.c.version_id).where(exists().where(same).correlate(versions))
        within = stack.enter_context(
            held(
                connection,
                f"{ledger.kind}_sharing_keys",
                Column("version_id", BigInteger, nullable=False),
            )
        )
        connection.execute(insert(within).from_select(["version_id"], found))
        yield within


def current_ids(ledger: Ledger, odd: Oddities, within: FromClause | None = None) -> Select[tuple[int]]:
    """Select the ``version_id`` of the current version of each key, waiting ones included.

    Only keys and numbers are looked at: rows are wide, and a rank over whole rows would hold them
    all in memory at once. ``within`` (a column ``version_id``) restricts the answer to some versions;
    for each of their keys it must hold the current version or all of them.
    """
    rows = ledger.rows
    if ledger.kind not in odd.repeats:
        latest = select(func.max(rows.c.version_id).label("version_id"))
        latest = latest.where(rows.c.batch_id.in_(in_force())).group_by(*key_of(ledger, rows, odd))
        return latest if within is None else latest.where(rows.c.version_id.in_(_all_of(within)))
    place = _positions(ledger, within)
    last = (
        select(func.max(place.c.position).label("position"))
        .select_from(rows.join(place, place.c.version_id == rows.c.version_id))
        .group_by(*key_of(ledger, rows, odd))
        .subquery("last")
    )
    return select(place.c.version_id).join(last, last.c.position == place.c.position)


def _all_of(within: FromClause) -> Select[tuple[int]]:
    return select(within.c.version_id)


def _positions(ledger: Ledger, within: FromClause | None) -> Subquery:
    """Return where in time each version in force stands, once for its own batch and once a repeat."""
    rows = ledger.rows
    own = select(rows.c.version_id, rows.c.version_id.label("position")).where(
        rows.c.batch_id.in_(in_force())
    )
    again = select(REPEATS.c.version_id, REPEATS.c.position).where(
        REPEATS.c.kind == ledger.kind, REPEATS.c.batch_id.in_(in_force())
    )
    if within is not None:
        own = own.where(rows.c.version_id.in_(_all_of(within)))
        again = again.where(REPEATS.c.version_id.in_(_all_of(within)))
    return union_all(own, again).subquery("positions")


def current_versions(ledger: Ledger, odd: Oddities, within: FromClause | None = None) -> Subquery:
    """Return the current rows of a ledger, waiting ones included, as ``current_versions``.

    ``within`` as of :func:`current_ids`.
    """
    rows = ledger.rows
    chosen = rows.c.version_id.in_(current_ids(ledger, odd, within))
    return select(rows).where(chosen).subquery("current_versions")
