"""需求点: where demand for services lies."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source
from analytics.ingest.places import locate

SOURCE = Source(
    kind="demand",
    name=Text("需求点", "Demand points"),
    columns=(
        Column("area_id", "需求点编号", key=True, required=True, type="code"),
        Column("name", "名称", required=True),
        Column(
            "district", "所属区域", aliases=("所属区", "区", "所在区", "行政区"), required=True, type="area"
        ),
        Column("lon", "经度", required=True, type="number", unit="degrees", minimum=None),
        Column("lat", "纬度", required=True, type="number", unit="degrees", minimum=None),
        Column(
            "datum",
            "坐标系",
            values=("WGS84", "CGCS2000", "GCJ02", "BD09"),
            note=Text("空着按 WGS84。", "Empty means WGS84."),
        ),
        Column("demand", "需求量", aliases=("企业数",), required=True, type="number", unit="clients"),
        Column("as_of", "统计日期", type="date"),
    ),
    tidy=locate,
)
