"""Every measure's facts with numerator and denominator, for the slow second implementation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import comb, sqrt
from typing import Any

import numpy as np
import pandas as pd

from tests.measures.oracle_days import last_day, months_between, working_days_after

Row = Any
Oracle = Any

TIME = ("year", "quarter", "month")
OF_INSTITUTION = (*TIME, "district", "tier", "institution", "operator_type", "township")
OF_TOTALS = (*OF_INSTITUTION, "service", "service_group", "channel")
OF_RECORDS = (*OF_TOTALS, "topic", "ip_type", "client_district", "client_type", "industry", "key_tag")
Z95 = 1.959963984540054
SHOWN_FROM = 10


@dataclass
class Figures:
    """What one group shows; every figure is None where masked."""

    value: float | None
    numerator: float | None
    denominator: float | None
    masked: bool = False
    lower: float | None = None
    upper: float | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the group holds nothing."""
        return not self.masked and not self.numerator and not self.denominator and not self.value


def keep(rows: pd.DataFrame, wanted: list[bool]) -> pd.DataFrame:
    """Return the rows marked True; safe where there are none."""
    return rows.loc[np.array(wanted, dtype=bool)]


@dataclass
class Measure:
    """A measure: its facts with numerator and denominator, and how a group sums up."""

    kind: str
    dimensions: tuple[str, ...]
    facts: Callable[[Oracle, set[str]], pd.DataFrame]

    def figures_of_nothing(self, key: tuple[Any, ...]) -> Figures:
        """Return what a group without facts shows; ``key`` ends in the quantile where there are some."""
        nothing = self.figures(pd.DataFrame({"num": [], "den": []}))
        return nothing[key[-1:] if self.kind == "quantile" else ()]

    def figures(self, facts: pd.DataFrame) -> dict[tuple[float, ...], Figures]:
        """Return the figures of one group, by quantile where the measure has quantiles."""
        values = list(facts["num"])
        if self.kind == "quantile":
            return {(p,): quantile(values, p) for p in (0.5, 0.9)}
        if self.kind == "distinct":
            return {(): Figures(len(set(values)), len(set(values)), None)}
        top = float(sum(values))
        if self.kind == "proportion":
            return {(): _share(top, float(sum(facts["den"])))}
        return {(): Figures(top, top, None)}


def _share(top: float, bottom: float) -> Figures:
    if bottom == 0:
        return Figures(None, top, bottom)
    if bottom < SHOWN_FROM:
        return Figures(None, None, None, masked=True)
    share, z2 = top / bottom, Z95**2
    middle = (share + z2 / (2 * bottom)) / (1 + z2 / bottom)
    reach = Z95 / (1 + z2 / bottom) * sqrt(share * (1 - share) / bottom + z2 / (4 * bottom**2))
    return Figures(share, top, bottom, lower=max(middle - reach, 0.0), upper=min(middle + reach, 1.0))


def quantile(values: list[float], p: float) -> Figures:
    """Return a quantile by linear interpolation (type 7), with its order-statistic interval."""
    values, n = sorted(values), len(values)
    if not n:
        return Figures(None, None, 0.0)
    place = (n - 1) * p
    below = int(place)
    above = min(below + 1, n - 1)
    value = values[below] + (values[above] - values[below]) * (place - below)
    chances = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    lower = max((r for r in range(1, n + 1) if sum(chances[:r]) <= 0.025), default=1)
    upper = min((r for r in range(1, n + 1) if sum(chances[r:]) <= 0.025), default=n)
    return Figures(value, None, float(n), lower=values[lower - 1], upper=values[upper - 1])


def _counted(rows: pd.DataFrame, of: Callable[[Row], tuple[Any, Any] | None]) -> pd.DataFrame:
    """Give each row its numerator and denominator; rows of which ``of`` says None are no facts."""
    pairs = [of(row) for _, row in rows.iterrows()]
    kept = keep(rows, [pair is not None for pair in pairs]).copy()
    kept["num"] = pd.Series([p[0] for p in pairs if p is not None], index=kept.index, dtype=object)
    kept["den"] = pd.Series([p[1] for p in pairs if p is not None], index=kept.index, dtype=object)
    return kept


def _of_records(
    kind: str,
    record: Callable[[Row], tuple[Any, Any] | None],
    total: Callable[[Row], tuple[Any, Any] | None] | None = None,
    also_cut_by: tuple[str, ...] = (),
) -> Measure:
    def facts(oracle: Oracle, cuts: set[str]) -> pd.DataFrame:
        counted = _counted(oracle.services, record)
        if total is None:
            return counted
        totals = _counted(oracle.totals(cuts | set(also_cut_by)), total)
        return pd.concat([counted.astype(object), totals.astype(object)]) if len(totals) else counted

    return Measure(kind, OF_RECORDS, facts)


