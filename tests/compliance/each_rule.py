"""Cases made by hand for every computed rule: what a station's ledgers say, and what follows from it.

Each case is an institution of its own.
"""

from __future__ import annotations

from tests.compliance.expert_cases import EXPERT_CASES
from tests.compliance.making_cases import (
    AFTER,
    BEFORE,
    FIRST,
    LAST,
    SEVEN,
    Case,
    a,
    answered,
    back,
    both,
    case,
    centre,
    complaint,
    done,
    evaluation,
    followed,
    four_items,
    free,
    listed,
    low,
    named,
    quarterly,
    referred,
    s,
    said,
    served,
    share,
    shown,
    staff,
    total,
    worked,
    x,
    yes,
)

_EVERY = ("4.26宣传周", "专利周", "中国品牌日", "双创周")
_FOUR = "服务内容、服务对象、服务频次、预期成果"
_KEY, _NONE, _UNLISTED = "示例重点", "示例零", "示例未列"
_PLAIN = {
    "6.1.2": "B01", "6.1.3": "B02", "6.1.4": "B03", "6.1.5": "B04", "6.1.6": "B05", "6.1.7": "B06",
    "6.1.8": "B07", "6.1.13": "B12", "6.1.14": "B13", "6.1.16": "B15", "6.1.17": "B16", "6.2.4.1": "T03.1",
    "6.2.4.2": "T03.2", "6.2.4.3": "T03.3", "6.2.5": "T04", "7.3.2.3.b": "B13",
}  # fmt: skip
_REFERRED = {
    "6.1.4.d": "B03", "6.1.5.d": "B04", "6.1.6.d": "B05", "6.1.16.c": "B15", "6.2.5.c": "T04",
    "7.1.3.5.d": "B04", "7.3.2.4.b": "B07", "7.3.1.3.a": "B02",
}  # fmt: skip
_NAMED = {
    "6.1.2.d": ("B01", "资助政策申报"),
    "6.1.4.a": ("B03", "保密制度完善"),
    "6.1.5.c": ("B04", "疑难案件研讨"),
    "6.1.8.d": ("B07", "对接仲裁机构"),
    "6.1.13.a": ("B12", "合规摸底"),
    "6.1.13.c": ("B12", "建立合规体系"),
    "6.1.15.b": ("B14", "许可合同指导"),
    "6.2.2.a": ("T01", "产业专利导航"),
    "6.2.2.b": ("T01", "产业数据库建设"),
    "6.2.2.c": ("T01", "产业培训课程"),
    "6.2.2.d": ("B05", "高价值专利培育"),
    "6.2.2.e": ("B02", "标准必要专利许可"),
    "6.2.2.f": ("B05", "商标品牌培育"),
    "6.2.4.1.a": ("T03.1", "需求调研"),
    "6.2.4.2.a": ("T03.2", "入驻商户辅导"),
    "6.2.4.2.e": ("T03.2", "权利人指引"),
    "6.2.4.2.f": ("T03.2", "平台纠纷调解"),
    "6.2.4.3.a": ("T03.3", "设立专岗"),
    "6.2.4.3.b": ("T03.3", "内部制度"),
    "6.2.4.3.c": ("T03.3", "数据合规"),
    "6.2.5.b": ("T04", "针对性方案"),
    "7.3.1.1.d": ("B02", "上市辅导"),
    "7.3.2.1.b": ("T01", "核心技术攻关"),
    "7.3.2.2.b": ("B05", "专利布局"),
    "7.3.2.2.c": ("B03", "风险预警"),
    "7.3.2.3.c": ("B14", "专利价值评估"),
    "7.3.2.3.d": ("B14", "开放许可声明"),
    "7.3.2.4.c": ("B07", "人民调解"),
    "7.3.2.5.a": ("B12", "知识产权管理规划"),
    "7.3.2.5.b": ("B12", "贯标"),
    "7.3.2.5.c": ("B05", "专利密集型产品备案"),
    "7.3.2.6.a": ("B08", "信息库推广"),
}

