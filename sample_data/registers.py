"""The other ledgers as files: lists, totals, complaints, activities, targets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analytics.standard.courses import courses
from sample_data.habits import CSV_STYLES, WORKBOOK_STYLES
from sample_data.land import in_own_datum
from sample_data.mess import DEFECTS, dress, flag, repeat, spoil
from sample_data.parcels import Parcel
from sample_data.plan import Plan
from sample_data.sheets import Book, Fate, Sheet, make_sheet
from sample_data.spelling import Style

_PLAIN = Style(day="excel", clock="minute")
# Clients missing from the list of clients: their services count, with a finding.
_UNLISTED = 0.005
_CLIENT_FILES = 4


class Registers:
    """Builds the files of every ledger but services."""

    def __init__(self, plan: Plan, network: pd.DataFrame) -> None:
        self._plan = plan
        self._network = network
        self._names = dict(zip(network["institution_id"], network["name"], strict=True))
        self._first_workbook = np.datetime64(plan.workbook_period.first_day, "m")

    def institutions(self) -> Iterator[Parcel]:
        """Yield the list of institutions and a later correction of a few of them."""
        listed = in_own_datum(self._network)
        swapped = int(
            listed.index[listed["tier"].eq("工作站") & listed["weakness"].eq("") & listed["datum"].isna()][-1]
        )
        listed.loc[swapped, ["lon", "lat"]] = listed.loc[swapped, ["lat", "lon"]].to_numpy()
        style = Style(day="excel", clock="none", yes_no=("是", "否"))
        sheet = self._sheet(listed, "institutions", style, "机构名录")
        _expect_swap(sheet, swapped)
        self._finish(sheet, spoilt=len(DEFECTS["institutions"]), manner=2, repeats=False)
        yield self._parcel("01_机构名录/机构名录.xlsx", [sheet])
        changed = listed[listed["district"] == "110108"].iloc[:3].assign(staff_full_time=5)
        other = self._sheet(changed, "institutions", WORKBOOK_STYLES[3], "更正")
        yield self._parcel("01_机构名录/机构名录更正.xlsx", [other])

    def monthly(self, totals: pd.DataFrame) -> Iterator[Parcel]:
        """Yield monthly totals: earlier months as CSV, the last year as a workbook with a sheet a station."""
        early = totals["month"] < self._first_workbook
        columns = [c for c in totals.columns if c != "institution"]
        sheet = self._sheet(totals.loc[early, columns], "monthly", Style(day="dot"), "")
        self._finish(sheet, spoilt=4, manner=1, repeats=True)
        yield self._parcel("03_月报汇总/月报汇总（往年）.csv", [sheet], "gb18030")
        sheets = []
        for n, (station, rows) in enumerate(totals.loc[~early, columns].groupby("institution_id")):
            part = self._sheet(rows, "monthly", Style(day=("iso", "zh", "compact")[n % 3]), str(station))
            if n == 0:
                self._finish(part, spoilt=0, manner=2, repeats=False)
                _month_as_number(part, self._plan)
            else:
                dress(part, self._plan.rng(f"monthly {n}"), manner=n, number_column="services")
            sheets.append(part)
        yield self._parcel("03_月报汇总/月报汇总（近一年）.xlsx", sheets)

    def clients(self, pool: pd.DataFrame) -> Iterator[Parcel]:
        """Yield the list of clients: earlier ones as CSV, those of the last year as a workbook."""
        rng = self._plan.rng("clients written")
        listed = in_own_datum(pool)[rng.random(len(pool)) >= _UNLISTED]
        late = listed["registered_on"] >= self._first_workbook
        parts = np.array_split(np.flatnonzero(~late), _CLIENT_FILES)
        for n, rows in enumerate(parts):
            sheet = self._sheet(listed.iloc[rows], "clients", CSV_STYLES[(2 * n) % len(CSV_STYLES)], "")
            self._finish(sheet, spoilt=2, manner=0, repeats=True, first=2 * n)
            encoding = ("utf-8", "gb18030", "utf-8-sig", "utf-8")[n]
            yield self._parcel(f"04_服务对象名录/服务对象名录{n + 1}.csv", [sheet], encoding)
        sheet = self._sheet(listed[late], "clients", Style(day="excel", area="short"), "服务对象名录")
        self._finish(sheet, spoilt=4, manner=2, repeats=True, first=100)
        yield self._parcel("04_服务对象名录/服务对象名录（近一年）.xlsx", [sheet])

    def demand(self, points: pd.DataFrame) -> Iterator[Parcel]:
        """Yield the demand points, as the bureau alone can supply them."""
        sheet = self._sheet(points, "demand", Style(day="zh", headings="alias"), "")
        self._finish(sheet, spoilt=2, manner=0, repeats=True)
        yield self._parcel("05_需求点/需求点.csv", [sheet], "gb18030")

    def experts(self, known: pd.DataFrame, sent: pd.DataFrame) -> Iterator[Parcel]:
        """Yield experts with the assignments of the last year, and earlier assignments year by year."""
        late = sent["notified_at"] >= self._first_workbook
        for n, (year, rows) in enumerate(sent[~late].groupby(sent["notified_at"].dt.year)):
            sheet = self._sheet(rows, "assignments", CSV_STYLES[n % len(CSV_STYLES)], "")
            self._finish(sheet, spoilt=1, manner=0, repeats=True, first=n)
            yield self._parcel(
                f"06_志愿服务专家/专家派单{year}.csv", [sheet], ("utf-8-sig", "gb18030")[n % 2]
            )
        people = self._sheet(known, "experts", Style(day="excel", headings="alias"), "志愿服务专家")
        self._finish(people, spoilt=2, manner=2, repeats=True)
        work = self._sheet(sent[late], "assignments", _PLAIN, "专家派单")
        self._finish(work, spoilt=3, manner=1, repeats=False, first=100)
        yield self._parcel("06_志愿服务专家/志愿服务专家.xlsx", [people, work])

    def complaints(self, received: pd.DataFrame) -> Iterator[Parcel]:
        """Yield complaints, earlier ones as CSV."""
        late = received["received_at"] >= self._first_workbook
        sheet = self._sheet(received[~late], "complaints", CSV_STYLES[1], "")
        self._finish(sheet, spoilt=2, manner=0, repeats=True)
        yield self._parcel("07_投诉台账/投诉台账（往年）.csv", [sheet], "utf-8")
        sheet = self._sheet(received[late], "complaints", _PLAIN, "投诉台账")
        self._finish(sheet, spoilt=0, manner=2, repeats=False)
        yield self._parcel("07_投诉台账/投诉台账（近一年）.xlsx", [sheet])

    def activities(self, held: pd.DataFrame) -> Iterator[Parcel]:
        """Yield activities: earlier years as CSV, the last as a workbook with a sheet a half-year."""
        late = held["held_on"] >= self._first_workbook
        for n, (year, rows) in enumerate(held[~late].groupby(held["held_on"].dt.year)):
            sheet = self._sheet(
                _with_course_names(rows, n), "activities", CSV_STYLES[(n + 1) % len(CSV_STYLES)], ""
            )
            self._finish(sheet, spoilt=1, manner=0, repeats=True, first=n)
            yield self._parcel(f"08_活动台账/活动台账{year}.csv", [sheet], ("gb18030", "utf-8")[n % 2])
        last = held[late]
        halves = [last.iloc[: len(last) // 2], last.iloc[len(last) // 2 :]]
        sheets = [
            self._sheet(rows, "activities", WORKBOOK_STYLES[n], ("上半期", "下半期")[n])
            for n, rows in enumerate(halves)
        ]
        self._finish(sheets[0], spoilt=3, manner=2, repeats=True, first=100)
        yield self._parcel("08_活动台账/活动台账（近一年）.xlsx", sheets)

    def targets(self, aims: pd.DataFrame) -> Iterator[Parcel]:
        """Yield targets, a sheet a year."""
        sheets = [self._sheet(rows, "targets", _PLAIN, f"{year}年") for year, rows in aims.groupby("year")]
        self._finish(sheets[-1], spoilt=3, manner=1, repeats=True)
        yield self._parcel("09_年度目标/年度目标.xlsx", sheets)

    def publications(self, published: pd.DataFrame) -> Iterator[Parcel]:
        """Yield published lists: earlier years as CSV, the last as a workbook with a sheet a kind of list."""
        late = published["year"] == int(self._plan.until[:4])
        sheet = self._sheet(published[~late], "publications", CSV_STYLES[1], "")
        self._finish(sheet, spoilt=0, manner=3, repeats=True)
        yield self._parcel("11_清单公示/清单公示（往年）.csv", [sheet], "gb18030")
        style = Style(day="zh", institution="name", number="unit")
        sheets = [
            self._sheet(rows, "publications", style, str(kind))
            for kind, rows in published[late].groupby("list_kind")
        ]
        self._finish(sheets[0], spoilt=4, manner=2, repeats=True)
        yield self._parcel("11_清单公示/清单公示（今年）.xlsx", sheets)

    def evidence(self, checked: pd.DataFrame) -> Iterator[Parcel]:
        """Yield declared status by clause, a file a year, each with clauses written its own way."""
        for n, (year, rows) in enumerate(checked.groupby(checked["checked_on"].dt.year)):
            style = Style(day=("iso", "dot")[n % 2], clause=("item", "article")[n % 2])
            sheet = self._sheet(rows, "evidence", style, "")
            self._finish(sheet, spoilt=5 * n, manner=n, repeats=True, first=5 * n)
            yield self._parcel(f"12_规范自查/规范自查{year}.csv", [sheet], ("utf-8-sig", "utf-8")[n % 2])

    def evaluations(self, known: pd.DataFrame) -> Iterator[Parcel]:
        """Yield evaluations, those from within and from without on two sheets."""
        sheets = [
            self._sheet(rows, "evaluations", WORKBOOK_STYLES[n], f"{kind}评价")
            for n, (kind, rows) in enumerate(known.groupby("kind"))
        ]
        self._finish(sheets[0], spoilt=4, manner=2, repeats=True)
        yield self._parcel("13_评价档案/评价档案.xlsx", sheets)

    def late_corrections(self, services: pd.DataFrame) -> Iterator[Parcel]:
        """Yield records sent again with better ratings, and a sheet that lacks a required column."""
        mine = services[services["institution_id"].str.startswith("BJ-110108-")]
        recent = mine[mine["received_at"] >= self._first_workbook]
        again = recent.iloc[:: max(1, len(recent) // 20)].iloc[:20].assign(rating=4.0, rating_source="回访")
        sheet = self._sheet(again, "services", WORKBOOK_STYLES[0], "更正")
        yield self._parcel("10_更正/海淀区服务台账更正.xlsx", [sheet])
        extra = recent.iloc[:5].assign(record_id=[f"BB{n:04d}" for n in range(1, 6)])
        sheet = self._sheet(extra, "services", WORKBOOK_STYLES[0], "补报", leave_out=("received_at",))
        sheet.fates = [
            Fate("rejected", "受理时间", "", "missing_column", "缺少必填列，整张表不能读取")
        ] * len(sheet.cells)
        yield self._parcel("10_更正/海淀区服务台账补报（缺列）.xlsx", [sheet])

    def _sheet(
        self, frame: pd.DataFrame, kind: str, style: Style, name: str, leave_out: tuple[str, ...] = ()
    ) -> Sheet:
        return make_sheet(
            frame, kind, style, names=self._names, workbook=bool(name), name=name, leave_out=leave_out
        )

    def _finish(self, sheet: Sheet, *, spoilt: int, manner: int, repeats: bool, first: int = 0) -> None:
        rng = self._plan.rng(f"finish {sheet.kind} {sheet.name} {first}")
        spoil(sheet, rng, first=first, count=spoilt)
        if spoilt:
            flag(sheet, rng, first=first)
        if repeats:
            repeat(sheet, rng, corrected=False)
        dress(sheet, rng, manner=manner, number_column={"monthly": "services"}.get(sheet.kind, "attendees"))

    def _parcel(self, path: str, sheets: list[Sheet], encoding: str = "") -> Parcel:
        return Parcel(path, sum(len(sheet.cells) for sheet in sheets), lambda: Book(path, sheets, encoding))


def _expect_swap(sheet: Sheet, row: int) -> None:
    value = str(sheet.cells[row][sheet.columns.index("lon")])
    sheet.fates[row] = Fate("flagged", "经度", value, "outside_beijing", "经纬度写反，坐标不在北京，不予采用")


def _month_as_number(sheet: Sheet, plan: Plan) -> None:
    """Add a row whose month is the number 2026.1, which may be January or October."""
    cells = list(sheet.cells[0])
    cells[sheet.columns.index("month")] = float(f"{plan.until[:4]}.1")
    heading = sheet.headings[sheet.columns.index("month")]
    fate = Fate("rejected", heading, f"{plan.until[:4]}.1", "bad_date", "数字形式的月份有歧义")
    sheet.insert(1, cells, "spoilt", fate)


def _with_course_names(rows: pd.DataFrame, n: int) -> pd.DataFrame:
    """Return activities with courses by name in every other year, else by number."""
    if n % 2:
        return rows
    words = {str(course.order): course.name.zh for course in courses()}
    return rows.assign(course=rows["course"].map(words))
