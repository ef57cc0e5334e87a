"""机构名录: the city centre, district centres and workstations."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source
from analytics.ingest.frame import Frame
from analytics.ingest.places import locate
from analytics.ingest.rules import CITY_TIER_HAS_DISTRICT, DISTRICT_IS_CITYWIDE


def tidy(frame: Frame) -> None:
    """Read a city-tier institution as serving the whole city, no other; put coordinates right."""
    _same_as_listed(frame)
    is_city, is_all = frame.equals("tier", "市级"), frame.equals("district", "all")
    frame.flag(DISTRICT_IS_CITYWIDE, frame.equals("tier", "区级", "工作站") & is_all, "district")
    contradicts = is_city & ~is_all & frame.has("district")
    frame.flag(CITY_TIER_HAS_DISTRICT, contradicts, "district")
    frame.put("district", contradicts, "all")
    locate(frame)


def _same_as_listed(frame: Frame) -> None:
    """Give back its zeros to the number of an institution that is listed under the same name."""
    listed = frame.context.institutions
    named = dict(
        zip(frame.values["institution_id"].to_pylist(), frame.values["name"].to_pylist(), strict=True)
    )

    def meant(number: str) -> str:
        found, name = listed.match(number).institution_id, named[number]
        return found if found and name and listed.match(name).institution_id == found else number

    frame.values["institution_id"] = frame.mapped(frame.values["institution_id"], meant)


SOURCE = Source(
    kind="institutions",
    name=Text("机构名录", "Institutions"),
    columns=(
        Column(
            "institution_id",
            "机构编号",
            aliases=("机构编码", "工作站编号", "站点编号"),
            key=True,
            required=True,
            starter=True,
            type="code",
        ),
        Column("name", "机构名称", aliases=("名称", "工作站名称", "单位名称"), required=True, starter=True),
        Column(
            "tier",
            "机构层级",
            aliases=("层级", "级别"),
            required=True,
            starter=True,
            values=("市级", "区级", "工作站"),
        ),
        Column("category", "机构类别", values=("公共服务", "快速协同保护")),
        Column(
            "district",
            "所属区域",
            aliases=("所属区", "区", "所在区", "行政区"),
            required=True,
            starter=True,
            type="area",
            areas=("all",),
        ),
        Column("township", "街道乡镇"),
        Column("operator_name", "运营单位", aliases=("运营单位名称",)),
        Column(
            "operator_type",
            "运营单位类型",
            aliases=("载体类型",),
            values=(
                "专业园区",
                "开发区",
                "产业集聚区",
                "孵化器",
                "众创空间",
                "中小企业公共服务示范平台",
                "大学科技园",
                "行业组织",
                "其他",
            ),
        ),
        Column("operator_founded_on", "运营单位成立日期", type="date"),
        Column("operator_is_legal_person", "独立法人", aliases=("是否独立法人", "独立法人资格"), type="bool"),
        Column("co_builders", "共建单位", type="list"),
        Column(
            "opened_on",
            "设立日期",
            aliases=("设立时间", "挂牌日期"),
            required=True,
            starter=True,
            type="date",
        ),
        Column("closed_on", "撤销日期", aliases=("撤销时间",), type="date"),
        Column("address", "地址"),
        Column("lon", "经度", type="number", unit="degrees", minimum=None),
        Column("lat", "纬度", type="number", unit="degrees", minimum=None),
        Column(
            "datum",
            "坐标系",
            values=("WGS84", "CGCS2000", "GCJ02", "BD09"),
            note=Text("空着按 WGS84。", "Empty means WGS84."),
        ),
        Column("phone", "咨询电话", aliases=("联系电话",)),
        Column("oversight_phone", "监督电话"),
        Column("focus_industries", "重点产业", aliases=("重点服务产业",), type="list"),
        Column("head_is_operator_head", "站长为运营单位负责人", type="bool"),
        Column("staff_full_time", "专职人数", type="integer", unit="persons"),
        Column("staff_part_time", "兼职人数", type="integer", unit="persons"),
        Column("liaison_count", "联络员人数", type="integer", unit="persons"),
        Column("qualified_staff_count", "持证人数", type="integer", unit="persons"),
        Column("pre_post_trained_count", "岗前培训人数", type="integer", unit="persons"),
        Column("has_search_database", "检索分析数据库", type="bool"),
        Column("has_online_platform", "线上信息平台", type="bool"),
        Column("open_hours_per_week", "每周开放小时", type="number", unit="hours", maximum=168),
        Column(
            "annual_capacity",
            "年服务能力",
            type="number",
            unit="cases_a_year",
            note=Text("一年最多能办的件次。", "Services it can give in a year."),
        ),
    ),
    order=(("opened_on", "closed_on"),),
    tidy=tidy,
)
