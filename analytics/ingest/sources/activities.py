"""活动台账: trainings, publicity, visits and guidance."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source
from analytics.ingest.frame import Frame
from analytics.ingest.parts import leave_out_excess


def tidy(frame: Frame) -> None:
    """Let no more participants be satisfied than answered."""
    leave_out_excess(frame, "survey_returned", "survey_satisfied")


SOURCE = Source(
    kind="activities",
    name=Text("活动台账", "Activities"),
    columns=(
        Column("activity_id", "活动编号", aliases=("培训编号",), key=True, required=True, type="code"),
        Column("institution_id", "机构编号", required=True, type="code", meaning="institution"),
        Column(
            "kind",
            "类别",
            required=True,
            values=("培训", "集中宣传", "日常宣传", "惠企对接", "走访", "业务指导", "调研", "其他"),
            store="activity_kind",
        ),
        Column("held_on", "日期", aliases=("举办日期", "活动日期"), required=True, type="date"),
        Column("course", "课程", aliases=("培训课程",), type="course"),
        Column("occasion", "宣传节点", values=("4.26宣传周", "专利周", "中国品牌日", "双创周", "其他")),
        Column("mode", "方式", values=("线上", "线下", "混合")),
        Column("attendees", "参加人数", aliases=("参训人数",), type="integer", unit="persons"),
        Column("survey_returned", "问卷回收数", type="integer", unit="forms"),
        Column("survey_satisfied", "满意数", type="integer", unit="forms"),
        Column("co_host", "联合主办"),
        Column("is_reported", "报道", type="bool"),
    ),
    fact_date="held_on",
    tidy=tidy,
)
