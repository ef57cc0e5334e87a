"""Stations' declared focus against their area's list, and their lists of special services by year."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sqlalchemy import select

from analytics.core.open_days import is_open
from analytics.core.selection import Scope
from analytics.measures.within import open_within, seen_by
from analytics.standard.districts import districts, priority_keys
from analytics.standard.elements import SPECIAL_LIST, elements_of, special_list_due
from analytics.standard.industries import industries_by_key
from analytics.store.schema import INSTITUTIONS, PUBLICATIONS
from analytics.store.snapshot import Snapshot

_STATION = "工作站"


def stations_off_focus(snapshot: Snapshot, *, scope: Scope) -> list[dict[str, Any]]:
    """Return open stations whose declared focus industries are none of their area's, or that declare none.

    Keys: ``institution_id``, ``name``, ``district``, ``focus`` (industry keys, or as written where unknown),
    ``priority`` and ``reason``: ``none_declared``, ``off_list``, or ``not_understood`` where nothing that is
    declared is the name of an industry.
    """
    day = date.fromisoformat(snapshot.about.get("data_until") or "1970-01-01")
    found = []
    for row in _stations(snapshot, scope, day):
        focus = [key for key in (row["focus_industries"] or "").split("、") if key]
        priority = priority_keys().get(row["district"], ())
        if set(focus) & set(priority):
            continue
        found.append(
            {
                "institution_id": row["institution_id"],
                "name": row["name"],
                "district": row["district"],
                "focus": focus,
                "priority": list(priority),
                "reason": _why(focus),
            }
        )
    return found


def focus_by_area(snapshot: Snapshot, *, scope: Scope) -> dict[str, set[str]]:
    """Return the industries that open stations declare as their focus, by area."""
    day = date.fromisoformat(snapshot.about.get("data_until") or "1970-01-01")
    found: dict[str, set[str]] = defaultdict(set)
    for row in _stations(snapshot, scope, day):
        found[row["district"]].update((row["focus_industries"] or "").split("、"))
    return found


def _why(focus: list[str]) -> str:
    if not focus:
        return "none_declared"
    return "off_list" if set(focus) & set(industries_by_key()) else "not_understood"


def lists_by_year(snapshot: Snapshot, *, scope: Scope) -> list[dict[str, Any]]:
    """Return, by year and area, how many stations owed a list of special services and how many published.

    Keys: ``year``, ``district``, ``owed`` (stations open on 31 March), ``published``, ``on_time`` (by
    31 March), ``complete`` (with the four elements), ``met`` (both), ``items_planned``, ``items_done``. From
    the first year with a list to the last whose day has come, years in which nobody published included.
    """
    until = date.fromisoformat(snapshot.about.get("data_until") or "1970-01-01")
    stations = _stations(snapshot, scope, None)
    lists = _special_lists(snapshot, scope)
    years = _years({row["list_year"] for row in lists}, until)
    found = []
    for year in years:
        due = special_list_due(year)
        owing: dict[str, list[str]] = defaultdict(list)
        for row in stations:
            if is_open(row["opened_on"], row["closed_on"], due):
                owing[row["district"]].append(row["institution_id"])
        of_year = {row["institution_id"]: row for row in lists if row["list_year"] == year}
        for area in districts():
            if area.code in owing:
                mine = [of_year[one] for one in owing[area.code] if one in of_year]
                found.append(
                    {"year": year, "district": area.code, **_summed(len(owing[area.code]), mine, due)}
                )
    return found


def _years(listed: set[int], until: date) -> list[int]:
    """Return the years of lists: all since the first, the data's own once its day has come or a list has."""
    last = until.year if until >= special_list_due(until.year) or until.year in listed else until.year - 1
    return list(range(min([*listed, last]), last + 1))


def _summed(owed: int, lists: list[dict[str, Any]], due: date) -> dict[str, Any]:
    asked = len(elements_of(SPECIAL_LIST))
    on_time = [row for row in lists if row["published_on"] <= due]
    complete = [row for row in lists if (row["elements_present"] or 0) >= asked]
    # A list that does not say what it planned cannot be said to be fulfilled.
    planned = [row for row in lists if row["items_planned"] is not None and row["items_done"] is not None]
    return {
        "owed": owed,
        "published": len(lists),
        "on_time": len(on_time),
        "complete": len(complete),
        "met": sum(1 for row in on_time if row in complete),
        "items_planned": sum(row["items_planned"] for row in planned),
        "items_done": sum(row["items_done"] for row in planned),
    }


def _stations(snapshot: Snapshot, scope: Scope, on: date | None) -> list[dict[str, Any]]:
    table = INSTITUTIONS.current.c
    names = ("institution_id", "name", "district", "focus_industries", "opened_on", "closed_on")
    conditions = [table.tier == _STATION, *seen_by(scope, table)]
    if on is not None:
        conditions += open_within(table, on)
    statement = select(*(table[name] for name in names)).where(*conditions).order_by(table.institution_id)
    return snapshot.rows(statement)


def _special_lists(snapshot: Snapshot, scope: Scope) -> list[dict[str, Any]]:
    table = PUBLICATIONS.current.c
    names = (
        "institution_id", "list_year", "published_on", "elements_present", "items_planned", "items_done",
    )  # fmt: skip
    conditions = [table.list_kind == SPECIAL_LIST, table.published_on.is_not(None)]
    return snapshot.rows(select(*(table[name] for name in names)).where(*conditions, *seen_by(scope, table)))
