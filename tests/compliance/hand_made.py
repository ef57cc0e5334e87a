"""Institutions made by hand, one on each side of a threshold, as ledgers that a station would send."""

from __future__ import annotations

import csv
from pathlib import Path

from sqlalchemy import select

from analytics.ingest.run import run_import
from analytics.store.schema import PROBLEMS
from analytics.store.snapshot import Snapshot
from analytics.store.store import Store, open_store

STATION = {
    "机构层级": "工作站", "所属区域": "海淀区", "设立日期": "2024-05-10", "运营单位类型": "孵化器",
    "运营单位成立日期": "2020-01-01", "独立法人": "是", "咨询电话": "010-00000000", "专职人数": "2",
    "共建单位": "北京市知识产权公共服务中心、海淀区知识产权局、示例孵化器",
}  # fmt: skip


class Ledgers:
    """Ledgers in the making: a row at a time, then all of them imported into a new store."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rows: dict[str, list[dict[str, str]]] = {}
        self._count = 0

    def station(self, number: str, **more: str) -> None:
        """Add a workstation whose set-up is in order but for ``more``."""
        own = {"机构编号": number, "机构名称": f"北京市知识产权公共服务{number}工作站"}
        self.row("机构名录", **(own | STATION | more))

    def row(self, ledger: str, **cells: str) -> None:
        """Add a row to a ledger."""
        self._rows.setdefault(ledger, []).append(cells)

    def service(self, number: str, **more: str) -> None:
        """Add a service record, received on 2026-03-02 unless said otherwise."""
        self._count += 1
        plain = {
            "记录编号": f"R{self._count}",
            "机构编号": number,
            "服务事项": "B02",
            "受理时间": "2026-03-02",
        }
        self.row("服务台账", **(plain | {"服务对象类型": "小微企业", "满意度评价": ""} | more))

    def assigned(self, number: str, notified: str, responded: str, **more: str) -> None:
        """Add an expert's assignment."""
        self._count += 1
        cells = {"派单编号": f"A{self._count}", "专家编号": "E1", "机构编号": number, "通知时间": notified}
        self.row("专家派单", **(cells | {"响应时间": responded} | more))

    def imported(self) -> Snapshot:
        """Import everything and return the snapshot; a rejected row is a fault of the test."""
        ledgers = self._folder / "ledgers"
        ledgers.mkdir(parents=True)
        for name, rows in self._rows.items():
            headings = list(dict.fromkeys(heading for row in rows for heading in row))
            with (ledgers / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, headings, restval="")
                writer.writeheader()
                writer.writerows(rows)
        store: Store = open_store(self._folder / "store")
        run_import(store, [ledgers], imported_by="tester")
        snapshot = store.snapshot()
        refused = select(PROBLEMS.c.kind, PROBLEMS.c.column_name, PROBLEMS.c.value, PROBLEMS.c.en)
        assert not snapshot.rows(refused.where(PROBLEMS.c.severity == "reject"))
        return snapshot
