"""Rules of chapters 7.3 and 7.4: what a workstation does and how it is run."""

from __future__ import annotations

from sqlalchemy import and_

from analytics.compliance.declare import (
    AllOf,
    Counted,
    Either,
    Kinds,
    NoneOf,
    Numbered,
    Published,
    Rule,
    Share,
)
from analytics.compliance.lists import item_list, item_list_holds, shown_on, special_list
from analytics.compliance.rows import (
    REGULARLY_FOLLOWED,
    VISIT,
    A,
    S,
    activities,
    assignments,
    given,
    of_measure,
    quarters,
    services,
    topic_rule,
    totalled,
    visited,
)
from analytics.compliance.rules.special import priority_rule
from analytics.compliance.rules.station import staff_of
from analytics.core.text import Text
from analytics.standard.courses import courses
from analytics.standard.elements import ITEM_LIST, elements_of

_EVERY_QUARTER = Text(
    zh="原文没有次数，默认每季度至少一次，可在设置中更改要求的比例。",
    en="The text has no number: once a quarter by default; the share asked for is a setting.",
)
_CHARGED = and_(S.service_group == "basic", S.fee_yuan > 0, S.fee_basis.is_(None))
# What a record must hold to say who was served with what, how, when and with what outcome.
_COMPLETE = and_(S.client_type.is_not(None), S.channel.is_not(None), S.outcome.is_not(None))
_FOLLOWED = of_measure("followed_up_rate")


def _element(letter: str, element: str) -> Rule:
    on_time = (of_measure("on_time_completion_rate"),) if letter == "e" else ()
    return Rule(
        clause=f"7.4.3.1.{letter}",
        asks=Text(zh=f"事项清单写明{element}", en=f"The list of services gives {_ENGLISH[letter]}")
        if letter != "e"
        else Text(
            zh="在承诺时限内办结的比例；没有可判断的记录时，看清单是否写明办理时限",
            en="Completed within the time promised; without such records, whether the list gives one",
        ),
        form=Either((*on_time, Published(item_list_holds(element)))),
        fields=("publications.elements",)
        if letter != "e"
        else ("services.promised_days", "services.completed_at", "publications.elements"),
        at_least=1.0 if letter == "e" else None,
    )


_ENGLISH = {
    "a": "the name of the service", "b": "whom it is for", "c": "its content", "d": "the procedure",
    "e": "the time limit", "f": "a phone number", "g": "a number for complaints",
}  # fmt: skip

