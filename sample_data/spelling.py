"""How people write values: dates, codes, names, numbers, yes and no, in the spellings that ledgers show."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.standard.clauses import clauses
from analytics.standard.districts import all_districts, priority_industries
from analytics.standard.industries import industries
from analytics.standard.services import all_services

RATING_WORDS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
_UNITS = {
    "persons_served": "人",
    "attendees": "人",
    "promised_days": "天",
    "staff_full_time": "人",
    "items_planned": "项",
}
_WIDE = str.maketrans("0123456789.-:/ ", "０１２３４５６７８９．－：／　")
# Short names that the standard itself prints in its list of special services (6.2.1) or that its users know.
_SHORT_SERVICES = {"B02": "业务办理咨询", "T01": "重点产业服务", "T02": "重点企业服务"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a ledger: canonical heading, other accepted headings, type."""

    name: str
    heading: str
    aliases: tuple[str, ...]
    type: str


@dataclass(frozen=True, slots=True)
class Style:
    """One sender's habits; every value is a spelling that ledgers show."""

    day: str = "iso"
    clock: str = "minute"
    headings: str = "canonical"
    service: str = "name"
    area: str = "full"
    institution: str = "id"
    yes_no: tuple[str, str] = ("是", "否")
    number: str = "plain"
    rating: str = "words"
    industry: str = "name"
    nothing: str = ""
    clause: str = "number"


