"""What is due whatever statistics say: overdue follow-up, months not reported, the text's limits, targets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, and_, bindparam, or_, select

from analytics.core.periods import Period, last_day_of, month_code, month_number
from analytics.core.selection import Scope, Selection
from analytics.core.settings import settings
from analytics.measures import registry
from analytics.measures.declare import Measure
from analytics.measures.evaluate import evaluate_many, protected
from analytics.measures.facts import SERVICE_RECORDS
from analytics.measures.listings import targets
from analytics.measures.result import Figures, Key, Request, Result
from analytics.measures.sums import sums
from analytics.store.schema import CALENDAR, SERVICES
from analytics.store.snapshot import Snapshot

# Older bad ratings cannot be put right by a call.
_FOLLOW_UP_MONTHS = 12
_EPOCH_DAY = 719163  # ordinal of 1970-01-01


@dataclass(frozen=True)
class Duty:
    """Something that is due of a unit (an institution, a district or the city) at the end of a month.

    ``count`` of ``n`` cases; for targets ``value`` stands against ``target`` within ``interval``.
    """

    kind: str
    measure: str
    unit: str
    unit_kind: str
    count: int
    n: int
    since: str
    value: float | None = None
    target: float | None = None
    interval: tuple[float, float] | None = None


def duties_of(snapshot: Snapshot, *, scope: Scope, month: str) -> list[Duty]:
    """Return what is due at the end of ``month``, of the units that the reader may see."""
    own = Selection() if scope.kind == "city" else Selection.of("all", **{scope.kind: scope.code or ""})
    return [
        *_overdue(snapshot, scope, own, month),
        *_fees(snapshot, own, month),
        *_late_experts(snapshot, own, month),
        *_not_reported(snapshot, own, month),
        *_targets(snapshot, scope, month),
    ]


def _overdue(snapshot: Snapshot, scope: Scope, own: Selection, month: str) -> list[Duty]:
    """Return bad ratings whose deadline had passed by the month's end without contact, by institution."""
    end = _last_day(snapshot, month)
    with snapshot.connect() as connection:
        worked = connection.execute(select(CALENDAR.c.worked_until).where(CALENDAR.c.day == end)).scalar()
    if worked is None:
        return []
    measure = _waiting(end, int(worked))
    first = month_code(month_number(month) - _FOLLOW_UP_MONTHS + 1)
    asked = own.replace(period=f"{first}..{month}")
    (found,), _ = sums(snapshot, [measure], by=("institution", "month"), selection=asked)
    waiting: dict[Key, Figures] = {}
    since: dict[Key, str] = {}
    for (code, when), figure in sorted(found.items(), key=str):
        if code is not None and figure.numerator:
            held = waiting.setdefault((code,), Figures(0, 0))
            held.numerator = (held.numerator or 0) + figure.numerator
            held.denominator = (held.denominator or 0) + (figure.denominator or 0)
            since[code,] = min(since.get((code,), when or month), when or month)
    shown, hidden, _ = protected(measure, waiting, scope)
    return [
        Duty(
            "overdue_follow_up",
            "bad_rating_followed_up_rate",
            str(key[0]),
            "institution",
            count,
            n,
            since[key],
        )
        for key, figure in shown.items()
        if key not in hidden
        and (count := round(figure.numerator or 0)) > 0
        and (n := round(figure.denominator or 0)) > 0
    ]


def _waiting(end: int, worked: int) -> Measure:
    """Return the measure of bad ratings not contacted by the end of a day, over all that were due."""
    rows = SERVICES.current.c
    # DuckDB imports pandas to look at a parameter that is a number; a typed literal spares that.
    day, until = (_number(name, value) for name, value in (("end", end), ("worked", worked)))
    due = and_(
        rows.rated_level <= 2,
        rows.bad_rating_worked_until + settings().bad_rating_contact_within_days <= until,
    )
    late = or_(rows.bad_rating_contacted_at_day.is_(None), rows.bad_rating_contacted_at_day > day)
    declared = registry.get("bad_rating_followed_up_rate")
    return Measure(
        key="bad_ratings_waiting",
        kind="proportion",
        name=declared.name,
        definition=declared.definition,
        unit=declared.unit,
        clauses=declared.clauses,
        fact=SERVICE_RECORDS,
        numerator=and_(due, late),
        denominator=due,
        counts_persons=True,
    )


def _number(name: str, value: int) -> Any:
    return bindparam(f"duty_{name}", value, type_=Integer())


