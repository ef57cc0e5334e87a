"""Who is compared: districts or institutions in the standard's order, who is judged, among which peers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from analytics.core.errors import UserError
from analytics.core.open_days import is_open
from analytics.core.periods import Period
from analytics.core.selection import CITY, Scope, Selection
from analytics.core.text import Text
from analytics.measures.listings import institutions
from analytics.standard.districts import CITYWIDE, OUTSIDE
from analytics.standard.names import members, name_of
from analytics.store.snapshot import Snapshot

UnitKind = Literal["district", "institution"]
Peers = Literal["all", "tier", "operator_type"]
UNITS: tuple[UnitKind, ...] = ("district", "institution")
PEERS: tuple[Peers, ...] = ("all", "tier", "operator_type")
# Fewer are no group to be compared within: each member would weigh too much in its own yardstick.
SMALLEST_GROUP = 15

ALL_DISTRICTS = Text(zh="16 区和经开区相互比较", en="the 16 districts and BDA among themselves")
ALL_INSTITUTIONS = Text(zh="与全市全部机构比较", en="with all institutions of the city")
_SAME_TIER = Text(zh="同为“{name}”，共 {count} 家", en="{count} institutions of the tier {name}")
_SAME_OPERATOR = Text(
    zh="运营单位同为“{name}”，共 {count} 家",
    en="{count} institutions run by the same kind of operator: {name}",
)
_TOO_FEW = Text(
    zh="同类“{name}”不足 {least} 家，改与全市全部机构比较",
    en="fewer than {least} of the kind {name}: compared with all institutions of the city",
)
_UNKNOWN = Text(
    zh="没有登记类别，与全市全部机构比较",
    en="its kind is not recorded: compared with all institutions of the city",
)
_YOUNG = Text(
    zh="设立不足一年（{day}），只展示、不判断", en="open for less than a year ({day}): shown, not judged"
)
_CITY_TIER = Text(
    zh="市级机构单列，不与各区比较", en="institutions of the city tier stand apart from districts"
)
_FROM_ELSEWHERE = Text(
    zh="京外服务对象单列，不与各区比较", en="clients from elsewhere stand apart from districts"
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A district or an institution that is compared.

    ``reason`` says why it is shown without being judged, ``None`` where it is judged; ``group`` is the code
    of its peers (``all``, a tier or a type of operator) and ``peer_reason`` why these are its peers.
    """

    code: str
    name: Text
    district: str | None
    reason: Text | None
    group: str
    peer_reason: Text
    facts: dict[str, Any]


def units_of(
    snapshot: Snapshot, kind: UnitKind, *, period: Period, peers: Peers = "all", by_client: bool = False
) -> list[Unit]:
    """Return every unit of the city in the standard's order; institutions by district, then number.

    Institutions count that were open at any time in the period; those open for less than a year on its last
    day are not judged. Districts are one group, city tier (or clients from elsewhere) apart.
    """
    if kind == "district":
        return _districts(by_client=by_client)
    days = (period.first_day, period.last_day)
    known = institutions(snapshot, scope=CITY)
    listed = [row for row in known if is_open(row["opened_on"], row["closed_on"], *days)]
    order = {code: place for place, code in enumerate(members("district"))}
    listed.sort(key=lambda row: (order.get(row["district"], len(order)), row["institution_id"]))
    made = [_institution(row, period) for row in listed]
    return made if peers == "all" else _grouped(made, peers)


def seen_by(units: list[Unit], kind: UnitKind, *, scope: Scope, selection: Selection) -> list[Unit]:
    """Return the units that a reader may see and has chosen."""
    chosen = [unit for unit in units if all(_has(unit, name, codes) for name, codes in selection.filters)]
    if scope.kind == "city":
        return chosen
    if kind == "district" and scope.kind == "institution":
        raise UserError(
            Text(
                zh="本机构的权限看不到各区的比较。", en="Readers of one institution cannot compare districts."
            ),
            Text(zh="请改为比较机构（institution）。", en="Compare institutions instead."),
        )
    field = "district" if scope.kind == "district" else "institution"
    return [unit for unit in chosen if _has(unit, field, (scope.code,))]


def _has(unit: Unit, name: str, codes: tuple[str | None, ...]) -> bool:
    return unit.facts.get(name) in codes


def _districts(*, by_client: bool) -> list[Unit]:
    apart = {CITYWIDE: _CITY_TIER, OUTSIDE: _FROM_ELSEWHERE}
    dimension = "client_district" if by_client else "district"
    return [
        Unit(
            code,
            Text(zh=name_of("district", code, "zh"), en=name_of("district", code, "en")),
            code,
            apart.get(code),
            code if code in apart else "all",
            apart.get(code, ALL_DISTRICTS),
            {dimension: code},
        )
        for code in members(dimension)
    ]


def _institution(row: dict[str, Any], period: Period) -> Unit:
    code, name = row["institution_id"], row["name"] or row["institution_id"]
    facts = {
        cut: row[cut] for cut in ("district", "tier", "operator_type", "township", "opened_on", "closed_on")
    }
    reason = _youth(row["opened_on"], period)
    return Unit(
        code,
        Text(zh=name, en=name),
        row["district"],
        reason,
        "all",
        ALL_INSTITUTIONS,
        facts | {"institution": code},
    )


def _youth(opened: date | None, period: Period) -> Text | None:
    end = period.last_day
    year_before = date(end.year - 1, end.month, min(end.day, 28))
    if opened is None or opened <= year_before:
        return None
    return _YOUNG.format(day=opened.isoformat())


def _grouped(units: list[Unit], peers: Peers) -> list[Unit]:
    sizes = Counter(unit.facts[peers] for unit in units if unit.reason is None)
    said = _SAME_TIER if peers == "tier" else _SAME_OPERATOR
    grouped = []
    for unit in units:
        code = unit.facts[peers]
        if code is None:
            grouped.append(replace(unit, peer_reason=_UNKNOWN))
        elif sizes[code] < SMALLEST_GROUP:
            reason = _TOO_FEW.format(name=_named(peers, code), least=SMALLEST_GROUP)
            grouped.append(replace(unit, peer_reason=reason))
        else:
            reason = said.format(name=_named(peers, code), count=sizes[code])
            grouped.append(replace(unit, group=code, peer_reason=reason))
    return grouped


def _named(dimension: str, code: str) -> Text:
    return Text(zh=name_of(dimension, code, "zh"), en=name_of(dimension, code, "en"))
