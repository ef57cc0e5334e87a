"""Numbers in the spellings of ledgers, in the unit of their column."""

from __future__ import annotations

import re
from functools import lru_cache

from analytics.ingest.parse.cells import Bad, is_nothing, plain
from analytics.ingest.rules import BAD_NUMBER, BAD_UNIT, NOT_WHOLE, OUT_OF_RANGE

_NUMBER = re.compile(
    r"(?P<prefix>¥|人民币)? ?(?P<sign>[+\-−]?) ?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?: \d{3})+(?:\.\d+)?|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)"
    r" ?(?P<unit>[^\d\s.,、+\-−][^\d]*)?",
    re.IGNORECASE,
)
_MONEY = {
    "元": 1.0,
    "块": 1.0,
    "千元": 1e3,
    "万": 1e4,
    "万元": 1e4,
    "百万元": 1e6,
    "千万元": 1e7,
    "亿": 1e8,
    "亿元": 1e8,
}
_PERSONS = dict.fromkeys(("人", "人次", "名", "位", "人数", "次"), 1.0)
_CASES = dict.fromkeys(("件", "件次", "次", "项", "宗", "例", "起", "笔"), 1.0)
_CLIENTS = dict.fromkeys(("家", "户", "个", "人", "名"), 1.0)
_DAYS = ("天", "日", "个工作日", "工作日", "个自然日", "自然日", "日历日", "个日历日", "d", "day", "days")
# 1.2万人次 is 12,000 of them; only where things are counted, for elsewhere 万 may stand for 万元.
_TIMES = re.compile(r"(百万|千万|十万|百|千|万|亿)(.*)")
_TIMES_FACTORS = {"百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8}
_COUNTED = frozenset({"persons", "cases", "events", "cases_a_year", "clients", "ratings", "forms"})
# Units that no column has: where a heading names one, its numbers are something else.
_FOREIGN = frozenset(
    {"月", "个月", "季度", "秒", "美元", "万美元", "欧元", "港元", "港币", "米", "公里", "岁"}
)

# Factors that turn a cell's unit into that of its column.
UNITS: dict[str, dict[str, float]] = {
    "persons": _PERSONS,
    "cases": _CASES,
    "events": _CASES | {"场": 1.0, "场次": 1.0, "期": 1.0},
    "cases_a_year": {unit + tail: 1.0 for unit in (*_CASES, "人次") for tail in ("", "/年", "每年")},
    "clients": _CLIENTS,
    "ratings": _CASES | _PERSONS | dict.fromkeys(("条", "个", "份"), 1.0),
    "forms": _PERSONS | dict.fromkeys(("份", "个", "张"), 1.0),
    "years": {"年": 1.0},
    "year": {"年": 1.0, "年度": 1.0},
    "degrees": dict.fromkeys(("°", "度", "°E", "°N", "E", "N"), 1.0),
    "hours": dict.fromkeys(("小时", "时", "h", "小时/周", "h/周"), 1.0) | {"分钟": 1 / 60, "min": 1 / 60},
    "days": {day + tail: 1.0 for day in _DAYS for tail in ("", "内", "以内")}
    | dict.fromkeys(("小时", "个小时", "时", "h", "hour", "hours"), 1 / 24)
    | dict.fromkeys(("分钟", "分", "min", "minutes"), 1 / 1440)
    | {"周": 7.0},
    "yuan": _MONEY,
    "10k_yuan": {unit: factor / 1e4 for unit, factor in _MONEY.items()},
    "points": {"分": 1.0},
    "share": {"%": 0.01},
}


def parse_number(
    text: str,
    *,
    unit: str = "",
    heading_factor: float = 1.0,
    minimum: float | None = None,
    maximum: float | None = None,
) -> float | Bad | None:
    """Read a number in the unit of its column.

    Parameters
    ----------
    text : str
        The cell.
    unit : str
        Key of :data:`UNITS`; a unit in the cell that is not among them is a bad value.
    heading_factor : float
        Turns a number without unit into the column's, where the heading names another unit.
    minimum, maximum : float, optional
        Bounds, both included.
    """
    if is_nothing(text):
        return None
    match = _NUMBER.fullmatch(plain(text))
    if match is None:
        return Bad(BAD_NUMBER)
    factor = heading_factor
    written = ("元" if match["prefix"] and not match["unit"] else match["unit"] or "").replace(" ", "")
    if written:
        own = unit_factor(unit, written)
        if own is None:
            return Bad(BAD_UNIT)
        factor = own
    number = float(match["digits"].replace(",", "").replace(" ", "")) * (
        -1 if match["sign"] in "-−" and match["sign"] else 1
    )
    # Cents and minutes survive the change of unit without binary dust.
    value = number if factor == 1 else float(f"{number * factor:.12g}")
    return _within(value, minimum, maximum)


def as_whole(found: float | Bad | None) -> int | Bad | None:
    """Take a parsed number as a whole one; ``3.0`` is one, ``3.5`` is not."""
    if found is None or isinstance(found, Bad):
        return found
    if found != int(found):
        return Bad(NOT_WHOLE)
    return Bad(OUT_OF_RANGE, {"detail": f"< {2**31}"}) if abs(found) >= 2**31 else int(found)


def unit_factor(unit: str, written: str) -> float | None:
    """Return the factor that turns ``written`` into the column's ``unit``; ``None`` when it cannot be."""
    known = _folded(unit)
    own = known.get(written.casefold())
    if own is not None or unit not in _COUNTED:
        return own
    times = _TIMES.fullmatch(written)
    if times is None or (times[2] and times[2].casefold() not in known):
        return None
    return _TIMES_FACTORS[times[1]] * (known[times[2].casefold()] if times[2] else 1.0)


def units_of(unit: str) -> tuple[str, ...]:
    """Return the spellings of units that a column of that unit takes."""
    return tuple(UNITS.get(unit, ()))


def is_unit(written: str) -> bool:
    """Say whether a word is a unit of any column, or one that no column has; single letters are none."""
    if written in _FOREIGN:
        return True
    return (len(written) > 1 or not written.isascii()) and any(
        unit_factor(unit, written) is not None for unit in UNITS
    )


@lru_cache(maxsize=64)
def _folded(unit: str) -> dict[str, float]:
    return {name.casefold(): value for name, value in UNITS.get(unit, {}).items()}


def _within(value: float, minimum: float | None, maximum: float | None) -> float | Bad:
    if (minimum is None or value >= minimum) and (maximum is None or value <= maximum):
        return value
    low = "" if minimum is None else f"{minimum:g}"
    high = "" if maximum is None else f"{maximum:g}"
    bounds = f"{low}–{high}" if low and high else (f"≥ {low}" if low else f"≤ {high}")
    return Bad(OUT_OF_RANGE, {"detail": bounds})
