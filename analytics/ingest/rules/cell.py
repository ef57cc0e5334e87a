"""E4: a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.ingest.rules.declare import rule
from analytics.ingest.rules.reach import meaning, named, of_type, where

if TYPE_CHECKING:  # ledgers are declared with the rules, not the other way round
    from analytics.ingest.declare import Column, ColumnType

# Columns that name a member of a catalogue of the standard; an industry that a row may lack has a rule of its
# own.
_NAMES: tuple[ColumnType, ...] = ("area", "service", "course", "clause")


def _is_named(column: Column) -> bool:
    return column.type in _NAMES or (column.type == "industry" and column.required)


def _may_be_unknown(column: Column) -> bool:
    return column.type == "industry" and not column.required


def _has_bounds(column: Column) -> bool:
    limited = column.minimum is not None or column.maximum is not None
    return column.type == "integer" or (column.type == "number" and limited)


def _is_closed(column: Column) -> bool:
    return bool(column.values) and column.type != "list" and column.meaning != "rating"


MISSING = rule(
    "E401",
    "reject",
    name=("必填项为空", "Required value missing"),
    zh="“{column}”为必填项，不能为空。请补填。",
    en="‘{column}’ is required and must not be empty. Fill it in.",
    reach=where(lambda column: column.needed),
)
BAD_DATE = rule(
    "E402",
    "by_column",
    name=("日期无法识别", "Date not understood"),
    zh="“{column}”的“{value}”不是可识别的日期。请写成 2026-03-05 或 2026-03-05 14:30。",
    en="{column}: ‘{value}’ is not a date that can be read. Write 2026-03-05 or 2026-03-05 14:30.",
    reach=of_type("date", "datetime"),
)
FUTURE_DATE = rule(
    "E403",
    "by_column",
    name=("日期在今天之后", "Date after today"),
    zh="“{column}”的“{value}”在今天之后。请核对年份和月份。",
    en="{column}: ‘{value}’ lies after today. Check the year and the month.",
    reach=of_type("date", "datetime", "month"),
)
BAD_NUMBER = rule(
    "E404",
    "by_column",
    name=("数字无法识别", "Number not understood"),
    zh="“{column}”的“{value}”不是可识别的数字。请只填数字。",
    en="{column}: ‘{value}’ is not a number that can be read. Give digits only.",
    reach=of_type("number", "integer"),
)
BAD_UNIT = rule(
    "E405",
    "by_column",
    name=("单位不符", "Unit does not fit"),
    zh="“{column}”的“{value}”所带单位与该列不符。请换算后只填数字。",
    en="{column}: the unit of ‘{value}’ does not fit this column. Convert it and give digits only.",
    reach=of_type("number", "integer"),
)
OUT_OF_RANGE = rule(
    "E406",
    "by_column",
    name=("数值超出范围", "Out of range"),
    zh="“{column}”的“{value}”超出允许范围（{detail}）。请核对。",
    en="{column}: ‘{value}’ is outside the allowed range ({detail}). Check it.",
    reach=where(_has_bounds),
)
NOT_WHOLE = rule(
    "E407",
    "by_column",
    name=("应为整数", "Not a whole number"),
    zh="“{column}”应为整数，“{value}”不是。请核对。",
    en="{column} must be a whole number; ‘{value}’ is not. Check it.",
    reach=of_type("integer"),
)
BAD_BOOL = rule(
    "E408",
    "by_column",
    name=("应填是或否", "Neither yes nor no"),
    zh="“{column}”应填“是”或“否”，“{value}”无法识别。",
    en="{column} takes 是 or 否 (yes or no); ‘{value}’ is neither.",
    reach=of_type("bool"),
)
NOT_ALLOWED = rule(
    "E409",
    "by_column",
    name=("不在可选值中", "Not an allowed value"),
    zh="“{column}”的“{value}”不在可选值中：{detail}。请从中选填。",
    en="{column}: ‘{value}’ is none of the allowed values: {detail}. Choose one of them.",
    reach=where(_is_closed),
)
UNKNOWN_NAME = rule(
    "E410",
    "by_column",
    name=("名称或代码未知", "Unknown name or code"),
    zh="“{column}”的“{value}”不是已知的名称或代码{near}。请填写标准名称或代码。",
    en="{column}: ‘{value}’ is no known name or code{near}. Give the standard's name or code.",
    reach=where(lambda column: _is_named(column) or column.type == "measure"),
)
AMBIGUOUS_NAME = rule(
    "E411",
    "by_column",
    name=("名称不唯一", "Ambiguous name"),
    zh="“{column}”的“{value}”可能指：{detail}。请填写完整名称或代码。",
    en="{column}: ‘{value}’ could mean {detail}. Give the full name or the code.",
    reach=where(_is_named),
)
SEVERAL_NAMES = rule(
    "E412",
    "by_column",
    name=("一格填了多项", "Several in one cell"),
    zh="“{column}”的“{value}”包含多项：{detail}。请一行只填一项，分行填写。",
    en="{column}: ‘{value}’ names several: {detail}. Give one a row.",
    reach=where(_is_named),
)
PERSONAL_NUMBER = rule(
    "E413",
    "reject",
    name=("疑似证件号码或电话", "Identity or telephone number"),
    zh="“{column}”疑似身份证号或电话号码（{value}），不予收录。请改用自编的服务对象编号。",
    en="{column} looks like an identity or telephone number ({value}) and is not kept. Use your own number.",
    reach=where(lambda column: column.meaning == "client"),
)
BAD_RATING = rule(
    "E414",
    "by_column",
    name=("满意度无法识别", "Rating not understood"),
    zh="“{column}”的“{value}”无法识别。请填非常满意、满意、基本满意、不满意、非常不满意，或 5 至 1。",
    en="{column}: ‘{value}’ is not a rating. Give one of the five levels, or 5 to 1.",
    reach=meaning("rating"),
)
BAD_MONTH = rule(
    "E415",
    "by_column",
    name=("月份无法识别", "Month not understood"),
    zh="“{column}”的“{value}”不是可识别的月份。请写成 2026-03。",
    en="{column}: ‘{value}’ is not a month that can be read. Write 2026-03.",
    reach=of_type("month"),
)
UNKNOWN_INDUSTRY = rule(
    "E416",
    "finding",
    name=("产业名称未知", "Unknown industry"),
    zh="“{column}”的“{value}”不是已知的一个产业名称{near}，按原文保留，不计入任何产业。"
    "可在“产业同义词”台账中写明它计入哪个产业，已导入的行随即计入，不用重交。",
    en="{column}: ‘{value}’ is no known name of one industry{near}; kept as written, counted under none. "
    "Say in the ledger of industry synonyms which it is: rows that came before then count as well.",
    reach=where(_may_be_unknown),
    changeable=True,
)
UNKNOWN_ENTRY = rule(
    "E417",
    "by_column",
    name=("列表中有未知项", "Unknown entry of a list"),
    zh="“{column}”中的“{detail}”不在可选值中，没有采用，其余各项已导入。请改为可选值。",
    en="{column}: ‘{detail}’ is none of the allowed values; the others were loaded. Choose from these.",
    reach=where(lambda column: column.type == "list" and bool(column.values)),
)
UNKNOWN_ELEMENT = rule(
    "E418",
    "finding",
    name=("要素名称未知", "Unknown element of a list"),
    zh="“{column}”中的“{detail}”不是该清单应有的要素，按原文保留，不计入要素数。请核对名称。",
    en="{column}: ‘{detail}’ is no element this list must hold; kept as written, not counted. Check it.",
    reach=named("elements", kinds=("publications",)),
    changeable=True,
)
ERROR_CELL = rule(
    "E419",
    "by_column",
    name=("公式出错", "Formula error"),
    zh="“{column}”的“{value}”是公式错误，没有可用的值。请改正公式，或直接填写内容。",
    en="{column}: ‘{value}’ is the error of a formula, not a value. Mend the formula or write the value.",
    reach=where(lambda _: True),
)
ROUNDED_CODE = rule(
    "E420",
    "by_column",
    name=("编号被改成科学计数", "Number cut to powers of ten"),
    zh="“{column}”的“{value}”是科学计数形式，编号的后几位已经丢失。请把该列设为文本格式，重新填写完整编号。",
    en="{column}: ‘{value}’ is in powers of ten, the last digits of the number are lost. "
    "Format the column as text and give the whole number.",
    reach=of_type("code"),
)
