"""What a comparison is asked about: which filters choose units, which records, and who may ask."""

from __future__ import annotations

from typing import Any

from analytics.comparison.units import PEERS, UNITS
from analytics.core.errors import UserError
from analytics.core.selection import Scope, Selection
from analytics.core.text import Text
from analytics.measures.declare import Measure

# Filters that choose which units are shown; all others choose which records count.
_PLACES = ("district", "tier", "institution", "operator_type", "township")


def check(
    measure: Measure, unit: str, scope: Scope, peers: str, selection: Selection, *, by_client: bool
) -> None:
    """Refuse, by UserError, a comparison that makes no sense or that the reader may not see."""
    if unit not in UNITS or peers not in PEERS:
        raise UserError(
            Text(zh=f"不能按“{unit} / {peers}”比较。", en=f"Cannot compare by ‘{unit}’ among ‘{peers}’."),
            Text(
                zh=f"比较对象：{'、'.join(UNITS)}；同类：{'、'.join(PEERS)}。",
                en=f"Units: {', '.join(UNITS)}; peers: {', '.join(PEERS)}.",
            ),
        )
    if by_client and (unit != "district" or "client_district" not in measure.dimensions):
        raise UserError(
            Text(
                zh=f"“{measure.name.zh}”不能按服务对象所在区域比较。",
                en="Cannot compare by the clients' district.",
            ),
            Text(
                zh="请按提供方所在区域比较，或换一个服务记录类指标。",
                en="Compare districts by a measure of service records, or by the provider's district.",
            ),
        )
    narrow = {"institution", "township"} & {name for name, _ in selection.filters}
    if scope.kind != "city" and (by_client or (unit == "district" and narrow)):
        raise UserError(
            Text(
                zh="该比较涉及其他区域的机构，只有全市范围的读者可以查看。",
                en="This rests on other districts' institutions: only readers of the whole city see it.",
            ),
            Text(
                zh="请去掉机构、街道乡镇筛选，并按提供方所在区域比较。",
                en="Compare by the provider's district, without filters on institutions or townships.",
            ),
        )


def counted_by(selection: Selection, unit: str, *, by_client: bool) -> Selection:
    """Return the selection of records: without the filters that choose units."""
    choosing = ("client_district",) if by_client else _PLACES if unit == "institution" else ("district",)
    emptied: dict[str, Any] = dict.fromkeys(choosing, ())
    return selection.replace(**emptied)


def shown_by(selection: Selection, dimension: str, unit: str) -> Selection:
    """Return the filters that choose units."""
    choosing = _PLACES if unit == "institution" else (dimension,)
    return Selection.of(selection.period, **{name: selection.get(name) for name in choosing})
