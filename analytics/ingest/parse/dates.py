"""Dates, moments and months in the spellings of ledgers; day and month are never guessed."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from analytics.ingest.parse.cells import Bad, is_nothing, is_number_cell, plain
from analytics.ingest.rules import BAD_DATE, BAD_MONTH, FUTURE_DATE

_SHANGHAI = timezone(timedelta(hours=8))
_EXCEL_DAY_0 = datetime(1899, 12, 30)
_FIRST_SERIAL = (datetime(2000, 1, 1) - _EXCEL_DAY_0).days
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_DATE = re.compile(
    r"(?P<year>\d{4}) ?(?P<sep>[-/.年]) ?(?P<month>\d{1,2}) ?(?:(?P=sep)|月) ?(?P<day>\d{1,2})(?: ?[日号])?"
    r"|(?P<packed>\d{8})"
)
_WEEKDAY = r"(?:[\s(]*(?:星期|周)[一二三四五六日天]\)?)?"
_HALF = r"凌晨|早上|上午|中午|下午|晚上|AM|PM"
_TIME = re.compile(
    rf"(?P<half>{_HALF})? ?"
    r"(?P<hour>\d{1,2})(?: ?[:时点] ?(?:(?P<minute>\d{1,2})"
    r"(?: ?[:分] ?(?:(?P<second>\d{1,2})(?:\.\d+)? ?秒?)?)?|(?P<thirty>半))?)"
    rf" ?(?P<after>AM|PM)? ?(?P<zone>Z|[+-]\d{{2}}:?\d{{2}})?",
    re.IGNORECASE,
)
_PACKED_TIME = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?")
_MONTH = re.compile(
    r"(?P<year>\d{4})(?: ?[-/.] ?(?P<m1>\d{1,2})| ?年 ?(?P<m2>\d{1,2}) ?(?:月份?)?|(?P<m3>\d{2}))"
)
# Hyphens that typing programs put in for the plain one.
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_MORNING = ("凌晨", "早上", "上午", "AM")


# 二〇二六年三月五日: signs of the year one by one, month and day as numbers.
_NUMERALS = "零一二三四五六七八九"
_SIGNS = str.maketrans("〇○Ｏ", "零零零")
_IN_NUMERALS = re.compile(
    rf"(?P<year>[{_NUMERALS}]{{4}}|\d{{4}}) ?年 ?(?P<month>[{_NUMERALS}十]{{1,3}}) ?月"
    rf"(?: ?(?P<day>[{_NUMERALS}十]{{1,3}}) ?(?=[日号]))?"
)


class Moment(NamedTuple):
    """A point in time in Asia/Shanghai, and whether the ledger gave its day only."""

    at: datetime
    is_date: bool


def parse_moment(text: str, *, today: date) -> Moment | Bad | None:
    """Read a date with or without a time of day."""
    if is_nothing(text):
        return None
    cell = _in_figures(plain(text).removeprefix("'").translate(_DASHES))
    found = _serial(cell, today) or _written(cell)
    if found is None:
        return Bad(BAD_DATE)
    return Bad(FUTURE_DATE) if found.at.date() > today else found


def parse_day(text: str, *, today: date) -> date | Bad | None:
    """Read a date; a time of day beside it is left out."""
    found = parse_moment(text, today=today)
    return found.at.date() if isinstance(found, Moment) else found


def parse_month(text: str, *, today: date) -> str | Bad | None:
    """Read a month as ``YYYY-MM``; a full date stands for its month, the number 2026.1 for none."""
    if is_nothing(text):
        return None
    cell = _in_figures(plain(text))
    match = _MONTH.fullmatch(cell)
    if match is None:
        found = parse_moment(text, today=today)
        if isinstance(found, Moment):
            return f"{found.at:%Y-%m}"
        return found if found is not None and found.rule is FUTURE_DATE else Bad(BAD_MONTH)
    month = int(match["m1"] or match["m2"] or match["m3"])
    if not 1 <= month <= 12 or (is_number_cell(text) and match["m3"] is None):
        return Bad(BAD_MONTH)
    code = f"{match['year']}-{month:02d}"
    return Bad(FUTURE_DATE) if code > f"{today:%Y-%m}" else code


def _in_figures(cell: str) -> str:
    """Write the day or month at the start of a cell in figures where it stands in Chinese numerals."""
    match = _IN_NUMERALS.match(cell.translate(_SIGNS))
    if match is None:
        return cell
    year = "".join(str(_NUMERALS.find(sign)) if sign in _NUMERALS else sign for sign in match["year"])
    month, day = _numeral(match["month"]), _numeral(match["day"] or "")
    if month is None or (match["day"] and day is None):
        return cell
    return f"{year}年{month}月{'' if day is None else day}{cell[match.end() :]}"


def _numeral(written: str) -> int | None:
    """Read a number up to 99: 三, 十, 十二, 二十, 三十一; ``None`` for none."""
    if len(written) == 1 and written != "十":
        return _NUMERALS.find(written)
    tens, ten, ones = written.partition("十")
    if not ten or len(tens) > 1 or len(ones) > 1 or "零" in written:
        return None
    return (_NUMERALS.find(tens) if tens else 1) * 10 + (_NUMERALS.find(ones) if ones else 0)


def _serial(cell: str, today: date) -> Moment | None:
    """Read a day number of Excel between 2000 and a year from today."""
    if _SERIAL.fullmatch(cell) is None:
        return None
    number = float(cell)
    last = (datetime(today.year, today.month, today.day) - _EXCEL_DAY_0).days + 365
    if not _FIRST_SERIAL <= number < last + 1:
        return None
    seconds = round(number * 86400)
    return Moment(_EXCEL_DAY_0 + timedelta(seconds=seconds), seconds % 86400 == 0)


def _written(cell: str) -> Moment | None:
    match = _DATE.match(cell)
    if match is None:
        return None
    day = _day(match)
    if day is None:
        return None
    rest = re.sub(rf"^{_WEEKDAY}\s*(?:T(?=\d))?\s*,?\s*", "", cell[match.end() :])
    if not rest:
        return Moment(day, is_date=True)
    separated = len(rest) < len(cell) - match.end() or match["packed"] is None
    form = _PACKED_TIME if match["packed"] and not separated else _TIME
    timed = form.fullmatch(rest)
    return None if timed is None or not _is_time(rest, timed) else _at(day, timed)


def _is_time(rest: str, match: re.Match[str]) -> bool:
    """A bare number after a date is no time; one of a packed date is."""
    return match.re is _PACKED_TIME or not rest.isdecimal()


def _day(match: re.Match[str]) -> datetime | None:
    packed = match["packed"]
    if packed:
        parts = (packed[:4], packed[4:6], packed[6:])
    else:
        # 2026年3月5日 needs both signs, 2026-3-5 the same sign twice.
        between = match.group()[
            match.end("month") - match.start() : match.start("day") - match.start()
        ].strip()
        if between != {"年": "月"}.get(match["sep"], match["sep"]):
            return None
        parts = (match["year"], match["month"], match["day"])
    try:
        found = datetime(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        return None
    return found if found.year >= 1900 else None


def _at(day: datetime, match: re.Match[str]) -> Moment | None:
    named = match.groupdict()
    hour, minute = int(named["hour"]), int(named["minute"] or (30 if named.get("thirty") else 0))
    second = int(named["second"] or 0)
    half = (named.get("half") or named.get("after") or "").upper()
    meant = _hour(half, hour, is_clock=":" in match.group()) if half else hour
    if meant is None:
        return None
    hour = meant
    if hour > 23 or minute > 59 or second > 59:
        return None
    found = day.replace(hour=hour, minute=minute, second=second)
    return Moment(_in_shanghai(found, named.get("zone")), is_date=False)


def _hour(half: str, hour: int, *, is_clock: bool) -> int | None:
    """Return the hour of the day that a half of it means; ``None`` where it could be noon or midnight."""
    if hour > 12:
        return None if half in _MORNING else hour
    if half in ("下午", "PM"):
        return hour % 12 + 12
    if half == "中午":
        return {11: 11, 12: 12, 1: 13, 2: 14}.get(hour)
    if half == "晚上":
        # 晚上12点 ends the day or begins it, 晚上1点 is of the next one.
        return hour + 12 if 5 <= hour <= 11 else None
    if hour < 12:
        return hour
    # Software writes midnight as 上午 12:00; who writes 上午12点 by hand mostly means noon.
    return 0 if half in ("凌晨", "AM") or (half == "上午" and is_clock) else None


def _in_shanghai(found: datetime, zone: str | None) -> datetime:
    if not zone:
        return found
    if zone.upper() == "Z":
        offset = timedelta(0)
    else:
        sign = -1 if zone[0] == "-" else 1
        offset = sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return found.replace(tzinfo=timezone(offset)).astimezone(_SHANGHAI).replace(tzinfo=None)
