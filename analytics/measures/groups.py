"""Which groups an answer has: every period of the range and every catalogue member, also empty ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from analytics.core.periods import Period, last_day_of, quarter_of
from analytics.core.selection import TIME_DIMENSIONS, Scope, Selection
from analytics.measures.result import Key
from analytics.standard.names import members
from analytics.store.schema import INSTITUTIONS

_INSTITUTION_CUTS = ("district", "tier", "operator_type", "township")


def complete_keys(
    found: Iterable[Key],
    by: Sequence[str],
    *,
    connection: Connection,
    selection: Selection,
    scope: Scope,
    period: Period,
) -> list[Key]:
    """Return the groups in reading order.

    With one or two dimensions every member appears; with more, only groups that hold something.
    Unknown values (None) appear only where something is in them. Institutions appear while open.
    """
    held = set(found)
    if not by:
        return [()]
    lists = [_members(name, held, place, selection, scope, period) for place, name in enumerate(by)]
    institutions = _open_institutions(connection, selection, scope, period) if "institution" in by else {}
    if "institution" in by:
        place = by.index("institution")
        lists[place] = list(dict.fromkeys([*institutions, *(key[place] for key in held)]))
    keys = set(held)
    if len(by) <= 2:
        keys.update(key for key in product(*lists) if _belongs(key, by, institutions))
    order = [{code: rank for rank, code in enumerate(codes)} for codes in lists]
    return sorted(keys, key=lambda key: _rank(key, order))


def _rank(key: Key, order: list[dict[str | None, int]]) -> tuple[Any, ...]:
    return tuple(
        (code is None, ranks.get(code, len(ranks)), code or "")
        for code, ranks in zip(key, order, strict=True)
    )


def _members(
    name: str, held: set[Key], place: int, selection: Selection, scope: Scope, period: Period
) -> list[str | None]:
    chosen = selection.get(name)
    if name in TIME_DIMENSIONS:
        return [*sorted({*_periods(name, period, selection), *(key[place] or "" for key in held)})]
    codes: Iterable[str | None] = members(name) or sorted({key[place] or "" for key in held} - {""})
    if name == "district" and scope.kind == "district":
        codes = [scope.code]
    if name == "district" and scope.kind == "institution":
        codes = sorted({key[place] or "" for key in held} - {""})
    return [code for code in codes if not chosen or code in chosen]


def _periods(name: str, period: Period, selection: Selection) -> Iterable[str]:
    """Return the years, quarters or months of a period that filters on any of these admit."""
    cuts: dict[str, Callable[[str], str]] = {"month": str, "quarter": quarter_of, "year": _year_of}
    chosen = [(cuts[time], codes) for time, codes in selection.filters if time in cuts]
    admitted = (m for m in period.months if all(cut(m) in codes for cut, codes in chosen))
    return dict.fromkeys(cuts[name](month) for month in admitted)


def _year_of(month: str) -> str:
    return month[:4]


def _open_institutions(
    connection: Connection, selection: Selection, scope: Scope, period: Period
) -> dict[str, dict[str, Any]]:
    """Return institutions open at any time in the period that the selection and scope admit."""
    if not period.months:
        return {}
    table = INSTITUTIONS.current.c
    conditions = [
        or_(table.opened_on.is_(None), table.opened_on <= period.last_day),
        or_(table.closed_on.is_(None), table.closed_on >= period.first_day),
    ]
    columns = {"institution": table.institution_id, **{cut: table[cut] for cut in _INSTITUTION_CUTS}}
    if scope.kind != "city":
        conditions.append(columns[scope.kind] == scope.code)
    for name, codes in selection.filters:
        if name in columns:
            known = columns[name].in_([code for code in codes if code is not None])
            conditions.append(or_(known, columns[name].is_(None)) if None in codes else known)
    statement = (
        select(*(column.label(name) for name, column in columns.items()), table.opened_on, table.closed_on)
        .where(and_(*conditions))
        .order_by(table.institution_id)
    )
    rows = connection.execute(statement).mappings().all()
    return {row["institution"]: dict(row) for row in rows}


def _belongs(key: Key, by: Sequence[str], institutions: dict[str, dict[str, Any]]) -> bool:
    """Keep empty groups that can be: a month in its year, an institution in its district while open."""
    if set(by) <= set(TIME_DIMENSIONS):
        spans = [_bounds(code) for code in key if code is not None]
        return bool(max(first for first, _ in spans) <= min(last for _, last in spans))
    if "institution" not in by or len(by) == 1:
        return True
    institution = institutions.get(key[by.index("institution")] or "")
    if institution is None:
        return False
    place = 1 - by.index("institution")
    name, code = by[place], key[place]
    if name in _INSTITUTION_CUTS:
        return bool(institution[name] == code)
    if name in TIME_DIMENSIONS and code is not None:
        first, last = _bounds(code)
        opened, closed = institution["opened_on"], institution["closed_on"]
        return (opened is None or opened <= last) and (closed is None or closed >= first)
    return True


def _bounds(code: str) -> tuple[Any, Any]:
    if "Q" in code:
        last = int(code[-1]) * 3
        period = Period(f"{code[:4]}-{last - 2:02d}", f"{code[:4]}-{last:02d}")
    elif len(code) == 4:
        period = Period(f"{code}-01", f"{code}-12")
    else:
        period = Period(code, code)
    return period.first_day, last_day_of(period.last_month)
