"""Rules of chapters 7.1 and 7.2: how a workstation is set up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from analytics.compliance.declare import AllOf, Conditions, Counted, Numbered, Published, Rule
from analytics.compliance.lists import shown_on
from analytics.compliance.rows import (
    REFERRED,
    A,
    S,
    activities,
    assignments,
    services,
    totalled,
)
from analytics.core.text import Text
from analytics.standard.districts import priority_keys
from analytics.standard.services import services as catalogue

_NAME = re.compile(r"北京市知识产权公共服务.+工作站")
# 7.1.1.1: bodies with functions for innovation and business, or an association of the city or above.
_ALLOWED = frozenset(
    {
        "专业园区", "开发区", "产业集聚区", "孵化器", "众创空间", "中小企业公共服务示范平台",
        "大学科技园", "行业组织",
    }
)  # fmt: skip


def _is_allowed_operator(row: Mapping[str, Any]) -> bool | None:
    return None if row["operator_type"] is None else row["operator_type"] in _ALLOWED


def _was_a_year_old(row: Mapping[str, Any]) -> bool | None:
    """A year old on the day the station was set up; the text names no day, so that one is taken."""
    founded, opened = row["operator_founded_on"], row["opened_on"]
    return None if founded is None or opened is None else _a_year_after(founded) <= opened


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return date(day.year + 1, 3, 1)


def _has_priority_focus(row: Mapping[str, Any]) -> bool | None:
    if not row["focus_industries"]:
        return None
    return bool(set(row["focus_industries"].split("、")) & set(priority_keys().get(row["district"], ())))


def _is_named_by_the_rule(row: Mapping[str, Any]) -> bool | None:
    return None if not row["name"] else _NAME.fullmatch(row["name"]) is not None


def staff_of(row: Mapping[str, Any]) -> float | None:
    """Return the number of staff, full time and part time; None where neither is on the list."""
    counts = [row["staff_full_time"], row["staff_part_time"]]
    return None if all(count is None for count in counts) else float(sum(count or 0 for count in counts))


def _plain(name: str) -> Callable[[Mapping[str, Any]], float | None]:
    def look(row: Mapping[str, Any]) -> float | None:
        return None if row[name] is None else float(row[name])

    return look


def _yes(name: str) -> Callable[[Mapping[str, Any]], bool | None]:
    def look(row: Mapping[str, Any]) -> bool | None:
        return None if row[name] is None else bool(row[name])

    return look


def _is_given(name: str) -> Callable[[Mapping[str, Any]], bool | None]:
    def look(row: Mapping[str, Any]) -> bool | None:
        return True if row[name] else None

    return look


_BASIC_TOTALS = tuple(totalled(service.code) for service in catalogue() if service.group == "basic")
_STAFF = ("institutions.staff_full_time", "institutions.staff_part_time")

RULES = (
    Rule(
        clause="7.1.1.1",
        asks=Text(
            zh="运营单位：类型属于规定范围、设站时成立满 1 年、具有独立法人资格",
            en="The operator: of an allowed type, a year old at set-up, and a legal person of its own",
        ),
        form=Conditions((_is_allowed_operator, _was_a_year_old, _yes("operator_is_legal_person"))),
        fields=(
            "institutions.operator_type",
            "institutions.operator_founded_on",
            "institutions.operator_is_legal_person",
            "institutions.opened_on",
        ),
        note=Text(
            zh="原文没有写明从哪天起算满 1 年，按设立日期。",
            en="The text names no day for ‘a year old’: the day of set-up is taken.",
        ),
    ),
    Rule(
        clause="7.1.1.2",
        asks=Text(
            zh="近 12 个月填有服务对象编号的服务件次", en="Services with a known client in twelve months"
        ),
        form=Counted(services(S.client_id.is_not(None))),
        fields=("services.client_id",),
        note=Text(
            zh="“一定规模”没有数字，只展示，不评判。",
            en="‘A certain scale’ has no number: shown, not judged.",
        ),
    ),
    Rule(
        clause="7.1.1.3",
        asks=Text(
            zh="明确的重点产业中至少一项属于本区域重点产业",
            en="At least one declared focus industry is on the area's list",
        ),
        form=Conditions((_has_priority_focus,)),
        fields=("institutions.focus_industries", "institutions.district"),
    ),
    Rule(
        clause="7.1.1.4",
        asks=Text(zh="基础条件 a–d 四项", en="Conditions a–d"),
        form=AllOf(("7.1.1.4.a", "7.1.1.4.b", "7.1.1.4.c", "7.1.1.4.d")),
        fields=("evidence.status",),
    ),
    Rule(
        clause="7.1.1.4.c",
        asks=Text(zh="服务人员数", en="Staff"),
        form=Numbered(staff_of),
        fields=_STAFF,
        at_least=1,
    ),
    Rule(
        clause="7.1.1.5",
        asks=Text(zh="配有检索分析数据库", en="Has a search database"),
        form=Conditions((_yes("has_search_database"),)),
        fields=("institutions.has_search_database",),
    ),
    Rule(
        clause="7.1.2.1",
        asks=Text(zh="空间场所 a–d 四项", en="Premises a–d"),
        form=AllOf(("7.1.2.1.a", "7.1.2.1.b", "7.1.2.1.c", "7.1.2.1.d")),
        fields=("evidence.status",),
    ),
    Rule(
        clause="7.1.2.1.d",
        asks=Text(zh="事项清单在现场张贴", en="The list of services is posted on site"),
        form=Published(shown_on("公开栏", "公示栏", "公告栏", "张贴", "现场", "大厅", "上墙", "board")),
        fields=("publications.channels",),
    ),
    Rule(
        clause="7.1.2.2",
        asks=Text(zh="建有线上信息平台", en="Has an online platform"),
        form=Conditions((_yes("has_online_platform"),)),
        fields=("institutions.has_online_platform",),
    ),
    Rule(
        clause="7.1.2.3",
        asks=Text(zh="公布了咨询电话", en="A phone number is published"),
        form=Conditions((_is_given("phone"),)),
        fields=("institutions.phone",),
    ),
    Rule(
        clause="7.1.3.1",
        asks=Text(zh="专职和兼职人员数", en="Staff, full and part time"),
        form=Numbered(staff_of),
        fields=_STAFF,
        at_least=1,
    ),
    Rule(
        clause="7.1.3.2",
        asks=Text(zh="站长为运营单位负责人", en="The head is the operator's head"),
        form=Conditions((_yes("head_is_operator_head"),)),
        fields=("institutions.head_is_operator_head",),
    ),
    Rule(
        clause="7.1.3.3",
        asks=Text(zh="联络员人数", en="Liaison officers"),
        form=Numbered(_plain("liaison_count")),
        fields=("institutions.liaison_count",),
        at_least=1,
        note=Text(
            zh="“若干人”没有数字，默认至少 1 人，可在设置中更改。",
            en="‘Several’ has no number: one by default, a setting.",
        ),
    ),
    Rule(
        clause="7.1.3.4",
        asks=Text(
            zh="近 12 个月有志愿服务专家提供支撑的次数",
            en="Assignments of volunteer experts in twelve months",
        ),
        form=Counted(assignments()),
        fields=("assignments.institution_id",),
        at_least=1,
        note=Text(
            zh="与市场化机构的合作协议台账未采集；没有专家派单时以自查为准。",
            en="Agreements with firms are not in any ledger: without assignments the declaration counts.",
        ),
    ),
    Rule(
        clause="7.1.3.5",
        asks=Text(
            zh="五项职责中近 12 个月有记录的项数", en="Duties of the five with a record in twelve months"
        ),
        form=AllOf(
            tuple(f"7.1.3.5.{letter}" for letter in "abcde"),
            silence_is_missing=True,
            if_called_for=("7.1.3.5.c", "7.1.3.5.e"),
        ),
        fields=("services.service", "evidence.status"),
        note=Text(
            zh="重大活动保障（c）和延伸服务（e）按需开展，没有申报时不计入。",
            en="Support of major events (c) and further services (e) count where they are declared.",
        ),
    ),
    Rule(
        clause="7.1.3.5.a",
        asks=Text(zh="近 12 个月基础服务件次", en="Basic services in twelve months"),
        form=Counted(services(S.service_group == "basic"), _BASIC_TOTALS),
        fields=("services.service", "monthly.services"),
    ),
    Rule(
        clause="7.1.3.5.b",
        asks=Text(zh="近 12 个月检索、分析服务件次", en="Search and analysis services in twelve months"),
        form=Counted(services(S.service.in_(["B08", "B09"]))),
        fields=("services.service",),
    ),
    Rule(
        clause="7.1.3.5.d",
        asks=Text(zh="近 12 个月维权援助需求转介件次", en="Rights assistance referred in twelve months"),
        form=Counted(services(S.service == "B04", REFERRED)),
        fields=("services.service", "services.outcome"),
    ),
    Rule(
        clause="7.1.3.6",
        asks=Text(zh="持证人员占比", en="Staff with a qualification"),
        form=Numbered(_plain("qualified_staff_count"), over=staff_of),
        fields=("institutions.qualified_staff_count", *_STAFF),
    ),
    Rule(
        clause="7.1.4.4",
        asks=Text(zh="近 12 个月业务指导次数", en="Guidance in twelve months"),
        form=Counted(activities(A.activity_kind == "业务指导")),
        fields=("activities.kind",),
    ),
    Rule(
        clause="7.2.1.1",
        asks=Text(
            zh="名称为“北京市知识产权公共服务XX工作站”",
            en="Named 北京市知识产权公共服务XX工作站",
        ),
        form=Conditions((_is_named_by_the_rule,)),
        fields=("institutions.name",),
        note=Text(zh="标志牌本身和共建单位标注未采集。", en="The sign itself is in no ledger."),
    ),
)
