"""Cases made by hand for the rules of chapter 8, volunteer experts."""

from __future__ import annotations

from tests.compliance.making_cases import (
    AFTER,
    LAST,
    Case,
    case,
    centre,
    complaint,
    expert,
    s,
    said,
    share,
    worked,
    x,
)

EXPERT_CASES: dict[str, list[Case]] = {
    "8.1": [
        centre(
            "met",
            expert(专利商标从业年限="3", 资质="专利代理师", 单位推荐="是"),
            said("8.1.a", "符合"),
            said("8.1.c", "符合"),
            figure=(4, 4),
        ),
        centre(
            "partly_met",
            expert(专利商标从业年限="3", 资质="专利代理师", 单位推荐="否"),
            said("8.1.a", "符合"),
            said("8.1.c", "符合"),
            figure=(3, 4),
        ),
    ],
    "8.1.b": [
        centre("met", expert(专利商标从业年限="3", 资质="律师、专利代理师")),
        centre("not_met", expert(专利商标从业年限="2.9", 资质="专利代理师")),
        centre("not_met", expert(专利商标从业年限="10", 资质="律师")),
    ],
    "8.1.d": [
        centre("met", expert(单位推荐="是")),
        centre("partly_met", expert(单位推荐="是"), expert(单位推荐="否"), figure=(1, 2)),
    ],
    "8.1.e": [
        centre("met", expert(单位类型="行政机关", 单位推荐="是")),
        centre("not_met", expert(单位类型="法院", 单位推荐="否")),
        centre("not_applicable", expert(单位类型="律师事务所", 单位推荐="是")),
    ],
    "8.2.c": [
        case("met", x(), complaint(专家编号="E1", 类别="收费", 是否属实="否")),
        case("not_met", x(), complaint(专家编号="E1", 类别="收费", 是否属实="是")),
        case("met", x(), complaint(专家编号="E1", 类别="收费", 是否属实="是", 办结时间=AFTER)),
        case("not_applicable"),
    ],
    "8.2.d": [case("recorded", x(响应时间=LAST), x(响应时间=""), figure=(1, 2)), case("not_applicable")],
    "8.3": [
        case("recorded", s("B01", 志愿服务专家编号="E1"), s("T04", 志愿服务专家编号="E1"), figure=(2, 20)),
        case("not_applicable", s("B01")),
    ],
    "8.4.a": [
        case("met", x(), complaint(专家编号="E1", 类别="态度", 是否属实="是")),
        case("not_met", x(), complaint(专家编号="E1", 类别="推介有偿服务", 是否属实="是")),
    ],
    "8.4.b": share(x(形式="轮值", 服务日期="2026-03-10"), x(形式="轮值"), x(形式="咨询")),
    # Two calendar days: the second day until midnight; not answered when it has passed; still pending.
    "8.4.c": [
        case("met", x(响应时间="2026-03-04 23:59")),
        case("not_met", x(响应时间="2026-03-05 00:00")),
        case("not_met", x()),
        case("not_met", x(通知时间="2026-04-28 09:00")),
        case("no_evidence", x(通知时间="2026-04-29 09:00")),
    ],
    "8.4.d": [
        case("met", x(服务日期="2026-03-10", 反馈日期=LAST)),
        case("not_met", x(服务日期="2026-03-10", 反馈日期=AFTER)),
        case("no_evidence", x()),
    ],
    "8.4.e": worked(x(形式="进企业进园区"), x(形式="咨询")),
    "8.5.a": [
        centre("recorded", expert(退出日期=LAST, 退出方式="自愿"), figure=(1, None)),
        centre("no_evidence", expert(退出日期="2025-04-28", 退出方式="自愿")),
    ],
    "8.5.b": [
        centre("recorded", expert(退出日期="2026-03-02", 退出方式="除名"), figure=(1, None)),
        centre("no_evidence", expert(退出日期="2026-03-02", 退出方式="自愿")),
    ],
}
