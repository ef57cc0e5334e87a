"""What ledgers write for an industry and no list knew: what it means by the synonyms of today.

A row keeps what its ledger says; whether that is known is judged again whenever the synonyms change, so that
rows that came before a synonym count under its industry without being sent again, and no longer do once
the synonym is withdrawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, delete, insert, select, union

from analytics.standard.resolve import industries_with
from analytics.standard.spelling import Spellings
from analytics.store.schema import (
    CLIENTS,
    EXPERTS,
    INDUSTRY_REFS,
    INDUSTRY_SYNONYMS,
    INSTITUTIONS,
    SERVICES,
    Ledger,
)

INDUSTRY = "industry"
# Columns that hold several entries, and the ledger each is of.
LISTS: dict[str, Ledger] = {"focus_industries": INSTITUTIONS, "fields": EXPERTS}
_DEPENDENT = {INDUSTRY: ("clients", "services"), **{part: (led.kind,) for part, led in LISTS.items()}}
# The row that says by which spellings the others were resolved.
_MADE_BY = ""
_BETWEEN = "、"
# A text that long is no name, and rows are many.
_LONGEST = 500


def write_industry_refs(connection: Connection, *, batch_id: int | None = None) -> set[str]:
    """Resolve what no list knew; return the kinds whose facts must be made anew as some mean something else.

    While the spellings stay the same only the texts of ``batch_id`` are looked at: those of rows that came
    before are known. Without a batch all are, and texts that no row holds any more go.
    """
    known = industries_with(synonyms_in_force(connection))
    made_by = _hash(known)
    before = {(part, text): meant for part, text, meant in connection.execute(select(INDUSTRY_REFS))}
    is_same = before.get((_MADE_BY, _MADE_BY)) == made_by
    if is_same and batch_id is not None:
        fresh = [key for key in _texts(connection, batch_id) if key not in before]
        _append(connection, _meanings(fresh, known))
        return set()
    rows = list(_meanings(_texts(connection), known))
    connection.execute(delete(INDUSTRY_REFS))
    _append(connection, [(_MADE_BY, _MADE_BY, made_by), *rows])
    after: dict[tuple[str, str], str | None] = {(part, text): meant for part, text, meant in rows}
    texts = (after.keys() | before.keys()) - {(_MADE_BY, _MADE_BY)}
    changed = {key[0] for key in texts if before.get(key) != after.get(key)}
    return {kind for part in changed for kind in _DEPENDENT[part]}


def synonyms_in_force(connection: Connection) -> list[tuple[str, str]]:
    """Return the bureau's synonyms: spelling and industry key."""
    own = INDUSTRY_SYNONYMS.current.c
    rows = connection.execute(select(own.spelling, own.industry).order_by(own.version_id))
    return [(spelling, key) for spelling, key in rows]


def with_meaning(
    part: str, source: FromClause, text: ColumnElement[str]
) -> tuple[FromClause, ColumnElement[str]]:
    """Join what ``text`` means, and return the joined table and the meaning (empty: none, or none needed)."""
    refs = INDUSTRY_REFS.alias(f"meant_{part}")
    return source.outerjoin(refs, and_(refs.c.part == part, refs.c.text == text)), refs.c.meant


def _texts(connection: Connection, batch_id: int | None = None) -> Iterator[tuple[str, str]]:
    """Yield, by column, each text that was not known when it came, and each cell of a list."""
    unknown = (
        select(t.industry_text).where(
            t.industry.is_(None), t.industry_text.is_not(None), *_of_batch(t, batch_id)
        )
        for t in (SERVICES.rows.c, CLIENTS.rows.c)
    )
    yield from ((INDUSTRY, text) for text in connection.execute(union(*unknown)).scalars())
    for part, ledger in LISTS.items():
        cell, of = ledger.rows.c[part], _of_batch(ledger.rows.c, batch_id)
        cells = connection.execute(select(cell).where(cell.is_not(None), *of).distinct()).scalars()
        yield from ((part, text) for text in cells)


def _of_batch(columns: Any, batch_id: int | None) -> list[ColumnElement[bool]]:
    return [] if batch_id is None else [columns.batch_id == batch_id]


def _meanings(texts: Iterable[tuple[str, str]], known: Spellings) -> Iterator[tuple[str, str, str | None]]:
    """Yield each text with what it means; of lists only those that say something else than they hold."""
    for part, text in texts:
        if part == INDUSTRY:
            yield part, text, _code(text, known)
            continue
        joined = _BETWEEN.join(dict.fromkeys(_code(e, known) or e for e in text.split(_BETWEEN)))
        if joined != text:
            yield part, text, joined


def _code(text: str, known: Spellings) -> str | None:
    return known.code_of(text) if len(text) <= _LONGEST else None


def _append(connection: Connection, rows: Iterable[tuple[str, str, str | None]]) -> None:
    values = [{"part": part, "text": text, "meant": meant} for part, text, meant in rows]
    if values:
        connection.execute(insert(INDUSTRY_REFS), values)


def _hash(known: Spellings) -> str:
    named = sorted((name, sorted(codes)) for name, codes in known.names.items())
    return hashlib.sha256(repr(named).encode()).hexdigest()
