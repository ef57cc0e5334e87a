"""Ledgers that name clients who were erased: what comes again is stripped of them before it is stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, func, select

from analytics.ingest.frame import Mask
from analytics.ingest.rules import CLIENT_ERASED
from analytics.store.batch import Batch, Problem, ValidRows
from analytics.store.erased import (
    ERASED_PROBLEM,
    FREE_TEXTS,
    STRIPPED,
    Mentions,
    digest_of,
    erased_digests,
    neutral_key,
    without_erased,
)
from analytics.store.schema import SERVICES

_Place = tuple[int, str, int]


def strip_erased(connection: Connection, batch: Batch, salt: bytes) -> None:
    """Take erased clients out of a batch: rows of the list go, records of services lose the link.

    Rows of the list count as unchanged (``batch.erased``); what was said of such rows, and the cells of
    rejected ones, go too. A finding for each file says how many rows that were, and names nobody.
    To be called by the writer, before the batch is loaded.
    """
    digests = erased_digests(connection)
    if digests:
        _Stripping(connection, batch, salt, digests).strip()


class _Stripping:
    def __init__(
        self, connection: Connection, batch: Batch, salt: bytes, digests: dict[str, int | None]
    ) -> None:
        self.connection, self.batch, self.salt, self.digests = connection, batch, salt, digests
        self.places: set[_Place] = set()
        self.counts: Counter[int] = Counter()
        self.digest = lru_cache(maxsize=1 << 18)(lambda text: digest_of(text, salt))
        self.came_back = self._came_back()

    def strip(self) -> None:
        """Strip valid rows, then rejected ones, then what was said of either."""
        self.batch.rows[:] = [self._unmentioned(self._stripped(rows)) for rows in self.batch.rows]
        self.batch.rejected[:] = [
            replace(row, cells={}, numbers=frozenset()) if self._is_about(row.cells.values()) else row
            for row in self.batch.rejected
        ]
        for row in self.batch.rejected:
            if not row.cells and row.headings:
                self.places.add((row.file_no, row.sheet, row.source_row))
        self.batch.problems[:] = [self._said(problem) for problem in self.batch.problems]
        for file_no, count in sorted(self.counts.items()):
            told = CLIENT_ERASED.message.format(detail=str(count))
            self.batch.problems.append(
                Problem(
                    *(file_no, "", None, None, None, None), CLIENT_ERASED.code, "finding", told.zh, told.en
                )
            )

    def _came_back(self) -> set[str]:
        """Return the digests of clients that returned after the time for which they were erased."""
        until = {digest: day for digest, day in self.digests.items() if day is not None}
        if not until:
            return set()
        rows = SERVICES.rows.c
        last = select(rows.client_id, func.max(rows.received_at_day)).where(rows.client_id.is_not(None))
        seen = [(client, day) for client, day in self.connection.execute(last.group_by(rows.client_id))]
        for own in self.batch.rows:
            if own.kind == "services" and "client_id" in own.table.column_names:
                columns = (own.table[name].to_pylist() for name in ("client_id", "received_at_day"))
                seen += [(client, day) for client, day in zip(*columns, strict=True) if client]
        return {
            digest
            for client, day in seen
            if (digest := self.digest(client)) in until and day is not None and day > until[digest]
        }

    def _stripped(self, rows: ValidRows) -> ValidRows:
        if rows.kind not in ("clients", "services") or "client_id" not in rows.table.column_names:
            return rows
        ids = rows.table["client_id"].combine_chunks().dictionary_encode()
        found = [self.digest(text) if text else "" for text in ids.dictionary.to_pylist()]
        known = np.array([digest in self.digests for digest in found] + [False])
        if not known.any():
            return rows
        places = pc.fill_null(ids.indices, len(found)).to_numpy(zero_copy_only=False)
        own = known[places]
        if rows.kind == "clients":
            returned = np.array([digest in self.came_back for digest in found] + [False])
            return self._without(rows, own & ~returned[places])
        return self._unlinked(rows, own & self._in_time(rows.table, found, places))

    def _unmentioned(self, rows: ValidRows) -> ValidRows:
        """Take the numbers out of free texts, where they were taken out of the store as well."""
        table = rows.table
        for name in set(FREE_TEXTS) & set(table.column_names):
            encoded = table[name].combine_chunks().dictionary_encode()
            texts = encoded.dictionary.to_pylist()
            fresh = [text and without_erased(text, self._is_erased) for text in texts]
            if fresh != texts:
                column = pa.array(fresh, table[name].type).take(encoded.indices)
                table = table.set_column(table.column_names.index(name), name, column)
        return replace(rows, table=table)

    def _is_erased(self, number: str) -> bool:
        return self.digests.get(self.digest(number), 0) is None

    def _in_time(self, table: pa.Table, digests: list[str], places: np.ndarray) -> Mask:
        """Return which records lie within the time for which their client was erased."""
        forever = np.iinfo(np.int64).max
        until = [self.digests.get(digest) for digest in digests] + [None]
        limits = np.array([forever if day is None else day for day in until])[places]
        days = pc.fill_null(table["received_at_day"], 0).to_numpy()
        return np.asarray(days <= limits, dtype=bool)

    def _note(self, rows: ValidRows, own: Mask) -> None:
        self.counts[rows.file_no] += int(own.sum())
        numbers = rows.table["source_row"].to_numpy()[own].tolist()
        self.places.update((rows.file_no, rows.sheet, number) for number in numbers)

    def _without(self, rows: ValidRows, own: Mask) -> ValidRows:
        if not own.any():
            return rows
        self._note(rows, own)
        place = (rows.file_no, rows.sheet, rows.kind)
        self.batch.erased[place] = self.batch.erased.get(place, 0) + int(own.sum())
        return replace(rows, table=rows.table.filter(pa.array(~own)))

    def _unlinked(self, rows: ValidRows, own: Mask) -> ValidRows:
        if not own.any():
            return rows
        self._note(rows, own)
        table = rows.table
        keys = {
            place: neutral_key(key, self.salt)
            for place, key, client in zip(
                np.flatnonzero(own).tolist(),
                table["row_key"].filter(pa.array(own)).to_pylist(),
                table["client_id"].filter(pa.array(own)).to_pylist(),
                strict=True,
            )
            if Mentions([client]).within(key)
        }
        for name in set(STRIPPED) & set(table.column_names):
            empty = pc.if_else(pa.array(own), pa.scalar(None, table[name].type), table[name])
            table = table.set_column(table.column_names.index(name), name, empty)
        for name in ("row_key", "record_id") if keys else ():
            values = table[name].to_pylist()
            for place, key in keys.items():
                values[place] = key
            fresh = pa.array(values, table[name].type)
            table = table.set_column(table.column_names.index(name), name, fresh)
        return replace(rows, table=table)

    def _is_about(self, cells: object) -> bool:
        return any(self.digest(cell) in self.digests for cell in cells if cell)  # type: ignore[attr-defined]

    def _said(self, problem: Problem) -> Problem:
        is_about = (problem.file_no, problem.sheet, problem.source_row) in self.places
        if not is_about and not (problem.value and self.digest(problem.value) in self.digests):
            return problem
        return replace(problem, value=None, zh=ERASED_PROBLEM.zh, en=ERASED_PROBLEM.en)
