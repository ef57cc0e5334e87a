"""What withdrawing a batch would do to the figures: found by withdrawing it on a copy that is thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    union,
)

from analytics.core.settings import Settings
from analytics.store.current import Oddities, current_versions, held
from analytics.store.load import withdraw_batch
from analytics.store.schema import INSTITUTION_REFS, LEDGERS, MONTHLY, REPEATS, SERVICES, Ledger
from analytics.store.store import Store


@dataclass(frozen=True, slots=True)
class KindEffect:
    """What becomes of the rows of one ledger kind that count in the figures.

    Attributes
    ----------
    kind : str
        The ledger kind.
    before, after : int
        Rows that count now, and that would count.
    leaves : int
        Rows that would be gone: nothing else was ever said under their keys, or no longer counts.
    returns : int
        Rows in whose place an earlier version would count again.
    waits : int
        Rows that would wait, since their institution would be on no list; other batches' rows too.
    comes : int
        Rows of other batches that would count again.
    stays : int
        Rows of the batch that go on counting: another batch repeated or replaced them.
    """

    kind: str
    before: int
    after: int
    leaves: int
    returns: int
    waits: int
    comes: int
    stays: int

    @property
    def is_nothing(self) -> bool:
        """Whether nothing of this kind is touched."""
        return not (self.leaves or self.returns or self.waits or self.comes or self.stays)


@dataclass(frozen=True, slots=True)
class Effect:
    """What withdrawing a batch would do.

    Attributes
    ----------
    batch_id : int
    kinds : tuple of KindEffect
        The kinds that are touched.
    months, districts : tuple of str
        Months (``2026-03``) and districts (codes) whose figures may change.
    services_before, services_after : int
        Services given in all, records and the totals that count.
    """

    batch_id: int
    kinds: tuple[KindEffect, ...]
    months: tuple[str, ...]
    districts: tuple[str, ...]
    services_before: int
    services_after: int

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)


class _Discard(Exception):  # noqa: N818 - not an error: it leaves the writing block without keeping it
    def __init__(self, effect: Effect) -> None:
        super().__init__()
        self.effect = effect


def withdraw_effect(store: Store, batch_id: int, settings: Settings) -> Effect:
    """Return what withdrawing a batch would do; nothing is changed.

    It is withdrawn on a private copy, so that what is said is what would happen. That takes as long as
    withdrawing it, and no other command can write meanwhile.

    Raises
    ------
    UserError
        When there is no such batch in force, or another command writes.
    """
    if store.is_empty:
        store.snapshot()  # says that there is nothing yet
    try:
        with store.writing("withdraw") as connection:
            raise _Discard(_tried(connection, batch_id, settings))
    except _Discard as outcome:
        return outcome.effect


def services_given(connection: Connection) -> int:
    """Return how many services count in all: records, and totals where an institution holds no records."""
    records = connection.execute(select(func.count()).select_from(SERVICES.current)).scalar_one()
    table = MONTHLY.current.c
    counted = select(func.sum(case((table.counts_plain, table.services), else_=0)))
    return int(records) + int(connection.execute(counted).scalar() or 0)


def _tried(connection: Connection, batch_id: int, settings: Settings) -> Effect:
    with ExitStack() as stack:
        facts = {kind: stack.enter_context(_held_facts(connection, led)) for kind, led in LEDGERS.items()}
        refs = stack.enter_context(_held_refs(connection))
        services = services_given(connection)
        withdraw_batch(connection, batch_id, settings)
        kinds = [_of_kind(connection, led, facts[kind], refs, batch_id) for kind, led in LEDGERS.items()]
        touched = [_touched(led, facts[kind]) for kind, led in LEDGERS.items()]
        return Effect(
            batch_id,
            tuple(kind for kind in kinds if not kind.is_nothing),
            _distinct(connection, touched, "month"),
            _distinct(connection, touched, "district"),
            services,
            services_given(connection),
        )


@contextmanager
def _held_facts(connection: Connection, ledger: Ledger) -> Iterator[Table]:
    """Hold which versions count now, under which institution, month and district."""
    texts = [Column(name, Text) for name in ("institution_id", "month", "district")]
    columns: list[Column[Any]] = [Column("version_id", BigInteger, nullable=False), *texts]
    with held(connection, f"effect_{ledger.kind}", *columns) as table:
        chosen = _cuts(ledger.current)
        connection.execute(insert(table).from_select([c.name for c in table.columns], chosen))
        yield table


@contextmanager
def _held_refs(connection: Connection) -> Iterator[Table]:
    with held(connection, "effect_refs", Column("ref", Text), Column("institution_id", Text)) as table:
        known = select(INSTITUTION_REFS.c.ref, INSTITUTION_REFS.c.institution_id)
        connection.execute(insert(table).from_select(["ref", "institution_id"], known))
        yield table


def _cuts(facts: FromClause) -> Select[Any]:
    names = ("institution_id", "month", "district")
    cuts = (facts.c[name] if name in facts.c else literal(None, Text()).label(name) for name in names)
    return select(facts.c.version_id, *cuts)


def _of_kind(connection: Connection, ledger: Ledger, before: Table, refs: Table, batch_id: int) -> KindEffect:
    after = _cuts(ledger.current).subquery("after")
    if not _is_touched(connection, ledger, before, after, batch_id):
        return KindEffect(ledger.kind, 0, 0, 0, 0, 0, 0, 0)
    gone = _keyed(ledger, before, ~_among(before, after)).subquery("gone")
    fresh = _keyed(ledger, after, ~_among(after, before)).subquery("fresh")
    waiting = _waiting(connection, ledger, refs).subquery("waiting")
    counts = _count(connection, gone), _count(connection, fresh)
    returns = _count(connection, select(gone).where(_same_key(gone, fresh)).subquery())
    away = select(gone).where(~_same_key(gone, fresh)).subquery("away")
    waits = _count(connection, select(away).where(_same_key(away, waiting)).subquery())
    own = _keyed(ledger, before, _brought(ledger, before, batch_id, refs)).subquery("own")
    stays = _count(connection, select(own).where(_among(own, after)).subquery())
    return KindEffect(
        kind=ledger.kind,
        before=_count(connection, before),
        after=_count(connection, after),
        leaves=counts[0] - returns - waits,
        returns=returns,
        waits=waits,
        comes=counts[1] - returns,
        stays=stays,
    )


def _is_touched(
    connection: Connection, ledger: Ledger, before: FromClause, after: FromClause, batch_id: int
) -> bool:
    """Say whether any row of the kind came with the batch, or changes without it."""
    rows = (
        _versions(ledger, batch_id),
        select(before.c.version_id).where(~_among(before, after)),
        select(after.c.version_id).where(~_among(after, before)),
    )
    return any(connection.execute(found.limit(1)).first() is not None for found in rows)


def _keyed(ledger: Ledger, facts: FromClause, condition: ColumnElement[bool]) -> Select[Any]:
    """Select facts with their key: the row's own and, where it is part of it, the institution meant."""
    rows = ledger.rows
    institution = facts.c.institution_id if ledger.institution_in_key else literal("")
    keys = (rows.c.row_key, func.coalesce(institution, "").label("institution_id"))
    return (
        select(facts.c.version_id, *keys)
        .select_from(facts.join(rows, rows.c.version_id == facts.c.version_id))
        .where(condition)
    )


