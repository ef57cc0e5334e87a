"""Which versions share a key with the few rows of a batch, found without looking at all keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    FromClause,
    Table,
    Text,
    and_,
    exists,
    func,
    insert,
    select,
)

from analytics.store.current import Oddities, held, key_of
from analytics.store.schema import Ledger

# By kind, a table with the column ``version_id``.
Shared = Mapping[str, FromClause]


@contextmanager
def sharing_keys_of_few(
    connection: Connection,
    ledger: Ledger,
    rows: FromClause,
    odd: Oddities,
    among: FromClause | None = None,
) -> Iterator[Table]:
    """Hold the numbers of all versions that have a key of ``rows``.

    Keys are mostly numbers given in the order of time: the database leaves out, by what it knows of each
    of its blocks, all that lie beyond the first and last of ``rows``. Where it is known that all versions
    sought are ``among`` some (a column ``version_id``), only these are looked at.
    """
    versions = ledger.rows
    parts, own = key_of(ledger, rows, odd), key_of(ledger, versions, odd)
    names = [f"part_{number}" for number in range(len(parts))]
    with ExitStack() as stack:
        columns = [Column(name, Text) for name in names]
        wanted = stack.enter_context(held(connection, f"{ledger.kind}_keys", *columns))
        connection.execute(insert(wanted).from_select(names, select(*parts).distinct()))
        column = Column("version_id", BigInteger, nullable=False)
        within = stack.enter_context(held(connection, f"{ledger.kind}_sharing_keys", column))
        # The last part is the row's own key, whatever stands before it.
        last = wanted.c[names[-1]]
        least, most = connection.execute(select(func.min(last), func.max(last))).one()
        same = and_(*(part == wanted.c[name] for name, part in zip(names, own, strict=True)))
        found = select(versions.c.version_id).where(exists().where(same).correlate(versions))
        found = found.where(versions.c.row_key.between(least, most))
        if among is not None:
            found = found.where(versions.c.version_id.in_(select(among.c.version_id)))
        connection.execute(insert(within).from_select(["version_id"], found))
        yield within
