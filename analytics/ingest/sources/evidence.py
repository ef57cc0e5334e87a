"""规范自查: how far an institution says that it meets a clause, and on what grounds."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source

SOURCE = Source(
    kind="evidence",
    name=Text("规范自查", "Evidence of compliance"),
    columns=(
        Column("institution_id", "机构编号", key=True, required=True, type="code", meaning="institution"),
        Column("clause_id", "条款号", key=True, required=True, type="clause"),
        Column("status", "状态", required=True, values=("符合", "部分符合", "不符合", "不适用")),
        Column("evidence", "依据材料"),
        Column("checked_on", "检查日期", key=True, required=True, type="date"),
        Column("checked_by", "检查人类型", values=("自查", "区中心", "市中心")),
    ),
    fact_date="checked_on",
    prefilled=("institution_id", "clause_id"),
)
