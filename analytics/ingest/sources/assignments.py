"""专家派单: experts asked to serve, and when they answered."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source

SOURCE = Source(
    kind="assignments",
    name=Text("专家派单", "Expert assignments"),
    columns=(
        Column("assignment_id", "派单编号", key=True, required=True, type="code"),
        Column("expert_id", "专家编号", required=True, type="code"),
        Column("institution_id", "机构编号", required=True, type="code", meaning="institution"),
        Column("form", "形式", values=("咨询", "一对一", "培训", "轮值", "进企业进园区")),
        Column("notified_at", "通知时间", required=True, type="datetime"),
        Column("responded_at", "响应时间", type="datetime"),
        Column("served_on", "服务日期", type="date"),
        Column("feedback_on", "反馈日期", type="date"),
    ),
    fact_date="notified_at",
    order=(
        ("notified_at", "responded_at"),
        ("notified_at", "served_on"),
        ("notified_at", "feedback_on"),
        ("served_on", "feedback_on"),
    ),
)
