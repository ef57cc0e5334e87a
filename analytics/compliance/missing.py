"""What no ledger holds, so that a clause can be declared only: the fields by name, and in words."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.core.text import Text


@dataclass(frozen=True, slots=True)
class Missing:
    """What would have to be collected: fields as the standard's table names them, and what they are."""

    fields: tuple[str, ...]
    words: Text


def _missing(zh: str, en: str, *fields: str) -> Missing:
    return Missing(fields, Text(zh=zh, en=en))


MISSING: dict[str, Missing] = {
    "4.1": _missing(
        "制度文件的种类和有效期、反馈渠道",
        "kind and validity of written rules, the feedback channel",
        "doc_type",
        "valid_to",
        "feedback_channel",
    ),
    "4.3": _missing(
        "需求的编号和与之对应的服务", "needs, and the service that met each", "need_id", "matched_record_id"
    ),
    "6.1.2.a": _missing(
        "收集的政策、级别、日期", "policies collected, their level and date", "policy_id", "level", "added_on"
    ),
    "6.1.2.b": _missing(
        "政策汇编的更新日期、推送记录",
        "updates of the digest, to whom it was sent",
        "digest_updated_on",
        "push_log",
    ),
    "6.1.3.d": _missing(
        "咨询分析及由此开展的活动",
        "analyses of questions, and what followed from each",
        "analysis_id",
        "linked_event_id",
    ),
    "6.1.5.a": _missing(
        "维权需求及收集日期", "needs for assistance and when they were gathered", "need_id", "collected_on"
    ),
    "6.1.7.b": _missing(
        "对象的需求种类、是否一对一",
        "the client's kind of need, whether advice was one to one",
        "need_type",
        "mode",
    ),
    "6.1.9.a": _missing("收录的平台", "platforms listed", "platform_id"),
    "6.1.9.d": _missing("联合的专业机构", "the firm that took part", "partner_org"),
    "6.1.10.d": _missing("联合的专业机构", "the firm that took part", "partner_org"),
    "6.1.15.a": _missing(
        "交易、评估日期、签约日期",
        "deals, days of valuation and of signing",
        "deal_id",
        "valuation_on",
        "signed_on",
    ),
    "6.1.15.c": _missing("典型案例", "model cases", "case_id", "type"),
    "6.1.17.a": _missing(
        "合作协议、对方种类、有效期",
        "agreements, kinds of partner, validity",
        "agreement_id",
        "partner_type",
        "valid_to",
    ),
    "6.1.17.c": _missing("存证日期", "when evidence was deposited", "deposited_on"),
    "6.2.4.2.d": _missing(
        "平台是否建立投诉流程", "whether the platform has a complaint procedure", "process_flag"
    ),
    "6.2.4.4.a": _missing(
        "各事项能否网上办理", "which items can be handled online", "item_id", "online_flag"
    ),
    "6.2.4.4.b": _missing("反馈及提出时间", "feedback and when it was raised", "feedback_id", "raised_at"),
    "7.1.3.5.c": _missing("本区域的重大活动", "major events of the area", "event_id (major)"),
    "7.1.4.1": _missing(
        "制度文件的种类和有效期", "kind and validity of written rules", "doc_type", "valid_to"
    ),
    "7.1.4.3": _missing(
        "各工作人员参加的培训", "trainings that each member of staff took part in", "staff_id", "event_id"
    ),
    "7.2.1.3": _missing(
        "标志牌的尺寸、材质和光面", "size and finish of the sign", "sign_w_cm", "sign_h_cm", "finish"
    ),
    "7.2.3.1": _missing("制度板是否公示", "whether the rules board is shown", "board_flag"),
    "7.2.3.3": _missing("制度板的审查日期", "when the rules board was reviewed", "board_reviewed_on"),
    "7.3.2.6.b": _missing("人才及参加场次", "persons and sessions attended", "person_id", "sessions"),
    "7.4.1.2.b": _missing(
        "各工作人员参加的活动", "activities that each member of staff took part in", "staff_id", "event_id"
    ),
    "7.4.2.4": _missing("归档日期", "when records were filed", "archived_at"),
    "附录C": _missing(
        "标志牌的尺寸、材质和光面", "size and finish of the sign", "sign_w_cm", "sign_h_cm", "finish"
    ),
}  # fmt: skip
