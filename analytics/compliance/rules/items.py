"""Rules of list items of chapters 6 and 7 that records tell by topic, channel, expert, client or outcome."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, select

from analytics.compliance.declare import NO_NOTE, Counted, Rule, Share, Tally
from analytics.compliance.rows import (
    COMPLETED,
    REFERRED,
    REGULARLY_FOLLOWED,
    A,
    S,
    about,
    activities,
    given,
    services,
)
from analytics.core.text import Text
from analytics.store.schema import CLIENT_TAGS, CLIENTS

_IS_LISTED = S.client_id.in_(select(CLIENTS.current.c.client_id))
_HAS_NO_RIGHTS_YET = S.client_id.in_(
    select(CLIENT_TAGS.c.client_id).where(CLIENT_TAGS.c.key_tag == "“零”知识产权科技型企业")
)
_TRAINING = A.activity_kind == "培训"
# Courses of Appendix B on disputes and on risks of developing, financing, cooperating and marketing.
_RISK_COURSES = ("C05", "C06", "C07", "C08", "C09")
_YEARLY = Text(
    zh="“定期”没有数字，默认每年至少一次，可在设置中更改。",
    en="‘Regularly’ has no number: once a year by default, a setting.",
)


def _of(service: str) -> ColumnElement[bool]:
    return (S.service_detail if "." in service else S.service) == service


def _topic(clause: str, service: str, zh: str, en: str, *words: str) -> Rule:
    """Return the rule of work within a service that its topic names."""
    told = "”“".join(words)
    return Rule(
        clause=clause,
        asks=Text(zh=f"近 12 个月{zh}件次", en=f"Services in twelve months: {en}"),
        form=Counted(services(_of(service), about(*words))),
        fields=("services.service", "services.topic"),
        note=Text(
            zh=f"按“{service}”记录的“主题”一栏是否含有“{told}”识别。",
            en=f"Known by the words {', '.join(words)} in the topic of records of {service}.",
        ),
    )


def _part(
    clause: str,
    zh: str,
    en: str,
    part: Tally,
    whole: Tally,
    fields: tuple[str, ...],
    note: Text = NO_NOTE,
) -> Rule:
    """Return the rule of a share on record, of which the text sets no threshold."""
    return Rule(clause=clause, asks=Text(zh=zh, en=en), form=Share(part, whole), fields=fields, note=note)


def _count(clause: str, zh: str, en: str, tally: Tally, fields: tuple[str, ...]) -> Rule:
    """Return the rule of work on record."""
    asks = Text(zh=f"近 12 个月{zh}", en=f"{en} in twelve months")
    return Rule(clause=clause, asks=asks, form=Counted(tally), fields=fields)


RULES = (
    _count(
        "6.1.2.c",
        "有专家参与的政策宣贯件次",
        "Policy outreach with a volunteer expert",
        services(_of("B01"), S.expert_id.is_not(None)),
        ("services.service", "services.expert_id"),
    ),
    _topic("6.1.2.d", "B01", "政策申报指导", "help with applying under policies", "申报", "资助", "奖励"),
    _part(
        "6.1.3.b",
        "咨询记录中主题和服务对象编号都有填写的比例",
        "Consultations whose records give topic and client",
        services(_of("B02"), S.topic.is_not(None), S.client_id.is_not(None)),
        given("B02"),
        ("services.topic", "services.client_id"),
        Text(zh="问题和答复的原文未采集。", en="The words of question and answer are in no ledger."),
    ),
    _topic("6.1.4.a", "B03", "协助完善制度", "help with rules on protection, secrecy, compliance", "制度"),
    _count(
        "6.1.4.b",
        "风险类培训场次（附录 B 第 5 至 9 门课程）",
        "Trainings on risks (courses 5 to 9 of Appendix B)",
        activities(_TRAINING, A.course.in_(_RISK_COURSES)),
        ("activities.kind", "activities.course"),
    ),
    _topic("6.1.5.c", "B04", "疑难案件研讨", "hard cases discussed", "疑难", "研讨", "论证", "会诊"),
    _part(
        "6.1.6.a",
        "申请引导的服务对象已列入服务对象名录的比例",
        "Application guidance to clients who are on the list of clients",
        services(_of("B05"), _IS_LISTED),
        services(_of("B05"), S.client_id.is_not(None)),
        ("services.client_id", "clients.client_id"),
        Text(zh="台账的更新日期未采集。", en="When a client's entry was updated is in no ledger."),
    ),
    _count(
        "6.1.6.c",
        "向“零”知识产权科技型企业提供的培训、申请引导件次",
        "Training and application guidance for firms without IP rights",
        services(_HAS_NO_RIGHTS_YET, S.service.in_(["B05", "B10"])),
        ("services.service", "clients.key_tags"),
    ),
    _part(
        "6.1.8.b",
        "纠纷应对指导中主题为调解的比例",
        "Dispute response whose topic is mediation",
        services(_of("B07"), about("调解")),
        given("B07"),
        ("services.service", "services.topic"),
    ),
    _count(
        "6.1.8.c",
        "主题为调解并已转介的纠纷应对件次",
        "Disputes referred to mediation",
        services(_of("B07"), about("调解"), REFERRED),
        ("services.topic", "services.outcome"),
    ),
    _topic("6.1.8.d", "B07", "对接仲裁、公证", "arbitration and notaries", "仲裁", "公证"),
    _part(
        "6.1.8.e",
        "纠纷应对指导办结后已回访的比例",
        "Dispute response followed up after completion",
        services(_of("B07"), COMPLETED, S.followed_up_at_day.is_not(None)),
        services(_of("B07"), COMPLETED),
        ("services.completed_at", "services.followed_up_at"),
        Text(zh="归档和典型案例未采集。", en="Filing and model cases are in no ledger."),
    ),
    _part(
        "6.1.11.d",
        "培训记录中参加人数和问卷回收数都有填写的比例",
        "Trainings whose records give attendance and questionnaires returned",
        activities(_TRAINING, A.attendees.is_not(None), A.survey_returned.is_not(None)),
        activities(_TRAINING),
        ("activities.attendees", "activities.survey_returned"),
        Text(zh="签到表、课件等材料未采集。", en="Sign-in sheets and material are in no ledger."),
    ),
    _topic("6.1.13.a", "B12", "合规摸底排查", "stocktaking of compliance", "摸底", "排查"),
    _topic("6.1.13.c", "B12", "引导建立合规管理体系", "compliance systems", "体系"),
    Rule(
        clause="6.1.13.d",
        asks=Text(zh="合规管理引导办结后已回访的比例", en="Compliance guidance that was followed up"),
        form=Share(
            services(_of("B12"), COMPLETED, S.followed_up_at_day.is_not(None)),
            services(_of("B12"), COMPLETED),
        ),
        fields=("services.service", "services.completed_at", "services.followed_up_at"),
        at_least=0.8,
        note=REGULARLY_FOLLOWED,
    ),
    Rule(
        clause="6.1.14.a",
        asks=Text(zh="近 12 个月上门的知识产权金融服务件次", en="Visits for IP finance in twelve months"),
        form=Counted(services(_of("B13"), S.channel == "走访")),
        fields=("services.service", "services.channel"),
        at_least=1,
        note=_YEARLY,
    ),
    _count(
        "6.1.14.b",
        "以活动方式开展的知识产权金融服务件次",
        "IP finance given at events",
        services(_of("B13"), S.channel == "活动"),
        ("services.service", "services.channel"),
    ),
    _topic("6.1.15.b", "B14", "合同指导", "guidance on contracts", "合同"),
    _topic("6.2.2.c", "T01", "产业培训", "courses for an industry", "课程", "培训"),
    _topic("6.2.4.1.a", "T03", "数字经济需求调研", "surveys of digital needs", "调研"),
    _topic("6.2.4.2.a", "T03.2", "商户辅导", "merchants coached", "商户"),
    _part(
        "6.2.4.2.b",
        "平台商户服务已办结的比例",
        "Services to platforms' merchants that were completed",
        services(_of("T03.2"), about("商户"), COMPLETED),
        services(_of("T03.2"), about("商户")),
        ("services.topic", "services.outcome", "services.completed_at"),
    ),
    _topic("6.2.4.2.e", "T03.2", "权利人指引", "right holders guided", "权利人", "行政处理", "起诉"),
    _topic("6.2.4.2.f", "T03.2", "调解、仲裁等非诉解决", "settling out of court", "调解", "仲裁", "和解"),
    _topic("6.2.4.3.a", "T03.3", "引导设立部门、专岗", "IP departments and posts", "部门", "专岗", "专人"),
    _topic("6.2.4.3.b", "T03.3", "引导制定制度", "internal rules", "制度"),
    _topic("6.2.4.3.c", "T03.3", "引导数据合规", "data compliance", "数据合规", "数据安全"),
    _topic("6.2.5.b", "T04", "针对性服务方案", "tailored plans", "方案"),
    Rule(
        clause="7.3.1.1.a",
        asks=Text(
            zh="近 12 个月服务过的对象已列入服务对象名录的件次比例",
            en="Services in twelve months to clients who are on the list of clients",
        ),
        form=Share(services(_IS_LISTED), services(S.client_id.is_not(None))),
        fields=("services.client_id", "clients.client_id"),
        at_least=1.0,
        note=Text(
            zh="各对象的知识产权数量和更新日期未采集。",
            en="Clients' IP rights and the dates of updates are in no ledger.",
        ),
    ),
    _count(
        "7.3.1.2.d",
        "填有联合主办的培训场次",
        "Trainings with a co-host",
        activities(_TRAINING, A.co_host.is_not(None)),
        ("activities.kind", "activities.co_host"),
    ),
    _count("7.3.1.3.a", "转介件次", "Referrals", services(REFERRED), ("services.outcome",)),
    Rule(
        clause="7.3.2.1.b",
        asks=Text(
            zh="近 12 个月主题为核心技术攻关的服务件次",
            en="Services in twelve months whose topic is core technology",
        ),
        form=Counted(services(about("攻关", "核心技术"))),
        fields=("services.topic",),
    ),
    _count(
        "7.3.2.2.a",
        "成效为专利申请、商标申请、登记的件次（申请，不是授权）",
        "Services that led to applications or registrations (not grants)",
        services(S.result_kind.in_(["专利申请", "商标申请", "登记"])),
        ("services.result_kind",),
    ),
    _count(
        "7.3.2.4.b",
        "纠纷应对指导转介件次",
        "Dispute leads passed on",
        services(_of("B07"), REFERRED),
        ("services.service", "services.outcome"),
    ),
    Rule(
        clause="7.3.2.6.a",
        asks=Text(
            zh="近 12 个月主题为信息库、检索平台的服务件次",
            en="Services in twelve months whose topic is an information base or search platform",
        ),
        form=Counted(services(and_(S.topic.is_not(None), about("信息库", "检索平台", "数据库")))),
        fields=("services.topic",),
    ),
)
