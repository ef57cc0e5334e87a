"""年度目标: what a measure should reach in a year, by scope."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source

SOURCE = Source(
    kind="targets",
    name=Text("年度目标", "Annual targets"),
    columns=(
        Column("measure", "指标", key=True, required=True, type="measure"),
        Column("scope", "范围", key=True, required=True, meaning="scope"),
        Column(
            "year", "年度", key=True, required=True, type="integer", unit="year", minimum=1990, maximum=2100
        ),
        Column("target", "目标值", required=True, type="number", meaning="target"),
    ),
)
