"""Rules of chapter 6.2: the four special services."""

from __future__ import annotations

from sqlalchemy import and_, or_

from analytics.compliance.declare import Counted, Kinds, Published, Rule, Share
from analytics.compliance.lists import KEY_LIST, yearly
from analytics.compliance.rows import (
    KEY_CLIENT,
    S,
    X,
    assignments,
    given,
    referral_rule,
    service_rule,
    services,
    topic_rule,
    totalled,
)
from analytics.core.text import Text
from analytics.standard.districts import priority_keys

# Records whose industry is on the list of the area that serves them; city institutions have no list.
IS_PRIORITY = or_(
    *(and_(S.district == district, S.industry.in_(keys)) for district, keys in priority_keys().items())
)
_HAS_INDUSTRY = and_(S.industry.is_not(None), S.district != "all")
_PRIORITY = services(_HAS_INDUSTRY, IS_PRIORITY)
_WITH_INDUSTRY = services(_HAS_INDUSTRY)
_SPECIAL = ("T01", "T02", "T03", "T04")


def priority_rule(clause: str) -> Rule:
    """Return the rule of a clause that asks services to follow the area's priority industries."""
    return Rule(
        clause=clause,
        asks=Text(
            zh="填有产业的服务中，属于本区域重点产业（附录 D）的比例",
            en="Services of the area's priority industries (Appendix D) among those with a known industry",
        ),
        form=Share(_PRIORITY, _WITH_INDUSTRY),
        fields=("services.industry", "institutions.district"),
        note=Text(
            zh="原文没有门槛；是否与企业结构相称，见“产业对接”。",
            en="No threshold in the text; whether it fits the clients is shown under Industry alignment.",
        ),
    )


RULES = (
    Rule(
        clause="6.2.1",
        asks=Text(zh="近 12 个月开展的特色服务种数", en="Special services given in twelve months"),
        form=Kinds(tuple(given(code) for code in _SPECIAL), also=tuple(totalled(code) for code in _SPECIAL)),
        fields=("services.service", "monthly.services"),
    ),
    priority_rule("6.2.2"),
    topic_rule("6.2.2.a", "专利导航", "patent navigation", "专利导航", "产业导航"),
    topic_rule("6.2.2.b", "产业专利数据库", "an industry's patent database", "数据库"),
    topic_rule("6.2.2.d", "高价值专利培育、专利布局", "high-value patents", "高价值专利", "专利布局"),
    topic_rule(
        "6.2.2.e", "标准必要专利", "standard-essential patents", "标准必要专利", "SEP", "FRAND", "Frand"
    ),
    topic_rule("6.2.2.f", "商标品牌培育", "brand building", "商标品牌", "品牌培育", "品牌战略"),
    Rule(
        clause="6.2.3",
        asks=Text(zh="近 12 个月服务重点企业的件次", en="Services to key enterprises in twelve months"),
        form=Share(services(KEY_CLIENT), services(S.client_id.is_not(None))),
        fields=("clients.key_tags", "services.client_id"),
    ),
    Rule(
        clause="6.2.3.a",
        asks=Text(
            zh="本年度重点企业名录是否已建立", en="Whether this year's list of key enterprises is there"
        ),
        form=Published(yearly(KEY_LIST)),
        fields=("publications.list_kind", "publications.year"),
    ),
    Rule(
        clause="6.2.3.b",
        asks=Text(zh="近 12 个月走访重点企业的件次", en="Visits to key enterprises in twelve months"),
        form=Counted(services(KEY_CLIENT, S.channel == "走访")),
        fields=("clients.key_tags", "services.channel"),
    ),
    service_rule("6.2.4.1", "T03.1", "数字技术专项服务", "digital-technology service"),
    service_rule("6.2.4.2", "T03.2", "平台企业合作", "platform cooperation"),
    service_rule("6.2.4.3", "T03.3", "数字经济风险防控", "digital risk prevention"),
    Rule(
        clause="6.2.4.4",
        asks=Text(
            zh="数字经济领域服务所用渠道：线上、线下是否都有",
            en="Digital-economy services both online and on site",
        ),
        form=Kinds(
            (
                services(S.service == "T03", S.channel == "线上"),
                services(S.service == "T03", S.channel.in_(["现场", "走访", "活动"])),
            )
        ),
        fields=("services.service", "services.channel"),
    ),
    Rule(
        clause="6.2.4.4.c",
        asks=Text(zh="近 12 个月专家一对一服务次数", en="One-to-one services by experts in twelve months"),
        form=Counted(assignments(X.form == "一对一", X.served_on_day.is_not(None))),
        fields=("assignments.form", "assignments.served_on"),
    ),
    service_rule("6.2.5", "T04", "其他新领域新业态服务", "other new fields"),
    referral_rule("6.2.5.c", "T04", "其他新领域新业态服务", "other new fields"),
)
