"""What a column of a template offers to choose from: the same lists that its cells are read against."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from analytics.core.text import Text
from analytics.ingest.declare import Column
from analytics.standard.clauses import ClauseText, clause_label, clauses
from analytics.standard.courses import courses
from analytics.standard.districts import CITYWIDE, OUTSIDE, all_districts
from analytics.standard.elements import ITEM_LIST, SPECIAL_LIST, elements_of
from analytics.standard.industries import industries
from analytics.standard.names import name_of
from analytics.standard.services import all_services

YES, NO = "是", "否"
# What an institution can be held to; statements and definitions ask nothing of anybody.
_DEMANDS = ("shall", "should", "may")


@dataclass(frozen=True, slots=True)
class Choices:
    """Values a cell can be chosen from.

    Attributes
    ----------
    values : tuple of str
        The values as they stand in the cell.
    is_closed : bool
        Whether the importer takes nothing else; other lists have further spellings that it reads.
    several : bool
        Whether a cell may hold more than one, joined by ``、``.
    """

    values: tuple[str, ...]
    is_closed: bool = False
    several: bool = False


def choices(column: Column) -> Choices | None:
    """Return what a column offers, ``None`` where cells are written freely."""
    if column.values:
        several = column.type == "list"
        return Choices(column.values, not several and column.meaning != "rating", several)
    if column.name in _ENTRIES:
        return Choices(_ENTRIES[column.name](), several=True)
    found = _BY_TYPE.get(column.type, _none)(column)
    if column.meaning == "scope":
        found = (name_of("district", CITYWIDE, "zh"), *_areas())
    return Choices(found) if found else None


def demanding_clauses() -> tuple[ClauseText, ...]:
    """Return the clauses that ask something of somebody, in the standard's order."""
    return tuple(clause for clause in clauses() if clause.level in _DEMANDS)


def clause_cell(clause: ClauseText) -> str:
    """Return a clause as it stands in a cell: its number and title."""
    return f"{clause_label(clause.number).zh} {clause.title.zh}"


def _none(_column: Column) -> tuple[str, ...]:
    return ()


def _areas(also: Iterable[str] = ()) -> tuple[str, ...]:
    cities = [d.name.zh for d in all_districts() if d.code not in (CITYWIDE, OUTSIDE)]
    return (*cities, *(name_of("district", code, "zh") for code in also))


@lru_cache(maxsize=1)
def _measures() -> tuple[str, ...]:
    # Imported when a list of targets is made: measures are many.
    from analytics.measures.registry import all_measures

    return tuple(measure.name.zh for measure in all_measures())


def _services() -> tuple[str, ...]:
    return tuple(service.name.zh for service in all_services())


def _industries() -> tuple[str, ...]:
    return tuple(industry.name.zh for industry in industries())


def _elements() -> tuple[str, ...]:
    return tuple(dict.fromkeys((*elements_of(SPECIAL_LIST), *elements_of(ITEM_LIST))))


_BY_TYPE: dict[str, Callable[[Column], tuple[str, ...]]] = {
    "area": lambda column: _areas(column.areas),
    "bool": lambda _: (YES, NO),
    "clause": lambda _: tuple(clause_cell(clause) for clause in demanding_clauses()),
    "course": lambda _: tuple(course.name.zh for course in courses()),
    "industry": lambda _: _industries(),
    "measure": lambda _: _measures(),
    "service": lambda _: _services(),
}
# Lists whose entries are no closed list, yet have proper names.
_ENTRIES: dict[str, Callable[[], tuple[str, ...]]] = {
    "focus_industries": _industries,
    "fields": lambda: (*_services(), *_industries()),
    "elements": _elements,
}

WHAT_TO_WRITE: dict[str, Text] = {
    "code": Text("编号，按文本填写，前面的 0 不要丢", "A number, kept as text with its leading zeros"),
    "text": Text("文字", "Text"),
    "area": Text("区域名称，从下拉中选", "An area, from the list"),
    "bool": Text("是或否", "是 (yes) or 否 (no)"),
    "clause": Text("条款号，如 6.1.3 c)", "A clause, e.g. 6.1.3 c)"),
    "course": Text("附录 B 的课程，从下拉中选", "A course of Appendix B, from the list"),
    "date": Text("日期，如 2026-03-05", "A date, e.g. 2026-03-05"),
    "datetime": Text(
        "日期，可带时间，如 2026-03-05 14:30", "A date, with a time if known, e.g. 2026-03-05 14:30"
    ),
    "industry": Text("产业名称，从下拉中选", "An industry, from the list"),
    "integer": Text("整数，只填数字", "A whole number, digits only"),
    "list": Text("可填多项，用“、”隔开", "One or more entries, separated by 、"),
    "measure": Text("指标名称，从下拉中选", "A measure, from the list"),
    "month": Text("月份，如 2026-03", "A month, e.g. 2026-03"),
    "number": Text("数字", "A number"),
    "service": Text("服务事项，从下拉中选，一行一项", "A service, from the list, one a row"),
}
