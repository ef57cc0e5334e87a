"""Erasure: take persons and companies out of records, history, findings, rejected rows and old snapshots.

The client's rows leave the list in all their versions; records of services stay as services given, without
the link and without free text. All of it happens in one new snapshot, whose file is written anew so that no
deleted byte stays in it; once that is current every other snapshot is removed. A process killed before that
moment has erased nothing; one killed after it has left files that the next command that writes, or the
same command once more, removes (:func:`analytics.store.writing.finish_erasure`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, Text, and_, delete, func, insert, or_, select, true, update

from analytics.core.institutions import folded
from analytics.core.settings import settings
from analytics.store.batch import RejectedRow
from analytics.store.erased import (
    ERASED_PROBLEM,
    ERASED_VALUE,
    STRIPPED,
    Mentions,
    digest_of,
    erased_digests,
    neutral_key,
    normal,
)
from analytics.store.findings import refresh_findings
from analytics.store.phases import Progress, begin
from analytics.store.publish import publish
from analytics.store.rejected import FOLDER, read_rejected, sweep_rejected, write_rejected
from analytics.store.schema import (
    CLIENTS,
    ERASED_CLIENTS,
    ERASED_ROWS,
    FILES,
    LEDGERS,
    PROBLEMS,
    READINGS,
    REJECT_FILES,
    REPEATS,
    SERVICES,
)
from analytics.store.writing import finish_erasure, locked

if TYPE_CHECKING:
    from analytics.store.store import Store

_EPOCH = date(1970, 1, 1)
_AT_ONCE = 500
_Place = tuple[int, str, int]


@dataclass(slots=True)
class Erasure:
    """What was erased, or would be.

    Attributes
    ----------
    clients, unknown, erased_before : list of str
        The numbers found in the store; those that stand nowhere in it; those erased earlier.
    list_rows, services : int
        Versions of rows of the list, and of service records that lost their link.
    rejected, problems : int
        Rejected rows emptied, and problems whose words were taken out.
    """

    clients: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    erased_before: list[str] = field(default_factory=list)
    list_rows: int = 0
    services: int = 0
    rejected: int = 0
    problems: int = 0


class _NothingToErase(Exception):  # noqa: N818 - not an error: it leaves the writing block without keeping it
    pass


def look_up(store: Store, client_ids: Sequence[str]) -> Erasure:
    """Say what of these clients the store holds, without changing anything."""
    with store.snapshot().connect() as connection:
        return _found(connection, store, client_ids)


def purge_clients(
    store: Store,
    client_ids: Sequence[str],
    *,
    forget_unknown: bool = False,
    until: date | None = None,
    progress: Progress | None = None,
) -> Erasure:
    """Erase clients from the store's folder; nothing happens while any of them is unknown.

    Parameters
    ----------
    forget_unknown : bool
        Go on although a number stands nowhere: ledgers that come later are stripped of it all the same.
    until : date, optional
        Records of later days are not stripped when they come: the client may return. For retention.
    """
    done = Erasure()
    with suppress(_NothingToErase), store.writing("purge", progress, erasing=True) as connection:
        begin("erasing")
        done = _found(connection, store, client_ids)
        wanted = [*done.clients, *(done.unknown if forget_unknown else ())]
        if not wanted or (done.unknown and not forget_unknown):
            raise _NothingToErase
        _erase(connection, store, wanted, done, until)
    remove_leftovers(store)
    return done


def erase_within(connection: Connection, store: Store, client_ids: Sequence[str]) -> None:
    """Erase clients from a snapshot that is being written: its file must be written anew afterwards."""
    begin("erasing")
    _erase(connection, store, list(client_ids), Erasure(), None)


def _erase(
    connection: Connection, store: Store, client_ids: list[str], done: Erasure, until: date | None
) -> None:
    _Eraser(connection, store, client_ids, done).erase(until)
    begin("publishing")
    publish(connection, list(LEDGERS), settings())
    refresh_findings(connection, settings())


def readmit(store: Store, client_id: str) -> bool:
    """Let an erased client's records in again from now on; say whether it was kept out."""
    digest = digest_of(client_id, store.salt())
    with store.snapshot().connect() as connection:
        if digest not in erased_digests(connection):
            return False
    with store.writing("purge") as connection:
        connection.execute(delete(ERASED_CLIENTS).where(ERASED_CLIENTS.c.digest == digest))
        # A file that was stripped is read again when it comes again.
        connection.execute(delete(READINGS))
    return True


