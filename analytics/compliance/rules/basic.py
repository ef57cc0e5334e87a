"""Rules of chapters 4 to 6.1: principles, structure and the sixteen basic services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_

from analytics.compliance.declare import Case, Conditions, Counted, Kinds, NoneOf, Published, Rule, Share
from analytics.compliance.lists import current_list
from analytics.compliance.rows import (
    COMPLETED,
    PUBLICITY,
    A,
    S,
    activities,
    given,
    of_measure,
    referral_follow_up_rule,
    referral_rule,
    service_rule,
    services,
    totalled,
    visited,
)
from analytics.compliance.verdict import NOTHING, Verdict
from analytics.core.text import Text
from analytics.measures.declare import setting
from analytics.standard.districts import districts
from analytics.standard.services import services as catalogue

_BASIC = tuple(service.code for service in catalogue() if service.group == "basic")


def _item_list(case: Case) -> Verdict:
    found = current_list(case, "事项清单")
    return NOTHING if found is None else Verdict("recorded", found["items_planned"])


def _is_jointly_built(row: Mapping[str, Any]) -> bool | None:
    """Two patterns only: city, district and operator; or city and an association of the city or above."""
    if not row["co_builders"]:
        return None
    builders = row["co_builders"].split("、")
    areas = [
        area
        for area in districts()
        if any(area.name.zh in one or area.short_name.zh in one for one in builders)
    ]
    of_city = any(
        "知识产权" in one and not any(area.name.zh in one or area.short_name.zh in one for area in areas)
        for one in builders
    )
    of_district = any(
        "知识产权" in one and any(area.short_name.zh in one for area in areas) for one in builders
    )
    # The operator is a party whether or not the ledger repeats it among the builders.
    return of_city and (of_district or row["operator_type"] == "行业组织")


def _free(clause: str, service: str, zh: str, en: str) -> Rule:
    return Rule(
        clause=clause,
        asks=Text(
            zh=f"填有收费金额的“{zh}”是否全部免费", en=f"Whether all ‘{en}’ with a stated fee were free"
        ),
        form=NoneOf(
            services(S.service == service, S.fee_yuan > 0),
            services(S.service == service, S.fee_yuan.is_not(None)),
        ),
        fields=("services.service", "services.fee_yuan"),
    )


def _free_or_low(clause: str, service: str, zh: str, en: str) -> Rule:
    low = or_(S.fee_yuan <= setting("low_cost_up_to_yuan"), S.fee_yuan == 0)
    return Rule(
        clause=clause,
        asks=Text(zh=f"“{zh}”免费或低成本的比例", en=f"Share of ‘{en}’ that was free or low-cost"),
        form=Share(
            services(S.service == service, S.fee_yuan.is_not(None), low),
            services(S.service == service, S.fee_yuan.is_not(None)),
        ),
        fields=("services.service", "services.fee_yuan"),
        at_least=1.0,
        note=Text(
            zh="“低成本”没有数字，金额上限是设置（low_cost_up_to_yuan）。",
            en="‘Low-cost’ has no number: the limit is a setting (low_cost_up_to_yuan).",
        ),
    )


RULES = (
    Rule(
        clause="4.2",
        asks=Text(
            zh="本年度公共服务事项清单是否已公示，及所列事项数",
            en="Whether this year's list of services is published, and how many it names",
        ),
        form=Published(_item_list),
        fields=("publications.list_kind", "publications.published_on"),
    ),
    Rule(
        clause="5.2",
        asks=Text(zh="所在区域设有区级机构", en="The area has a district institution"),
        form=Conditions((lambda row: row["tier"] == "区级",)),
        fields=("institutions.tier", "institutions.district"),
    ),
    Rule(
        clause="5.3",
        asks=Text(
            zh="共建单位是否为规定的两种组合之一",
            en="Whether the builders are one of the two combinations allowed",
        ),
        form=Conditions((_is_jointly_built,)),
        fields=("institutions.co_builders", "institutions.operator_type"),
    ),
    Rule(
        clause="6.1.1",
        asks=Text(
            zh="近 12 个月开展的基础服务种数（只作说明，不作评判）",
            en="Basic services given in twelve months (shown, never judged)",
        ),
        form=Kinds(tuple(given(code) for code in _BASIC), also=tuple(totalled(code) for code in _BASIC)),
        fields=("services.service", "monthly.services"),
    ),
    service_rule("6.1.2", "B01", "政策宣贯", "policy outreach"),
    service_rule("6.1.3", "B02", "业务办理咨询", "consultation"),
    Rule(
        clause="6.1.3.a",
        asks=Text(
            zh="咨询实际使用的渠道：现场、电话、线上",
            en="Channels that consultations came by: on site, phone, online",
        ),
        form=Kinds(tuple(services(S.service == "B02", S.channel == way) for way in ("现场", "电话", "线上"))),
        fields=("services.service", "services.channel"),
    ),
    Rule(
        clause="6.1.3.c",
        asks=Text(zh="咨询已答复的比例", en="Consultations that were answered"),
        form=Share(services(S.service == "B02", S.responded_at_day.is_not(None)), given("B02")),
        fields=("services.service", "services.responded_at", "services.rating"),
    ),
    service_rule("6.1.4", "B03", "风险防控", "risk prevention"),
    _free("6.1.4.c", "B03", "风险防控", "risk prevention"),
    referral_rule("6.1.4.d", "B03", "风险防控", "risk prevention"),
    service_rule("6.1.5", "B04", "维权援助", "rights assistance"),
    Rule(
        clause="6.1.5.b",
        asks=Text(zh="近 12 个月办结的维权援助件次", en="Rights assistance completed in twelve months"),
        form=Counted(services(S.service == "B04", COMPLETED)),
        fields=("services.service", "services.outcome"),
    ),
    referral_rule("6.1.5.d", "B04", "维权援助", "rights assistance"),
    referral_follow_up_rule("6.1.5.e", "B04", "维权援助", "rights assistance"),
    service_rule("6.1.6", "B05", "申请引导", "application guidance"),
    Rule(
        clause="6.1.6.b",
        asks=Text(
            zh="引导后成效为专利或商标申请的件次",
            en="Guided services that led to a patent or trademark application",
        ),
        form=Counted(services(S.service == "B05", S.result_kind.in_(["专利申请", "商标申请"]))),
        fields=("services.service", "services.result_kind"),
        note=Text(zh="先后关系，不等于因果。", en="One after the other, not because of the other."),
    ),
    referral_rule("6.1.6.d", "B05", "申请引导", "application guidance"),
    referral_follow_up_rule("6.1.6.e", "B05", "申请引导", "application guidance"),
    service_rule("6.1.7", "B06", "预审和优先审查对接", "pre-examination and priority examination"),
    service_rule("6.1.8", "B07", "纠纷应对指导", "dispute response"),
    _free_or_low("6.1.9", "B08", "信息查询检索", "information search"),
    _free("6.1.9.c", "B08", "信息查询检索", "information search"),
    _free_or_low("6.1.10", "B09", "信息分析利用", "information analysis"),
    _free("6.1.10.c", "B09", "信息分析利用", "information analysis"),
    Rule(
        clause="6.1.11",
        asks=Text(zh="近 12 个月培训场次", en="Trainings in twelve months"),
        form=Counted(activities(A.activity_kind == "培训")),
        fields=("activities.kind", "activities.attendees"),
    ),
    Rule(
        clause="6.1.11.a",
        asks=Text(
            zh="近 12 个月调研、走访活动和走访服务次数",
            en="Surveys, visits and services on visits in twelve months",
        ),
        form=Counted(
            activities(A.activity_kind.in_(["调研", "走访"])),
            tuple(visited(quarter) for quarter in (1, 2, 3, 4)),
        ),
        fields=("activities.kind", "services.channel"),
        at_least=1,
        note=Text(
            zh="“定期”没有数字，默认每年至少一次，可在设置中更改。",
            en="‘Regularly’ has no number: once a year by default, a setting.",
        ),
    ),
    Rule(
        clause="6.1.11.c",
        asks=Text(zh="培训问卷满意的比例", en="Share satisfied in questionnaires after trainings"),
        form=of_measure("training_satisfaction_rate"),
        fields=("activities.survey_returned", "activities.survey_satisfied"),
    ),
    Rule(
        clause="6.1.12",
        asks=Text(
            zh="集中宣传与日常宣传是否都有", en="Whether there was both concentrated and daily publicity"
        ),
        form=Kinds(
            tuple(activities(A.activity_kind == kind) for kind in ("集中宣传", "日常宣传")), all_asked=True
        ),
        fields=("activities.kind",),
        at_least=1.0,
    ),
    Rule(
        clause="6.1.12.c",
        asks=Text(zh="四个重要节点有宣传活动的个数", en="The four dates with publicity on them"),
        form=Kinds(
            tuple(activities(A.occasion == day) for day in ("4.26宣传周", "专利周", "中国品牌日", "双创周")),
            all_asked=True,
        ),
        fields=("activities.occasion",),
        at_least=1.0,
    ),
    Rule(
        clause="6.1.12.d",
        asks=Text(zh="近 12 个月日常宣传次数", en="Daily publicity in twelve months"),
        form=Counted(activities(A.activity_kind == "日常宣传")),
        fields=("activities.kind", "activities.mode"),
    ),
    Rule(
        clause="6.1.12.f",
        asks=Text(zh="宣传活动已报道的比例", en="Publicity that was reported on"),
        form=Share(activities(PUBLICITY, A.is_reported), activities(PUBLICITY)),
        fields=("activities.kind", "activities.is_reported"),
    ),
    service_rule("6.1.13", "B12", "合规管理引导", "compliance guidance"),
    service_rule("6.1.14", "B13", "知识产权金融", "IP finance"),
    Rule(
        clause="6.1.14.c",
        asks=Text(zh="金融服务办结后跟踪回访的比例", en="Finance services followed up after completion"),
        form=Share(
            services(S.service == "B13", COMPLETED, S.followed_up_at_day.is_not(None)),
            services(S.service == "B13", COMPLETED),
        ),
        fields=("services.service", "services.followed_up_at", "services.result_kind"),
    ),
    Rule(
        clause="6.1.15",
        asks=Text(zh="促成转让、许可的件次", en="Transfers and licences brought about"),
        form=Counted(services(S.service == "B14", S.result_kind.in_(["转让", "许可"]))),
        fields=("services.service", "services.result_kind", "services.result_amount_10k_yuan"),
    ),
    service_rule("6.1.16", "B15", "数据知识产权登记引导", "data-IP registration"),
    Rule(
        clause="6.1.16.a",
        asks=Text(zh="引导后完成登记的比例", en="Guided services that led to a registration"),
        form=Share(services(S.service == "B15", S.result_kind == "登记"), given("B15")),
        fields=("services.service", "services.result_kind"),
    ),
    referral_rule("6.1.16.c", "B15", "数据知识产权登记引导", "data-IP registration"),
    service_rule("6.1.17", "B16", "电子存证指导", "electronic evidence"),
)
