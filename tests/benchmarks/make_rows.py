"""Make ledgers of any size for benchmarks: a CSV of service records with every column, and its lists.

Run ``python tests/benchmarks/make_rows.py --out FOLDER [--rows 1000000] [--seed 1]``. All of it is made
up (示例数据): five years to October 2026, 190 institutions, one listed client for about twelve records.
Equal seeds make equal files.

``--month --after 5000000`` makes what one month adds to 5,000,000 records: records of the last month alone,
numbered on from these and of the same clients, without the lists. ``--xlsx`` writes workbooks.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from numpy.random import Generator
from pyarrow import csv

Numbers = np.ndarray[Any, Any]
FIRST, LAST = np.datetime64("2021-11-01"), np.datetime64("2026-10-31")
AREAS = [
    "东城区",
    "西城区",
    "朝阳区",
    "丰台区",
    "石景山区",
    "海淀区",
    "门头沟区",
    "房山区",
    "通州区",
    "顺义区",
]
AREAS += ["昌平区", "大兴区", "怀柔区", "平谷区", "密云区", "延庆区", "经开区"]
SERVICES = [f"B{n:02d}" for n in range(1, 17)] + ["T01", "T02", "T03.1", "T03.2", "T04"]
CHANNELS = ["现场", "电话", "线上", "走访", "活动"]
CLIENT_TYPES = [
    "大型企业",
    "中型企业",
    "小微企业",
    "个体工商户",
    "高校院所",
    "行业组织",
    "个人",
    "政府及其他",
]
INDUSTRIES = ["人工智能", "金融业", "机器人", "工业互联网", "新材料", "智慧物流"]
IP_TYPES = ["专利", "商标", "著作权", "地理标志", "商业秘密", "数据知识产权", "综合"]
OUTCOMES = ["办结", "办结", "办结", "办结", "转介", "终止", "办理中"]
LEVELS = ["非常满意", "非常满意", "满意", "满意", "基本满意", "不满意", "非常不满意"]
SOURCES = ["主动", "回访", "默认"]
RESULTS = ["专利申请", "商标申请", "融资", "转让", "许可", "登记", "维权成功", "其他"]
TAGS = ["专精特新", "走出去", "专精特新、走出去", "国家知识产权优势企业"]
OPERATORS = ["专业园区", "开发区", "孵化器", "众创空间", "大学科技园", "行业组织", "其他"]


def main() -> None:
    """Write the three ledgers into the folder of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--month", action="store_true", help="records of the last month alone")
    parser.add_argument("--after", type=int, default=0, help="how many records were made before")
    parser.add_argument("--xlsx", action="store_true", help="workbooks instead of CSV")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(options.seed)
    clients = max((options.after or options.rows) // 12, 1)
    first = LAST.astype("datetime64[M]").astype("datetime64[D]") if options.month else FIRST
    records = services(random, options.rows, clients, first, options.after)
    ledgers = {"服务台账": records}
    if not options.month:
        ledgers |= {"机构名录": institutions(random), "服务对象名录": client_list(random, clients)}
    for name, table in ledgers.items():
        path = options.out / f"{name}{'.xlsx' if options.xlsx else '.csv'}"
        write_workbook(table, path) if options.xlsx else csv.write_csv(table, path)
        print(f"{path}: {table.num_rows} rows, {path.stat().st_size >> 20} MiB")


def write_workbook(table: pa.Table, path: Path) -> None:
    """Write a sheet with a heading row; numbers stay numbers, points in time are text."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, table.column_names)
        start = 1
        for piece in table.to_batches(max_chunksize=10_000):
            rows = zip(*(column.to_pylist() for column in piece.columns), strict=True)
            for number, row in enumerate(rows, start=start):
                sheet.write_row(number, 0, row)
            start += piece.num_rows


def picked(random: Generator, values: list[Any], rows: int, filled: float = 1.0) -> pa.Array:
    """Return a random value a row, empty in a share of ``1 − filled``."""
    gaps = random.random(rows) >= filled
    places = pa.array(random.integers(len(values), size=rows), mask=gaps)
    return pa.array(values).take(places)


def numbered(prefix: str, numbers: Numbers, filled: Numbers | None = None) -> pa.Array:
    """Return ``prefix`` with a number of seven digits, empty where not ``filled``."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), 7, padding="0")
    codes = pc.binary_join_element_wise(prefix, digits, "")
    return codes if filled is None else pc.if_else(pa.array(filled), codes, pa.scalar(None, pa.string()))


def institutions(random: Generator, count: int = 190) -> pa.Table:
    """Return the list of institutions: the city's centre, 17 district centres, workstations."""
    districts = ["全市", *AREAS, *(AREAS[n % 17] for n in range(count - 18))]
    return pa.table(
        {
            "机构编号": numbered("W", np.arange(count)),
            "机构名称": [f"北京市知识产权公共服务示例{n:03d}站" for n in range(count)],
            "机构层级": ["市级", *["区级"] * 17, *["工作站"] * (count - 18)],
            "所属区域": districts,
            "运营单位类型": picked(random, OPERATORS, count, 0.9),
            "设立日期": ["2020-01-01"] * count,
        }
    )


def client_list(random: Generator, count: int) -> pa.Table:
    """Return the list of clients."""
    return pa.table(
        {
            "服务对象编号": numbered("C", np.arange(count)),
            "名称": [f"示例企业{n:07d}" for n in range(count)],
            "类型": picked(random, CLIENT_TYPES, count),
            "所属产业": picked(random, INDUSTRIES, count, 0.8),
            "所属区域": picked(random, AREAS, count),
            "重点企业标签": picked(random, TAGS, count, 0.1),
        }
    )


def services(random: Generator, rows: int, clients: int, first: Any = FIRST, after: int = 0) -> pa.Table:
    """Return service records with every column of the ledger, from the day ``first`` on in order of time."""
    days = np.sort(random.integers((LAST - first).astype(int) + 1, size=rows))
    minutes = (days + (first - FIRST).astype(int)) * 1440
    received = minutes + random.integers(9 * 60, 17 * 60, size=rows)
    rating = picked(random, LEVELS, rows, 0.6)
    rated = rating.is_valid().to_numpy(zero_copy_only=False)
    bad = pc.is_in(rating, pa.array(LEVELS[-2:])).to_numpy(zero_copy_only=False)
    outcome = picked(random, OUTCOMES, rows, 0.95)
    done = pc.fill_null(pc.equal(outcome, "办结"), False).to_numpy(zero_copy_only=False)
    referred = pc.fill_null(pc.equal(outcome, "转介"), False).to_numpy(zero_copy_only=False)
    responded = received + random.integers(5, 4000, size=rows)
    completed = responded + random.integers(5, 9000, size=rows)
    later = completed + random.integers(60, 20000, size=rows)
    result = picked(random, RESULTS, rows, 0.05)
    has_result = result.is_valid().to_numpy(zero_copy_only=False)
    known = random.random(rows) < 0.8
    return pa.table(
        {
            "记录编号": numbered("R", np.arange(after, after + rows)),
            "机构编号": numbered("W", random.integers(190, size=rows)),
            "服务事项": picked(random, SERVICES, rows),
            "主题": picked(random, ["商标异议", "专利年费", "出口合规"], rows, 0.3),
            "知识产权类型": picked(random, IP_TYPES, rows, 0.9),
            "服务方式": picked(random, CHANNELS, rows, 0.97),
            "服务对象编号": numbered("C", random.integers(clients, size=rows), known),
            "服务对象类型": picked(random, CLIENT_TYPES, rows, 0.5),
            "所属产业": picked(random, INDUSTRIES, rows, 0.3),
            "服务对象所在区域": picked(random, AREAS, rows, 0.5),
            "服务人次": picked(random, [1, 1, 1, 2, 3, 20], rows, 0.7),
            "受理时间": moments(received),
            "响应时间": moments(responded, random.random(rows) < 0.9),
            "承诺时限": picked(random, [1, 2, 3, 5, 10], rows, 0.6),
            "办结时间": moments(completed, done),
            "志愿服务专家编号": picked(random, ["E01", "E02", "E03"], rows, 0.05),
            "办理结果": outcome,
            "对接去向": pc.if_else(pa.array(referred), "示例对接单位", pa.scalar(None, pa.string())),
            "对接回访时间": moments(later, referred & (random.random(rows) < 0.5)),
            "回访时间": moments(later, done & (random.random(rows) < 0.5)),
            "成效类型": result,
            "成效金额（万元）": pc.if_else(pa.array(has_result), 12.5, pa.scalar(None, pa.float64())),
            "涉外": picked(random, ["是", "否"], rows, 0.4),
            "收费金额": picked(random, [0, 0, 0, 0, 0, 0, 0, 0, 0, 50], rows, 0.3),
            "收费依据": picked(random, ["示例收费文件1号"], rows, 0.02),
            "满意度评价": rating,
            "评价方式": pc.if_else(
                pa.array(rated), picked(random, SOURCES, rows), pa.scalar(None, pa.string())
            ),
            "评价时间": moments(later, rated),
            "差评回访时间": moments(later + 3000, bad & (random.random(rows) < 0.7)),
            "差评整改时间": moments(later + 9000, bad & (random.random(rows) < 0.5)),
            "服务对象要求保密": picked(random, ["否", "否", "是"], rows, 0.1),
            "备注": picked(random, ["示例数据"], rows, 0.2),
        }
    )


def moments(minutes: Numbers, filled: Numbers | None = None) -> pa.Array:
    """Return minutes since the first day as ``2026-03-05 14:30``, empty where not ``filled``.

    Points after the last day are left empty: the ledger would not know them yet.
    """
    end = (LAST - FIRST).astype(int) * 1440 + 1439
    gaps = (minutes > end) | (False if filled is None else ~filled)
    times = pa.array(FIRST.astype("datetime64[m]").astype("datetime64[s]") + minutes.astype("timedelta64[m]"))
    return pc.if_else(
        pa.array(gaps), pa.scalar(None, pa.string()), pc.strftime(times, format="%Y-%m-%d %H:%M")
    )


if __name__ == "__main__":
    main()