def _among(facts: FromClause, others: FromClause) -> ColumnElement[bool]:
    return facts.c.version_id.in_(select(others.c.version_id))


def _same_key(facts: FromClause, others: FromClause) -> ColumnElement[bool]:
    same = and_(
        others.c.row_key == facts.c.row_key,
        others.c.institution_id == facts.c.institution_id,
    )
    return exists().where(same).correlate(facts)


def _versions(ledger: Ledger, batch_id: int) -> Select[tuple[int]]:
    """Select the versions that the batch brought, and those it repeated."""
    rows = ledger.rows
    again = select(REPEATS.c.version_id)
    again = again.where(REPEATS.c.kind == ledger.kind, REPEATS.c.batch_id == batch_id)
    return select(rows.c.version_id).where(or_(rows.c.batch_id == batch_id, rows.c.version_id.in_(again)))


def _brought(ledger: Ledger, facts: FromClause, batch_id: int, refs: Table) -> ColumnElement[bool]:
    """Say which facts stand under a key of which the batch brought, or repeated, a row."""
    rows, theirs = ledger.rows, ledger.rows.alias("theirs")
    chosen = _versions(ledger, batch_id)
    same = theirs.c.row_key == rows.c.row_key
    if ledger.institution_in_key:
        same = and_(same, _meant(theirs, refs) == facts.c.institution_id)
    return exists().where(theirs.c.version_id.in_(chosen), same).correlate(rows, facts)


def _waiting(connection: Connection, ledger: Ledger, refs: Table) -> Select[Any]:
    """Select the keys of rows that wait once the batch is withdrawn, by the institutions meant before."""
    current = current_versions(ledger, Oddities.of(connection))
    counted = select(ledger.current.c.version_id)
    institution = _meant(current, refs) if ledger.institution_in_key else literal("")
    return select(current.c.row_key, func.coalesce(institution, "").label("institution_id")).where(
        current.c.version_id.not_in(counted)
    )


def _meant(rows: FromClause, refs: Table) -> ColumnElement[str]:
    """Return the institution a row meant before the batch was withdrawn."""
    found = select(refs.c.institution_id).where(refs.c.ref == rows.c.institution_id)
    return func.coalesce(found.scalar_subquery().correlate(rows), rows.c.institution_id)


def _touched(ledger: Ledger, before: Table) -> FromClause:
    """Return month and district of facts that go, come, or count elsewhere than before."""
    after = _cuts(ledger.current).subquery(f"after_{ledger.kind}")
    elsewhere = or_(
        before.c.district.is_distinct_from(after.c.district),
        before.c.institution_id.is_distinct_from(after.c.institution_id),
    )
    both = before.join(after, before.c.version_id == after.c.version_id)
    return union(
        select(before.c.month, before.c.district).where(~_among(before, after)),
        select(after.c.month, after.c.district).where(~_among(after, before)),
        select(before.c.month, before.c.district).select_from(both).where(elsewhere),
        select(after.c.month, after.c.district).select_from(both).where(elsewhere),
    ).subquery(f"touched_{ledger.kind}")


def _distinct(connection: Connection, touched: list[FromClause], name: str) -> tuple[str, ...]:
    found = union(*(select(t.c[name]).where(t.c[name].is_not(None)) for t in touched))
    return tuple(sorted(connection.execute(found).scalars()))


def _count(connection: Connection, rows: FromClause) -> int:
    return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())
