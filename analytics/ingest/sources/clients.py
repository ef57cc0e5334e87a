"""服务对象名录: who is served, with names kept as a salted hash."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source
from analytics.ingest.frame import Frame
from analytics.ingest.places import coarsen, locate


def tidy(frame: Frame) -> None:
    """Put coordinates right, and those of individuals down to about 1 km."""
    locate(frame)
    coarsen(frame, frame.equals("client_type", "个人"))


SOURCE = Source(
    kind="clients",
    name=Text("服务对象名录", "Clients"),
    columns=(
        Column("client_id", "服务对象编号", key=True, required=True, type="code", meaning="client"),
        Column("name", "名称", aliases=("企业名称", "单位名称"), meaning="client_name"),
        Column(
            "client_type",
            "类型",
            aliases=("服务对象类型",),
            required=True,
            values=(
                "大型企业",
                "中型企业",
                "小微企业",
                "个体工商户",
                "高校院所",
                "行业组织",
                "个人",
                "政府及其他",
            ),
        ),
        Column("industry", "所属产业", aliases=("所属行业",), type="industry"),
        Column(
            "district",
            "所属区域",
            aliases=("所属区", "区", "所在区", "行政区"),
            required=True,
            type="area",
            areas=("outside",),
        ),
        Column("township", "街道乡镇"),
        Column("lon", "经度", type="number", unit="degrees", minimum=None),
        Column("lat", "纬度", type="number", unit="degrees", minimum=None),
        Column(
            "datum",
            "坐标系",
            values=("WGS84", "CGCS2000", "GCJ02", "BD09"),
            note=Text("空着按 WGS84。", "Empty means WGS84."),
        ),
        Column(
            "key_tags",
            "重点企业标签",
            type="list",
            values=(
                "专精特新",
                "走出去",
                "国家知识产权示范企业",
                "国家知识产权优势企业",
                "省市级重点示范",
                "重点人才所在企业",
                "首次海外涉诉",
                "“零”知识产权科技型企业",
            ),
        ),
        Column("list_year", "名录年度", type="integer", unit="year", minimum=1990, maximum=2100),
        Column("registered_on", "建档日期", type="date"),
    ),
    tidy=tidy,
)
