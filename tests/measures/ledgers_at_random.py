"""Random small ledgers with everything that makes counting go wrong; all of it is made up.

The frames hold what the rows mean; :mod:`tests.measures.ledger_files` says it as a station would.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pandas as pd

from tests.measures.oracle_days import is_worked, last_day, months_between, shifted

Record = dict[str, Any]

DISTRICTS = {
    "110108": "海淀区",
    "110105": "朝阳",
    "110119": "北京市延庆区",
    "BDA": "经开区",
    "110101": "110101000000",
}
CLIENT_DISTRICTS = {**DISTRICTS, "outside": "河北省廊坊市"}
SERVICES = {
    "B01": "知识产权政策宣贯服务",
    "B02": "业务办理咨询",
    "B08": "B08",
    "B10": "B10 知识产权基础知识培训服务",
    "B16": "b16",
    "T02": "重点企业服务",
    "T03": "T03",
    "T03.1": "T03.1",
    "T03.2": "T03.2",
}
CHANNELS = ("现场", "电话", "线上", "走访", "活动")
CLIENT_TYPES = ("大型企业", "小微企业", "个人", "高校院所")
INDUSTRIES = {"ai": "人工智能", "finance": "金融业", "robotics": "机器人"}
IP_TYPES = ("专利", "商标", "数据知识产权")
TAGS = ("专精特新", "走出去", "“零”知识产权科技型企业", "首次海外涉诉")
OPERATORS = ("专业园区", "孵化器", "其他")
UNLISTED = "W99"


def maybe(random: Random, value: Any, chance: float = 0.7) -> Any:
    """Return ``value`` or nothing, as people do who fill in ledgers."""
    return value if random.random() < chance else None


class Maker:
    """Makes one set of ledgers; equal seeds make equal ledgers."""

    def __init__(self, seed: int, *, services: int = 420) -> None:
        self.random = Random(seed)
        self.size = services
        last = shifted("2026-01", self.random.randrange(8))
        self.months = months_between(shifted(last, -self.random.randrange(13, 18)), last)
        self.first, self.until = date.fromisoformat(f"{self.months[0]}-01"), self._end_of_data(last)
        self.stations: list[Record] = []
        self.clients: list[Record] = []

    def _end_of_data(self, month: str) -> date:
        """The last working day of the month, the day before it, or any day: what `last12` turns on."""
        closing = last_day(month)
        while not is_worked(closing):
            closing -= timedelta(days=1)
        middle = date.fromisoformat(f"{month}-{self.random.randrange(1, 28):02d}")
        return self.random.choice([closing, closing - timedelta(days=1), last_day(month), middle])

    def make(self) -> dict[str, pd.DataFrame]:
        """Return one frame a ledger kind."""
        self.stations = self._institutions()
        self.clients = [self._client(n) for n in range(50)]
        services = self._services()
        made = {
            "institutions": self.stations,
            "clients": self.clients,
            "services": services,
            "monthly": self._monthly({(s["institution_id"], f"{s['received_at']:%Y-%m}") for s in services}),
            "experts": [self._expert(n) for n in range(4)],
            "assignments": [self._assignment(n) for n in range(90)],
            "complaints": [self._complaint(n) for n in range(60)],
            "activities": [self._activity(n) for n in range(60)],
        }
        return {kind: pd.DataFrame(rows, dtype=object) for kind, rows in made.items()}

    # --- lists ---

    def _institutions(self) -> list[Record]:
        city = self._institution("000001", "市级", "all")
        centres = [self._institution(f"Q0{n}", "区级", code) for n, code in enumerate(("110108", "BDA"))]
        stations = [
            self._institution(f"W{n:02d}", "工作站", self.random.choice(list(DISTRICTS)))
            for n in range(1, 11)
        ]
        for station, (opened, closed) in zip(stations, self._open_days(), strict=False):
            station["opened_on"], station["closed_on"] = opened, closed
        return [city, *centres, *stations]

    def _open_days(self) -> list[tuple[date, date | None]]:
        """Late openings and early closings, at the ends of months and inside them."""
        early, middle, late = self.first - timedelta(days=400), self.months[5], self.months[-3]
        return [
            (date.fromisoformat(f"{middle}-01"), None),
            (date.fromisoformat(f"{middle}-17"), None),
            (last_day(middle), None),
            (early, last_day(late)),
            (early, last_day(late) - timedelta(days=1)),
            (early, date.fromisoformat(f"{late}-01")),
            (date.fromisoformat(f"{middle}-02"), last_day(middle) - timedelta(days=2)),
        ]

    def _institution(self, code: str, tier: str, district: str) -> Record:
        return {
            "institution_id": code,
            "name": f"北京市知识产权公共服务示例{code}站",
            "tier": tier,
            "district": district,
            "township": maybe(self.random, self.random.choice(["示例街道", "示例镇"])),
            "operator_type": maybe(self.random, self.random.choice(OPERATORS)),
            "opened_on": self.first - timedelta(days=500),
            "closed_on": None,
        }

    def _client(self, number: int) -> Record:
        tags = tuple(self.random.sample(TAGS, self.random.choice([0, 0, 1, 2, 3])))
        return {
            "client_id": f"C{number:03d}",
            "client_type": self.random.choice(CLIENT_TYPES),
            "industry": maybe(self.random, self.random.choice(list(INDUSTRIES)), 0.6),
            "district": self.random.choice(list(CLIENT_DISTRICTS)),
            "key_tags": tags or None,
        }

    def _expert(self, number: int) -> Record:
        return {"expert_id": f"E{number}", "registered_on": self.first - timedelta(days=100)}

    # --- facts ---

    def _day(self, first: date | None = None, last: date | None = None) -> date:
        first, last = first or self.first, last or self.until
        return first + timedelta(days=self.random.randrange((last - first).days + 1))

    def _moment(self, row: Record, name: str, day: date | None) -> None:
        """Set a point in time, a day or a minute, not before any point the row already has."""
        row[name], row[f"{name}_is_date"] = None, None
        if day is None:
            return
        start, minute = datetime(day.year, day.month, day.day), self.random.randrange(8 * 60, 19 * 60)
        is_date = self.random.random() < 0.4
        moment = start if is_date else start + timedelta(minutes=minute)
        earlier = max((value for value in row.values() if isinstance(value, datetime)), default=start)
        if not is_date and moment < earlier:
            moment = earlier + timedelta(minutes=7)
        row[name], row[f"{name}_is_date"] = moment, is_date

    def _later(self, row: Record, name: str, after: str, chance: float, reach: int = 14) -> None:
        base = row[after]
        wait = self.random.choice([0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, reach])
        day = base.date() + timedelta(days=wait) if base and self.random.random() < chance else None
        self._moment(row, name, day)

    def _services(self) -> list[Record]:
        """Records of most stations; the last two keep totals only, one of the rest reports nothing."""
        kept = [s["institution_id"] for s in self.stations[:-3]]
        rows = []
        for number in range(self.size):
            place = self.random.choice([*kept, *kept[:3]])
            rows.append(self._service(f"{number // 3:04d}-{number % 3}", place, self._day()))
        rows[0] = self._service("0000-0", kept[0], self.first)
        rows[1] = self._service("0000-1", kept[1], self.until)
        early, late = self.first - timedelta(days=90), self.until + timedelta(days=40)
        rows += [self._service(f"9{n}", UNLISTED, self._day(early, late)) for n in range(12)]
        return rows

    def _service(self, record_id: str, place: str, day: date) -> Record:
        random = self.random
        client = maybe(random, f"C{random.randrange(64):03d}", 0.8)
        rating = maybe(random, random.choice([5, 5, 4, 4, 3, 2, 2, 1]), 0.6)
        result = maybe(random, random.choice(["专利申请", "融资"]), 0.15)
        row = {
            "record_id": record_id,
            "institution_id": place,
            "service": random.choice(list(SERVICES)),
            "topic": maybe(random, random.choice(["商标异议", "专利年费"]), 0.3),
            "ip_type": maybe(random, random.choice(IP_TYPES)),
            "channel": maybe(random, random.choice(CHANNELS), 0.85),
            "client_id": client,
            "client_type": maybe(random, random.choice(CLIENT_TYPES), 0.4),
            "industry": maybe(random, random.choice(list(INDUSTRIES)), 0.3),
            "client_district": maybe(random, random.choice(list(CLIENT_DISTRICTS)), 0.3),
            "persons_served": maybe(random, random.randrange(1, 30)),
            "promised_days": maybe(random, random.choice([0, 0.5, 1, 2, 3, 5, 10]), 0.6),
            "outcome": random.choice(["办结", "办结", "办结", "转介", "终止", "办理中", None]),
            "rating": rating,
            "rating_source": maybe(random, random.choice(["主动", "回访", "默认"])) if rating else None,
            "result_kind": result,
            "result_amount_10k_yuan": maybe(random, random.choice([0.5, 12, 300.25])) if result else None,
            "fee_yuan": maybe(random, random.choice([0, 50.5, 1200]), 0.3),
            "fee_basis": maybe(random, "京发改〔示例〕1号", 0.5),
            "is_confidential": maybe(random, random.random() < 0.1, 0.3),
            "expert_id": maybe(random, f"E{random.randrange(4)}", 0.25),
        }
        self._moment(row, "received_at", day)
        self._after_receipt(row)
        return row

    def _after_receipt(self, row: Record) -> None:
        self._later(row, "responded_at", "received_at", 0.8)
        done = "responded_at" if row["responded_at"] else "received_at"
        self._later(row, "completed_at", done, 0.9 if row["outcome"] == "办结" else 0.05)
        last = "completed_at" if row["completed_at"] else done
        self._later(row, "followed_up_at", last, 0.5)
        self._later(row, "referral_followed_up_at", last, 0.6 if row["outcome"] == "转介" else 0.0)
        self._later(row, "rated_at", last, 0.5 if row["rating"] else 0.0)
        rated = "rated_at" if row["rated_at"] else last
        bad = row["rating"] in (1, 2)
        self._later(row, "bad_rating_contacted_at", rated, 0.5 if bad else 0.0)

    def _assignment(self, number: int) -> Record:
        recent = self.until - timedelta(days=6)
        row = {
            "assignment_id": f"P{number:03d}",
            "expert_id": f"E{self.random.randrange(5)}",
            "institution_id": self.random.choice([*self._places(), UNLISTED]),
        }
        self._moment(row, "notified_at", self._day(recent if number % 3 == 0 else None))
        self._later(row, "responded_at", "notified_at", 0.6)
        notified = row["notified_at"].date()
        row["served_on"] = maybe(self.random, notified + timedelta(days=15 + self.random.randrange(9)))
        feedback = maybe(self.random, notified + timedelta(days=25 + self.random.randrange(9)))
        row["feedback_on"] = feedback if row["served_on"] else None
        return row

    def _complaint(self, number: int) -> Record:
        row = {
            "complaint_id": f"T{number:03d}",
            "institution_id": self.random.choice([*self._places(), UNLISTED]),
            "category": maybe(self.random, "时限"),
            "is_upheld": maybe(self.random, self.random.random() < 0.5),
        }
        self._moment(row, "received_at", self._day())
        return row

    def _activity(self, number: int) -> Record:
        returned = maybe(self.random, self.random.randrange(1, 9))
        satisfied = None if returned is None else self.random.randrange(returned + 1)
        return {
            "activity_id": f"H{number:03d}",
            "institution_id": self.random.choice([*self._places(), UNLISTED]),
            "kind": self.random.choice(["培训", "培训", "走访", "集中宣传"]),
            "held_on": self._day(),
            "attendees": maybe(self.random, self.random.randrange(10, 90)),
            "survey_returned": returned,
            "survey_satisfied": maybe(self.random, satisfied, 0.9),
        }

    def _places(self) -> list[str]:
        return [station["institution_id"] for station in self.stations]

    # --- totals ---

    def _monthly(self, recorded: set[tuple[str, str]]) -> list[Record]:
        """Totals where records are missing, some beside records, some of a station not on the list."""
        rows: list[Record] = []
        months = self.months if self.random.random() < 0.5 else self.months[:-1]
        for place in [*self._places()[:-1], UNLISTED]:
            for month in months:
                chance = 0.15 if (place, month) in recorded else 0.6
                if self.random.random() < chance:
                    rows += self._totals(place, month)
        return rows

    def _totals(self, place: str, month: str) -> list[Record]:
        services = self.random.sample(["B01", "B02", "T03.1", "T03.2"], self.random.randrange(1, 4))
        channels = self.random.sample(CHANNELS, self.random.randrange(1, 4))
        plain: list[tuple[str | None, str | None]] = [(None, None)]
        by_service = [(service, None) for service in services]
        by_channel = [(None, channel) for channel in channels]
        both = [(service, channel) for service in services[:2] for channel in channels]
        shapes = [plain, plain, by_service, by_channel, both, by_service + by_channel, both + by_service]
        cells = list(self.random.choice([*shapes, both + by_channel, both + by_service + by_channel]))
        if cells != plain and self.random.random() < 0.4:
            cells += plain
        return [self._total(place, month, *cell) for cell in cells]

    def _total(self, place: str, month: str, service: str | None, channel: str | None) -> Record:
        levels = [self.random.randrange(4) for _ in range(5)]
        given = self.random.random() < 0.6
        row: Record = {
            "institution_id": place,
            "month": month,
            "service": service,
            "channel": channel,
            "services": sum(levels) + self.random.randrange(12),
            "persons_served": None,
            "rated": maybe(self.random, sum(levels), 0.5),
        }
        row["persons_served"] = maybe(self.random, row["services"] + self.random.randrange(9))
        for level in range(1, 6):
            count = levels[level - 1]
            row[f"rating_{level}"] = (count or self.random.choice([0, None])) if given else None
        return row
