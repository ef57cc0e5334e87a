"""Every rule of loading: code, what a row that breaks it becomes, and what the reader is told.

Codes: E1 the file, E2 the sheet, E3 its headings, E4 a cell, E5 a row, E6 against other ledgers.
Messages may use ``{column}``, ``{value}`` and what the place that found the fault fills in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.core.text import Text

Severity = Literal["reject", "finding"]
# by_column: rejected in a key or required column, else the row loads without the value.
Default = Literal["reject", "finding", "by_column"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, by its code."""

    code: str
    name: Text
    severity: Default
    message: Text

    def severity_in(self, changed: dict[str, Severity], *, required: bool = False) -> Severity:
        """Return the severity under the settings; a required value can never be left out."""
        if self.severity == "by_column":
            return "reject" if required else changed.get(self.code, "finding")
        return changed.get(self.code, self.severity)


RULES: dict[str, Rule] = {}


def _rule(code: str, severity: Default, *, name: tuple[str, str], zh: str, en: str) -> Rule:
    rule = Rule(code, Text(*name), severity, Text(zh=zh, en=en))
    assert code not in RULES, code
    RULES[code] = rule
    return rule


# --- the file -----------------------------------------------------------------------------------
FILE_DAMAGED = _rule(
    "E101",
    "reject",
    name=("文件无法读取", "File cannot be read"),
    zh="文件无法读取，可能已损坏或没有传完整（{detail}）。请重新导出或另存为 .xlsx 后再导入。",
    en="The file cannot be read; it may be damaged or cut short ({detail}). Save it as .xlsx again.",
)
FILE_LOCKED = _rule(
    "E102",
    "reject",
    name=("文件有密码", "File has a password"),
    zh="文件设有打开密码。请取消密码后再导入。",
    en="The file is protected by a password. Remove the password and import it again.",
)
FILE_TOO_WIDE = _rule(
    "E103",
    "reject",
    name=("表格范围异常", "Sheet claims an impossible area"),
    zh="工作表“{detail}”占用的行列范围远大于实际内容。请把内容复制到新的工作簿后再导入。",
    en="Sheet ‘{detail}’ spans far more rows and columns than it fills. Copy its content to a new workbook.",
)
FILE_TOO_LARGE = _rule(
    "E104",
    "reject",
    name=("文件过大", "File too large"),
    zh="读取该文件超出了内存或时间限制（{detail}）。请拆分文件，或另存为 CSV 后再导入。",
    en="Reading this file exceeds the limits of memory or time ({detail}). Split it, or save it as CSV.",
)
FILE_UNKNOWN = _rule(
    "E105",
    "reject",
    name=("文件格式不支持", "Format not supported"),
    zh="内容不是支持的格式（.xlsx、.csv）。请用 Excel 或 WPS 另存为 .xlsx 或 .csv 后再导入。",
    en="Its content is no supported format (.xlsx, .csv). Save it as .xlsx or .csv and import it again.",
)
FILE_EMPTY = _rule(
    "E106",
    "finding",
    name=("空文件", "Empty file"),
    zh="文件里没有任何内容。请检查是否选错了文件。",
    en="The file holds nothing. Check whether it is the right file.",
)
FILE_ENCODING = _rule(
    "E107",
    "reject",
    name=("文字编码无法识别", "Encoding not understood"),
    zh="无法识别文件的文字编码。请另存为 UTF-8 编码的 CSV 后再导入。",
    en="The file's text encoding is not understood. Save it as CSV in UTF-8 and import it again.",
)
FILE_BROKEN_QUOTES = _rule(
    "E108",
    "reject",
    name=("引号不成对", "Unpaired quotation mark"),
    zh="第 {detail} 行起引号不成对，其后内容无法分行。请补上或删除该引号后再导入。",
    en="From row {detail} on a quotation mark has no partner. Add or remove it and import the file again.",
)

