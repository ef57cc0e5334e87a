"""Who sends which file: ledgers of services by area and time, in the order of their paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.standard.districts import districts, districts_by_code
from sample_data.habits import (
    CSV_STYLES,
    DELIMITERS,
    ENCODINGS,
    LEFT_OUT,
    WORKBOOK_STYLES,
    ZERO_LOSER,
    keeps,
)
from sample_data.mess import ENOUGH, dress, flag, repeat, spoil, write_awkwardly
from sample_data.network import PLAIN_NUMBERS
from sample_data.plan import Plan
from sample_data.sheets import Book, Sheet, add_column, make_sheet
from sample_data.spelling import Style

FOLDER = "02_服务台账"
_BUSY_AREAS = ("all", "110108", "110105")
# Areas whose senders number the rows of each month instead of the records, by period name.
_ONLY_ROW_NUMBERS = {("110117", "CSV"), ("110118", "XLSX")}
_DEFECTS_A_FILE = 2


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file still to be built, and how many rows it roughly has."""

    path: str
    rows: int
    build: Callable[[], Book]


def service_parcels(plan: Plan, services: pd.DataFrame, network: pd.DataFrame) -> Iterator[Parcel]:
    """Yield one parcel a file of service records, in no particular order."""
    area = network["area"].to_numpy()[services["institution"]]
    month = services["received_at"].to_numpy().astype("datetime64[M]")
    first_workbook = np.datetime64(plan.workbook_period.first_month)
    names = dict(zip(network["institution_id"], network["name"], strict=True))
    number = 0
    for sender, areas in _senders(plan).items():
        mine = np.isin(area, areas)
        years = month.astype("datetime64[Y]").astype(int) + 1970
        for year in range(int(plan.period.first_month[:4]), int(plan.until[:4]) + 1):
            rows = np.flatnonzero(mine & (years == year) & (month < first_workbook))
            if len(rows):
                yield _csv_parcel(services.iloc[rows], sender, areas[0], year, number, names, plan)
                number += 1
        for months in _workbook_spans(plan, areas):
            rows = np.flatnonzero(mine & np.isin(month, np.array(months, dtype="datetime64[M]")))
            if len(rows):
                yield _workbook_parcel(services.iloc[rows], sender, areas[0], months, number, names, plan)
                number += 1


