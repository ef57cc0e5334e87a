"""Which version of a key is current: the latest that no withdrawal has taken out.

A row counts where its own batch is in force, and where a later batch in force brought it again
(``repeats``). Its place in time is the latest of these. An institution given by name or without its
leading zeros counts as the institution it means (``institution_refs``), so a record sent once by
name and once by number is one record.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Subquery,
    exists,
    func,
    literal,
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


def effective(ledger: Ledger) -> Subquery:
    """Return ``(version_id, position)`` of every version in force, by its latest position."""
    active = in_force()
    rows = ledger.rows
    own = select(rows.c.version_id, rows.c.version_id.label("position")).where(rows.c.batch_id.in_(active))
    again = select(REPEATS.c.version_id, REPEATS.c.position).where(
        REPEATS.c.kind == ledger.kind, REPEATS.c.batch_id.in_(active)
    )
    both = union_all(own, again).subquery()
    return (
        select(both.c.version_id, func.max(both.c.position).label("position"))
        .group_by(both.c.version_id)
        .subquery("effective")
    )


def current_versions(ledger: Ledger, odd: Oddities) -> Subquery:
    """Return the current rows of a ledger, waiting ones included, as ``current_versions``."""
    rows = ledger.rows
    if ledger.kind in odd.repeats:
        place = effective(ledger)
        source = rows.join(place, place.c.version_id == rows.c.version_id)
        position: ColumnElement[int] = place.c.position
        ranked = select(rows).select_from(source)
    else:
        position = rows.c.version_id
        ranked = select(rows).where(rows.c.batch_id.in_(in_force()))
    last = func.row_number().over(partition_by=key_of(ledger, rows, odd), order_by=position.desc())
    numbered = ranked.add_columns(last.label("from_last")).subquery("numbered")
    kept = [column for column in numbered.c if column.name != "from_last"]
    return select(*kept).where(numbered.c.from_last == literal(1)).subquery("current_versions")
