"""年度目标: what a measure should reach in a year, by scope."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source
from analytics.ingest.frame import Frame
from analytics.ingest.targets import as_fractions


def tidy(frame: Frame) -> None:
    """Hold targets of shares as fractions, as the measures themselves are."""
    as_fractions(frame)


SOURCE = Source(
    kind="targets",
    name=Text("年度目标", "Annual targets"),
    columns=(
        Column("measure", "指标", key=True, required=True, type="measure"),
        Column("scope", "范围", key=True, required=True, meaning="scope"),
        Column(
            "year", "年度", key=True, required=True, type="integer", unit="year", minimum=1990, maximum=2100
        ),
        Column("target", "目标值", required=True, type="number", unit="share", minimum=None),
    ),
    tidy=tidy,
)