# --- the sheet ----------------------------------------------------------------------------------
SHEET_HIDDEN = _rule(
    "E201",
    "finding",
    name=("隐藏工作表", "Hidden sheet"),
    zh="工作表是隐藏的，没有读取（{detail} 行）。如需导入，请先取消隐藏。",
    en="The sheet is hidden and was not read ({detail} rows). Unhide it if it is to be imported.",
)
SHEET_NOTES = _rule(
    "E202",
    "finding",
    name=("说明页", "Sheet of notes"),
    zh="没有找到表头，按说明页处理，没有导入。如这是台账，请补上表头。",
    en="No headings were found; taken for notes and not imported. If it is a ledger, add the headings.",
)
SHEET_UNKNOWN = _rule(
    "E203",
    "reject",
    name=("无法识别台账种类", "Kind not recognised"),
    zh="表头与任何台账都不相符（最接近：{detail}）。请改用模板的表头，或用 --kind 指明种类。",
    en="The headings fit no ledger (nearest: {detail}). Use the template's headings, or say --kind.",
)
SHEET_INCOMPLETE = _rule(
    "E204",
    "reject",
    name=("缺少必填列", "Required column missing"),
    zh="按“{kind}”读取时缺少必填列：{missing}。表中相近的表头：{near}。请补上该列后再导入。",
    en="Read as ‘{kind}’, required columns are missing: {missing}. Nearest headings: {near}. Add them.",
)
SHEET_AMBIGUOUS = _rule(
    "E205",
    "reject",
    name=("种类不唯一", "More than one kind fits"),
    zh="表头同时符合几种台账：{detail}。请用 --kind 指明是哪一种。",
    en="The headings fit several ledgers: {detail}. Say which with --kind.",
)
SHEET_SECRET = _rule(
    "E206",
    "reject",
    name=("涉密标记", "Classification mark"),
    zh="标题中有密级标记，整张表没有读取，内容未保留。本系统不处理涉密信息，请按保密规定处理。",
    en="Its title bears a classification mark: the sheet was not read and nothing of it was kept.",
)
MORE_LIKE_THIS = _rule(
    "E207",
    "finding",
    name=("同类提示从略", "More of the same"),
    zh="{code} 类提示另有 {detail} 处，不再逐条列出。",
    en="{code}: {detail} more of the same are not listed one by one.",
)

# --- headings -----------------------------------------------------------------------------------
EXTRA_COLUMNS = _rule(
    "E301",
    "finding",
    name=("多出的列", "Extra columns"),
    zh="这些列不属于“{kind}”，没有导入：{detail}。不影响其余内容，无需处理。",
    en="These columns do not belong to ‘{kind}’ and were not imported: {detail}. Nothing needs doing.",
)
DOUBLED_COLUMN = _rule(
    "E302",
    "finding",
    name=("同一列出现两次", "Column given twice"),
    zh="“{first}”与“{second}”是同一列，采用了“{first}”。如应以另一列为准，请删去多余的一列。",
    en="‘{first}’ and ‘{second}’ are one column; ‘{first}’ was used. Delete whichever is not meant.",
)
KEYS_MADE = _rule(
    "E303",
    "finding",
    name=("由序号生成记录编号", "Keys made from serial numbers"),
    zh="没有“记录编号”列，已用机构、受理月份和序号生成（{detail} 行）。建议以后填写记录编号。",
    en="There is no record number; keys were made of institution, month and serial number ({detail} rows).",
)

