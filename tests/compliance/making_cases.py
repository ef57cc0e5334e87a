"""How cases of :mod:`tests.compliance.each_rule` are made: rows of ledgers, and sides of rules of one shape.

What a clause asks, from which number on and until which day is written out, not taken from the declarations.
The day is 30 April 2026: twelve months begin with 1 May 2025.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from analytics.compliance.verdict import Status

FIRST, BEFORE, LAST, AFTER = "2025-05-01", "2025-04-30", "2026-04-30", "2026-05-01"
Row = tuple[str, dict[str, str]]


@dataclass(frozen=True)
class Case:
    """An institution, its rows, and the status that follows; ``figure`` as (part, whole) where told."""

    status: Status
    rows: tuple[Row, ...] = ()
    institution: dict[str, str] = field(default_factory=dict)
    figure: tuple[float, float | None] | None = None
    # A district centre with an area of its own, whose experts are counted for it.
    is_centre: bool = False


def case(
    status: Status, *rows: Row, figure: tuple[float, float | None] | None = None, **station: str
) -> Case:
    """Return a case of a workstation whose set-up is in order but for ``station``."""
    return Case(status, rows, station, figure)


def centre(status: Status, *rows: Row, figure: tuple[float, float | None] | None = None) -> Case:
    """Return a case of a district centre."""
    return Case(status, rows, {"机构层级": "区级"}, figure, is_centre=True)


def s(service: str, **more: str) -> Row:
    """A service record."""
    return "服务台账", {"服务事项": service, "受理时间": "2026-03-02"} | more


def done(service: str, **more: str) -> Row:
    """A service that was completed."""
    return s(service, **({"办理结果": "办结", "办结时间": "2026-03-05"} | more))


def a(kind: str, **more: str) -> Row:
    """An activity."""
    return "活动台账", {"类别": kind, "日期": "2026-03-02"} | more


def x(**more: str) -> Row:
    """An expert's assignment."""
    return "专家派单", {"专家编号": "E1", "通知时间": "2026-03-02 09:00"} | more


def complaint(**more: str) -> Row:
    return "投诉台账", {"收到时间": "2026-03-02"} | more


def evaluation(kind: str, day: str = "2026-03-02", **more: str) -> Row:
    return "评价档案", {"评价类型": kind, "评价日期": day} | more


def shown(kind: str, **more: str) -> Row:
    return "清单公示", {"清单类型": kind, "年度": "2026", "公示日期": "2026-03-02"} | more


def said(clause: str, status: str) -> Row:
    return "规范自查", {"条款号": clause, "状态": status, "检查日期": "2026-03-02", "检查人类型": "自查"}


def expert(**more: str) -> Row:
    return "志愿服务专家", {"备案日期": "2024-01-01"} | more


def worked(good: Row, bad: Row) -> list[Case]:
    """Work on record, and work that is none of the kind: never met for being counted."""
    return [case("recorded", good, figure=(1, None)), case("no_evidence", bad)]


def served(service: str) -> list[Case]:
    """On the first day of the twelve months, and the day before; by a monthly total where nothing else is."""
    by_records = worked(s(service, 受理时间=FIRST), s(service, 受理时间=BEFORE))
    return [*by_records, case("recorded", total(service, "7"), figure=(7, None))]


def total(service: str, services: str, **more: str) -> Row:
    """A monthly total."""
    return "月报汇总", {"月份": "2026-03", "服务事项": service, "服务方式": "", "服务件次": services} | more


def named(service: str, topic: str, other: str = "其他事项") -> list[Case]:
    """Known by the topic."""
    return worked(s(service, 主题=topic), s(service, 主题=other))


def referred(service: str) -> list[Case]:
    """Referred, and completed by the station itself."""
    return worked(s(service, 办理结果="转介"), done(service))


def share(part: Row, other: Row, nothing: Row) -> list[Case]:
    """One of two on record, and none that could be."""
    return [case("recorded", part, other, figure=(1, 2)), case("no_evidence", nothing)]


def followed(rows: list[Row], late: list[Row]) -> list[Case]:
    """Four of five, three of five, none."""
    return [
        case("met", *rows[:4], late[0], figure=(4, 5)),
        case("partly_met", *rows[:3], *late[:2], figure=(3, 5)),
        case("not_met", late[0], figure=(0, 1)),
    ]


def free(service: str) -> list[Case]:
    """Nothing charged; ten fen charged."""
    return [case("met", s(service, 收费金额="0")), case("not_met", s(service, 收费金额="0.1"))]


def low(service: str) -> list[Case]:
    """At the limit of 100 yuan, and above it."""
    return [
        case("met", s(service, 收费金额="100")),
        case("not_met", s(service, 收费金额="100.01")),
        case("partly_met", s(service, 收费金额="0"), s(service, 收费金额="101")),
        case("no_evidence", s(service)),
    ]


def back(service: str) -> tuple[list[Row], list[Row]]:
    """Referrals followed up, and not."""
    told = s(service, 办理结果="转介", 对接回访时间="2026-03-20")
    # On the day after the one asked for it was not yet done.
    return [told] * 4, [s(service, 办理结果="转介", 对接回访时间=""), s(service, 办理结果="转介")]


def answered(service: str) -> list[Case]:
    return share(s(service, 响应时间="2026-03-03"), s(service), s("B01"))


def staff(clause_least: str, column: str) -> list[Case]:
    return [case("met", **{column: clause_least}), case("not_met", **{column: "0"})]


def yes(column: str) -> list[Case]:
    return [case("met", **{column: "是"}), case("not_met", **{column: "否"}), case("no_evidence")]


def quarterly(kind: str) -> list[Case]:
    """In each quarter of the twelve months, on its first or last day."""
    days = ("2025-06-30", "2025-07-01", "2025-12-31", "2026-01-01")
    rows = [a(kind, 日期=day) for day in days]
    return [
        case("met", *rows, figure=(4, 4)),
        case("partly_met", *rows[:3], figure=(3, 4)),
        case("no_evidence", a(kind, 日期=BEFORE)),
    ]


def both(one: Row, two: Row, neither: Row) -> list[Case]:
    return [
        case("met", one, two, figure=(2, 2)),
        case("partly_met", one, figure=(1, 2)),
        case("no_evidence", neither),
    ]


SEVEN = ("服务事项名称", "服务对象", "服务内容", "办理流程", "办理时限", "咨询电话", "监督电话")


def listed(element: str) -> list[Case]:
    """The list with all seven elements, and with all others."""
    six = "、".join(one for one in SEVEN if one != element)
    return [
        case("met", shown("事项清单", 要素="、".join(SEVEN))),
        case("not_met", shown("事项清单", 要素=six)),
        case("no_evidence"),
    ]


def four_items(prefix: str, own: dict[str, Row] | None = None) -> list[Case]:
    """Items a to d, three of them declared; what the list of institutions tells of the fourth stays."""
    good = [said(f"{prefix}.{letter}", "符合") for letter in "abcd" if letter not in (own or {})]
    bad = [said(f"{prefix}.a", "不符合"), *good[1:]]
    more = list((own or {}).values())
    return [
        case("met", *good, *more, figure=(4, 4)),
        case("partly_met", *bad, *more, figure=(3, 4)),
        case("no_evidence", *good[1:], *more),
    ]
