"""Telling data rows from what stands around them: blanks, totals, repeated headings, signatures, notes."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.ingest.declare import Source
from analytics.ingest.frame import Mask
from analytics.ingest.heading_names import fold
from analytics.ingest.headings import AID_HEADINGS, Headings, read
from analytics.ingest.parse.cells import NOTHING, plain

_TOTAL = re.compile(r".{0,12}?(小计|合计|总计|累计|共计)[:]?|(?:sub|grand)?totals?:?", re.IGNORECASE)
# Where no key is given a total may say more: 合计（件）, 总计3件, 合计金额.
_LOOSE_TOTAL = re.compile(
    r"(?:小计|合计|总计|累计|共计).{0,16}|共\(?\d[\d,]*\)?(?:件|条|人|家|户|次|项|场|行|名)\S{0,6}"
)
TOTAL_PATTERN = "小\\s*计|合\\s*计|总\\s*计|累\\s*计|共\\s*计"
_BY_HAND = (
    "填表人|填报人|制表人|制表|填表|经办人|审核人|审核|复核人|复核|审批人|负责人|单位负责人|主管领导|分管领导|站长签字|"
    "填报单位|填表单位|报送单位|制表单位|填表日期|填报日期|填报时间|报送日期|制表日期|盖章|签字|签章"
)
# What makes a row's key worth a second look: totals, signatures, hints to the person who fills in, nothing.
_DOUBTFUL_KEY = (
    rf"{TOTAL_PATTERN}|(?i:total)|^(?:{_BY_HAND})|^[(（]?(?:必填|选填|可选|示例|样例|例)|"
    r"^[-—–_=*./、\\~\s]+$|^(?:无|暂无|(?i:n/a|null|nan))$"
)
_HINTS = frozenset(
    {"必填", "选填", "可选", "必填项", "选填项", "可选项", "(必填)", "(选填)", "自动生成", "自动计算"}
)
_EXAMPLES = frozenset({"示例", "样例", "例", "填写示例", "填写样例"})
# A row of these alone names units under the headings: （人次）.
_IN_BRACKETS = re.compile(r"[(\[【][^)\]】]*[)\]】]")
_RULED = re.compile(r"[-—–_=*./、\\~\s]+")
_DAY = re.compile(r"\d{4} ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2} ?日?")
_STOPS = re.compile(r"[,。;:!?]")
_BARE_LABEL = re.compile(rf"(?:{_BY_HAND}) ?:?(?: ?\S{{1,8}})?")
_LABELS = (
    "注|备注|说明|填表说明|填报说明|填表人|填报人|制表人|制表|填表|经办人|经办|审核人|审核|复核人|复核|审批人|负责人|"
    "主管领导|领导签字|分管领导|站长|联系人|联系电话|电话|填报单位|填表单位|报送单位|制表单位|单位负责人|单位|盖章|"
    "单位盖章|签字|签章|签名|日期|填表日期|填报日期|填报时间|报送日期|制表日期|统计人|统计员|数据来源"
)
_NOTE = re.compile(rf"(?:[※*★]|(?:{_LABELS})\s*(?:\(?(?:盖章|签字|签章|公章|签名)\)?)?\s*[::])")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SERIAL_HEADINGS = frozenset({"序号", "no", "序"})


def is_data(table: pa.Table, headings: Headings) -> Mask:
    """Return which rows of ``table`` hold data (columns in the order of the sheet, empty cells null)."""
    filled = np.zeros(table.num_rows, dtype=np.int32)
    given = _prefilled(headings)
    for index, column in enumerate(table.columns):
        # A form numbered in advance is blank where only the numbers stand.
        if index not in given and not _is_serial(headings, index):
            filled += _mask(column.is_valid())
    data = np.asarray(filled > 0)
    doubtful = np.flatnonzero(data & _doubtful(table, headings))
    if len(doubtful):
        taken = table.take(pa.array(doubtful))
        columns = [column.to_pylist() for column in taken.columns]
        for place, cells in zip(doubtful, zip(*columns, strict=True), strict=True):
            data[place] = not _is_apart(list(cells), headings)
    return data


def new_headings(table: pa.Table, headings: Headings) -> list[tuple[int, Headings]]:
    """Return where headings of the same kind stand again with their columns in other places.

    What is below such a row belongs to these; the row itself and its likes are no data.
    """
    names = pa.array(_all_names(headings.source))
    keys = [found.index for found in headings.found.values() if found.column.key and found.column.needed]
    may_be = np.full(table.num_rows, bool(keys))
    for index in keys:
        if may_be.any():
            may_be &= _mask(pc.is_in(table.column(index), value_set=names))
    found: list[tuple[int, Headings]] = []
    before = headings
    for place in np.flatnonzero(may_be).tolist():
        cells = [column[place].as_py() for column in table.columns]
        reading = read(cells, headings.source, place)
        if not reading.missing and _places(reading) != _places(before):
            found.append((place, reading))
            before = reading
    return found


def _places(reading: Headings) -> dict[str, int]:
    return {name: found.index for name, found in reading.found.items()}


def _all_names(source: Source) -> list[str]:
    return [name for c in source.columns for name in (c.heading, c.name, *c.aliases)]


def _prefilled(headings: Headings) -> frozenset[int]:
    """Return the columns that the kind's own template fills in; none in a ledger of another making."""
    aid = AID_HEADINGS.get(headings.source.kind)
    if aid not in headings.texts:
        return frozenset()
    named = {f.index for name, f in headings.found.items() if name in headings.source.prefilled}
    return frozenset(named | {headings.texts.index(aid)})


