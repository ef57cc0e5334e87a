"""投诉台账: complaints of chapter 9."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source

SOURCE = Source(
    kind="complaints",
    name=Text("投诉台账", "Complaints"),
    columns=(
        Column("complaint_id", "投诉编号", key=True, required=True, type="code"),
        Column("institution_id", "机构编号", required=True, type="code", meaning="institution"),
        Column("expert_id", "专家编号", type="code"),
        Column("received_at", "收到时间", aliases=("投诉时间",), required=True, type="datetime"),
        Column("category", "类别", values=("收费", "推介有偿服务", "态度", "时限", "保密", "其他")),
        Column("is_upheld", "是否属实", type="bool"),
        Column("closed_at", "办结时间", type="datetime"),
        Column("improvement", "改进措施"),
        Column("improved_on", "改进完成日期", type="date"),
    ),
    fact_date="received_at",
    order=(("received_at", "closed_at"), ("received_at", "improved_on")),
)
