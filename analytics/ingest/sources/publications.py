"""清单公示: lists that institutions publish, what each holds and how much of it was done."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source
from analytics.ingest.elements import count_elements
from analytics.ingest.frame import Frame
from analytics.ingest.parts import leave_out_excess


def tidy(frame: Frame) -> None:
    """Tell the elements a list must hold from others, and let no more be done than was planned."""
    count_elements(frame)
    leave_out_excess(frame, "items_planned", "items_done")


SOURCE = Source(
    kind="publications",
    name=Text("清单公示", "Published lists"),
    columns=(
        Column("institution_id", "机构编号", key=True, required=True, type="code", meaning="institution"),
        Column(
            "list_kind",
            "清单类型",
            key=True,
            required=True,
            values=("特色服务清单", "事项清单", "重点企业名录"),
        ),
        Column(
            "year",
            "年度",
            key=True,
            required=True,
            type="integer",
            unit="year",
            minimum=1990,
            maximum=2100,
            store="list_year",
        ),
        Column("published_on", "公示日期", required=True, type="date"),
        Column("updated_on", "更新日期", type="date"),
        Column("elements", "要素", type="list"),
        Column("items_planned", "计划项数", type="integer", unit="cases"),
        Column("items_done", "完成项数", type="integer", unit="cases"),
        Column("channels", "渠道", type="list"),
    ),
    fact_date="published_on",
    order=(("published_on", "updated_on"),),
    tidy=tidy,
)
