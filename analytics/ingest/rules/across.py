"""E6: a row against other ledgers."""

from __future__ import annotations

from analytics.ingest.rules.declare import rule
from analytics.ingest.rules.reach import date_of_fact, meaning, named, where

UNKNOWN_CLIENT = rule(
    "E601",
    "finding",
    name=("服务对象不在名录", "Client not on its list"),
    zh="服务对象编号“{value}”不在服务对象名录中。{counts}；请补充名录或更正编号。",
    en="Client ‘{value}’ is not on the list. {counts}; add the client or correct the number.",
    reach=where(lambda column: column.meaning == "client" and not column.key),
    changeable=True,
)
UNKNOWN_EXPERT = rule(
    "E602",
    "finding",
    name=("志愿服务专家不在名单", "Expert not on the list"),
    zh="专家编号“{value}”不在志愿服务专家名单中。{counts}；请补充名单或更正编号。",
    en="Expert ‘{value}’ is not on the list. {counts}; add the expert or correct the number.",
    reach=where(lambda column: column.name == "expert_id" and not column.key),
    changeable=True,
)
OUTSIDE_OPEN_DAYS = rule(
    "E603",
    "finding",
    name=("不在机构存续期内", "Outside the institution's open days"),
    zh="日期 {value} 不在机构“{detail}”的设立与撤销日期之间。{counts}；请核对日期或机构名录。",
    en="{value} lies outside the open days of institution {detail}. {counts}; check date and list.",
    reach=date_of_fact,
    changeable=True,
)
TOTAL_DIFFERS_FROM_RECORDS = rule(
    "E604",
    "finding",
    name=("月报与台账不一致", "Monthly total differs from records"),
    zh="机构 {institution} {month}：月报 {value} 件次，服务台账 {detail} 件次，以台账为准。请核对。",
    en="{institution}, {month}: the total is {value}, the records are {detail}; the records count. Check.",
    reach=named("services", kinds=("monthly",)),
)
TOTAL_DIFFERS_FROM_PARTS = rule(
    "E605",
    "finding",
    name=("月报合计与分项不一致", "Monthly total differs from its parts"),
    zh="机构 {institution} {month}：合计 {value} 件次，分项之和 {detail} 件次，以分项为准。请核对。",
    en="{institution}, {month}: the total is {value}, its parts make {detail}; the parts count. Check.",
    reach=named("services", kinds=("monthly",)),
)
UNKNOWN_INSTITUTION = rule(
    "E606",
    "finding",
    name=("机构不在名录，记录待补", "Institution not on its list: the row waits"),
    zh="“{column}”的“{value}”不在机构名录中，该行暂不计入。请补交机构名录（补交后自动计入）或更正编号。",
    en="{column}: ‘{value}’ is not on the institutions list, so the row waits. Add the institution, and it "
    "counts by itself, or correct the number.",
    reach=meaning("institution", "scope"),
)
CLIENT_ERASED = rule(
    "E607",
    "finding",
    name=("服务对象已按要求删除", "Client was erased"),
    zh="{detail} 行涉及已按要求删除的服务对象：名录行没有保存，服务记录已去掉服务对象信息后计入。无需更正。",
    en="{detail} rows name clients who were erased: rows of the list are not kept, services count without "
    "the client. Nothing to do.",
    reach=meaning("client"),
)
