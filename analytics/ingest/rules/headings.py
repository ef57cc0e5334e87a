"""E3: a sheet's headings."""

from __future__ import annotations

from analytics.ingest.rules.declare import rule

EXTRA_COLUMNS = rule(
    "E301",
    "finding",
    name=("多出的列", "Extra columns"),
    zh="这些列不属于“{kind}”，没有导入：{detail}。不影响其余内容，无需处理。",
    en="These columns do not belong to ‘{kind}’ and were not imported: {detail}. Nothing needs doing.",
)
DOUBLED_COLUMN = rule(
    "E302",
    "finding",
    name=("同一列出现两次", "Column given twice"),
    zh="“{first}”与“{second}”是同一列，采用了“{first}”。如应以另一列为准，请删去多余的一列。",
    en="‘{first}’ and ‘{second}’ are one column; ‘{first}’ was used. Delete whichever is not meant.",
)
KEYS_MADE = rule(
    "E303",
    "finding",
    name=("由序号生成记录编号", "Keys made from serial numbers"),
    zh="没有“记录编号”列，已用机构、受理月份和序号生成（{detail} 行）。建议以后填写记录编号。",
    en="There is no record number; keys were made of institution, month and serial number ({detail} rows).",
)
UNIT_UNCLEAR = rule(
    "E304",
    "finding",
    name=("表头的单位不明", "Unit of a heading unclear"),
    zh="表头“{value}”没有写明单位，或单位不适用于“{column}”，该列没有导入。"
    "请在表头写明单位，例如“{detail}”。",
    en="Heading ‘{value}’ names no unit, or none that fits {column}; the column was not imported. "
    "Name the unit in the heading, as in ‘{detail}’.",
)
