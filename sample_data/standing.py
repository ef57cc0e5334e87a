"""How institutions stand to the standard: lists they publish, clauses they check, their evaluations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
import pandas as pd

from analytics.standard.clauses import clauses
from analytics.standard.elements import elements_of
from sample_data.plan import NOTHING, Plan

_STATUSES = {"符合": 0.74, "部分符合": 0.15, "不符合": 0.07, "不适用": 0.04}
_CHECKERS = {"自查": 0.7, "区中心": 0.25, "市中心": 0.05}
_FINDINGS = ("回访不及时（示例）", "台账填写不全（示例）", "公示内容未更新（示例）")
_CHANNELS = ("网站", "公开栏", "电子屏", "公众号")
# Years of lists and of checks, and the clauses that are looked at in each check.
_PUBLISHED_YEARS = 3
_CHECKED_YEARS, _CHECKED_CLAUSES = 2, 8


def publications(plan: Plan, network: pd.DataFrame) -> pd.DataFrame:
    """Return lists by institution and year: services, special services and, of centres, key enterprises."""
    rng, rows = plan.rng("publications"), []
    for institution, tier, opened, closed in _open_days(network):
        kinds = ["事项清单", "特色服务清单"] if tier == "工作站" else ["事项清单", "重点企业名录"]
        for year in range(plan.last_day.year - _PUBLISHED_YEARS + 1, plan.last_day.year + 1):
            for kind in kinds:
                day = date(year, 1, 4) + pd.Timedelta(days=int(rng.gamma(4.0, 14.0)))
                if day < opened or day > min(closed, plan.last_day) or rng.random() < 0.08:
                    continue
                rows.append((institution, kind, year, day, *_list(kind, day, plan, rng)))
    return _frame(
        rows,
        "institution_id list_kind year published_on updated_on elements items_planned items_done channels",
        "published_on updated_on",
    )


def _list(kind: str, day: date, plan: Plan, rng: np.random.Generator) -> tuple[object, ...]:
    updated = day + pd.Timedelta(days=int(rng.integers(20, 200)))
    asked = elements_of(kind)
    lacking = int(rng.integers(0, len(asked))) if asked and rng.random() < 0.2 else -1
    elements = "、".join(e for n, e in enumerate(asked) if n != lacking) or NOTHING
    planned = int(rng.integers(6, 30)) if kind != "重点企业名录" else np.nan
    done = np.round(planned * rng.beta(6, 2)) if planned == planned else np.nan
    channels = [c for c in _CHANNELS if rng.random() < 0.5] or ["公开栏"]
    known = updated <= plan.last_day and rng.random() < 0.6
    return (updated if known else None, elements, planned, done, "、".join(channels))


def evidence(plan: Plan, network: pd.DataFrame) -> pd.DataFrame:
    """Return what workstations say of the clauses that bind them, in the last two years."""
    rng = plan.rng("evidence")
    binding = [c.number for c in clauses() if c.binds in ("workstation", "all") and c.level == "shall"]
    rows = []
    for institution, tier, opened, closed in _open_days(network):
        if tier != "工作站":
            continue
        for back in range(_CHECKED_YEARS):
            day = date(plan.last_day.year - back, 6, 1) + pd.Timedelta(days=int(rng.integers(0, 28)))
            if not opened <= day <= min(closed, plan.last_day):
                continue
            checker = _draw(_CHECKERS, rng)
            for place in sorted(rng.choice(len(binding), _CHECKED_CLAUSES, replace=False)):
                status = _draw(_STATUSES, rng)
                grounds = "现场照片（示例）" if status == "符合" and rng.random() < 0.5 else NOTHING
                rows.append((institution, binding[place], status, grounds, day, checker))
    return _frame(rows, "institution_id clause_id status evidence checked_on checked_by", "checked_on")


def evaluations(plan: Plan, network: pd.DataFrame) -> pd.DataFrame:
    """Return yearly evaluations from within, and of some institutions one from without."""
    rng, rows = plan.rng("evaluations"), []
    low = dict(zip(network["institution_id"], network["weakness"] == "satisfaction", strict=True))
    for institution, _, opened, closed in _open_days(network):
        for year in range(plan.first_day.year, plan.last_day.year + 1):
            for kind in ("内部", "外部") if rng.random() < 0.25 else ("内部",):
                day = date(year, 9, 1) + pd.Timedelta(days=int(rng.integers(0, 59)))
                if opened <= day <= min(closed, plan.last_day):
                    rows.append((institution, kind, day, *_verdict(low[institution], day, plan, rng)))
    rows.sort(key=lambda row: (row[2], row[0], row[1]))
    numbered = [(f"PJ-{n:04d}", *row) for n, row in enumerate(rows, start=1)]
    return _frame(
        numbered,
        "evaluation_id institution_id kind evaluated_on score findings improved_on",
        "evaluated_on improved_on",
    )


def _verdict(is_low: bool, day: date, plan: Plan, rng: np.random.Generator) -> tuple[object, ...]:
    score = float(np.clip(rng.normal(78 if is_low else 88, 5), 40, 100).round(1))
    found = score < 85 or rng.random() < 0.1
    improved = day + pd.Timedelta(days=int(rng.integers(10, 90)))
    mended = found and improved <= plan.last_day and rng.random() < 0.7
    return (score, rng.choice(_FINDINGS) if found else NOTHING, improved if mended else None)


def _open_days(network: pd.DataFrame) -> Iterator[tuple[str, str, date, date]]:
    opened = network["opened_on"].dt.date
    closed = [date.max if pd.isna(day) else day.date() for day in network["closed_on"]]
    yield from zip(network["institution_id"], network["tier"], opened, closed, strict=True)


def _draw(chances: dict[str, float], rng: np.random.Generator) -> str:
    return str(rng.choice(list(chances), p=list(chances.values())))


def _frame(rows: Sequence[tuple[object, ...]], columns: str, days: str) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns.split())
    for name in days.split():
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
    return frame
