"""重点关注事项: what needs attention this month, what is new in it and what is gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from analytics.comparison.duties import Duty, duties_of
from analytics.comparison.screening import Found, read_screen, screen
from analytics.comparison.seen import as_seen
from analytics.comparison.signal_words import action_of, said_of, said_of_duty
from analytics.comparison.units import Unit, units_of
from analytics.core.errors import UserError
from analytics.core.periods import Period, month_code, month_number
from analytics.core.selection import CITY, Scope, Selection
from analytics.core.text import Text
from analytics.measures import registry
from analytics.standard.districts import districts_by_code
from analytics.standard.names import members, name_of
from analytics.store.snapshot import Snapshot

State = Literal["new", "continuing", "gone"]
TO_CONFIRM = Text(zh="待核实", en="to be confirmed")
# What cannot wait comes first; within a kind what is larger. No place in this order says who is better.
KINDS = ("overdue_follow_up", "threshold", "not_reported", "funnel", "control_chart", "target")
STATISTICAL = ("funnel", "control_chart")
# Where a reader looks further: the page of the subject, else the institution's own.
_PAGES = {
    "services": "volume",
    "satisfaction_rate": "satisfaction",
    "bad_rating_followed_up_rate": "satisfaction",
    "expert_answered_in_time_rate": "experts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing to look into.

    Attributes
    ----------
    id : str
        ``kind:measure:place``, the same as long as it goes on.
    unit_kind, unit, name, district : str, str, Text, str or None
        Whom it is about: an institution, a district or the city; ``district`` where it is.
    size : float
        How far: value over expected less 1 (shares: value less expected); the number of cases, or of months
        not reported.
    value, expected, interval : float or None
        On the measure's scale (shares as fractions). The interval is the value's; for control charts within
        what it usually lies.
    n : int
        What it rests on.
    since : str
        The first month (``YYYY-MM``) it was so.
    page, selection : str, Selection
        Where to look: the page's slug and what to choose there.
    """

    id: str
    kind: str
    measure: str
    unit_kind: str
    unit: str
    name: Text
    district: str | None
    size: float
    value: float | None
    expected: float | None
    interval: tuple[float, float] | None
    n: int
    sentence: Text
    action: Text
    since: str
    month: str
    page: str
    selection: Selection
    state: State = "new"
    status: Text = TO_CONFIRM

    def as_dict(self) -> dict[str, Any]:
        """Return the signal as plain data."""
        plain = {name: getattr(self, name) for name in self.__slots__}
        for name, value in plain.items():
            if isinstance(value, Text):
                plain[name] = {"zh": value.zh, "en": value.en}
        plain["interval"] = None if self.interval is None else list(self.interval)
        plain["selection"] = {"period": self.selection.period, **self.selection.as_dict()}
        return plain


def signals(snapshot: Snapshot, *, scope: Scope, month: str | None = None) -> list[Signal]:
    """Return what needs attention at the end of a month, and last month's that is gone.

    Statistical signals (funnel, control chart) are searched over the whole city, whoever asks, with the false
    discovery rate of all tests of the month together held at 10 %; a reader of a district or an institution
    gets its own. Others are what is due by deadlines, targets and the text's own limits. Never does a
    difference of two figures alone make a signal.

    Parameters
    ----------
    month : str, optional
        ``YYYY-MM``; the last month that is over if not given.

    Returns
    -------
    list of Signal
        By kind, then size; those that are gone at the end. Empty without data.

    Raises
    ------
    UserError
        When the month is none, or lies outside the data.
    """
    if not snapshot.about.get("last_full_month"):
        return []
    chosen = _month_of(snapshot, month)
    before = month_code(month_number(chosen) - 1)
    units = units_of(snapshot, "institution", period=Period(before, chosen))
    # On exact counts, whoever asks; what a reader may see of the outcome is decided in _listed.
    read = read_screen(snapshot, units, scope=CITY, month=chosen)
    places = {unit.code: unit for unit in units}
    now = _listed(screen(read), duties_of(snapshot, scope=scope, month=chosen), places, scope, chosen)
    past: dict[str, Signal] = {}
    if before >= snapshot.about["first_month"]:
        past = _listed(
            screen(read, back=1), duties_of(snapshot, scope=scope, month=before), places, scope, before
        )
    stay = [replace(each, state="continuing" if each.id in past else "new") for each in now.values()]
    gone = [replace(each, state="gone") for key, each in past.items() if key not in now]
    return [*sorted(stay, key=_order), *sorted(gone, key=_order)]