RULES = (
    Rule(
        clause="7.3.1.1.b",
        asks=Text(
            zh="近 12 个月有走访（走访活动或走访服务）的季度数",
            en="Quarters of the last twelve months with a visit, as activity or service",
        ),
        form=Kinds(quarters(VISIT), all_asked=True, also=tuple(visited(quarter) for quarter in (1, 2, 3, 4))),
        fields=("activities.kind", "activities.held_on", "services.channel"),
        at_least=1.0,
        note=_EVERY_QUARTER,
    ),
    Rule(
        clause="7.3.1.1.c",
        asks=Text(zh="咨询已答复的比例", en="Consultations that were answered"),
        form=Share(services(S.service == "B02", S.responded_at_day.is_not(None)), given("B02")),
        fields=("services.service", "services.responded_at"),
    ),
    topic_rule("7.3.1.1.d", "资质申报、上市", "qualifications or listing", "资质", "上市"),
    Rule(
        clause="7.3.1.2.a",
        asks=Text(zh="线上、线下宣传是否都有", en="Publicity both online and on site"),
        form=Kinds(
            (
                activities(A.activity_kind.in_(["集中宣传", "日常宣传"]), A.mode.in_(["线上", "混合"])),
                activities(A.activity_kind.in_(["集中宣传", "日常宣传"]), A.mode.in_(["线下", "混合"])),
            ),
            all_asked=True,
        ),
        at_least=1.0,
        fields=("activities.kind", "activities.mode"),
    ),
    Rule(
        clause="7.3.1.2.b",
        asks=Text(zh="近 12 个月有自办培训的季度数", en="Quarters of the last twelve months with a training"),
        form=Kinds(quarters(A.activity_kind == "培训"), all_asked=True),
        fields=("activities.kind", "activities.held_on"),
        at_least=1.0,
        note=_EVERY_QUARTER,
    ),
    Rule(
        clause="7.3.1.2.c",
        asks=Text(zh="近 12 个月开过的附录 B 课程数", en="Courses of Appendix B held in twelve months"),
        form=Kinds(tuple(activities(A.course == course.code) for course in courses())),
        fields=("activities.course",),
        note=Text(zh="附录 B 为资料性，只展示，不评判。", en="Appendix B is informative: shown, not judged."),
    ),
    Rule(
        clause="7.3.1.3.b",
        asks=Text(zh="近 12 个月惠企对接活动次数", en="Matching events in twelve months"),
        form=Counted(activities(A.activity_kind == "惠企对接")),
        fields=("activities.kind",),
    ),
    Rule(
        clause="7.3.1.3.c",
        asks=Text(zh="近 12 个月对接志愿服务专家次数", en="Assignments of experts in twelve months"),
        form=Counted(assignments()),
        fields=("assignments.institution_id",),
    ),
    Rule(
        clause="7.3.2.1.a",
        asks=Text(
            zh="重点产业（企业）服务中有成效记录的比例",
            en="Services to priority industries or key enterprises with a result",
        ),
        form=Share(
            services(S.service.in_(["T01", "T02"]), S.result_kind.is_not(None)),
            services(S.service.in_(["T01", "T02"])),
        ),
        fields=("services.service", "services.result_kind"),
    ),
    topic_rule("7.3.2.2.b", "专利布局", "patent portfolios", "专利布局"),
    topic_rule(
        "7.3.2.2.c",
        "战略咨询、产业分析、风险预警",
        "strategy or early warning",
        "战略",
        "产业分析",
        "预警",
        "规划研究",
    ),
    Rule(
        clause="7.3.2.3.a",
        asks=Text(zh="促成转让、许可的件次", en="Transfers and licences brought about"),
        form=Counted(services(S.result_kind.in_(["转让", "许可"]))),
        fields=("services.result_kind", "services.result_amount_10k_yuan"),
    ),
    Rule(
        clause="7.3.2.3.b",
        asks=Text(zh="近 12 个月知识产权金融服务件次", en="IP finance services in twelve months"),
        form=Counted(given("B13"), (totalled("B13"),)),
        fields=("services.service", "monthly.services"),
    ),
    topic_rule("7.3.2.3.c", "价值评估", "valuation", "价值评估", "评估价值", "专利评估", "估值"),
    topic_rule("7.3.2.3.d", "开放许可", "open licences", "开放许可"),
    Rule(
        clause="7.3.2.4.a",
        asks=Text(zh="维权援助中涉外的比例", en="Rights assistance that concerned places abroad"),
        form=Share(services(S.service == "B04", S.is_overseas), given("B04")),
        fields=("services.service", "services.is_overseas"),
    ),
    topic_rule("7.3.2.4.c", "调解", "mediation", "调解"),
    topic_rule("7.3.2.5.a", "知识产权管理规划", "IP management plans", "管理规划"),
    topic_rule("7.3.2.5.b", "贯标", "standard implementation", "贯标", "管理体系"),
    topic_rule("7.3.2.5.c", "专利密集型产品", "patent-intensive products", "密集型产品"),
    priority_rule("7.3.3.1"),
    Rule(
        clause="7.3.3.2",
        asks=Text(
            zh="特色服务清单：3 月 31 日前公示，四项要素齐全",
            en="List of special services: published by 31 March, with its four elements",
        ),
        form=Published(special_list),
        fields=(
            "publications.published_on",
            "publications.elements",
            "publications.items_planned",
            "publications.items_done",
        ),
    ),
    Rule(
        clause="7.4.1.2",
        asks=Text(zh="能力建设 a–c 三项", en="Capacity building a–c"),
        form=AllOf(("7.4.1.2.a", "7.4.1.2.b", "7.4.1.2.c")),
        fields=("evidence.status",),
    ),
    Rule(
        clause="7.4.1.2.a",
        asks=Text(zh="参加岗前培训的人员比例", en="Staff trained before taking up their posts"),
        form=Numbered(
            lambda row: (
                None if row["pre_post_trained_count"] is None else float(row["pre_post_trained_count"])
            ),
            over=staff_of,
        ),
        fields=("institutions.pre_post_trained_count",),
        at_least=1.0,
    ),
    Rule(
        clause="7.4.2.1",
        asks=Text(zh="基础服务没有无依据收费", en="No basic service was charged without a basis"),
        form=NoneOf(services(_CHARGED), services(S.service_group == "basic")),
        fields=("services.fee_yuan", "services.fee_basis"),
    ),
    Rule(
        clause="7.4.2.3",
        asks=Text(
            zh="对象类型、服务方式、办理结果都有填写的记录比例",
            en="Records that give client type, channel and outcome",
        ),
        form=Share(services(_COMPLETE), services()),
        fields=("services.client_type", "services.channel", "services.outcome"),
        at_least=0.95,
        note=Text(
            zh="“完整”没有数字，默认 95%，可在设置中更改。",
            en="‘Complete’ has no number: 95 % by default, a setting.",
        ),
    ),
    Rule(
        clause="7.4.2.5",
        asks=Text(zh="办结后已回访的比例", en="Completed services that were followed up"),
        form=_FOLLOWED,
        fields=("services.completed_at", "services.followed_up_at"),
        at_least=0.8,
        note=REGULARLY_FOLLOWED,
    ),
    Rule(
        clause="7.4.3.1",
        asks=Text(zh="公共服务事项清单的七项要素", en="The list of services with its seven elements"),
        form=Published(item_list),
        fields=("publications.elements",),
    ),
    *(_element(letter, element) for letter, element in zip("abcdefg", elements_of(ITEM_LIST), strict=True)),
    Rule(
        clause="7.4.3.2",
        asks=Text(
            zh="清单公开所用的官方网站、公开栏、电子屏个数",
            en="Channels the list is published by: site, board, screen",
        ),
        form=Published(
            shown_on("网站", "官网", "公开栏", "公示栏", "公告栏", "屏", "website", "board", "screen")
        ),
        fields=("publications.channels",),
    ),
)