def remove_leftovers(store: Store) -> None:
    """Remove what an erasure leaves beside the snapshot; one that was killed is finished here too."""
    with locked(store.folder):
        finish_erasure(store.folder)
        with store.snapshot().connect() as connection:
            sweep_rejected(store.folder, set(connection.execute(select(REJECT_FILES.c.name)).scalars()))


def _found(connection: Connection, store: Store, client_ids: Sequence[str]) -> Erasure:
    done = Erasure()
    known = _known_numbers(connection)
    before = erased_digests(connection)
    rejected = _rejected_rows(connection, store)
    for client_id in dict.fromkeys(client_ids):
        mentions = Mentions([client_id])
        if normal(client_id) in known or any(_names(row, mentions, frozenset(), b"") for row in rejected):
            done.clients.append(client_id)
        elif digest_of(client_id, store.salt()) in before:
            done.erased_before.append(client_id)
        else:
            done.unknown.append(client_id)
    forms = [form for client_id in done.clients for form in known.get(normal(client_id), ())]
    done.list_rows = _count(connection, CLIENTS.rows, forms)
    done.services = _count(connection, SERVICES.rows, forms)
    return done


def _known_numbers(connection: Connection) -> dict[str, list[str]]:
    """Return every client's number in the store as it is written, by its normal form."""
    known: dict[str, list[str]] = {}
    for rows in (CLIENTS.rows, SERVICES.rows):
        numbers = select(rows.c.client_id).where(rows.c.client_id.is_not(None)).distinct()
        for number in connection.execute(numbers).scalars():
            forms = known.setdefault(normal(number), [])
            if number not in forms:
                forms.append(number)
    return known


def _count(connection: Connection, rows: Table, forms: Sequence[str]) -> int:
    if not forms:
        return 0
    counted = select(func.count()).where(rows.c.client_id.in_(forms))
    return int(connection.execute(counted).scalar_one())


def _rejected_rows(connection: Connection, store: Store) -> list[RejectedRow]:
    names = connection.execute(select(REJECT_FILES.c.name)).scalars().all()
    paths = [store.folder / FOLDER / name for name in names]
    return [row for path in paths if path.is_file() for row in read_rejected(path)]


def _names(row: RejectedRow, mentions: Mentions, hashes: frozenset[str], salt: bytes) -> bool:
    """Say whether a rejected row is about one of the clients: it bears the number, or the hashed name."""
    if any(mentions.within(cell) for cell in row.cells.values()):
        return True
    return bool(hashes) and any(_hash(cell, salt) in hashes for cell in row.cells.values())


def _hash(name: str, salt: bytes) -> str:
    # As the import hashes names (analytics.ingest.check).
    return hashlib.sha256(salt + folded(name).encode(errors="replace")).hexdigest()