def _is_serial(headings: Headings, index: int) -> bool:
    return index < len(headings.texts) and fold(headings.texts[index]) in _SERIAL_HEADINGS


def _doubtful(table: pa.Table, headings: Headings) -> Mask:
    """Return rows that may be no data: a required value missing, a total or heading in a key, one text."""
    doubtful = np.zeros(table.num_rows, dtype=bool)
    for found in headings.found.values():
        if not found.column.needed:
            continue
        column = table.column(found.index)
        doubtful |= _mask(column.is_null())
        if found.column.key:
            doubtful |= _mask(pc.fill_null(pc.match_substring_regex(column, _DOUBTFUL_KEY), False))
            names = pa.array([found.heading, found.column.heading, found.column.name, *found.column.aliases])
            doubtful |= _mask(pc.is_in(column, value_set=names))
    return doubtful | _is_one_text(table, headings)


def _is_one_text(table: pa.Table, headings: Headings) -> Mask:
    """Return rows that say the same in every required column: a line merged over the whole table."""
    needed = [table.column(found.index) for found in headings.found.values() if found.column.needed]
    same = np.full(table.num_rows, len(needed) > 1)
    for column in needed[1:]:
        if same.any():
            same &= _mask(pc.fill_null(pc.equal(needed[0], column), False))
    return same


def _is_apart(cells: list[str | None], headings: Headings) -> bool:
    return (
        _is_empty(cells, headings)
        or _is_total(cells, headings)
        or is_headings(cells, headings)
        or _is_note(cells, headings)
    )


def _is_empty(cells: list[str | None], headings: Headings) -> bool:
    """A row of dashes or 无, of what must be filled in (必填, 选填), or one that is called an example."""
    texts = [plain(cell) for n, cell in enumerate(cells) if cell and not _is_serial(headings, n)]
    if all(text.casefold() in NOTHING or _RULED.fullmatch(text) for text in texts):
        return True
    hints = all(text in _HINTS or _IN_BRACKETS.fullmatch(text) for text in texts)
    return hints or _key_is(cells, headings, _EXAMPLES)


def _key_is(cells: list[str | None], headings: Headings, words: frozenset[str]) -> bool:
    return any(
        found.column.key and not found.column.meaning and plain(cells[found.index] or "") in words
        for found in headings.found.values()
    )


def _is_total(cells: list[str | None], headings: Headings) -> bool:
    keys = [
        cells[found.index] for found in headings.found.values() if found.column.key and found.column.needed
    ]
    words = [cell is not None and _total_word(cell) for cell in keys]
    if any(words):
        return True
    first = next((cell for cell in cells if cell), "")
    return not all(keys) and (
        _total_word(first) or _LOOSE_TOTAL.fullmatch(plain(first).replace(" ", "")) is not None
    )


def _total_word(cell: str) -> bool:
    return _TOTAL.fullmatch(plain(cell).replace(" ", "")) is not None


def is_headings(cells: list[str | None], headings: Headings) -> bool:
    """Say whether a row repeats the headings, or gives them again by their English names."""
    pairs = [(cells[found.index], found) for found in headings.found.values() if cells[found.index]]
    same = sum(
        fold(cell or "") in (fold(f.heading), fold(f.column.heading), fold(f.column.name))
        or (bool(headings.parts) and fold(cell or "") in headings.parts[f.index])
        for cell, f in pairs
    )
    return same >= 2 and same * 2 > len(pairs)


def _is_note(cells: list[str | None], headings: Headings) -> bool:
    """A signature line, or one line of prose without anything that a row needs."""
    texts = list(dict.fromkeys(plain(cell) for cell in cells if cell))
    required = [found.index for found in headings.found.values() if found.column.needed]
    labelled = [_NOTE.match(text) is not None for text in texts]
    if labelled[0] and len(texts) <= max(6, 2 * sum(labelled)):
        empty = sum(cells[index] is None for index in required)
        if all(labelled) or empty * 2 >= len(required):
            return True
    by_hand = sum(_BARE_LABEL.fullmatch(text) is not None for text in texts)
    if _BARE_LABEL.fullmatch(texts[0]) and len(texts) <= 2 * by_hand + 1:
        return True
    return len(texts) == 1 and _is_remark(texts[0], cells, headings)


def _is_remark(text: str, cells: list[str | None], headings: Headings) -> bool:
    """Say whether the one text of a row is a remark, not the beginning of a record.

    A sentence is one wherever it stands, a day where no date belongs, and words (二、区级机构, 以下空白)
    in a first column that holds record numbers. A name in a column of names may be a record.
    """
    own = {found.index: found.column for found in headings.found.values()}
    filled = [index for index, cell in enumerate(cells) if cell]
    types = {own[index].type if index in own else "" for index in filled}
    if _DAY.fullmatch(text):
        return not types & {"date", "datetime", "month"}
    signs = len(_CHINESE.findall(text))
    if len(filled) > 1 or filled[0] not in own:
        return signs >= 2
    column = own[filled[0]]
    if signs >= 12:
        return column.type != "text" or not column.needed or _STOPS.search(text) is not None
    in_numbers = filled[0] == min(own) and column.type == "code" and not column.meaning
    return in_numbers and signs >= 2


def _mask(values: pa.Array | pa.ChunkedArray) -> Mask:
    return np.asarray(
        values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy(),
        dtype=bool,
    )