def _of_ledger(kind: str, ledger: str, of: Callable[[Row], tuple[Any, Any] | None]) -> Measure:
    return Measure(kind, OF_INSTITUTION, lambda oracle, cuts: _counted(getattr(oracle, ledger), of))


def _rated_levels(row: Row) -> int | None:
    levels = [row[f"rating_{n}"] for n in range(1, 6)]
    return None if all(n is None for n in levels) else sum(n or 0 for n in levels)


def _rating(which: tuple[int, ...]) -> Measure:
    def record(row: Row) -> tuple[bool, int] | None:
        return None if row["rated"] is None else (row["rated"] in which, 1)

    def total(row: Row) -> tuple[int, int] | None:
        rated = _rated_levels(row)
        return None if rated is None else (sum(row[f"rating_{n}"] or 0 for n in which), rated)

    return _of_records("proportion", record, total)


def _rated_of_total(row: Row) -> tuple[int, int] | None:
    rated = row["rated"] if row["rated"] is not None else _rated_levels(row)
    return None if rated is None else (rated, row["services"])


def response_days(row: Row) -> float | None:
    """Return calendar days from receipt to answer, whole ones where either is a date only."""
    if row["responded_at"] is None:
        return None
    if row["received_at_is_date"] or row["responded_at_is_date"]:
        return float((row["responded_at"].date() - row["received_at"].date()).days)
    return float((row["responded_at"] - row["received_at"]).total_seconds() / 86400)


def _answered_in_time(row: Row) -> tuple[bool, int] | None:
    if row["responded_at"] is None:
        return None
    days = 2 if row["promised_days"] is None else row["promised_days"]
    return row["responded_at"].date() <= working_days_after(row["received_at"].date(), days), 1


def _completed_on_time(row: Row) -> tuple[bool, int] | None:
    if row["outcome"] != "办结" or row["completed_at"] is None or row["promised_days"] is None:
        return None
    deadline = working_days_after(row["received_at"].date(), row["promised_days"])
    return row["completed_at"].date() <= deadline, 1


def _outcome(which: str) -> Measure:
    over = ("办结", "转介", "终止")
    return _of_records(
        "proportion", lambda row: (row["outcome"] == which, 1) if row["outcome"] in over else None
    )


def _with_date(outcome: str, column: str) -> Measure:
    return _of_records(
        "proportion", lambda row: (row[column] is not None, 1) if row["outcome"] == outcome else None
    )


def _contacted(oracle: Oracle, cuts: set[str]) -> pd.DataFrame:
    until = max(moment.date() for moment in oracle.services["received_at"])

    def of(row: Row) -> tuple[bool, int] | None:
        if row["rated"] is None or row["rated"] > 2:
            return None
        deadline = working_days_after((row["rated_at"] or row["received_at"]).date(), 5)
        contacted = row["bad_rating_contacted_at"]
        if contacted is None:
            return (False, 1) if deadline <= until else None
        return contacted.date() <= deadline, 1

    return _counted(oracle.services, of)


def _expert_answered(oracle: Oracle, cuts: set[str]) -> pd.DataFrame:
    until = max((moment.date() for moment in oracle.assignments["notified_at"]), default=None)

    def of(row: Row) -> tuple[bool, int] | None:
        deadline = row["notified_at"].date() + timedelta(days=2)
        if row["responded_at"] is None:
            return (False, 1) if deadline <= until else None
        return row["responded_at"].date() <= deadline, 1

    return _counted(oracle.assignments, of)


def _expert_days(oracle: Oracle, cuts: set[str]) -> pd.DataFrame:
    def of(row: Row) -> tuple[int, int] | None:
        if row["responded_at"] is None:
            return None
        return (row["responded_at"].date() - row["notified_at"].date()).days, 1

    return _counted(oracle.assignments, of)


def _expert_overdue(oracle: Oracle, cuts: set[str]) -> pd.DataFrame:
    until = max((moment.date() for moment in oracle.assignments["notified_at"]), default=None)

    def of(row: Row) -> tuple[int, int] | None:
        is_due = row["notified_at"].date() + timedelta(days=2) <= until
        return (1, 0) if row["responded_at"] is None and is_due else None

    return _counted(oracle.assignments, of)


def _new_clients(oracle: Oracle, cuts: set[str]) -> pd.DataFrame:
    seen = keep(oracle.services, [client is not None for client in oracle.services["client_id"]])
    first = seen.sort_values(["received_at", "record_id", "institution_id"]).drop_duplicates("client_id")
    return first.assign(num=first["client_id"])


