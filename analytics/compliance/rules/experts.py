"""Rules of chapter 8: volunteer experts, by the institution that called them."""

from __future__ import annotations

from analytics.compliance.declare import AllOf, Counted, Kinds, NoneOf, Rule, Share
from analytics.compliance.pool import Pooled
from analytics.compliance.rows import ALL_ASSIGNMENTS, C, S, X, assignments, complaints, of_measure, services
from analytics.core.text import Text
from analytics.standard.services import services as catalogue

_ABOUT_EXPERTS = C.expert_id.is_not(None)
_TOP = tuple(service.code for service in catalogue() if "." not in service.code)

RULES = (
    Rule(
        clause="8.1",
        asks=Text(zh="选取条件 a–e 五项", en="Conditions a–e for being chosen"),
        form=AllOf(tuple(f"8.1.{letter}" for letter in "abcde")),
        fields=("evidence.status", "experts.experience_years", "experts.licences", "experts.is_recommended"),
    ),
    Rule(
        clause="8.1.e",
        asks=Text(
            zh="行政、司法部门的专家中有单位推荐的比例",
            en="Experts from administrative and judicial offices whom these recommended",
        ),
        form=Pooled("officials"),
        fields=("experts.employer_type", "experts.is_recommended"),
        at_least=1.0,
        note=Text(
            zh="“经所在部门同意”的材料未采集，以单位推荐为准；按“单位类型”识别行政、司法部门。",
            en="Consent is in no ledger: the employer's recommendation stands for it; "
            "offices are known by 单位类型.",
        ),
    ),
    Rule(
        clause="8.1.b",
        asks=Text(
            zh="从业满 3 年且具有专利代理师资格的专家比例",
            en="Experts with three years and a patent attorney's licence",
        ),
        form=Pooled("qualified"),
        fields=("experts.experience_years", "experts.licences"),
        at_least=1.0,
    ),
    Rule(
        clause="8.1.d",
        asks=Text(zh="有单位推荐的专家比例", en="Experts recommended by their employers"),
        form=Pooled("recommended"),
        fields=("experts.is_recommended",),
        at_least=1.0,
    ),
    Rule(
        clause="8.2.c",
        asks=Text(zh="没有属实的专家收费投诉", en="No upheld complaint that an expert took money"),
        form=NoneOf(complaints(_ABOUT_EXPERTS, C.is_upheld, C.category == "收费"), ALL_ASSIGNMENTS),
        fields=("complaints.expert_id", "complaints.category", "complaints.is_upheld"),
    ),
    Rule(
        clause="8.2.d",
        asks=Text(zh="派单得到响应的比例", en="Assignments that were answered"),
        form=Share(assignments(X.responded_at_day.is_not(None)), ALL_ASSIGNMENTS),
        fields=("assignments.responded_at",),
    ),
    Rule(
        clause="8.3",
        asks=Text(zh="专家参与的服务事项种数", en="Services that experts took part in"),
        form=Kinds(tuple(services(S.service == code, S.expert_id.is_not(None)) for code in _TOP)),
        fields=("services.expert_id", "services.service"),
    ),
    Rule(
        clause="8.4.a",
        asks=Text(zh="没有属实的推介有偿服务投诉", en="No upheld complaint of touting paid services"),
        form=NoneOf(complaints(_ABOUT_EXPERTS, C.is_upheld, C.category == "推介有偿服务"), ALL_ASSIGNMENTS),
        fields=("complaints.category", "complaints.is_upheld"),
    ),
    Rule(
        clause="8.4.b",
        asks=Text(zh="轮值已服务的比例", en="Rota turns that were served"),
        form=Share(
            assignments(X.form == "轮值", X.served_on_day.is_not(None)), assignments(X.form == "轮值")
        ),
        fields=("assignments.form", "assignments.served_on"),
    ),
    Rule(
        clause="8.4.c",
        asks=Text(zh="专家接到通知后 2 日内响应的比例", en="Experts who answered within 2 days"),
        form=of_measure("expert_answered_in_time_rate"),
        fields=("assignments.notified_at", "assignments.responded_at"),
        at_least=1.0,
        note=Text(
            zh="“日”按日历日或工作日是设置（expert_answer_days），默认日历日。",
            en="日 as calendar or working days is a setting (expert_answer_days); calendar days by default.",
        ),
    ),
    Rule(
        clause="8.4.d",
        asks=Text(zh="已服务的派单有书面反馈的比例", en="Served assignments with written feedback"),
        form=of_measure("expert_feedback_rate"),
        fields=("assignments.served_on", "assignments.feedback_on"),
        at_least=1.0,
    ),
    Rule(
        clause="8.4.e",
        asks=Text(zh="专家进企业、进园区次数", en="Experts' visits to enterprises and parks"),
        form=Counted(assignments(X.form == "进企业进园区")),
        fields=("assignments.form",),
    ),
    Rule(
        clause="8.5.a",
        asks=Text(zh="近 12 个月自愿退出的专家", en="Experts who left of their own will in twelve months"),
        form=Pooled("left"),
        fields=("experts.left_on", "experts.leave_reason"),
    ),
    Rule(
        clause="8.5.b",
        asks=Text(zh="近 12 个月被除名的专家", en="Experts struck off in twelve months"),
        form=Pooled("struck_off"),
        fields=("experts.left_on", "experts.leave_reason"),
    ),
)