def _last_day(snapshot: Snapshot, month: str) -> int:
    """Return the last day of a month that the service ledgers reach, as days since 1970."""
    end = last_day_of(month).toordinal() - _EPOCH_DAY
    known = snapshot.about.get("services_last_day")
    return min(end, int(known)) if known else end


def _fees(snapshot: Snapshot, own: Selection, month: str) -> list[Duty]:
    measure = registry.get("fee_irregularities")
    (found,), _ = sums(snapshot, [measure], by=("institution",), selection=own.replace(period=month))
    (services,), _ = sums(
        snapshot, [registry.get("services")], by=("institution",), selection=own.replace(period=month)
    )
    return [
        Duty("threshold", measure.key, code, "institution", round(figure.numerator), n, month)
        for (code,), figure in found.items()
        if code is not None and figure.numerator and (n := _whole(services.get((code,))))
    ]


def _whole(figure: Figures | None) -> int:
    return 0 if figure is None else round(figure.numerator or 0)


def _late_experts(snapshot: Snapshot, own: Selection, month: str) -> list[Duty]:
    measure = registry.get("expert_answered_in_time_rate")
    (found,), _ = sums(snapshot, [measure], by=("institution",), selection=own.replace(period=month))
    late = {
        code: (round((figure.denominator or 0) - (figure.numerator or 0)), round(figure.denominator or 0))
        for (code,), figure in found.items()
        if code is not None
    }
    return [
        Duty("threshold", measure.key, code, "institution", count, n, month)
        for code, (count, n) in late.items()
        if count > 0
    ]


def _not_reported(snapshot: Snapshot, own: Selection, month: str) -> list[Duty]:
    """Return institutions open on the month's last day that sent nothing for it, and since when."""
    measure = registry.get("reporting_rate")
    first = month_code(month_number(month) - 11)
    asked = own.replace(period=f"{first}..{month}")
    (found,), _ = sums(snapshot, [measure], by=("institution", "month"), selection=asked)
    missing = {key for key, figure in found.items() if figure.denominator and not figure.numerator}
    duties = []
    for code in sorted(code for code, when in missing if when == month and code is not None):
        months = 0
        while (code, month_code(month_number(month) - months)) in missing:
            months += 1
        since = month_code(month_number(month) - months + 1)
        duties.append(Duty("not_reported", measure.key, code, "institution", months, months, since))
    return duties


def _targets(snapshot: Snapshot, scope: Scope, month: str) -> list[Duty]:
    """Return targets of the year that the year so far misses by more than chance explains."""
    year = Period(f"{month[:4]}-01", month)
    by_place: dict[str, list[Any]] = defaultdict(list)
    for row in targets(snapshot, scope=scope, year=int(month[:4])):
        by_place[row["scope"]].append(row)
    duties = []
    for code, rows in by_place.items():
        place = Scope.parse(code)
        asked = [Request(row["measure"], (), Selection(str(year)), with_interval=True) for row in rows]
        # A place's targets share their scans.
        answers = evaluate_many(snapshot, asked, scope=Scope(place.kind, place.code, scope.audience))
        made = (_target(row, answer, place, year) for row, answer in zip(rows, answers, strict=True))
        duties += [duty for duty in made if duty is not None]
    return duties


def _target(row: dict[str, Any], answer: Result, place: Scope, year: Period) -> Duty | None:
    measure = answer.measure
    held = next((part for part in answer.rows if part.get("quantile", 0.5) == 0.5), None)
    if held is None or held["value"] is None:
        return None
    grows = measure.kind in ("count", "sum", "distinct")
    due = float(row["target"]) * (len(year.months) / 12.0 if grows else 1.0)
    if not _misses(measure, held, due):
        return None
    bounds = None if held["lower"] is None else (float(held["lower"]), float(held["upper"]))
    n = int(held["numerator"] or 0) if grows else int(held["denominator"] or 0)
    return Duty(
        "target",
        measure.key,
        place.code or "city",
        place.kind,
        n,
        n,
        year.first_month,
        held["value"],
        due,
        bounds,
    )


def _misses(measure: Measure, row: dict[str, Any], due: float) -> bool:
    """Say whether the whole interval lies on the wrong side of what is due; the value where there is none."""
    if measure.higher_is_better is False:
        return bool((row["value"] if row["lower"] is None else row["lower"]) > due)
    return bool((row["value"] if row["upper"] is None else row["upper"]) < due)
