"""What published lists show: there in time, and with all their elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from analytics.compliance.declare import Case
from analytics.compliance.verdict import NO_REASON, NOTHING, Status, Verdict
from analytics.core.text import Text
from analytics.standard.elements import ITEM_LIST, SPECIAL_LIST, elements_of, special_list_due

KEY_LIST = "重点企业名录"


def current_list(case: Case, kind: str) -> Mapping[str, Any] | None:
    """Return the list in force: this year's, else the latest; None when none was published."""
    lists = [one for one in case.lists if one["list_kind"] == kind and one["list_year"] <= case.as_of.year]
    return lists[-1] if lists else None


def yearly(kind: str) -> Callable[[Case], Verdict]:
    """Return a look at whether the year's list is there, once the year has begun for the institution."""

    def look(case: Case) -> Verdict:
        if _of_year(case, kind, case.as_of.year):
            return Verdict("met", 1, 1)
        # Nobody who never published any list keeps this ledger: nothing is known.
        return Verdict("not_met", 0, 1) if case.lists else NOTHING

    return look


def special_list(case: Case) -> Verdict:
    """Judge 特色服务清单: published by 31 March of its year, with the four elements.

    Until that day the list of the year before counts; a station set up after it owes none that year.
    """
    year = case.as_of.year if case.as_of > special_list_due(case.as_of.year) else case.as_of.year - 1
    early = _of_year(case, SPECIAL_LIST, case.as_of.year)
    if early is not None:
        year = case.as_of.year
    due = special_list_due(year)
    opened = case.institution["opened_on"]
    if opened is not None and opened > due:
        return Verdict("not_applicable", because=_NOT_YET_DUE)
    found = early or _of_year(case, SPECIAL_LIST, year)
    if found is None:
        return Verdict("not_met", 0, 4, _none(year)) if case.lists else NOTHING
    held = int(found["elements_present"] or 0)
    if found["published_on"] > due:
        return Verdict("not_met", held, 4, _late(found["published_on"]))
    status: Status = "met" if held >= len(elements_of(SPECIAL_LIST)) else "partly_met" if held else "not_met"
    return Verdict(status, held, 4, _carried_out(found))


def item_list(case: Case) -> Verdict:
    """Judge 公共服务事项清单: made, with the seven elements."""
    found = current_list(case, ITEM_LIST)
    asked = len(elements_of(ITEM_LIST))
    if found is None:
        return Verdict("not_met", 0, asked) if case.lists else NOTHING
    held = int(found["elements_present"] or 0)
    return Verdict("met" if held >= asked else "partly_met" if held else "not_met", held, asked)


def item_list_holds(element: str) -> Callable[[Case], Verdict]:
    """Return a look at whether the item list holds one element."""

    def look(case: Case) -> Verdict:
        found = current_list(case, ITEM_LIST)
        if found is None or found["elements"] is None:
            return NOTHING
        held = element in found["elements"].split("、")
        return Verdict("met" if held else "not_met", int(held), 1)

    return look


def shown_on(*words: str) -> Callable[[Case], Verdict]:
    """Return a look at whether a list in force is shown through a channel that one of ``words`` names."""

    def look(case: Case) -> Verdict:
        found = current_list(case, ITEM_LIST)
        if found is None or not found["channels"]:
            return NOTHING
        ways = found["channels"].split("、")
        held = sum(1 for way in ways if any(word in way for word in words))
        return Verdict("met", held) if held else Verdict("not_met", 0)

    return look


def _of_year(case: Case, kind: str, year: int) -> Mapping[str, Any] | None:
    return next(
        (one for one in case.lists if one["list_kind"] == kind and one["list_year"] == year),
        None,
    )


_NOT_YET_DUE = Text(zh="3 月 31 日以后设立，当年不要求", en="set up after 31 March: none is due that year")


def _none(year: int) -> Text:
    return Text(zh=f"没有 {year} 年的清单", en=f"no list of {year}")


def _carried_out(found: Mapping[str, Any]) -> Text:
    """Say how much of what was planned is done: on record, for the text sets no number."""
    planned, done = found["items_planned"], found["items_done"]
    if not planned or done is None:
        return NO_REASON
    return Text(zh=f"计划 {planned} 项，已完成 {done} 项", en=f"{done} of {planned} planned items are done")


def _late(day: date) -> Text:
    return Text(zh=f"{day} 才公示，晚于 3 月 31 日", en=f"published on {day}, after 31 March")
