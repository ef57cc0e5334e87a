"""Parsing whole columns: clean spellings at once, every other distinct text once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.ingest.declare import Column
from analytics.ingest.frame import Context, Mask, Rows
from analytics.ingest.headings import Found
from analytics.ingest.parse import dates, names, numbers, words
from analytics.ingest.parse.cells import NOTHING, NUMBER_MARK, Bad, shown
from analytics.ingest.rules import ERROR_CELL

_MOMENT = r"^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?$"
# Other plain spellings of the same, made ISO by parts: 2026/3/5, 2026.3.5 9:05, 2026年3月5日 14:30.
_PARTS = (
    r"^(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?"
    r"(?P<t>[ T]+(?P<h>\d{1,2}):(?P<i>\d\d)(?::(?P<s>\d\d))?)?$"
)
_DAY = r"^\d{4}-\d\d-\d\d$"
# What a formula that went wrong leaves in its cell.
_ERROR = (
    r"^(?:#(?:N/A|NAME\?|GETTING_DATA|(?:REF|VALUE|DIV/0|NUM|NULL|SPILL|CALC|FIELD|CONNECT|BLOCKED)!)"
    r"|(?:Err|错误)[:：] ?\d{3})$"
)
_ERROR_STARTS = ("#", "Err", "错误")
_NUMBER = rf"^{NUMBER_MARK}?\d{{1,15}}(\.\d{{1,6}})?$"
# A clean date must have a possible year; older ones go the careful way and are said to be wrong.
_FIRST_YEAR = date(1900, 1, 1)


@dataclass(slots=True)
class Parsed:
    """A parsed column: its values by the store's names, and what was wrong where.

    ``bad`` holds (what is wrong, the cell's text, the rows).
    """

    values: dict[str, pa.Array]
    bad: list[tuple[Bad, str, Rows]] = field(default_factory=list)


def parse_column(cells: pa.Array, found: Found, context: Context) -> Parsed:
    """Parse the trimmed cells of a column, empty ones being null."""
    sound, errors = without_errors(cells)
    parsed = _parsed(sound, found, context)
    parsed.bad += errors
    return parsed


def without_errors(cells: pa.Array) -> tuple[pa.Array, list[tuple[Bad, str, Rows]]]:
    """Take out what a formula that went wrong left in its cell (#N/A, #REF!)."""
    # Plain beginnings are looked for first: a pattern takes ten times as long.
    if not any(pc.any(pc.starts_with(cells, start)).as_py() for start in _ERROR_STARTS):
        return cells, []
    wrong = _mask(pc.match_substring_regex(cells, _ERROR))
    if not wrong.any():
        return cells, []
    rows = np.flatnonzero(wrong)
    texts = np.array(cells.take(pa.array(rows)).to_pylist(), dtype=object)
    bad = [(Bad(ERROR_CELL), text, rows[texts == text]) for text in dict.fromkeys(texts.tolist())]
    return pc.if_else(pa.array(~wrong), cells, pa.scalar(None, pa.string())), bad


def _parsed(cells: pa.Array, found: Found, context: Context) -> Parsed:
    column = found.column
    if column.type == "datetime":
        return _moments(cells, column, context)
    if column.type == "date":
        return _days(cells, column, context)
    if column.type in ("number", "integer"):
        return _numbers(cells, found)
    if column.type in ("code", "text") and not column.values and column.meaning != "rating":
        return _texts(cells, column)
    if column.type == "list":
        return _lists(cells, column)
    parse, kind = _careful(column, context)
    values, bad = _once_each(cells, parse)
    return Parsed({column.stored: pa.array(values.dictionary, kind).take(values.indices)}, bad)


@dataclass(frozen=True, slots=True)
class _Encoded:
    dictionary: list[Any]
    indices: pa.Array


def _once_each(
    cells: pa.Array, parse: Callable[[str], object]
) -> tuple[_Encoded, list[tuple[Bad, str, Rows]]]:
    """Parse each distinct text once; a bad text's value is ``None``."""
    encoded = cells.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    made = [parse(text) for text in texts]
    wrong = {place: value for place, value in enumerate(made) if isinstance(value, Bad)}
    bad: list[tuple[Bad, str, Rows]] = []
    if wrong:
        indices = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(np.isin(indices, list(wrong)))
        order = rows[np.argsort(indices[rows], kind="stable")]
        places, starts = np.unique(indices[order], return_index=True)
        for place, own in zip(places.tolist(), np.split(order, starts[1:]), strict=True):
            bad.append((wrong[place], shown(texts[place]), own))
    good = [None if place in wrong else value for place, value in enumerate(made)]
    return _Encoded(good, encoded.indices), bad


def _careful(column: Column, context: Context) -> tuple[Callable[[str], object], pa.DataType]:
    if column.meaning == "rating":
        return words.parse_rating, pa.int16()
    if column.type == "month":
        return partial(dates.parse_month, today=context.today), pa.string()
    if column.type == "area":
        return partial(names.parse_area, also=column.areas), pa.string()
    if column.type == "service":
        return names.parse_service, pa.string()
    if column.type == "clause":
        return names.parse_clause, pa.string()
    if column.type == "course":
        return names.parse_course, pa.string()
    if column.type == "industry":
        # A synonym must name an industry itself, not another synonym.
        synonyms = None if column.required else context.synonyms
        return partial(names.parse_industry, synonyms=synonyms), pa.string()
    if column.type == "bool":
        return words.parse_bool, pa.bool_()
    if column.type == "measure":
        from analytics.ingest.targets import parse_measure

        return parse_measure, pa.string()
    return partial(words.parse_choice, values=column.values), pa.string()


def _moments(cells: pa.Array, column: Column, context: Context) -> Parsed:
    parse = partial(dates.parse_moment, today=context.today)
    at, is_date, rest = _clean_dates(cells, context.today)
    values, bad = _once_each(cells.take(pa.array(rest)), parse)
    own = values.dictionary
    at = _scatter(at, rest, pa.array([v and v.at for v in own], pa.timestamp("us")).take(values.indices))
    careful_dates = pa.array([v and v.is_date for v in own], pa.bool_()).take(values.indices)
    is_date = _scatter(is_date, rest, careful_dates)
    return Parsed(moment_columns(column.stored, at, is_date), _placed(bad, rest))


def _days(cells: pa.Array, column: Column, context: Context) -> Parsed:
    parse = partial(dates.parse_day, today=context.today)
    at, _, rest = _clean_dates(cells, context.today)
    values, bad = _once_each(cells.take(pa.array(rest)), parse)
    days = _scatter(
        at.cast(pa.date32(), safe=False), rest, pa.array(values.dictionary, pa.date32()).take(values.indices)
    )
    return Parsed({column.stored: days, f"{column.stored}_day": days.cast(pa.int32())}, _placed(bad, rest))


def moment_columns(name: str, at: pa.Array, is_date: pa.Array) -> dict[str, pa.Array]:
    """Return the three columns of a point in time as the store holds them."""
    day = at.cast(pa.date32(), safe=False).cast(pa.int32())
    return {name: at, f"{name}_is_date": is_date, f"{name}_day": day}


def _clean_dates(cells: pa.Array, today: date) -> tuple[pa.Array, pa.Array, Rows]:
    """Read plain dates and moments at once; return also the rows that need a careful look."""
    texts = _as_iso(cells)
    timed = _mask(pc.match_substring_regex(texts, _MOMENT))
    dated = _mask(pc.match_substring_regex(texts, _DAY))
    at = _cast_moments(pc.if_else(pa.array(timed | dated), texts, pa.scalar(None, pa.string())))
    later = pc.greater(at.cast(pa.date32(), safe=False), pa.scalar(today))
    early = pc.less(at.cast(pa.date32(), safe=False), pa.scalar(_FIRST_YEAR))
    unread = _mask(cells.is_valid()) & ~_mask(at.is_valid())
    rest = np.flatnonzero(unread | _mask(later) | _mask(early))
    is_date = pc.if_else(at.is_valid(), pa.array(dated), pa.scalar(None, pa.bool_()))
    return at, is_date, rest


def _as_iso(cells: pa.Array) -> pa.Array:
    """Write the plain spellings of dates as ISO; what is none of them stays as it is."""
    odd = _mask(cells.is_valid()) & ~_mask(pc.match_substring_regex(cells, f"{_MOMENT}|{_DAY}"))
    if not odd.any():
        return cells
    places = np.flatnonzero(odd)
    parts = pc.extract_regex(cells.take(pa.array(places)), _PARTS)
    year, month, day, time, hour, minute, second = (
        pc.struct_field(parts, name) for name in ("y", "m", "d", "t", "h", "i", "s")
    )
    month, day, hour = (pc.utf8_lpad(part, 2, "0") for part in (month, day, hour))
    second = pc.if_else(pc.equal(second, ""), "00", second)
    dates_ = pc.binary_join_element_wise(year, month, day, "-")
    moments = pc.binary_join_element_wise(dates_, pc.binary_join_element_wise(hour, minute, second, ":"), " ")
    iso = pc.if_else(pc.equal(time, ""), dates_, moments)
    return _scatter(cells, places, pc.coalesce(iso, cells.take(pa.array(places))))


def _cast_moments(texts: pa.Array) -> pa.Array:
    """Cast ISO texts to points in time; a day or hour that does not exist becomes empty."""
    try:
        return texts.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        read = pd.to_datetime(pd.Series(texts.to_pandas()), format="ISO8601", errors="coerce")
        return pa.array(read.astype("datetime64[us]"), pa.timestamp("us"), from_pandas=True)


def _numbers(cells: pa.Array, found: Found) -> Parsed:
    column = found.column
    whole = column.type == "integer"
    clean = _mask(pc.match_substring_regex(cells, _NUMBER))
    texts = pc.if_else(pa.array(clean), cells, pa.scalar(None, pa.string()))
    as_numbers = pc.replace_substring(texts, NUMBER_MARK, "").cast(pa.float64())
    seen = as_numbers.to_numpy(zero_copy_only=False)
    with np.errstate(invalid="ignore"):
        if found.factor != 1.0:
            clean &= False
        if whole:
            clean &= (seen == np.floor(seen)) & (seen < 2**31)
        if column.minimum is not None:
            clean &= seen >= column.minimum
        if column.maximum is not None:
            clean &= seen <= column.maximum
    rest = np.flatnonzero(_mask(cells.is_valid()) & ~clean)
    values, bad = _once_each(cells.take(pa.array(rest)), _number_parser(found))
    kind = pa.int32() if whole else pa.float64()
    kept = pc.if_else(pa.array(clean), as_numbers, pa.scalar(None, pa.float64())).cast(kind)
    numbers_ = _scatter(kept, rest, pa.array(values.dictionary, kind).take(values.indices))
    return Parsed({column.stored: numbers_}, _placed(bad, rest))


def _number_parser(found: Found) -> Callable[[str], object]:
    column = found.column
    parse = partial(numbers.parse_number, unit=column.unit, minimum=column.minimum, maximum=column.maximum)
    if column.type == "integer":
        return lambda text: numbers.as_whole(parse(text, heading_factor=found.factor))
    return partial(parse, heading_factor=found.factor)


def _texts(cells: pa.Array, column: Column) -> Parsed:
    bad: list[tuple[Bad, str, Rows]] = []
    if column.type == "code":
        plain_text = _mask(pc.match_substring_regex(cells, r"^[A-Za-z0-9][!-.0-~]*$"))
        # 2.02603E+11 is looked at with care: its last digits are lost.
        plain_text &= ~_mask(pc.match_substring(cells, "+"))
        rest = np.flatnonzero(_mask(cells.is_valid()) & ~plain_text)
        values, wrong = _once_each(cells.take(pa.array(rest)), words.parse_code)
        bad = _placed(wrong, rest)
        made = _scatter(cells, rest, pa.array(values.dictionary, pa.string()).take(values.indices))
    else:
        made = pc.replace_substring(cells, NUMBER_MARK, "")
    nothing = pa.array(sorted(NOTHING | {word.upper() for word in NOTHING}))
    return Parsed(
        {column.stored: pc.if_else(pc.is_in(made, value_set=nothing), pa.scalar(None, pa.string()), made)},
        bad,
    )


def _lists(cells: pa.Array, column: Column) -> Parsed:
    code_of = {"fields": names.industry_or_service, "focus_industries": names.industry_code}.get(column.name)
    parse = partial(words.parse_list, values=column.values, code_of=code_of)
    values, _ = _once_each(cells, parse)
    entries: list[words.Entries | None] = values.dictionary
    joined = ["、".join(entry.good) or None if entry else None for entry in entries]
    made = pa.array(joined, pa.string()).take(values.indices)
    bad = _unknown_entries(entries, values.indices)
    return Parsed({column.stored: made}, bad)


def _unknown_entries(entries: list[words.Entries | None], indices: pa.Array) -> list[tuple[Bad, str, Rows]]:
    places = pc.fill_null(indices, -1).to_numpy(zero_copy_only=False)
    bad: list[tuple[Bad, str, Rows]] = []
    for place, entry in enumerate(entries):
        if entry and entry.bad:
            text = "、".join(entry.bad)
            bad.append((words.unknown_entries(text), text, np.flatnonzero(places == place)))
    return bad


def _scatter(into: pa.Array, rows: Rows, values: pa.Array) -> pa.Array:
    """Return ``into`` with ``values`` at ``rows`` (ascending)."""
    if len(rows) == 0:
        return into
    mask = np.zeros(len(into), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(into, pa.array(mask), values)


def _placed(bad: list[tuple[Bad, str, Rows]], rows: Rows) -> list[tuple[Bad, str, Rows]]:
    """Turn places within the careful rows into places within the column."""
    return [(what, text, rows[own]) for what, text, own in bad]


def _mask(values: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(values, False).to_numpy(zero_copy_only=False), dtype=bool)