def _month_of(snapshot: Snapshot, month: str | None) -> str:
    last, first = snapshot.about["last_full_month"], snapshot.about["first_month"]
    if month is None:
        return last
    is_month = len(month) == 7 and month[4] == "-" and month[:4].isdigit() and month[5:].isdigit()
    if not is_month or not 1 <= int(month[5:]) <= 12 or not first <= month <= last:
        raise UserError(
            Text(zh=f"“{month}”不是有完整数据的月份。", en=f"‘{month}’ is no month of complete data."),
            Text(zh=f"请写 {first} 至 {last} 之间的月份。", en=f"Write a month from {first} to {last}."),
        )
    return month


def _listed(
    found: Iterable[Found], duties: Iterable[Duty], places: dict[str, Unit], scope: Scope, month: str
) -> dict[str, Signal]:
    seen = [part for each in found if (part := as_seen(each, scope)) is not None]
    made = [_from_screen(each, places[each.unit], month) for each in seen]
    made += [_from_duty(each, places.get(each.unit), month) for each in duties]
    return {each.id: each for each in made if _may_see(each, scope)}


def _may_see(signal: Signal, scope: Scope) -> bool:
    if scope.kind == "city":
        return True
    return scope.code == (signal.district if scope.kind == "district" else signal.unit)


def _from_screen(found: Found, unit: Unit, month: str) -> Signal:
    is_share = registry.get(found.measure).kind == "proportion"
    ratio = found.value / found.expected - 1.0 if found.expected > 0 else 0.0
    first = month_code(month_number(month) - found.run + 1)
    return Signal(
        id=f"{found.kind}:{found.measure}:{found.unit}",
        kind=found.kind,
        measure=found.measure,
        unit_kind="institution",
        unit=found.unit,
        name=unit.name,
        district=unit.district,
        size=found.value - found.expected if is_share else ratio,
        value=found.value,
        expected=found.expected,
        interval=found.interval,
        n=found.n,
        sentence=said_of(found, unit.name, month),
        action=action_of(found.kind),
        since=found.since,
        month=month,
        page=_PAGES.get(found.measure, "institution"),
        selection=Selection.of(str(Period(first, month)), institution=found.unit),
    )


def _from_duty(duty: Duty, unit: Unit | None, month: str) -> Signal:
    name = unit.name if unit is not None else _place_name(duty)
    district = unit.district if unit is not None else duty.unit if duty.unit_kind == "district" else None
    chosen = {} if duty.unit_kind == "city" else {duty.unit_kind: duty.unit}
    return Signal(
        id=f"{duty.kind}:{duty.measure}:{duty.unit}",
        kind=duty.kind,
        measure=duty.measure,
        unit_kind=duty.unit_kind,
        unit=duty.unit,
        name=name,
        district=district,
        size=(duty.value or 0.0) / duty.target - 1.0 if duty.target else float(duty.count),
        value=duty.value if duty.kind == "target" else float(duty.count),
        expected=duty.target,
        interval=duty.interval,
        n=duty.n,
        sentence=said_of_duty(duty, name),
        action=action_of(duty.kind),
        since=duty.since,
        month=month,
        page=_PAGES.get(duty.measure, "institution" if duty.unit_kind == "institution" else "overview"),
        selection=Selection.of(str(Period(min(duty.since, month), month)), **chosen),
    )


def _place_name(duty: Duty) -> Text:
    if duty.unit_kind == "city":
        return Text(zh="全市", en="The city")
    if duty.unit in districts_by_code():
        return Text(zh=name_of("district", duty.unit, "zh"), en=name_of("district", duty.unit, "en"))
    return Text(zh=duty.unit, en=duty.unit)


def _order(signal: Signal) -> tuple[Any, ...]:
    areas = members("district")
    place = areas.index(signal.district) if signal.district in areas else len(areas)
    return (KINDS.index(signal.kind), -abs(signal.size), place, signal.unit, signal.measure)
