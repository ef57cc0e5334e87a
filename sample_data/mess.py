"""What is spoilt on purpose: rows that must be rejected, wait, load with a finding, or count as no data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_data.sheets import KEYS, Fate, Formula, Sheet
from sample_data.spelling import RATING_WORDS

UNKNOWN_INSTITUTION = "BJ-110108-99"
# Sheets with fewer rows are left as they are.
ENOUGH = 6
SIGNATURE = "填报人：示例经办人　　审核人：示例负责人"
NOTE = "注：本表为示例数据，由程序生成，不涉及任何真实机构、企业和个人。"


@dataclass(frozen=True, slots=True)
class Defect:
    """One planted fault: ``value`` in ``column`` must lead to ``outcome`` for ``reason``."""

    column: str
    value: object
    reason: str
    why: str
    outcome: str = "rejected"


_NO_INSTITUTION = Defect("institution_id", "", "missing_key", "机构编号为空")
_WAITS = Defect(
    "institution_id", UNKNOWN_INSTITUTION, "unknown_institution", "机构不在机构名录中，等待名录", "waiting"
)
DEFECTS: dict[str, tuple[Defect, ...]] = {
    "services": (
        Defect("received_at", "3/5/2026", "bad_date", "月日次序不明的日期"),
        Defect("service", "工商注册代办", "unknown_service", "服务事项不在规范所列服务中"),
        Defect("record_id", "", "missing_key", "记录编号为空"),
        Defect("service", "知识产权信息", "ambiguous_service", "服务事项名称不完整，对应多项服务"),
        Defect("client_id", "13800000000", "personal_number", "服务对象编号是手机号码"),
        _WAITS,
        Defect("received_at", "2062-03-05", "future_date", "日期在今天之后"),
        Defect("service", "B02、B04", "several_services", "一格写了两项服务"),
        _NO_INSTITUTION,
        Defect("received_at", "26.3.5", "bad_date", "两位数年份"),
        Defect("client_id", "110101190001010000", "personal_number", "服务对象编号是身份证号码"),
        Defect("received_at", "", "missing_required", "受理时间为空"),
        Defect("note", "涉密", "classified", "标有密级的记录不得进入系统"),
        Defect("received_at", "2026年2月30日", "bad_date", "没有这一天"),
        Defect("service", "", "missing_required", "服务事项为空"),
    ),
    "institutions": (
        Defect("institution_id", "", "missing_key", "机构编号为空"),
        Defect("tier", "街道级", "bad_value", "机构层级不是允许的取值"),
        Defect("district", "示例新区", "bad_value", "所属区域无法识别"),
        Defect("opened_on", "2023年13月1日", "bad_date", "没有这一天"),
    ),
    "monthly": (
        Defect("month", "二季度", "bad_date", "不是月份"),
        Defect("services", "若干", "bad_number", "不是数字"),
        _NO_INSTITUTION,
        _WAITS,
    ),
    "clients": (
        Defect("client_id", "", "missing_key", "服务对象编号为空"),
        Defect("client_id", "13900000000", "personal_number", "服务对象编号是手机号码"),
        Defect("client_type", "其他类型", "bad_value", "类型不是允许的取值"),
        Defect("district", "", "missing_required", "所属区域为空"),
    ),
    "demand": (
        Defect("demand", "待统计", "bad_number", "不是数字"),
        Defect("lon", "", "missing_required", "经度为空"),
    ),
    "experts": (
        Defect("registered_on", "去年", "bad_date", "不是日期"),
        Defect("expert_id", "", "missing_key", "专家编号为空"),
    ),
    "assignments": (
        Defect("notified_at", "", "missing_required", "通知时间为空"),
        _WAITS,
        Defect("expert_id", "", "missing_required", "专家编号为空"),
    ),
    "complaints": (
        Defect("received_at", "上月底", "bad_date", "不是日期"),
        Defect("complaint_id", "", "missing_key", "投诉编号为空"),
    ),
    "activities": (
        Defect("kind", "团建", "bad_value", "类别不是允许的取值"),
        Defect("held_on", "2062-05-01", "future_date", "日期在今天之后"),
        Defect("activity_id", "", "missing_key", "活动编号为空"),
    ),
    "publications": (
        Defect("list_kind", "服务清单", "bad_value", "清单类型不是允许的取值"),
        Defect("published_on", "", "missing_required", "公示日期为空"),
        _WAITS,
        Defect("year", "今年", "bad_number", "不是年度"),
    ),
    "evidence": (
        Defect("clause_id", "10.9.9", "unknown_clause", "规范中没有这一条"),
        Defect("status", "基本达标", "bad_value", "状态不是允许的取值"),
        Defect("clause_id", "7.4.3", "ambiguous_clause", "该编号下有多条，无法确定是哪一条"),
        _WAITS,
        Defect("checked_on", "年中", "bad_date", "不是日期"),
    ),
    "evaluations": (
        Defect("evaluated_on", "2062-09-01", "future_date", "日期在今天之后"),
        Defect("kind", "第三方", "bad_value", "评价类型不是允许的取值"),
        Defect("evaluation_id", "", "missing_key", "评价编号为空"),
        _WAITS,
    ),
    "targets": (
        Defect("measure", "幸福指数", "bad_value", "没有这个指标"),
        Defect("target", "力争提高", "bad_number", "不是数字"),
        Defect(
            "scope", UNKNOWN_INSTITUTION, "unknown_institution", "机构不在机构名录中，等待名录", "waiting"
        ),
    ),
}
# Bad values in optional columns: the row loads without the value.
FLAGGED: dict[str, tuple[Defect, ...]] = {
    "services": (
        Defect("channel", "传真", "bad_value", "服务方式不是允许的取值", "flagged"),
        Defect("rating", "8", "bad_value", "评价不在 1–5 之间", "flagged"),
        Defect("responded_at", "2019-01-04 09:00", "times_backwards", "响应早于受理", "flagged"),
        Defect("persons_served", "许多", "bad_number", "不是数字", "flagged"),
        Defect("promised_days", "10元", "bad_number", "单位与列不符", "flagged"),
        Defect("completed_at", "办了", "bad_date", "不是日期", "flagged"),
        Defect("client_district", "示例新区", "bad_value", "所在区域无法识别", "flagged"),
    ),
    "activities": (Defect("course", "第99讲", "bad_value", "没有这门课程", "flagged"),),
    "publications": (Defect("items_done", "大部分", "bad_number", "不是数字", "flagged"),),
    "evidence": (Defect("checked_by", "同事", "bad_value", "检查人类型不是允许的取值", "flagged"),),
    "evaluations": (Defect("score", "120", "bad_value", "得分不在 0–100 之间", "flagged"),),
    "assignments": (Defect("expert_id", "ZJ-9999", "unknown_expert", "专家不在名单中", "flagged"),),
}


def spoil(sheet: Sheet, rng: np.random.Generator, *, first: int, count: int) -> None:
    """Insert ``count`` faulty rows, beginning with defect number ``first`` of the sheet's kind.

    No two sheets of a kind may be given the same numbers: they make the copied keys unique.
    """
    defects = [
        d for d in DEFECTS[sheet.kind] if d.column in sheet.columns and d.column != sheet.merged_column
    ]
    for n in range(count):
        defect = defects[(first + n) % len(defects)]
        model = _good_row(sheet, rng)
        cells = list(sheet.cells[model])
        _renumber(sheet, cells, first + n)
        cells[sheet.columns.index(defect.column)] = defect.value
        sheet.insert(model + 1, cells, f"spoilt {first + n}", _fate(sheet, defect))


def flag(sheet: Sheet, rng: np.random.Generator, *, first: int) -> None:
    """Spoil one optional value in place: its row still loads."""
    defects = [d for d in FLAGGED.get(sheet.kind, ()) if d.column in sheet.columns]
    if not defects:
        return
    defect = defects[first % len(defects)]
    row = _good_row(sheet, rng)
    if defect.reason == "unknown_expert" or sheet.kind != "activities" or _is_training(sheet, row):
        sheet.cells[row][sheet.columns.index(defect.column)] = defect.value
        sheet.fates[row] = _fate(sheet, defect)


def repeat(sheet: Sheet, rng: np.random.Generator, *, corrected: bool) -> None:
    """Write one row again further down, as it was or with a better rating: the later one counts."""
    row = _good_row(sheet, rng)
    cells = list(sheet.cells[row])
    if corrected and "rating" in sheet.columns:
        cells[sheet.columns.index("rating")] = RATING_WORDS[4]
    sheet.insert(len(sheet.cells), cells, sheet.keys[row], None)


def dress(sheet: Sheet, rng: np.random.Generator, *, manner: int, number_column: str = "") -> None:
    """Add titles, blank rows, totals, notes and a signature line, in one of five manners.

    ``number_column`` is summed in the total row where it holds numbers.
    """
    if manner % 5 == 0:
        return
    sheet.titles = [[], ["{sheet}（示例数据）"], ["{sheet}（示例数据）", ""], [NOTE], []][manner % 5]
    sheet.titles = [title.replace("{sheet}", sheet.name or "台账") for title in sheet.titles]
    if manner % 5 in (2, 4) and len(sheet.cells) > 1:
        sheet.put_line("", int(rng.integers(1, len(sheet.cells))))
    if manner % 5 in (1, 2, 3):
        _total(sheet, number_column)
    if manner % 5 in (2, 3):
        sheet.put_line("")
        sheet.put_line(SIGNATURE)


def write_awkwardly(sheet: Sheet, rng: np.random.Generator) -> None:
    """Put cells that look like formulas, hold line breaks or true formulas into a sheet; all must load."""
    if "note" in sheet.columns:
        column = sheet.columns.index("note")
        for text in ("=见附件", "+已回电", "-暂存", "@转办", "分两次办理\n第二次补材料"):
            sheet.cells[_good_row(sheet, rng)][column] = text
    if "persons_served" in sheet.columns:
        sheet.cells[_good_row(sheet, rng)][sheet.columns.index("persons_served")] = Formula("=1+2", 3)


def _total(sheet: Sheet, number_column: str) -> None:
    sheet.put_line("合计")
    if number_column in sheet.columns and sheet.columns[0] != number_column:
        place = sheet.columns.index(number_column)
        values = [row[place] for row in sheet.cells]
        sheet.cells[-1][place] = sum(v for v in values if isinstance(v, int | float))


def _good_row(sheet: Sheet, rng: np.random.Generator) -> int:
    """Return a row that is data and not yet spoilt; sheets that are spoilt have at least ``ENOUGH`` rows."""
    good = [row for row, fate in enumerate(sheet.fates) if fate is None]
    return good[int(rng.integers(0, len(good)))]


def _renumber(sheet: Sheet, cells: list[object], n: int) -> None:
    """Give a copied row a number of its own, so that it repeats no key."""
    column = KEYS[sheet.kind][-1]
    if sheet.kind in ("monthly", "targets", "publications", "evidence"):
        return
    place = sheet.columns.index(column)
    cells[place] = f"{cells[place]}-E{n + 1}"


def _is_training(sheet: Sheet, row: int) -> bool:
    return sheet.cells[row][sheet.columns.index("kind")] == "培训"


def _fate(sheet: Sheet, defect: Defect) -> Fate:
    heading = sheet.headings[sheet.columns.index(defect.column)]
    return Fate(defect.outcome, heading, str(defect.value), defect.reason, defect.why)
