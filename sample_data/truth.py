"""TRUTH.md: what was planted, for people who judge the analysis. No product code reads it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analytics.standard.districts import districts_by_code
from analytics.standard.industries import industries_by_key
from sample_data.plan import Plan
from sample_data.planted import (
    EXTRA_BAD,
    INDUSTRY_GAPS,
    OVERWHELMED_CAPACITY,
    TIMES_FEWER,
    TIMES_SLOWER,
    ZONES,
)

TRUTH = "TRUTH.md"
_KINDS = {"desert": "无站点可达", "overwhelmed": "站点能力不足"}
_WEAKNESSES = {
    "satisfaction": f"满意率低约 {EXTRA_BAD * 100:.0f} 个百分点",
    "response": f"响应时长为通常的 {TIMES_SLOWER:.0f} 倍",
    "volume": f"服务量为应有的 1/{TIMES_FEWER:.0f}",
}


def write_truth(folder: Path, plan: Plan, network: pd.DataFrame, demand: pd.DataFrame) -> None:
    """Write the planted zones and stations as Markdown tables."""
    lines = [
        "# 示例数据中预设的情况（TRUTH）",
        "",
        f"种子 {plan.seed}，{plan.stations} 家机构。产品代码不读取本文件。",
        "",
    ]
    lines += [
        "## 覆盖短板",
        "",
        "| 编号 | 所属区域 | 类型 | 中心经度 | 中心纬度 | 需求点 | 企业数 | 占全市 | 站点 |",
    ]
    lines.append("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    total = demand["demand"].sum()
    for zone in ZONES:
        points = demand[demand["place"] == zone.key]
        stations = network.loc[network["place"] == zone.key, "institution_id"]
        name, kind = districts_by_code()[zone.area].name.zh, f"{zone.kind}（{_KINDS[zone.kind]}）"
        ids, count = "、".join(points["area_id"]), points["demand"].sum()
        lines.append(
            f"| {zone.key} | {name} | {kind} | {zone.lon} | {zone.lat} | {ids} | {count} "
            f"| {count / total:.2%} | {'、'.join(stations) or '无'} |"
        )
    lines += ["", f"站点能力不足的区域，其能力约为全市平均水平的 {OVERWHELMED_CAPACITY:.0%}。", ""]
    lines += [
        "## 产业缺口",
        "",
        "| 所属区域 | 重点产业 | 产业代码 | 与其他企业相比 |",
        "| --- | --- | --- | --- |",
    ]
    for gap in INDUSTRY_GAPS:
        where, what = districts_by_code()[gap.area].name.zh, industries_by_key()[gap.industry].name.zh
        lines.append(f"| {where} | {what} | {gap.industry} | 该产业企业来办事的机会为 {gap.kept:.0%} |")
    lines += ["", "其他各区域的重点产业没有预设缺口。", ""]
    lines += [
        "## 薄弱工作站",
        "",
        "| 机构编号 | 机构名称 | 所属区域 | 薄弱之处 | 说明 |",
        "| --- | --- | --- | --- | --- |",
    ]
    weak = network.loc[network["weakness"] != "", ["institution_id", "name", "area", "weakness"]]
    for number, name, area, weakness in weak.to_numpy().tolist():
        where = districts_by_code()[area].name.zh
        lines.append(f"| {number} | {name} | {where} | {weakness} | {_WEAKNESSES[weakness]} |")
    lines += ["", "薄弱之处贯穿全部五年。", "", "## 其他", ""]
    for label, chosen in (
        ("只报月度汇总", network["monthly_only"]),
        ("已撤销", network["closed_on"].notna()),
        ("期间新设", network["is_late"]),
    ):
        lines.append(f"- {label}：{'、'.join(network.loc[chosen, 'institution_id']) or '无'}")
    (folder / TRUTH).write_text("\n".join(lines) + "\n", encoding="utf-8")
