"""E5: a row."""

from __future__ import annotations

from analytics.ingest.rules.declare import rule
from analytics.ingest.rules.reach import later_times, meaning, named, where

ROW_SECRET = rule(
    "E501",
    "reject",
    name=("涉密标记", "Classification mark"),
    zh="该行有密级标记，没有读取，内容未保留。本系统不处理涉密信息，请按保密规定处理。",
    en="The row bears a classification mark: it was refused and nothing of it was kept. Handle it by the "
    "rules on secrets.",
)
TIMES_BACKWARDS = rule(
    "E502",
    "finding",
    name=("时间先后颠倒", "Times run backwards"),
    zh="“{column}”（{value}）早于“{detail}”，该时间没有采用。请核对。",
    en="{column} ({value}) lies before {detail}; it was left out. Check both.",
    reach=later_times,
    changeable=True,
)
OUTSIDE_BEIJING = rule(
    "E503",
    "finding",
    name=("坐标在北京之外", "Coordinate outside Beijing"),
    zh="坐标（{value}）在北京市之外，没有采用。请核对经度、纬度和坐标系。",
    en="The coordinate ({value}) lies outside Beijing and was left out. Check longitude, latitude and datum.",
    reach=named("lon", "lat"),
    changeable=True,
)
OUTSIDE_DISTRICT = rule(
    "E504",
    "finding",
    name=("坐标与所属区域不符", "Coordinate outside its district"),
    zh="坐标（{value}）距“{detail}”超过 2 公里。请核对坐标、坐标系或所属区域。",
    en="The coordinate ({value}) is more than 2 km from {detail}. Check coordinate, datum and district.",
    reach=named("lon", "lat", beside="district"),
    changeable=True,
)
CITY_TIER_HAS_DISTRICT = rule(
    "E505",
    "finding",
    name=("市级机构填了区", "City tier with a district"),
    zh="市级机构服务全市，“{value}”已按全市处理。如实为区级，请更正机构层级。",
    en="A city-tier institution serves the whole city; ‘{value}’ was read as 全市. Correct a wrong tier.",
    reach=named("district", kinds=("institutions",)),
    changeable=True,
)
DISTRICT_IS_CITYWIDE = rule(
    "E506",
    "reject",
    name=("非市级机构填了全市", "Whole city below city tier"),
    zh="只有市级机构可填“全市”。请填写所属区，或更正机构层级。",
    en="Only a city-tier institution may say 全市. Give its district, or correct its tier.",
    reach=named("district", kinds=("institutions",)),
)
AMBIGUOUS_INSTITUTION = rule(
    "E507",
    "reject",
    name=("机构不唯一", "Institution not certain"),
    zh="“{column}”的“{value}”不是机构编号，也不能确定是哪家机构（可能是：{detail}）。请填写机构编号。",
    en="{column}: ‘{value}’ is no institution's number and could mean {detail}. Give the number.",
    reach=meaning("institution", "scope"),
)
TOO_MANY_CELLS = rule(
    "E508",
    "reject",
    name=("该行列数过多", "More cells than headings"),
    zh="该行比表头多出内容（{value}），可能有未加引号的分隔符。请检查后重新导出。",
    en="The row has more cells than headings ({value}); a separator may lack its quotation marks.",
)
HALF_COORDINATE = rule(
    "E509",
    "finding",
    name=("坐标不完整", "Half a coordinate"),
    zh="经度、纬度只填了一项，坐标没有采用。请补填。",
    en="Only one of longitude and latitude is given; the coordinate was left out. Fill in the other.",
    reach=where(lambda column: column.name in ("lon", "lat") and not column.required),
    changeable=True,
)
PARTS_EXCEED_WHOLE = rule(
    "E510",
    "finding",
    name=("部分大于总数", "Part exceeds its whole"),
    zh="“{part}”（{value}）大于“{detail}”，没有采用。请核对。",
    en="{part} ({value}) exceeds {detail}; it was left out. Check both.",
    reach=named("survey_satisfied", "items_done"),
    changeable=True,
)
DEFAULT_RATINGS = rule(
    "E511",
    "finding",
    name=("默认好评不计入", "Ratings by default are not counted"),
    zh="“{column}”为“默认”的评价有 {detail} 条，按未评价处理，不计入满意度。请改用主动评价或回访。",
    en="{column}: {detail} ratings were given by default; they count as not rated. Ask for ratings, or "
    "follow up.",
    reach=named("rating_source"),
    changeable=True,
)
SYNONYM_TAKEN = rule(
    "E512",
    "reject",
    name=("写法已有含义", "Spelling means another industry"),
    zh="“{value}”在规范的产业名称中已是“{detail}”，不能改归其他产业。请核对“产业”，或删去该行。",
    en="‘{value}’ is {detail} in the standard's own table and cannot mean another. Check the industry, or "
    "delete the row.",
    reach=named("spelling", kinds=("industry_synonyms",)),
)
SYNONYM_TWICE = rule(
    "E513",
    "reject",
    name=("一种写法指几个产业", "One spelling for several industries"),
    zh="“{value}”在本表中指几个产业（{detail}），都没有采用。请只留一行。",
    en="‘{value}’ stands for several industries in this sheet ({detail}); none was taken. Keep one row.",
    reach=named("spelling", kinds=("industry_synonyms",)),
)
