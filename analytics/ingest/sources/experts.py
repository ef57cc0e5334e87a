"""志愿服务专家: the volunteer experts of chapter 8."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source

SOURCE = Source(
    kind="experts",
    name=Text("志愿服务专家", "Volunteer experts"),
    columns=(
        Column("expert_id", "专家编号", key=True, required=True, type="code"),
        Column("district", "所属区域", aliases=("所属区", "区", "所在区", "行政区"), type="area"),
        Column("employer_type", "单位类型"),
        Column("licences", "资质", type="list", values=("专利代理师", "律师", "知识产权师", "其他")),
        Column("experience_years", "专利商标从业年限", aliases=("从业年限",), type="number", unit="years"),
        Column("fields", "擅长领域", type="list"),
        Column("is_recommended", "单位推荐", type="bool"),
        Column("registered_on", "备案日期", aliases=("入库日期",), required=True, type="date"),
        Column("left_on", "退出日期", type="date"),
        Column("leave_reason", "退出方式", values=("自愿", "除名")),
    ),
    order=(("registered_on", "left_on"),),
)