@lru_cache(maxsize=1)
def ledger_columns() -> dict[str, tuple[Column, ...]]:
    """Return the columns of each kind of ledger in their usual order."""
    found: dict[str, list[Column]] = {}
    with (Path(__file__).parent / "headings.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            aliases = tuple(part for part in row["aliases"].split("、") if part)
            found.setdefault(row["kind"], []).append(
                Column(row["column"], row["heading"], aliases, row["type"])
            )
    return {kind: tuple(columns) for kind, columns in found.items()}


def spell_heading(column: Column, style: Style) -> str:
    """Return the heading as a sender writes it."""
    if style.headings == "alias" and column.aliases:
        return column.aliases[0]
    if style.headings == "other alias" and column.aliases:
        return column.aliases[-1]
    if style.headings == "english":
        return column.name
    if style.headings == "spaced":
        half = len(column.heading) // 2
        return f"{column.heading[:half]} {column.heading[half:]}"
    if style.headings == "broken":
        half = len(column.heading) // 2
        return f"{column.heading[:half]}\n{column.heading[half:]}"
    return column.heading


def spell_column(
    values: pd.Series, column: Column, style: Style, *, names: dict[str, str], workbook: bool
) -> list[object]:
    """Return a column's cells as a sender writes them; ``names`` gives institutions' names by id."""
    if column.type in ("date", "datetime", "month"):
        clock = style.clock if column.type == "datetime" else "none"
        cells = spell_times(
            values.to_numpy(), "month " + style.day if column.type == "month" else style.day, clock, workbook
        )
    elif column.type in ("integer", "number") or column.name == "rating":
        cells = _spell_numbers(values, column.name, style, workbook)
    elif column.type == "bool":
        yes, no = style.yes_no
        cells = [yes if v is True else no if v is False else "" for v in values.astype(object)]
    else:
        words = _words(column.type, style, names, column.name)
        cells = ["" if v is None or v != v else words.get(v, v) for v in values.astype(object)]
    if style.nothing and column.type in ("text", "datetime") and column.name not in ("channel", "datum"):
        cells = [style.nothing if cell in ("", None) else cell for cell in cells]
    return cells


def spell_times(times: np.ndarray, day: str, clock: str, workbook: bool) -> list[object]:
    """Return times (``datetime64``) as text, or as ``datetime`` where a workbook holds true dates."""
    known = ~np.isnat(times)
    minutes = times.astype("datetime64[m]")
    if day == "excel" and workbook:
        whole = minutes.astype("datetime64[D]") if clock == "none" else minutes
        return [
            v if ok else "" for v, ok in zip(whole.astype("datetime64[s]").astype(object), known, strict=True)
        ]
    if day == "serial" and workbook:
        serial = (minutes - np.datetime64("1899-12-30", "m")).astype(float) / 1440
        serial = np.floor(serial) if clock == "none" else serial.round(6)
        return [float(v) if ok else "" for v, ok in zip(serial, known, strict=True)]
    days = minutes.astype("datetime64[D]")
    distinct, place = np.unique(days[known], return_inverse=True)
    written = np.array([_spell_day(d, day) for d in distinct.astype(object)], dtype=object)
    cells = np.full(len(times), "", dtype=object)
    text = written[place] if len(distinct) else written
    if clock != "none":
        table = np.array([_spell_clock(n, clock) for n in range(1440)], dtype=object)
        text = text + table[(minutes - days)[known].astype(int)]
    cells[known] = text
    if day == "wide":
        return [str(cell).translate(_WIDE) for cell in cells]
    return list(cells)


def _spell_day(day: pd.Timestamp, style: str) -> str:
    if style.startswith("month "):
        forms = {
            "zh": f"{day.year}年{day.month}月",
            "compact": f"{day.year}{day.month:02d}",
            "dot": f"{day.year}.{day.month}",
        }
        return forms.get(style.removeprefix("month "), f"{day.year}-{day.month:02d}")
    forms = {
        "slash": f"{day.year}/{day.month}/{day.day}",
        "dot": f"{day.year}.{day.month}.{day.day}",
        "compact": f"{day.year}{day.month:02d}{day.day:02d}",
        "zh": f"{day.year}年{day.month}月{day.day}日",
        "stray": f" {day.year}-{day.month:02d}-{day.day:02d}",
    }
    return forms.get(style, f"{day.year}-{day.month:02d}-{day.day:02d}")


def _spell_clock(minute: int, style: str) -> str:
    hour, rest = divmod(minute, 60)
    if style == "T":
        return f"T{hour:02d}:{rest:02d}:00"
    if style == "zh":
        return f" {hour}时{rest:02d}分"
    if style == "half":
        return f" {'上午' if hour < 12 else '下午'}{hour if hour <= 12 else hour - 12}:{rest:02d}"
    return f" {hour:02d}:{rest:02d}"


def _spell_numbers(values: pd.Series, name: str, style: Style, workbook: bool) -> list[object]:
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    if name == "rating" and style.rating == "words":
        return [RATING_WORDS[int(v)] if v == v else "" for v in numbers]
    plain: list[object] = [(int(v) if v == int(v) else float(v)) if v == v else "" for v in numbers]
    if name in ("lon", "lat", "year", "list_year"):
        return plain if workbook else [str(v) for v in plain]
    if style.number == "unit" and name in _UNITS:
        return [f"{v}{_UNITS[name]}" if v != "" else "" for v in plain]
    if style.number == "thousands":
        return [f"{v:,}" if v != "" else "" for v in plain]
    if style.number == "wide":
        return [str(v).translate(_WIDE) for v in plain]
    return plain if workbook else [str(v) for v in plain]


def _words(type_: str, style: Style, names: dict[str, str], column: str) -> Mapping[Any, object]:
    if type_ == "service":
        return _service_words(style.service)
    if type_ == "area":
        return _area_words(style.area)
    if type_ == "industry":
        return _industry_words(style.industry)
    if type_ == "clause":
        return _clause_words(style.clause)
    if column == "institution_id" and style.institution == "name":
        return names
    if column == "institution_id" and style.institution == "lower":
        return {key: key.lower() for key in names}
    if column == "institution_id" and style.institution == "number":
        return {key: int(key) for key in names if key.isdecimal()}
    return {}


@lru_cache(maxsize=8)
def _service_words(style: str) -> dict[str, str]:
    forms = {}
    for service in all_services():
        full = service.name.zh
        short = _SHORT_SERVICES.get(service.code, full)
        forms[service.code] = {"code": service.code, "both": f"{service.code} {full}", "short": short}.get(
            style, full
        )
    return forms


@lru_cache(maxsize=4)
def _clause_words(style: str) -> dict[str, str]:
    words = {}
    for clause in clauses():
        stem, _, item = clause.number.rpartition(".")
        listed = item.isalpha() and bool(stem)
        if style == "item" and listed:
            words[clause.number] = f"{stem} {item}）"
        elif style == "article" and not clause.number.startswith("附录"):
            words[clause.number] = f"第{stem}条{item}）项" if listed else f"第{clause.number}条"
    return words


@lru_cache(maxsize=8)
def _area_words(style: str) -> dict[str, str]:
    words = {}
    for district in all_districts():
        short, full, code = district.short_name.zh, district.name.zh, district.code
        if code == "BDA":
            words[code] = {"short": "亦庄", "long": "北京经济技术开发区"}.get(style, "经开区")
        elif code == "outside":
            words[code] = {"short": "外地", "long": "河北省廊坊市"}.get(style, "外省市")
        elif code == "all":
            words[code] = "全市"
        else:
            words[code] = {
                "short": short,
                "long": f"北京市{full}",
                "code": code,
                "code12": f"{code}000000",
            }.get(style, full)
    return words


@lru_cache(maxsize=4)
def _industry_words(style: str) -> dict[str, str]:
    if style == "key":
        return {industry.key: industry.key for industry in industries()}
    words = {industry.key: industry.name.zh for industry in industries()}
    if style == "term":
        # The first term that Appendix D prints for it.
        words.update({entry.industry: entry.printed_term for entry in reversed(priority_industries())})
    return words
