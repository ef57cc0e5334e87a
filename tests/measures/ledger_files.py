"""Writes ledgers as a station would send them: Chinese headings, changing spellings, both file formats."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import xlsxwriter

from tests.measures.ledgers_at_random import CLIENT_DISTRICTS, INDUSTRIES, SERVICES, Record

LEVELS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}
HEADINGS = {
    "institutions": {
        **{"institution_id": "机构编号", "name": "机构名称", "tier": "机构层级", "district": "所属区域"},
        **{"township": "街道乡镇", "operator_type": "运营单位类型", "opened_on": "设立日期"},
        **{"closed_on": "撤销日期"},
    },
    "clients": {
        **{"client_id": "服务对象编号", "client_type": "类型", "industry": "所属产业"},
        **{"district": "所属区域", "key_tags": "重点企业标签"},
    },
    "services": {
        **{"record_id": "记录编号", "institution_id": "机构编号", "service": "服务事项", "topic": "主题"},
        **{"ip_type": "知识产权类型", "channel": "服务方式", "client_id": "服务对象编号"},
        **{"client_type": "服务对象类型", "industry": "所属产业", "client_district": "服务对象所在区域"},
        **{"persons_served": "服务人次", "received_at": "受理时间", "responded_at": "响应时间"},
        **{"promised_days": "承诺时限", "completed_at": "办结时间", "outcome": "办理结果"},
        **{"referral_followed_up_at": "对接回访时间", "followed_up_at": "回访时间"},
        **{"result_kind": "成效类型", "result_amount_10k_yuan": "成效金额（万元）", "fee_yuan": "收费金额"},
        **{"fee_basis": "收费依据", "rating": "满意度评价", "rating_source": "评价方式"},
        **{"rated_at": "评价时间", "bad_rating_contacted_at": "差评回访时间"},
        **{"is_confidential": "服务对象要求保密", "expert_id": "志愿服务专家编号"},
    },
    "monthly": {
        **{"institution_id": "机构编号", "month": "月份", "service": "服务事项", "channel": "服务方式"},
        **{"services": "服务件次", "persons_served": "服务人次", "rated": "评价数"},
        **{"rating_5": "非常满意数", "rating_4": "满意数", "rating_3": "基本满意数"},
        **{"rating_2": "不满意数", "rating_1": "非常不满意数"},
    },
    "experts": {"expert_id": "专家编号", "registered_on": "备案日期"},
    "assignments": {
        **{"assignment_id": "派单编号", "expert_id": "专家编号", "institution_id": "机构编号"},
        **{"notified_at": "通知时间", "responded_at": "响应时间", "served_on": "服务日期"},
        **{"feedback_on": "反馈日期"},
    },
    "complaints": {
        **{"complaint_id": "投诉编号", "institution_id": "机构编号", "received_at": "收到时间"},
        **{"category": "类别", "is_upheld": "是否属实"},
    },
    "activities": {
        **{"activity_id": "活动编号", "institution_id": "机构编号", "kind": "类别", "held_on": "日期"},
        **{"attendees": "参加人数", "survey_returned": "问卷回收数", "survey_satisfied": "满意数"},
    },
}
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d")
MOMENTS = ("%Y-%m-%d %H:%M", "%Y年%m月%d日 %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M")


def spelled(random: Random, row: Record, column: str) -> Any:
    """Say a value as one of the spellings that ledgers use for it."""
    value = row[column]
    if value is None:
        return random.choice(["", "", "无", "/"]) if column == "fee_basis" else ""
    if isinstance(value, datetime):
        return value.strftime(random.choice(DAYS if row[f"{column}_is_date"] else MOMENTS))
    if isinstance(value, date):
        return value.strftime(random.choice(DAYS))
    if isinstance(value, bool):
        return random.choice(["是", "Y", "√"] if value else ["否", "N", "×"])
    if column == "rating":
        return random.choice([LEVELS[value], value])
    if column in ("district", "client_district"):
        return "全市" if value == "all" else random.choice([CLIENT_DISTRICTS[value], value])
    names = {"service": SERVICES, "industry": INDUSTRIES}.get(column, {})
    if column == "key_tags":
        return "、".join(value)
    return names.get(value, f"{value}人" if column == "persons_served" else value)


def write(ledgers: dict[str, pd.DataFrame], folder: Path, seed: int = 0) -> None:
    """Write each ledger as workbook or CSV; the services as both, in two parts."""
    random = Random(seed)
    for kind, frame in ledgers.items():
        headings = HEADINGS[kind]
        rows = [[spelled(random, row, column) for column in headings] for row in frame.to_dict("records")]
        head = list(headings.values())
        if kind == "services":
            half = len(rows) // 2
            _write_csv(folder / "服务台账往年.csv", head, rows[:half], "gb18030")
            _write_workbook(folder / "服务台账.xlsx", head, rows[half:])
        elif kind in ("institutions", "monthly", "activities"):
            _write_workbook(folder / f"{kind}.xlsx", head, rows)
        else:
            _write_csv(folder / f"{kind}.csv", head, rows, "utf-8-sig")


def _write_csv(path: Path, head: list[str], rows: list[list[Any]], encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([head, *rows])


def _write_workbook(path: Path, head: list[str], rows: list[list[Any]]) -> None:
    """Write a sheet with a title row above the headings, as ledgers have."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("示例数据")
        sheet.write(0, 0, "台账（示例数据）")
        for number, row in enumerate([head, *rows], start=1):
            for column, cell in enumerate(row):
                if cell != "":
                    sheet.write(number, column, cell)
