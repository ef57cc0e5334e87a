"""Make anew only the facts that a batch touches; the result equals making all of them anew.

A batch touches the keys whose versions it brought and, when it is withdrawn, those it repeated. Beyond
these keys: a client's attributes stand in the client's records, a record may take from another that it
is its client's first, and which totals count in an institution's month depends on all rows and records
of that month.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    FromClause,
    Select,
    Table,
    Text,
    and_,
    delete,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    true,
    update,
)

from analytics.store.current import Oddities, held, institution_of
from analytics.store.facts import can_replace, replace, write_client_tags
from analytics.store.schema import CLIENT_TAGS, CLIENTS, MONTHLY, REPEATS, SERVICES, Ledger
from analytics.store.sharing import Shared, sharing_keys_of_few


def brought_by(ledger: Ledger, batch_id: int, *, repeats: bool) -> Select[Any]:
    """Select the versions that a batch brought and, with ``repeats``, also those that it repeated."""
    rows = ledger.rows
    own = rows.c.batch_id == batch_id
    if repeats:
        again = select(REPEATS.c.version_id)
        again = again.where(REPEATS.c.kind == ledger.kind, REPEATS.c.batch_id == batch_id)
        own = or_(own, rows.c.version_id.in_(again))
    return select(rows).where(own)


@dataclass
class BatchRefresh:
    """Replaces the facts that one batch touches, a kind at a time: clients first, records before totals.

    Attributes
    ----------
    clients : Table or None
        Numbers of all versions of the clients that the batch touches.
    months : Table
        Institutions and months in which records or totals came or went.
    shared : dict
        By kind, the versions among which are all that share a key with the batch, where that is known.
    """

    connection: Connection
    batch_id: int
    odd: Oddities
    withdrawn: bool
    months: Table
    held: ExitStack
    shared: Shared
    clients: Table | None = None

    @classmethod
    @contextmanager
    def of(
        cls,
        connection: Connection,
        batch_id: int,
        odd: Oddities,
        *,
        withdrawn: bool,
        shared: Shared,
    ) -> Iterator[BatchRefresh]:
        """Begin to replace the facts of a batch that came or, if ``withdrawn``, went."""
        columns = (Column("institution_id", Text), Column("month", Text))
        with ExitStack() as stack:
            months = stack.enter_context(held(connection, "touched_months", *columns))
            yield cls(connection, batch_id, odd, withdrawn, months, stack, shared)

    def refresh(self, ledger: Ledger, rows: int) -> bool:
        """Replace what ``rows`` versions of a kind touch; ``False`` when all facts must be made anew."""
        if not can_replace(self.connection, ledger, rows):
            return False
        if not (rows or self._depends(ledger)):
            return True
        with ExitStack() as stack:
            within = (self.held if ledger is CLIENTS else stack).enter_context(self._touched(ledger))
            if ledger is SERVICES and self.clients is not None:
                self._add_records_of(self.clients, within)
            if ledger is MONTHLY:
                self._add_totals_beside(within)
            touched = self.connection.execute(select(func.count()).select_from(within)).scalar_one()
            if not can_replace(self.connection, ledger, touched):
                return False
            if touched:
                self._replace(ledger, within)
        return True

    def _depends(self, ledger: Ledger) -> bool:
        """Say whether what was replaced before may change facts of ``ledger``."""
        if ledger is MONTHLY:
            return self.connection.execute(select(self.months).limit(1)).first() is not None
        return ledger is SERVICES and self.clients is not None

    def _replace(self, ledger: Ledger, within: Table) -> None:
        if ledger is SERVICES:
            self._replace_services(within)
            return
        replace(self.connection, ledger, within, self.odd)
        if ledger is CLIENTS:
            self.clients = within
            self._replace_tags(within)

    @contextmanager
    def _touched(self, ledger: Ledger) -> Iterator[Table]:
        """Hold the numbers of all versions of the keys that the batch touches."""
        chosen = brought_by(ledger, self.batch_id, repeats=self.withdrawn).subquery("brought")
        among = self.shared.get(ledger.kind)
        with sharing_keys_of_few(self.connection, ledger, chosen, self.odd, among) as within:
            yield within

    def _replace_tags(self, within: Table) -> None:
        ids = _client_ids(within)
        self.connection.execute(delete(CLIENT_TAGS).where(CLIENT_TAGS.c.client_id.in_(ids)))
        write_client_tags(self.connection, CLIENTS.current.c.client_id.in_(ids))

    def _add_records_of(self, clients: Table, within: Table) -> None:
        """Add the current records of touched clients: attributes of these stand in them."""
        facts = SERVICES.current
        records = select(facts.c.version_id).where(facts.c.client_id.in_(_client_ids(clients)))
        self.connection.execute(insert(within).from_select(["version_id"], records))

    def _replace_services(self, within: Table) -> None:
        """Replace records and mark first ones anew, of clients whose records came or went."""
        facts = SERVICES.current
        own = facts.c.version_id.in_(_all_of(within))
        with ExitStack() as stack:
            bereft, clients = (
                stack.enter_context(held(self.connection, name, Column("client_id", Text)))
                for name in ("bereft_clients", "touched_clients")
            )
            known = select(facts.c.client_id).where(own, facts.c.client_id.is_not(None)).distinct()
            firsts = known.where(facts.c.is_clients_first == true())
            places = select(facts.c.institution_id, facts.c.month).where(own).distinct()
            self.connection.execute(insert(bereft).from_select(["client_id"], firsts))
            self.connection.execute(insert(self.months).from_select(["institution_id", "month"], places))
            replace(self.connection, SERVICES, within, self.odd)
            self.connection.execute(insert(clients).from_select(["client_id"], known))
            self.connection.execute(insert(self.months).from_select(["institution_id", "month"], places))
            _mark_first_records(self.connection, within, clients, bereft)

    def _add_totals_beside(self, within: Table) -> None:
        """Add the current totals of all institutions and months in which a record or total came or went."""
        rows, facts, months = MONTHLY.rows, MONTHLY.current, self.months
        brought = select(institution_of(MONTHLY, rows, self.odd), rows.c.month)
        brought = brought.where(rows.c.version_id.in_(_all_of(within))).distinct()
        self.connection.execute(insert(months).from_select(["institution_id", "month"], brought))
        place = and_(months.c.institution_id == facts.c.institution_id, months.c.month == facts.c.month)
        beside = select(facts.c.version_id).where(exists().where(place).correlate(facts))
        self.connection.execute(insert(within).from_select(["version_id"], beside))


def _mark_first_records(
    connection: Connection, within: FromClause, clients: FromClause, bereft: FromClause
) -> None:
    """Mark first records anew, in the order of :mod:`analytics.store.derive`.

    Where a client keeps the record that was its first, only what was replaced can come before it, and only
    with an earlier time or the same. Of ``bereft`` clients, who lost their first, all records are compared.
    """
    facts = SERVICES.current
    version = Column("version_id", BigInteger, nullable=False)
    with held(connection, "first_candidates", version) as candidates:
        _write_candidates(connection, candidates, within, clients)
        of_bereft = select(facts.c.version_id).where(facts.c.client_id.in_(select(bereft.c.client_id)))
        connection.execute(insert(candidates).from_select(["version_id"], of_bereft))
        _mark_first_of(connection, candidates)


def _write_candidates(
    connection: Connection, candidates: Table, within: FromClause, clients: FromClause
) -> None:
    """Write which records may be the first of ``clients`` to whom the records ``within`` came."""
    facts = SERVICES.current
    names = ("version_id", "client_id", "received_at")
    with ExitStack() as stack:
        marked, came = (
            stack.enter_context(held(connection, name, *(Column(n, facts.c[n].type) for n in names)))
            for name in ("marked_records", "records_that_came")
        )
        is_marked = and_(
            facts.c.is_clients_first == true(), facts.c.client_id.in_(select(clients.c.client_id))
        )
        has_come = and_(facts.c.version_id.in_(_all_of(within)), facts.c.client_id.is_not(None))
        for table, chosen in ((marked, is_marked), (came, has_come)):
            found = select(*(facts.c[name] for name in names)).where(chosen)
            connection.execute(insert(table).from_select(names, found))
        theirs = marked.c.client_id == came.c.client_id
        comes_after = exists().where(theirs, marked.c.received_at < came.c.received_at).correlate(came)
        contested = select(came.c.client_id).where(~comes_after)
        for table in (marked, came):
            theirs_all = select(table.c.version_id).where(table.c.client_id.in_(contested))
            connection.execute(insert(candidates).from_select(["version_id"], theirs_all))


def _mark_first_of(connection: Connection, candidates: Table) -> None:
    """Mark the first of each client's ``candidates``, and no other of them."""
    if connection.execute(select(candidates).limit(1)).first() is None:
        return
    facts = SERVICES.current
    is_candidate = facts.c.version_id.in_(_all_of(candidates))
    order = func.row_number().over(
        partition_by=facts.c.client_id,
        order_by=(facts.c.received_at, facts.c.record_id, facts.c.institution_id),
    )
    ordered = select(facts.c.version_id, order.label("place")).where(is_candidate).subquery("ordered")
    with held(connection, "first_records", Column("version_id", BigInteger, nullable=False)) as firsts:
        first = select(ordered.c.version_id).where(ordered.c.place == 1)
        connection.execute(insert(firsts).from_select(["version_id"], first))
        is_first, marked = facts.c.version_id.in_(_all_of(firsts)), facts.c.is_clients_first
        no_more = update(facts).where(marked == true(), is_candidate, ~is_first)
        connection.execute(no_more.values(is_clients_first=False))
        connection.execute(update(facts).where(marked == false(), is_first).values(is_clients_first=True))


def _all_of(table: FromClause) -> Select[tuple[int]]:
    return select(table.c.version_id)


def _client_ids(within: FromClause) -> Select[tuple[str]]:
    """Select the clients whose versions these are; a client's number is its whole key."""
    rows = CLIENTS.rows
    return select(rows.c.client_id).where(rows.c.version_id.in_(_all_of(within))).distinct()
