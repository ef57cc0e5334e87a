"""A slow, obvious second implementation of every measure, from the definitions alone.

It shares no code with the product: plain pandas over canonical ledger rows, one fact a row with its
numerator and denominator, then a sum a group. Input is one frame a ledger kind with the English column
names of the ledgers; points in time carry ``<name>_is_date``. Codes are those of the dimensions:
``all`` for the city tier's district, ``outside`` for clients from elsewhere, tuples for ``key_tags``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from typing import Any

import pandas as pd

from tests.measures.oracle_days import day_of, is_worked, last_day, months_between, quarter, shifted
from tests.measures.oracle_measures import MEASURES, OF_TOTALS, TIME, Figures, keep

Key = tuple[Any, ...]
Filters = dict[str, list[Any]]

SERVICES = (*(f"B{n:02d}" for n in range(1, 17)), "T01", "T02", "T03", "T04")
AREAS = (*(f"1101{n:02d}" for n in range(1, 20) if n not in (3, 4, 10)), "BDA")
CHANNELS = ("现场", "电话", "线上", "走访", "活动")
CLIENT_TYPES = (
    "大型企业",
    "中型企业",
    "小微企业",
    "个体工商户",
    "高校院所",
    "行业组织",
    "个人",
    "政府及其他",
)
CATALOGUES = {
    "district": AREAS,
    "client_district": (*AREAS, "outside"),
    "service": SERVICES,
    "channel": CHANNELS,
    "client_type": CLIENT_TYPES,
}


@dataclass
class Answer:
    """All groups that hold a fact, and those that must be shown although they hold none."""

    groups: dict[Key, Figures]
    must_show: set[Key] = field(default_factory=set)


class Oracle:
    """Answers any question over one set of ledgers."""

    def __init__(self, ledgers: dict[str, pd.DataFrame]) -> None:
        self.institutions = ledgers["institutions"]
        self._by_institution = self.institutions.set_index("institution_id").to_dict("index")
        self._clients = ledgers["clients"].set_index("client_id").to_dict("index")
        self.services = _each(self.facts(ledgers["services"], "received_at"), self._as_record)
        self.monthly = _each(self.facts(ledgers["monthly"], "month"), self._as_total)
        self.complaints = self.facts(ledgers["complaints"], "received_at")
        self.activities = self.facts(ledgers["activities"], "held_on")
        self.assignments = self.facts(ledgers["assignments"], "notified_at")
        self.recorded = set(zip(self.services["institution"], self.services["month"], strict=True))
        self.totalled = set(zip(self.monthly["institution"], self.monthly["month"], strict=True))
        reported = [month for _, month in self.recorded | self.totalled]
        self.first_month = min(reported)
        self.data_until = max(
            [day_of(moment) for moment in self.services["received_at"]]
            + [last_day(month) for _, month in self.totalled]
        )
        self.last_month = f"{self.data_until:%Y-%m}"
        self._kept: dict[Key, pd.DataFrame] = {}

    def facts(self, ledger: pd.DataFrame, when: str) -> pd.DataFrame:
        """Add what the institution and the date say; rows of unknown institutions wait and do not count."""
        cuts = ("district", "tier", "operator_type", "township")
        facts = []
        for row in ledger.to_dict("records"):
            place = self._by_institution.get(row["institution_id"])
            if place is None:
                continue
            month = row[when] if when == "month" else f"{row[when]:%Y-%m}"
            times = {"month": month, "quarter": quarter(month), "year": month[:4]}
            own = {cut: place[cut] for cut in cuts}
            facts.append({**row, **own, **times, "institution": row["institution_id"]})
        columns = dict.fromkeys([*ledger.columns, *cuts, *TIME, "institution"])
        return pd.DataFrame(facts, columns=list(columns), dtype=object)

    def _as_record(self, row: dict[str, Any]) -> dict[str, Any]:
        listed = self._clients.get(row["client_id"], {})
        for own, theirs in (("client_type",) * 2, ("industry",) * 2, ("client_district", "district")):
            row[own] = row[own] if row[own] is not None else listed.get(theirs)
        row["key_tag"] = listed.get("key_tags") or (None,)
        if row["service"].startswith("T03."):
            row["topic"] = row["topic"] if row["topic"] is not None else row["service"]
        row["rated"] = None if row["rating_source"] == "默认" else row["rating"]
        return self._as_total(row)

    def _as_total(self, row: dict[str, Any]) -> dict[str, Any]:
        row["raw_service"] = row["service"]
        if row["service"] is not None:
            row["service"] = row["service"].split(".")[0]
            row["service_group"] = "basic" if row["service"][0] == "B" else "special"
        else:
            row["service_group"] = None
        return row

    # --- totals of institution-months without records ---

    def totals(self, cuts: set[str]) -> pd.DataFrame:
        """Return the totals that answer a question cut by ``cuts``, none counted twice."""
        if cuts - set(OF_TOTALS):
            return self.monthly.iloc[:0]
        chosen = []
        for place, rows in self.monthly.groupby(["institution", "month"]):
            if place not in self.recorded:
                chosen += self._whole(rows, bool(cuts & {"service", "service_group"}), "channel" in cuts)
        return self.monthly.loc[chosen]

    @staticmethod
    def _whole(rows: pd.DataFrame, by_service: bool, by_channel: bool) -> list[Any]:
        has_service, has_channel = rows["raw_service"].notna(), rows["channel"].notna()
        both = rows[has_service & has_channel]
        only_service = rows[has_service & ~has_channel & ~rows["raw_service"].isin(both["raw_service"])]
        only_channel = rows[~has_service & has_channel & ~rows["channel"].isin(both["channel"])]
        if by_service and by_channel:
            return list(both.index)
        if by_channel:
            return [*both.index, *only_channel.index]
        if by_service or has_service.any():
            return [*both.index, *only_service.index]
        return list(rows[has_channel].index if has_channel.any() else rows.index)

    # --- questions ---

    def ask(
        self,
        measure: str,
        by: tuple[str, ...] = (),
        period: str = "all",
        filters: Filters | None = None,
    ) -> Answer:
        """Return the figures of ``measure`` in every group.

        ``filters`` maps a dimension to the codes that count, ``None`` among them for unknown. A key
        holds a code a dimension of ``by``, and the quantile last where the measure has quantiles.
        """
        filters = filters or {}
        asked = MEASURES[measure]
        assert {*by, *filters} <= set(asked.dimensions)
        months = self.months(period)
        facts = self._facts_of(measure, {*by, *filters})
        facts = keep(facts, [month in months for month in facts["month"]])
        if "key_tag" in {*by, *filters}:
            facts = self._by_tag(facts, by, filters)
        for dimension, codes in filters.items():
            if dimension != "key_tag":
                facts = keep(facts, [code in codes for code in facts[dimension]])
        must = self._complete(by, months, filters)
        groups = self._grouped(facts, by)
        shown = {key: groups.get(key, facts.iloc[:0]) for key in {*groups, *must}}
        figures = {(*key, *q): f for key, part in shown.items() for q, f in asked.figures(part).items()}
        return Answer(figures, {key for key in figures if key[: len(by)] in must})

    def _facts_of(self, measure: str, cuts: set[str]) -> pd.DataFrame:
        """Return a measure's facts, kept for the next question that takes the same totals."""
        by_service, lacking = cuts & {"service", "service_group"}, cuts - set(OF_TOTALS)
        key = (measure, bool(by_service), "channel" in cuts, bool(lacking))
        if key not in self._kept:
            self._kept[key] = MEASURES[measure].facts(self, cuts)
        return self._kept[key]

    @staticmethod
    def _by_tag(facts: pd.DataFrame, by: tuple[str, ...], filters: Filters) -> pd.DataFrame:
        """Keep tagged facts once, or once a chosen tag where the question goes by tag."""
        codes = filters.get("key_tag")
        kept = keep(facts, [not codes or any(tag in codes for tag in tags) for tags in facts["key_tag"]])
        if "key_tag" not in by:
            return kept
        kept = kept.explode("key_tag").astype(object)
        kept["key_tag"] = pd.Series(
            [None if pd.isna(t) else t for t in kept["key_tag"]], index=kept.index, dtype=object
        )
        return keep(kept, [not codes or tag in codes for tag in kept["key_tag"]])

    @staticmethod
    def _grouped(facts: pd.DataFrame, by: tuple[str, ...]) -> dict[Key, pd.DataFrame]:
        positions: dict[Key, list[int]] = {} if by else {(): []}
        for position, codes in enumerate(facts[list(by)].to_numpy(dtype=object)):
            positions.setdefault(tuple(codes), []).append(position)
        return {key: facts.iloc[rows] for key, rows in positions.items()}

    def months(self, period: str) -> list[str]:
        """Return the months of a period, none after the last month of data."""
        if period == "all":
            first, last = self.first_month, self.last_month
        elif period == "last12":
            last = self.last_full_month
            first = shifted(last, -11)
        else:
            start, _, end = period.partition("..")
            first, last = self._ends(start)[0], self._ends(end or start)[1]
        return months_between(first, min(last, self.last_month))

    @staticmethod
    def _ends(period: str) -> tuple[str, str]:
        if len(period) == 4:
            return f"{period}-01", f"{period}-12"
        if "Q" in period:
            last = int(period[5]) * 3
            return f"{period[:4]}-{last - 2:02d}", f"{period[:4]}-{last:02d}"
        return period, period

    @property
    def last_full_month(self) -> str:
        """The month of the last data where its last working day is past, else the month before."""
        closing = last_day(self.last_month)
        while not is_worked(closing):
            closing -= timedelta(days=1)
        return self.last_month if self.data_until >= closing else shifted(self.last_month, -1)

    # --- groups that appear although nothing happened in them ---

    def _complete(self, by: tuple[str, ...], months: list[str], filters: Filters) -> set[Key]:
        members = [self._members(dimension, months, filters) for dimension in by]
        if len(by) > 2 or any(some is None for some in members):
            return set()
        return {key for key in product(*members) if self._exists(dict(zip(by, key, strict=True)), months)}

    def _members(self, dimension: str, months: list[str], filters: Filters) -> list[str] | None:
        if dimension in TIME:
            calendar = [{"month": m, "quarter": quarter(m), "year": m[:4]} for m in months]
            fits = [
                moment
                for moment in calendar
                if all(moment[d] in codes for d, codes in filters.items() if d in TIME)
            ]
            return sorted({moment[dimension] for moment in fits})
        if dimension == "institution":
            return [i for i in self._by_institution if self._chosen(i, filters)]
        codes = CATALOGUES.get(dimension)
        chosen = filters.get(dimension)
        return None if codes is None else [code for code in codes if not chosen or code in chosen]

    def _chosen(self, institution: str, filters: Filters) -> bool:
        attributes = {**self._by_institution[institution], "institution": institution}
        return all(attributes[d] in codes for d, codes in filters.items() if d in attributes)

    def _exists(self, group: dict[str, Any], months: list[str]) -> bool:
        """Whether times agree, and the institution was open in the period and is the district's own."""
        within = [m for m in months if _in_month(group, m)]
        if (set(group) & set(TIME) and not within) or "institution" not in group:
            return bool(within) or not set(group) & set(TIME)
        attributes = self._by_institution[group["institution"]]
        own = all(attributes[d] == code for d, code in group.items() if d in ("district", "tier"))
        return own and any(self.is_open(group["institution"], last_day(m)) for m in within)

    def is_open(self, institution: str, day: date) -> bool:
        """Say whether the institution was open; the day of closing is still open."""
        row = self._by_institution[institution]
        return row["opened_on"] <= day and (row["closed_on"] is None or day <= row["closed_on"])


def _each(rows: pd.DataFrame, change: Any) -> pd.DataFrame:
    return pd.DataFrame([change(row) for row in rows.to_dict("records")], dtype=object)


def _in_month(group: dict[str, Any], month: str) -> bool:
    times = {"month": month, "quarter": quarter(month), "year": month[:4]}
    return all(times[d] == code for d, code in group.items() if d in TIME)
