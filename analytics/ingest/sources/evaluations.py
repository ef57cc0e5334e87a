"""评价档案: evaluations of institutions, from within and without, and what was improved (chapter 9)."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source

SOURCE = Source(
    kind="evaluations",
    name=Text("评价档案", "Evaluations"),
    columns=(
        Column("evaluation_id", "评价编号", key=True, required=True, type="code"),
        Column("institution_id", "机构编号", required=True, type="code", meaning="institution"),
        Column("kind", "评价类型", required=True, values=("内部", "外部"), store="evaluation_kind"),
        Column("evaluated_on", "评价日期", required=True, type="date"),
        Column("score", "得分", type="number", unit="points", maximum=100),
        Column("findings", "问题"),
        Column("improved_on", "改进完成日期", type="date"),
    ),
    fact_date="evaluated_on",
    order=(("evaluated_on", "improved_on"),),
)