# --- a cell -------------------------------------------------------------------------------------
MISSING = _rule(
    "E401",
    "reject",
    name=("必填项为空", "Required value missing"),
    zh="“{column}”为必填项，不能为空。请补填。",
    en="‘{column}’ is required and must not be empty. Fill it in.",
)
BAD_DATE = _rule(
    "E402",
    "by_column",
    name=("日期无法识别", "Date not understood"),
    zh="“{column}”的“{value}”不是可识别的日期。请写成 2026-03-05 或 2026-03-05 14:30。",
    en="{column}: ‘{value}’ is not a date that can be read. Write 2026-03-05 or 2026-03-05 14:30.",
)
FUTURE_DATE = _rule(
    "E403",
    "by_column",
    name=("日期在今天之后", "Date after today"),
    zh="“{column}”的“{value}”在今天之后。请核对年份和月份。",
    en="{column}: ‘{value}’ lies after today. Check the year and the month.",
)
BAD_NUMBER = _rule(
    "E404",
    "by_column",
    name=("数字无法识别", "Number not understood"),
    zh="“{column}”的“{value}”不是可识别的数字。请只填数字。",
    en="{column}: ‘{value}’ is not a number that can be read. Give digits only.",
)
BAD_UNIT = _rule(
    "E405",
    "by_column",
    name=("单位不符", "Unit does not fit"),
    zh="“{column}”的“{value}”所带单位与该列不符。请换算后只填数字。",
    en="{column}: the unit of ‘{value}’ does not fit this column. Convert it and give digits only.",
)
OUT_OF_RANGE = _rule(
    "E406",
    "by_column",
    name=("数值超出范围", "Out of range"),
    zh="“{column}”的“{value}”超出允许范围（{detail}）。请核对。",
    en="{column}: ‘{value}’ is outside the allowed range ({detail}). Check it.",
)
NOT_WHOLE = _rule(
    "E407",
    "by_column",
    name=("应为整数", "Not a whole number"),
    zh="“{column}”应为整数，“{value}”不是。请核对。",
    en="{column} must be a whole number; ‘{value}’ is not. Check it.",
)
BAD_BOOL = _rule(
    "E408",
    "by_column",
    name=("应填是或否", "Neither yes nor no"),
    zh="“{column}”应填“是”或“否”，“{value}”无法识别。",
    en="{column} takes 是 or 否 (yes or no); ‘{value}’ is neither.",
)
NOT_ALLOWED = _rule(
    "E409",
    "by_column",
    name=("不在可选值中", "Not an allowed value"),
    zh="“{column}”的“{value}”不在可选值中：{detail}。请从中选填。",
    en="{column}: ‘{value}’ is none of the allowed values: {detail}. Choose one of them.",
)
UNKNOWN_NAME = _rule(
    "E410",
    "by_column",
    name=("名称或代码未知", "Unknown name or code"),
    zh="“{column}”的“{value}”不是已知的名称或代码{near}。请填写标准名称或代码。",
    en="{column}: ‘{value}’ is no known name or code{near}. Give the standard's name or code.",
)
AMBIGUOUS_NAME = _rule(
    "E411",
    "by_column",
    name=("名称不唯一", "Ambiguous name"),
    zh="“{column}”的“{value}”可能指：{detail}。请填写完整名称或代码。",
    en="{column}: ‘{value}’ could mean {detail}. Give the full name or the code.",
)
SEVERAL_NAMES = _rule(
    "E412",
    "by_column",
    name=("一格填了多项", "Several in one cell"),
    zh="“{column}”的“{value}”包含多项：{detail}。请一行只填一项，分行填写。",
    en="{column}: ‘{value}’ names several: {detail}. Give one a row.",
)
PERSONAL_NUMBER = _rule(
    "E413",
    "reject",
    name=("疑似证件号码或电话", "Identity or telephone number"),
    zh="“{column}”疑似身份证号或电话号码（{value}），不予收录。请改用自编的服务对象编号。",
    en="{column} looks like an identity or telephone number ({value}) and is not kept. Use your own number.",
)
BAD_RATING = _rule(
    "E414",
    "by_column",
    name=("满意度无法识别", "Rating not understood"),
    zh="“{column}”的“{value}”无法识别。请填非常满意、满意、基本满意、不满意、非常不满意，或 5 至 1。",
    en="{column}: ‘{value}’ is not a rating. Give one of the five levels, or 5 to 1.",
)
BAD_MONTH = _rule(
    "E415",
    "by_column",
    name=("月份无法识别", "Month not understood"),
    zh="“{column}”的“{value}”不是可识别的月份。请写成 2026-03。",
    en="{column}: ‘{value}’ is not a month that can be read. Write 2026-03.",
)
UNKNOWN_INDUSTRY = _rule(
    "E416",
    "finding",
    name=("产业名称未知", "Unknown industry"),
    zh="“{column}”的“{value}”不是已知的产业名称{near}，按原文保留，不计入任何产业。",
    en="{column}: ‘{value}’ is no known industry{near}; kept as written, counted under none.",
)
UNKNOWN_ENTRY = _rule(
    "E417",
    "by_column",
    name=("列表中有未知项", "Unknown entry of a list"),
    zh="“{column}”中的“{detail}”不在可选值中，其余各项已导入。",
    en="{column}: ‘{detail}’ is none of the allowed values; the other entries were loaded.",
)

