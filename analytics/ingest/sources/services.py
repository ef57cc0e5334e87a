"""服务台账: one row a service given."""

from __future__ import annotations

from analytics.core.text import Text
from analytics.ingest.declare import Column, Source
from analytics.ingest.frame import Frame
from analytics.ingest.moments import response_days
from analytics.ingest.ratings import count_default_ratings
from analytics.standard.services import counted_under


def tidy(frame: Frame) -> None:
    """Count a sub-service under its parent, one person where no number is given, days to the answer."""
    service = frame.values["service"]
    frame.values["service"] = frame.mapped(service, counted_under)
    frame.values["service_detail"] = frame.mapped(service, lambda code: code if "." in code else None)
    frame.fill("persons_served", 1)
    response_days(frame, "received_at", "responded_at")
    count_default_ratings(frame)


SOURCE = Source(
    kind="services",
    name=Text("服务台账", "Services"),
    columns=(
        Column(
            "record_id",
            "记录编号",
            aliases=("编号", "流水号"),
            key=True,
            required=True,
            starter=True,
            type="code",
            note=Text("在本机构内不重复。", "Unique within the institution."),
        ),
        Column(
            "institution_id",
            "机构编号",
            aliases=("机构编码", "工作站编号", "站点编号"),
            key=True,
            required=True,
            starter=True,
            type="code",
            meaning="institution",
        ),
        Column(
            "service",
            "服务事项",
            aliases=("服务项目", "服务内容", "服务类型"),
            required=True,
            starter=True,
            type="service",
        ),
        Column("topic", "主题", aliases=("子项", "服务主题")),
        Column(
            "ip_type",
            "知识产权类型",
            values=(
                "专利",
                "商标",
                "著作权",
                "地理标志",
                "集成电路布图设计",
                "商业秘密",
                "数据知识产权",
                "综合",
            ),
        ),
        Column(
            "channel",
            "服务方式",
            aliases=("渠道", "服务渠道"),
            values=("现场", "电话", "线上", "走访", "活动"),
        ),
        Column("client_id", "服务对象编号", type="code", meaning="client"),
        Column(
            "client_type",
            "服务对象类型",
            aliases=("对象类型",),
            starter=True,
            values=(
                "大型企业",
                "中型企业",
                "小微企业",
                "个体工商户",
                "高校院所",
                "行业组织",
                "个人",
                "政府及其他",
            ),
        ),
        Column("industry", "所属产业", aliases=("产业", "所属行业", "产业领域"), type="industry"),
        Column(
            "client_district",
            "服务对象所在区域",
            aliases=("服务对象所在区", "对象所在区"),
            type="area",
            areas=("outside",),
        ),
        Column(
            "persons_served",
            "服务人次",
            type="integer",
            unit="persons",
            note=Text("空着按 1 人次计。", "Empty counts as 1."),
        ),
        Column(
            "received_at",
            "受理时间",
            aliases=("服务日期", "日期", "受理日期", "服务时间"),
            required=True,
            starter=True,
            type="datetime",
        ),
        Column("responded_at", "响应时间", aliases=("响应日期",), type="datetime"),
        Column("promised_days", "承诺时限", type="number", unit="days"),
        Column("completed_at", "办结时间", aliases=("办结日期", "完成时间"), type="datetime"),
        Column("expert_id", "志愿服务专家编号", aliases=("志愿专家编号", "专家编号"), type="code"),
        Column("outcome", "办理结果", aliases=("结果",), values=("办结", "转介", "终止", "办理中")),
        Column("referred_to", "对接去向"),
        Column("referral_followed_up_at", "对接回访时间", type="datetime"),
        Column("followed_up_at", "回访时间", type="datetime"),
        Column(
            "result_kind",
            "成效类型",
            values=("专利申请", "商标申请", "融资", "转让", "许可", "登记", "维权成功", "其他"),
        ),
        Column(
            "result_amount_10k_yuan",
            "成效金额万元",
            aliases=("成效金额（万元）",),
            type="number",
            unit="10k_yuan",
        ),
        Column("is_overseas", "涉外", type="bool"),
        Column("fee_yuan", "收费金额", aliases=("收费",), type="number", unit="yuan"),
        Column("fee_basis", "收费依据"),
        Column(
            "rating",
            "满意度评价",
            aliases=("评价", "满意度", "评价结果"),
            starter=True,
            values=("非常满意", "满意", "基本满意", "不满意", "非常不满意"),
            meaning="rating",
        ),
        Column(
            "rating_source",
            "评价方式",
            values=("主动", "回访", "默认"),
            note=Text("系统默认好评填“默认”，按未评价计。", "默认 (given by default) counts as not rated."),
        ),
        Column("rated_at", "评价时间", type="datetime"),
        Column("bad_rating_contacted_at", "差评回访时间", type="datetime"),
        Column("bad_rating_resolved_at", "差评整改时间", type="datetime"),
        Column(
            "is_confidential",
            "服务对象要求保密",
            type="bool",
            note=Text("填“是”的只计入合计，不单独显示。", "是 (yes): counted in totals, never shown."),
        ),
        Column("note", "备注"),
    ),
    fact_date="received_at",
    order=(
        ("received_at", "responded_at"),
        ("received_at", "completed_at"),
        ("responded_at", "completed_at"),
        ("received_at", "referral_followed_up_at"),
        ("received_at", "followed_up_at"),
        ("received_at", "rated_at"),
        ("received_at", "bad_rating_contacted_at"),
        ("received_at", "bad_rating_resolved_at"),
        ("rated_at", "bad_rating_contacted_at"),
        ("rated_at", "bad_rating_resolved_at"),
    ),
    tidy=tidy,
    serial_headings=("序号",),
)
