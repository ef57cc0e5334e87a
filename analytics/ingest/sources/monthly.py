"""月报汇总: totals of stations that hold no records."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source
from analytics.ingest.frame import Frame
from analytics.standard.services import counted_under


def tidy(frame: Frame) -> None:
    """Count a sub-service under its parent, yet keep totals of two sub-services apart.

    More ratings than services in a month are no contradiction: clients may rate a month later.
    """
    if "service" in frame.values:
        frame.values["service_key"] = frame.values["service"]
        frame.values["service_detail"] = frame.mapped(
            frame.values["service"], lambda code: code if "." in code else None
        )
        frame.values["service"] = frame.mapped(frame.values["service"], counted_under)


SOURCE = Source(
    kind="monthly",
    name=Text("月报汇总", "Monthly totals"),
    columns=(
        Column("institution_id", "机构编号", key=True, required=True, type="code", meaning="institution"),
        Column("month", "月份", aliases=("统计月份",), key=True, required=True, type="month"),
        Column("service", "服务事项", key=True, required=True, type="service", empty_means_all=True),
        Column(
            "channel",
            "服务方式",
            key=True,
            required=True,
            values=("现场", "电话", "线上", "走访", "活动"),
            empty_means_all=True,
        ),
        Column(
            "services", "服务件次", aliases=("服务量", "件数"), required=True, type="integer", unit="cases"
        ),
        Column("persons_served", "服务人次", type="integer", unit="persons"),
        Column("clients", "服务对象数", type="integer", unit="clients"),
        Column("rated", "评价数", type="integer", unit="ratings"),
        Column("rating_5", "非常满意数", type="integer", unit="ratings"),
        Column("rating_4", "满意数", type="integer", unit="ratings"),
        Column("rating_3", "基本满意数", type="integer", unit="ratings"),
        Column("rating_2", "不满意数", type="integer", unit="ratings"),
        Column("rating_1", "非常不满意数", type="integer", unit="ratings"),
    ),
    fact_date="month",
    tidy=tidy,
)
