"""Fair comparison: against what a unit's mix lets expect and against its own past; what to look into."""

from __future__ import annotations

from analytics.comparison.change import change
from analytics.comparison.charts import control_chart, control_charts
from analytics.comparison.compare import compare, compare_many
from analytics.comparison.signals import signals

__all__ = ["change", "compare", "compare_many", "control_chart", "control_charts", "signals"]