# --- a row --------------------------------------------------------------------------------------
ROW_SECRET = _rule(
    "E501",
    "reject",
    name=("涉密标记", "Classification mark"),
    zh="该行有密级标记，没有读取，内容未保留。本系统不处理涉密信息，请按保密规定处理。",
    en="The row bears a classification mark: it was refused and nothing of it was kept.",
)
TIMES_BACKWARDS = _rule(
    "E502",
    "finding",
    name=("时间先后颠倒", "Times run backwards"),
    zh="“{column}”（{value}）早于“{detail}”，该时间没有采用。请核对。",
    en="{column} ({value}) lies before {detail}; it was left out. Check both.",
)
OUTSIDE_BEIJING = _rule(
    "E503",
    "finding",
    name=("坐标在北京之外", "Coordinate outside Beijing"),
    zh="坐标（{value}）在北京市之外，没有采用。请核对经度、纬度和坐标系。",
    en="The coordinate ({value}) lies outside Beijing and was left out. Check longitude, latitude and datum.",
)
OUTSIDE_DISTRICT = _rule(
    "E504",
    "finding",
    name=("坐标与所属区域不符", "Coordinate outside its district"),
    zh="坐标（{value}）距“{detail}”超过 2 公里。请核对坐标、坐标系或所属区域。",
    en="The coordinate ({value}) is more than 2 km from {detail}. Check coordinate, datum and district.",
)
CITY_TIER_HAS_DISTRICT = _rule(
    "E505",
    "finding",
    name=("市级机构填了区", "City tier with a district"),
    zh="市级机构服务全市，“{value}”已按全市处理。如实为区级，请更正机构层级。",
    en="A city-tier institution serves the whole city; ‘{value}’ was read as 全市. Correct a wrong tier.",
)
DISTRICT_IS_CITYWIDE = _rule(
    "E506",
    "reject",
    name=("非市级机构填了全市", "Whole city below city tier"),
    zh="只有市级机构可填“全市”。请填写所属区，或更正机构层级。",
    en="Only a city-tier institution may say 全市. Give its district, or correct its tier.",
)
AMBIGUOUS_INSTITUTION = _rule(
    "E507",
    "reject",
    name=("机构不唯一", "Institution not certain"),
    zh="“{column}”的“{value}”不是机构编号，也不能确定是哪家机构（可能是：{detail}）。请填写机构编号。",
    en="{column}: ‘{value}’ is no institution's number and could mean {detail}. Give the number.",
)
TOO_MANY_CELLS = _rule(
    "E508",
    "reject",
    name=("该行列数过多", "More cells than headings"),
    zh="该行比表头多出内容（{value}），可能有未加引号的分隔符。请检查后重新导出。",
    en="The row has more cells than headings ({value}); a separator may lack its quotation marks.",
)
HALF_COORDINATE = _rule(
    "E509",
    "finding",
    name=("坐标不完整", "Half a coordinate"),
    zh="经度、纬度只填了一项，坐标没有采用。请补填。",
    en="Only one of longitude and latitude is given; the coordinate was left out. Fill in the other.",
)
PARTS_EXCEED_WHOLE = _rule(
    "E510",
    "finding",
    name=("部分大于总数", "Part exceeds its whole"),
    zh="“{part}”（{value}）大于“{detail}”，没有采用。请核对。",
    en="{part} ({value}) exceeds {detail}; it was left out. Check both.",
)

# --- against other ledgers ----------------------------------------------------------------------
UNKNOWN_CLIENT = _rule(
    "E601",
    "finding",
    name=("服务对象不在名录", "Client not on its list"),
    zh="服务对象编号“{value}”不在服务对象名录中。记录已计入；请补充名录或更正编号。",
    en="Client ‘{value}’ is not on the list. The record counts; add the client or correct the number.",
)
UNKNOWN_EXPERT = _rule(
    "E602",
    "finding",
    name=("志愿服务专家不在名单", "Expert not on the list"),
    zh="专家编号“{value}”不在志愿服务专家名单中。记录已计入；请补充名单或更正编号。",
    en="Expert ‘{value}’ is not on the list. The record counts; add the expert or correct the number.",
)
OUTSIDE_OPEN_DAYS = _rule(
    "E603",
    "finding",
    name=("不在机构存续期内", "Outside the institution's open days"),
    zh="日期 {value} 不在机构“{detail}”的设立与撤销日期之间。记录已计入；请核对日期或机构名录。",
    en="{value} lies outside the open days of institution {detail}. The record counts; check date and list.",
)
TOTAL_DIFFERS_FROM_RECORDS = _rule(
    "E604",
    "finding",
    name=("月报与台账不一致", "Monthly total differs from records"),
    zh="机构 {institution} {month}：月报 {value} 件次，服务台账 {detail} 件次，以台账为准。请核对。",
    en="{institution}, {month}: the total is {value}, the records are {detail}; the records count. Check.",
)
TOTAL_DIFFERS_FROM_PARTS = _rule(
    "E605",
    "finding",
    name=("月报合计与分项不一致", "Monthly total differs from its parts"),
    zh="机构 {institution} {month}：合计 {value} 件次，分项之和 {detail} 件次，以分项为准。请核对。",
    en="{institution}, {month}: the total is {value}, its parts make {detail}; the parts count. Check.",
)