CASES: dict[str, list[Case]] = {
    **{clause: served(service) for clause, service in _PLAIN.items()},
    **{clause: referred(service) for clause, service in _REFERRED.items()},
    **{clause: named(*told) for clause, told in _NAMED.items()},
    **{
        f"7.4.3.1.{letter}": listed(name)
        for letter, name in zip("abcdfg", SEVEN[:4] + SEVEN[5:], strict=True)
    },
    "4.2": [case("recorded", shown("事项清单", 计划项数="12"), figure=(12, None)), case("no_evidence")],
    "5.2": [centre("met"), case("not_applicable")],
    "5.3": [
        case("met", 共建单位="北京市知识产权公共服务中心、海淀区知识产权局、示例孵化器"),
        case("met", 共建单位="北京市知识产权公共服务中心、示例协会", 运营单位类型="行业组织"),
        case("not_met", 共建单位="北京市知识产权公共服务中心、示例孵化器"),
        case("not_met", 共建单位="海淀区知识产权局、示例孵化器"),
        case("no_evidence", 共建单位=""),
    ],
    # Breadth fails nobody: one kind of sixteen is on record as sixteen are.
    "6.1.1": [
        case("recorded", s("B01"), figure=(1, 16)),
        case("recorded", *(s(f"B{number:02d}") for number in range(1, 17)), figure=(16, 16)),
        case("no_evidence", s("T04")),
    ],
    "6.1.2.c": worked(s("B01", 志愿服务专家编号="E1"), s("B01")),
    "6.1.3.a": [
        case("recorded", s("B02", 服务方式="现场"), s("B02", 服务方式="电话"), figure=(2, 3)),
        case("no_evidence", s("B02", 服务方式="活动")),
    ],
    "6.1.3.b": share(s("B02", 主题="申请流程", 服务对象编号=_KEY), s("B02", 主题="申请流程"), s("B01")),
    "6.1.3.c": answered("B02"),
    "7.3.1.1.c": answered("B02"),
    "6.1.4.b": worked(a("培训", 课程="9"), a("培训", 课程="1")),
    "6.1.4.c": free("B03"),
    "6.1.9.c": free("B08"),
    "6.1.10.c": free("B09"),
    "6.1.9": low("B08"),
    "6.1.10": low("B09"),
    "6.1.5.b": worked(done("B04"), done("B04", 办结时间=AFTER)),
    "6.1.5.e": followed(*back("B04")),
    "6.1.6.e": followed(*back("B05")),
    "6.1.6.a": share(s("B05", 服务对象编号=_KEY), s("B05", 服务对象编号=_UNLISTED), s("B05")),
    "6.1.6.b": worked(done("B05", 成效类型="专利申请"), done("B05", 成效类型="融资")),
    "6.1.6.c": worked(s("B10", 服务对象编号=_NONE), s("B10", 服务对象编号=_KEY)),
    "6.1.8.b": share(s("B07", 主题="引导调解"), s("B07", 主题="诉讼应对"), s("B04", 主题="调解")),
    "6.1.8.c": worked(s("B07", 主题="人民调解", 办理结果="转介"), s("B07", 主题="人民调解")),
    "6.1.8.e": share(done("B07", 回访时间="2026-03-20"), done("B07", 回访时间=AFTER), s("B07")),
    "6.1.11": worked(a("培训", 日期=FIRST), a("培训", 日期=BEFORE)),
    "6.1.11.a": [
        case("met", a("调研", 日期=LAST)),
        case("met", a("走访", 日期=FIRST)),
        case("no_evidence", a("调研", 日期=BEFORE)),
    ],
    "6.1.11.c": [
        case("recorded", a("培训", 问卷回收数="20", 满意数="19"), figure=(19, 20)),
        case("no_evidence", a("培训", 参加人数="20")),
    ],
    "6.1.11.d": share(a("培训", 参加人数="20", 问卷回收数="10"), a("培训", 参加人数="20"), a("走访")),
    "6.1.12": both(a("集中宣传"), a("日常宣传"), a("培训")),
    "6.1.12.c": [
        case("met", *(a("集中宣传", 宣传节点=day) for day in _EVERY), figure=(4, 4)),
        case("partly_met", *(a("集中宣传", 宣传节点=day) for day in _EVERY[:3]), figure=(3, 4)),
        case("no_evidence", a("集中宣传", 宣传节点="其他")),
    ],
    "6.1.12.d": worked(a("日常宣传"), a("集中宣传")),
    "6.1.12.f": share(a("日常宣传", 报道="是"), a("集中宣传", 报道="否"), a("培训", 报道="是")),
    "6.1.13.d": followed(
        [done("B12", 回访时间="2026-03-20")] * 4, [done("B12"), done("B12", 回访时间=AFTER)]
    ),
    "6.1.14.a": [case("met", s("B13", 服务方式="走访")), case("no_evidence", s("B13", 服务方式="现场"))],
    "6.1.14.b": worked(s("B13", 服务方式="活动"), s("B13", 服务方式="走访")),
    "6.1.14.c": share(done("B13", 回访时间="2026-03-20"), done("B13"), s("B13")),
    "6.1.15": worked(done("B14", 成效类型="转让"), done("B14")),
    "6.1.16.a": share(done("B15", 成效类型="登记"), done("B15"), s("B16")),
    "6.2.1": [case("recorded", s("T01"), s("T03.2"), figure=(2, 4)), case("no_evidence", s("B01"))],
    "6.2.2": share(s("T01", 所属产业="人工智能"), s("T01", 所属产业="现代农业"), s("T01")),
    "7.3.3.1": share(s("T01", 所属产业="人工智能"), s("T01", 所属产业="现代农业"), s("T01")),
    "6.2.3": share(s("T02", 服务对象编号=_KEY), s("T02", 服务对象编号=_UNLISTED), s("T02")),
    "6.2.3.a": [
        case("met", shown("重点企业名录")),
        case("not_met", shown("重点企业名录", 年度="2025", 公示日期="2025-03-02")),
        case("no_evidence"),
    ],
    "6.2.3.b": worked(
        s("T02", 服务对象编号=_KEY, 服务方式="走访"), s("T02", 服务对象编号=_KEY, 服务方式="电话")
    ),
    "6.2.4.2.b": share(
        done("T03.2", 主题="商户侵权"), s("T03.2", 主题="商户侵权"), done("T03.2", 主题="平台规则")
    ),
    "6.2.4.4": [
        case("recorded", s("T03", 服务方式="线上"), figure=(1, 2)),
        case("recorded", s("T03", 服务方式="线上"), s("T03.1", 服务方式="现场"), figure=(2, 2)),
        case("no_evidence", s("T03", 服务方式="电话")),
    ],
    "6.2.4.4.c": worked(x(形式="一对一", 服务日期="2026-03-10"), x(形式="一对一", 服务日期=AFTER)),
    "7.1.1.1": [
        case("met", 运营单位成立日期="2023-05-10"),
        case("not_met", 运营单位成立日期="2023-05-11"),
        case("not_met", 独立法人="否"),
        case("not_met", 运营单位类型="其他"),
        case("no_evidence", 运营单位成立日期=""),
    ],
    "7.1.1.2": worked(s("B01", 服务对象编号=_KEY), s("B01")),
    "7.1.1.3": [
        case("met", 重点产业="现代农业、人工智能"),
        case("not_met", 重点产业="现代农业"),
        case("no_evidence"),
    ],
    "7.1.1.4": [
        case("met", *(said(f"7.1.1.4.{letter}", "符合") for letter in "abd"), figure=(4, 4)),
        case(
            "partly_met",
            *(said(f"7.1.1.4.{letter}", "符合") for letter in "abd"),
            专职人数="0",
            figure=(3, 4),
        ),
        case("no_evidence", said("7.1.1.4.a", "符合")),
    ],
    "7.1.1.4.c": staff("1", "专职人数"),
    "7.1.3.1": staff("1", "专职人数"),
    "7.1.3.3": [*staff("1", "联络员人数"), case("no_evidence")],
    "7.1.1.5": yes("检索分析数据库"),
    "7.1.2.2": yes("线上信息平台"),
    "7.1.3.2": yes("站长为运营单位负责人"),
    "7.1.2.1": four_items("7.1.2.1", {"d": shown("事项清单", 渠道="公开栏")}),
    "7.1.2.1.d": [
        case("met", shown("事项清单", 渠道="网站、公开栏")),
        case("not_met", shown("事项清单", 渠道="网站")),
        case("no_evidence", shown("事项清单")),
    ],
    "7.1.2.3": [case("met", 咨询电话="010-11111111"), case("no_evidence", 咨询电话="")],
    "7.1.3.4": [case("met", x()), case("no_evidence", x(通知时间="2025-04-30 09:00"))],
    # Major events and further services are asked of nobody who declares none.
    "7.1.3.5": [
        case("met", s("B01"), s("B08"), s("B04", 办理结果="转介"), figure=(3, 3)),
        case("partly_met", s("B01"), s("B08"), figure=(2, 3)),
        case("partly_met", s("B08"), s("B04", 办理结果="转介"), said("7.1.3.5.c", "不符合"), figure=(3, 4)),
        case("no_evidence", s("T04")),
    ],
    "7.1.3.5.a": [*worked(s("B16"), s("T01")), case("recorded", total("B16", "7"), figure=(7, None))],
    "7.1.3.5.b": worked(s("B09"), s("B01")),
    "7.1.3.6": [case("recorded", 持证人数="1", figure=(1, 2)), case("no_evidence")],
    "7.1.4.4": worked(a("业务指导"), a("走访")),
    "7.2.1.1": [
        case("met", 机构名称="北京市知识产权公共服务中关村工作站"),
        case("not_met", 机构名称="北京市知识产权公共服务工作站"),
        case("not_met", 机构名称="北京市知识产权公共服务中关村站"),
    ],
    "7.3.1.1.a": [
        case("met", s("B01", 服务对象编号=_KEY), figure=(1, 1)),
        case("partly_met", s("B01", 服务对象编号=_KEY), s("B01", 服务对象编号=_UNLISTED), figure=(1, 2)),
        case("not_met", s("B01", 服务对象编号=_UNLISTED)),
        case("no_evidence", s("B01")),
    ],
    "7.3.1.1.b": [
        *quarterly("走访"),
        case(
            "met",
            *(s("B02", 受理时间=day, 服务方式="走访") for day in ("2025-05-01", "2025-08-01")),
            a("走访", 日期="2025-12-31"),
            a("走访", 日期="2026-01-01"),
            figure=(4, 4),
        ),
    ],
    "7.3.1.2.b": quarterly("培训"),
    "7.3.1.2.a": both(a("集中宣传", 方式="线上"), a("日常宣传", 方式="线下"), a("培训", 方式="混合")),
    # Thirteen courses are informative: two of them fail nobody.
    "7.3.1.2.c": [
        case("recorded", a("培训", 课程="1"), a("培训", 课程="13"), figure=(2, 13)),
        case("no_evidence", a("培训")),
    ],
    "7.3.1.2.d": worked(a("培训", 联合主办="区中心"), a("培训")),
    "7.3.1.3.b": worked(a("惠企对接"), a("走访")),
    "7.3.1.3.c": worked(x(通知时间="2025-05-01 00:00"), x(通知时间="2025-04-30 23:59")),
    "7.3.2.1.a": share(done("T01", 成效类型="融资"), s("T02"), s("B01")),
    "7.3.2.2.a": worked(done("B05", 成效类型="登记"), done("B05", 成效类型="其他")),
    "7.3.2.3.a": worked(done("B14", 成效类型="许可"), done("B14", 成效类型="其他")),
    "7.3.2.4.a": share(s("B04", 涉外="是"), s("B04", 涉外="否"), s("B01", 涉外="是")),
    "7.3.3.2": [
        case("met", shown("特色服务清单", 公示日期="2026-03-31", 要素=_FOUR), figure=(4, 4)),
        case("not_met", shown("特色服务清单", 公示日期="2026-04-01", 要素=_FOUR)),
        case("partly_met", shown("特色服务清单", 要素="服务内容、服务对象、服务频次"), figure=(3, 4)),
        case("not_met", shown("事项清单")),
        case("not_applicable", shown("事项清单"), 设立日期="2026-04-01"),
        case("no_evidence"),
    ],
    "7.4.1.2": [
        case("met", said("7.4.1.2.b", "符合"), said("7.4.1.2.c", "符合"), 岗前培训人数="2", figure=(3, 3)),
        case(
            "partly_met",
            said("7.4.1.2.b", "不符合"),
            said("7.4.1.2.c", "符合"),
            岗前培训人数="2",
            figure=(2, 3),
        ),
        case("no_evidence", said("7.4.1.2.b", "符合")),
    ],
    "7.4.1.2.a": [
        case("met", 岗前培训人数="2", figure=(2, 2)),
        case("partly_met", 岗前培训人数="1", figure=(1, 2)),
        case("not_met", 岗前培训人数="0"),
        case("no_evidence"),
    ],
    "7.4.2.1": [
        case("met", s("B08", 收费金额="50", 收费依据="协议")),
        case("not_met", s("B08", 收费金额="50")),
        case("no_evidence", s("T01", 收费金额="50")),
    ],
    # Nineteen of twenty are 95 %, eighteen are not.
    "7.4.2.3": [
        case("met", *[done("B01", 服务方式="现场")] * 19, done("B01"), figure=(19, 20)),
        case("partly_met", *[done("B01", 服务方式="现场")] * 18, done("B01"), done("B01"), figure=(18, 20)),
        case("no_evidence"),
    ],
    "7.4.2.5": followed([done("B01", 回访时间=LAST)] * 4, [done("B01", 回访时间=AFTER), done("B01")]),
    "7.4.3.1": [
        case("met", shown("事项清单", 要素="、".join(SEVEN)), figure=(7, 7)),
        case("partly_met", shown("事项清单", 要素="、".join(SEVEN[:6])), figure=(6, 7)),
        case("not_met", shown("重点企业名录")),
        case("no_evidence"),
    ],
    # Friday 13 February, three working days: the 14th is worked, 16 to 23 is Spring Festival, 24, 25.
    "7.4.3.1.e": [
        case("met", done("B01", 受理时间="2026-02-13", 承诺时限="3", 办结时间="2026-02-25")),
        case("not_met", done("B01", 受理时间="2026-02-13", 承诺时限="3", 办结时间="2026-02-26")),
        case("met", shown("事项清单", 要素="办理时限")),
        case("not_met", shown("事项清单", 要素="服务内容")),
        case("no_evidence", done("B01")),
    ],
    "7.4.3.2": [
        case("met", shown("事项清单", 渠道="电子信息屏"), figure=(1, None)),
        case("not_met", shown("事项清单", 渠道="口头")),
        case("no_evidence"),
    ],
    # Set up in March 2026: two months to report, of which one holds a record.
    "7.4.3.4": [
        case("recorded", s("B01"), 设立日期="2026-03-01", figure=(1, 2)),
        case("recorded", s("B01"), s("B01", 受理时间="2026-04-02"), 设立日期="2026-03-01", figure=(2, 2)),
    ],
    **EXPERT_CASES,
    "9.1": both(evaluation("内部", FIRST), evaluation("外部", LAST), evaluation("外部", BEFORE)),
    "9.2": share(complaint(办结时间=LAST), complaint(办结时间=AFTER), complaint(收到时间=BEFORE)),
    "9.3": share(
        evaluation("内部", 问题="回访不及时", 改进完成日期=LAST),
        evaluation("外部", 问题="回访不及时", 改进完成日期=AFTER),
        evaluation("内部"),
    ),
    # 基本满意 satisfies, 不满意 does not; a rating by default is none.
    "9.4": [
        case("recorded", s("B01", 满意度评价="基本满意"), s("B01", 满意度评价="不满意"), figure=(1, 2)),
        case("no_evidence", s("B01", 满意度评价="非常满意", 评价方式="默认")),
        case("recorded", total("", "9", 评价数="4", 非常满意数="3", 不满意数="1"), figure=(3, 4)),
    ],
}