class _Eraser:
    """Erases clients from a snapshot being written."""

    def __init__(self, connection: Connection, store: Store, client_ids: list[str], done: Erasure) -> None:
        self.connection, self.store, self.done = connection, store, done
        self.client_ids = client_ids
        known = _known_numbers(connection)
        self.forms = [form for number in client_ids for form in known.get(normal(number), [])]
        self.mentions = Mentions([*client_ids, *self.forms])
        self.salt = store.salt()
        self.places: set[_Place] = set()
        self.names: set[str] = set()
        self.hashes: frozenset[str] = frozenset()

    def erase(self, until: date | None) -> None:
        """Erase everywhere, and remember the clients by a keyed hash."""
        self._gather()
        self._strip_services()
        self._delete_list_rows()
        self._erase_mentions()
        self._erase_problems()
        self._erase_rejected()
        days = None if until is None else (until - _EPOCH).days
        digests = [digest_of(number, self.salt) for number in self.client_ids]
        self.connection.execute(delete(ERASED_CLIENTS).where(ERASED_CLIENTS.c.digest.in_(digests)))
        self.connection.execute(
            insert(ERASED_CLIENTS), [{"digest": d, "until_day": days} for d in dict.fromkeys(digests)]
        )

    def _gather(self) -> None:
        """Note where the clients' rows stood, and their names, before both are gone."""
        for rows in (CLIENTS.rows, SERVICES.rows):
            places = select(rows.c.file_id, rows.c.sheet, rows.c.source_row)
            found = self.connection.execute(places.where(rows.c.client_id.in_(self.forms)))
            self.places.update((file_id, sheet, row) for file_id, sheet, row in found)
        listed = CLIENTS.rows.c
        named = select(listed.name, listed.name_hash).where(listed.client_id.in_(self.forms))
        found_names = self.connection.execute(named).all()
        self.names = {name for name, _ in found_names if name}
        self.hashes = frozenset(hashed for _, hashed in found_names if hashed)
        # Read again, such a file is told to name an erased client.
        files = sorted({file_id for file_id, _, _ in self.places})
        self.connection.execute(delete(READINGS).where(READINGS.c.file_id.in_(files)))

    def _strip_services(self) -> None:
        rows = SERVICES.rows
        own = rows.c.client_id.in_(self.forms)
        keyed = select(rows.c.version_id, rows.c.row_key).where(own)
        changed = [
            (version, neutral_key(key, self.salt))
            for version, key in self.connection.execute(keyed).all()
            if self.mentions.within(key)
        ]
        for version, key in changed:
            renamed = update(rows).where(rows.c.version_id == version)
            self.connection.execute(renamed.values(row_key=key, record_id=key))
        self.connection.execute(update(rows).where(own).values(dict.fromkeys(STRIPPED)))

    def _delete_list_rows(self) -> None:
        rows = CLIENTS.rows
        own = select(rows.c.version_id).where(rows.c.client_id.in_(self.forms))
        again = and_(REPEATS.c.kind == "clients", REPEATS.c.version_id.in_(own))
        versions = self._counts(select(rows.c.batch_id, func.count()).where(rows.c.version_id.in_(own)))
        repeats = self._counts(select(REPEATS.c.batch_id, func.count()).where(again))
        self.connection.execute(delete(REPEATS).where(again))
        self.connection.execute(delete(rows).where(rows.c.client_id.in_(self.forms)))
        told = [
            {"batch_id": b, "kind": "clients", "versions": versions[b], "repeats": repeats[b]}
            for b in sorted({*versions, *repeats})
        ]
        if told:
            self.connection.execute(insert(ERASED_ROWS), told)

    def _counts(self, counted: object) -> Counter[int]:
        statement = counted.group_by(next(iter(counted.selected_columns)))  # type: ignore[attr-defined]
        return Counter(dict(map(tuple, self.connection.execute(statement).all())))

    def _erase_mentions(self) -> None:
        """Take the numbers and names out of all other texts of the versions, files and sheets."""
        for ledger in LEDGERS.values():
            keys = {"row_key", next(iter(ledger.content))}
            for column in ledger.rows.c:
                if isinstance(column.type, Text) and column.name != "client_id":
                    self._erase_in(ledger.rows, column.name, is_key=column.name in keys)
        for table, column_name in ((FILES, "name"), (PROBLEMS, "sheet")):
            self._erase_in(table, column_name, is_key=False)

    def _erase_in(self, table: Table, name: str, *, is_key: bool) -> None:
        column = table.c[name]
        wanted = {*self.forms, *self.client_ids, *self.names}
        for start in range(0, len(wanted), _AT_ONCE):
            some = sorted(wanted)[start : start + _AT_ONCE]
            holds = or_(*(column.contains(word, autoescape=True) for word in some))
            for text in self.connection.execute(select(column).where(holds).distinct()).scalars().all():
                fresh = self._without(text)
                if fresh != text:
                    fresh = neutral_key(text, self.salt) if is_key else fresh
                    self.connection.execute(update(table).where(column == text).values({name: fresh}))

    def _without(self, text: str) -> str:
        for name in self.names:
            text = text.replace(name, ERASED_VALUE)
        return self.mentions.without(text)

    def _erase_problems(self) -> None:
        """Empty what was said of the clients' rows, of the same values elsewhere, and what names them."""
        rows = self.connection.execute(select(PROBLEMS).where(PROBLEMS.c.value.is_not(None))).all()
        at_place = [p for p in rows if (p.file_id, p.sheet, p.source_row) in self.places]
        said = {(p.kind, p.code, p.value) for p in at_place if p.kind == "clients"}
        values = set()
        for p in rows:
            same = (p.kind, p.code, p.value) in said
            if same or self._is_named((p.value, p.zh)) or p in at_place:
                values.add((p.file_id, p.sheet, p.source_row, p.code, p.value))
        for file_id, sheet, source_row, code, value in values:
            own = and_(
                PROBLEMS.c.file_id == file_id,
                PROBLEMS.c.sheet == sheet,
                PROBLEMS.c.source_row.is_not_distinct_from(source_row),
                PROBLEMS.c.code == code,
                PROBLEMS.c.value == value,
            )
            self._empty(own)
        for p in self.connection.execute(select(PROBLEMS).where(PROBLEMS.c.value.is_(None))).all():
            if self._is_named((p.zh, p.en)):
                self._empty(and_(PROBLEMS.c.zh == p.zh, PROBLEMS.c.file_id == p.file_id))

    def _is_named(self, texts: Sequence[str | None]) -> bool:
        return any(
            self.mentions.within(text) or any(name in (text or "") for name in self.names) for text in texts
        )

    def _empty(self, own: object) -> None:
        fresh = {"value": None, "zh": ERASED_PROBLEM.zh, "en": ERASED_PROBLEM.en}
        self.connection.execute(update(PROBLEMS).where(own, true()).values(fresh))  # type: ignore[arg-type]
        self.done.problems += 1

    def _erase_rejected(self) -> None:
        """Write files of rejected rows anew where one is about the clients; the old ones go at the end."""
        for batch_id, name in self.connection.execute(
            select(REJECT_FILES.c.batch_id, REJECT_FILES.c.name)
        ).all():
            path = self.store.folder / FOLDER / name
            if not path.is_file():
                continue
            rows = read_rejected(path)
            about = [_names(row, self.mentions, self.hashes, self.salt) for row in rows]
            if not any(about):
                continue
            fresh = [
                replace(row, cells={}, numbers=frozenset()) if own else row
                for row, own in zip(rows, about, strict=True)
            ]
            self.connection.execute(delete(REJECT_FILES).where(REJECT_FILES.c.name == name))
            write_rejected(self.store.folder, self.connection, batch_id, fresh)
            self.done.rejected += sum(about)
            self._erase_said_of(batch_id, [row for row, own in zip(rows, about, strict=True) if own])

    def _erase_said_of(self, batch_id: int, rows: Sequence[RejectedRow]) -> None:
        files = select(FILES.c.file_id).where(FILES.c.batch_id == batch_id).order_by(FILES.c.file_id)
        ids = self.connection.execute(files).scalars().all()
        for row in rows:
            own = and_(
                PROBLEMS.c.file_id == ids[row.file_no],
                PROBLEMS.c.sheet == row.sheet,
                PROBLEMS.c.source_row == row.source_row,
            )
            self._empty(own)