def _senders(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return who sends for which areas; in a small sample one sends for several."""
    codes = ["all", *(d.code for d in districts())]
    if not plan.is_small:
        return {districts_by_code()[code].name.zh: (code,) for code in codes}
    alone = ("all", "110108", PLAIN_NUMBERS, "110117", "110118")
    found: dict[str, tuple[str, ...]] = {districts_by_code()[code].name.zh: (code,) for code in alone}
    rest = [code for code in codes if code not in alone]
    for n in range(0, len(rest), 7):
        group = tuple(rest[n : n + 7])
        found[f"{districts_by_code()[group[0]].name.zh}等{len(group)}个区域"] = group
    return found


def _workbook_spans(plan: Plan, areas: tuple[str, ...]) -> list[list[str]]:
    months = list(plan.workbook_period.months)
    usual = 1 if areas[0] in _BUSY_AREAS else 3
    size = 6 if plan.is_small else usual
    return [months[n : n + size] for n in range(0, len(months), size)]


def _csv_parcel(
    frame: pd.DataFrame, sender: str, area: str, year: int, number: int, names: dict[str, str], plan: Plan
) -> Parcel:
    def build() -> Book:
        rng = plan.rng(f"csv {sender} {year}")
        style = CSV_STYLES[number % len(CSV_STYLES)]
        left_out = LEFT_OUT[keeps(area, year)]
        if (area, "CSV") in _ONLY_ROW_NUMBERS and year % 2 == 0:
            sheet = _without_record_ids(frame, style, names, left_out, workbook=False)
        else:
            sheet = make_sheet(frame, "services", style, names=names, workbook=False, leave_out=left_out)
            _spoil_services(sheet, rng, number)
        manner = 0 if number % 3 else number // 3 % 5
        dress(sheet, rng, manner=manner, number_column="persons_served")
        return Book(path, [sheet], ENCODINGS[number % len(ENCODINGS)], DELIMITERS[number % len(DELIMITERS)])

    path = f"{FOLDER}/{year}/{sender}服务台账{year}.csv"
    return Parcel(path, len(frame), build)


def _workbook_parcel(
    frame: pd.DataFrame,
    sender: str,
    area: str,
    months: list[str],
    number: int,
    names: dict[str, str],
    plan: Plan,
) -> Parcel:
    def build() -> Book:
        rng = plan.rng(f"workbook {path}")
        month = frame["received_at"].to_numpy().astype("datetime64[M]")
        sheets = []
        for order, code in enumerate(months):
            rows = frame[month == np.datetime64(code)]
            if len(rows):
                sheets.append(_month_sheet(rows, area, code, number, order, names, rng))
        if number % 3 == 2:
            sheets.append(_hidden_copy(sheets[0]))
        return Book(path, sheets)

    span = months[0].replace("-", "") + ("" if len(months) == 1 else "-" + months[-1].replace("-", ""))
    path = f"{FOLDER}/{months[0][:4]}/{sender}服务台账{span}.xlsx"
    return Parcel(path, len(frame), build)


def _month_sheet(
    rows: pd.DataFrame,
    area: str,
    code: str,
    number: int,
    order: int,
    names: dict[str, str],
    rng: np.random.Generator,
) -> Sheet:
    style = ZERO_LOSER if area == PLAIN_NUMBERS else WORKBOOK_STYLES[number % len(WORKBOOK_STYLES)]
    left_out = LEFT_OUT[keeps(area, number)]
    title = f"{int(code[5:])}月" if number % 2 else code.replace("-", "年") + "月"
    if (area, "XLSX") in _ONLY_ROW_NUMBERS:
        sheet = _without_record_ids(rows, style, names, left_out, workbook=True)
        sheet.name = title
    else:
        sheet = make_sheet(
            rows, "services", style, names=names, workbook=True, name=title, leave_out=left_out
        )
        if number % 9 == 4 and len(sheet.cells) < 3000:
            sheet.merged_column = "institution_id"
        if order == 0:
            _spoil_services(sheet, rng, number)
    if number % 6 == 5 and len(sheet.cells) > 3:
        sheet.hidden_rows = {sheet.first_row() + 1, sheet.first_row() + 2}
    _add_extras(sheet, number)
    manner = number + order
    dress(sheet, rng, manner=manner, number_column="persons_served")
    if sheet.hidden_rows:
        sheet.hidden_rows = {row + len(sheet.titles) for row in sheet.hidden_rows}
    return sheet


def _spoil_services(sheet: Sheet, rng: np.random.Generator, number: int) -> None:
    if len(sheet.cells) < ENOUGH:
        return
    if number % 4 == 1:
        write_awkwardly(sheet, rng)
    spoil(sheet, rng, first=number * _DEFECTS_A_FILE, count=_DEFECTS_A_FILE)
    flag(sheet, rng, first=number)
    repeat(sheet, rng, corrected=number % 2 == 0)


def _add_extras(sheet: Sheet, number: int) -> None:
    """Add columns that ledgers do not know, among them a mark of secrecy that says no."""
    count = len(sheet.cells)
    if number % 3 == 1 and "record_id" in sheet.columns:
        add_column(sheet, "序号", list(range(1, count + 1)))
    if number % 5 == 2:
        add_column(sheet, "经办人", ["示例经办人"] * count, place=len(sheet.headings))
    if number % 8 == 6:
        add_column(sheet, "是否涉密", ["否"] * count, place=len(sheet.headings))


def _without_record_ids(
    frame: pd.DataFrame, style: Style, names: dict[str, str], left_out: tuple[str, ...], *, workbook: bool
) -> Sheet:
    """Return a sheet whose rows are only counted, from 1 again each month in each institution."""
    month = frame["received_at"].to_numpy().astype("datetime64[M]")
    sheet = make_sheet(
        frame, "services", style, names=names, workbook=workbook, leave_out=(*left_out, "record_id")
    )
    numbers = frame.groupby(["institution", month]).cumcount() + 1
    add_column(sheet, "序号", [n if workbook else str(n) for n in numbers.tolist()])
    return sheet


def _hidden_copy(sheet: Sheet) -> Sheet:
    """Return an old draft that its sender hid: the first rows of a sheet, not to be read."""
    draft = Sheet(
        "旧稿", sheet.kind, sheet.columns, sheet.headings, sheet.cells[:5], sheet.keys[:5], sheet.fates[:5]
    )
    draft.is_hidden = True
    return draft