def _reporting(oracle: Oracle, cuts: set[str]) -> pd.DataFrame:
    reported = oracle.recorded | oracle.totalled
    spine = [
        {"institution_id": i, "month": m, "num": (i, m) in reported, "den": 1}
        for i in oracle.institutions["institution_id"]
        for m in months_between(oracle.first_month, oracle.last_month)
        if oracle.is_open(i, last_day(m))
    ]
    columns = ["institution_id", "month", "num", "den"]
    return oracle.facts(pd.DataFrame(spine, columns=columns, dtype=object), "month")


def _online_of_total(row: Row) -> tuple[int, int]:
    return (row["services"] if row["channel"] == "线上" else 0), row["services"]


def _is_training(row: Row) -> bool:
    return bool(row["kind"] == "培训")


def _surveyed(row: Row) -> tuple[int, int] | None:
    if not _is_training(row) or row["survey_returned"] is None or row["survey_satisfied"] is None:
        return None
    return row["survey_satisfied"], row["survey_returned"]


def _has_irregular_fee(row: Row) -> bool:
    basic = row["service_group"] == "basic"
    return basic and row["fee_yuan"] is not None and row["fee_yuan"] > 0 and row["fee_basis"] is None


def _if(condition: Callable[[Row], bool]) -> Callable[[Row], tuple[int, int] | None]:
    return lambda row: (1, 0) if condition(row) else None


def _amount(column: str, condition: Callable[[Row], bool]) -> Callable[[Row], tuple[Any, Any] | None]:
    return lambda row: (row[column], 0) if condition(row) and row[column] is not None else None


MEASURES: dict[str, Measure] = {
    "services": _of_records("count", lambda row: (1, 0), lambda row: (row["services"], 0)),
    "persons_served": _of_records(
        "sum",
        lambda row: (1 if row["persons_served"] is None else row["persons_served"], 0),
        lambda row: (row["persons_served"] or 0, 0),
    ),
    "clients_served": _of_records(
        "distinct", lambda row: (row["client_id"], 0) if row["client_id"] is not None else None
    ),
    "new_clients": Measure("distinct", OF_RECORDS, _new_clients),
    "ratings": _of_records("count", _if(lambda row: row["rated"] is not None)),
    "satisfaction_rate": _rating((3, 4, 5)),
    "well_satisfied_rate": _rating((4, 5)),
    "bad_rating_rate": _rating((1, 2)),
    "rating_response_rate": _of_records(
        "proportion", lambda row: (row["rated"] is not None, 1), _rated_of_total
    ),
    "response_days": _of_records(
        "quantile", lambda row: None if (days := response_days(row)) is None else (days, 0)
    ),
    "answered_in_time_rate": _of_records("proportion", _answered_in_time),
    "completed_rate": _outcome("办结"),
    "referral_rate": _outcome("转介"),
    "on_time_completion_rate": _of_records("proportion", _completed_on_time),
    "followed_up_rate": _with_date("办结", "followed_up_at"),
    "referral_followed_up_rate": _with_date("转介", "referral_followed_up_at"),
    "online_share": _of_records(
        "proportion", lambda row: (row["channel"] == "线上", 1), _online_of_total, also_cut_by=("channel",)
    ),
    "active_institutions": _of_records("distinct", lambda row: (row["institution"], 0)),
    "reporting_rate": Measure("proportion", OF_INSTITUTION, _reporting),
    "expert_answered_in_time_rate": Measure("proportion", OF_INSTITUTION, _expert_answered),
    "expert_assignments": _of_ledger("count", "assignments", lambda row: (1, 0)),
    "expert_answer_days": Measure("quantile", OF_INSTITUTION, _expert_days),
    "expert_overdue": Measure("count", OF_INSTITUTION, _expert_overdue),
    "expert_supported_rate": _of_records("proportion", lambda row: (row["expert_id"] is not None, 1)),
    "expert_feedback_rate": _of_ledger(
        "proportion",
        "assignments",
        lambda row: (row["feedback_on"] is not None, 1) if row["served_on"] is not None else None,
    ),
    "complaints": _of_ledger("count", "complaints", lambda row: (1, 0)),
    "complaints_upheld": _of_ledger("count", "complaints", _if(lambda row: row["is_upheld"] is True)),
    "bad_rating_followed_up_rate": Measure("proportion", OF_RECORDS, _contacted),
    "trainings": _of_ledger("count", "activities", _if(_is_training)),
    "training_attendees": _of_ledger("sum", "activities", _amount("attendees", _is_training)),
    "training_satisfaction_rate": _of_ledger("proportion", "activities", _surveyed),
    "fee_irregularities": _of_records("count", _if(_has_irregular_fee)),
    "results": _of_records("count", _if(lambda row: row["result_kind"] is not None)),
    "result_amount": _of_records(
        "sum", _amount("result_amount_10k_yuan", lambda row: row["result_kind"] is not None)
    ),
}
