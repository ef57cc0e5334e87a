"""What a signal says, in one plain sentence, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

from analytics.comparison.duties import Duty
from analytics.comparison.screening import DAYS, VOLUME, Found
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.measures import registry
from analytics.standard.names import name_of

# By how much a unit differs is said in the measure's own words: shares in per cent, times in days.
_FUNNEL_SHARE = Text(
    zh="{name}近 12 个月{measure} {value}（{low}–{high}，共 {n} 件次），"
    "按其业务构成预计约 {expected}，低于正常范围",
    en="{name}: {measure} {value} over 12 months ({low}–{high}, of {n}); "
    "its mix lets expect about {expected}",
)
_FUNNEL_DAYS = Text(
    zh="{name}近 12 个月典型响应时长约 {value} 天（{low}–{high}，共 {n} 件次），"
    "按其业务构成预计约 {expected} 天，慢于正常范围",
    en="{name}: a typical response took {value} days over 12 months ({low}–{high}, of {n}); "
    "its mix lets expect about {expected}",
)
_FUNNEL_VOLUME = Text(
    zh="{name}近 12 个月实办 {n} 件次（{low}–{high}），按填报的服务能力预计约 {expected} 件次，少于正常范围",
    en="{name}: {n} services over 12 months ({low}–{high}); "
    "its declared capacity lets expect about {expected}",
)
_CHART_SHARE = Text(
    zh="{name}{when}{measure} {value}（共 {n} 件次），以往约 {expected}，通常在 {low}–{high} 之间，变差",
    en="{name}, {when}: {measure} {value} (of {n}); before about {expected}, usually {low}–{high}",
)
_CHART_DAYS = Text(
    zh="{name}{when}典型响应时长约 {value} 天（共 {n} 件次），"
    "以往约 {expected} 天，通常在 {low}–{high} 天之间，变慢",
    en="{name}, {when}: a typical response took {value} days (of {n}); "
    "before about {expected}, usually {low}–{high}",
)
_CHART_VOLUME = Text(
    zh="{name}{when}服务量{each} {value} 件次（共 {n} 件次），按以往和全市季节规律预计约 {expected} 件次"
    "（通常 {low}–{high}），{side}",
    en="{name}, {when}: {value} services{each} ({n} in all); its past and the city's season let expect about "
    "{expected} (usually {low}–{high}), {side}",
)
_WHEN_ONE = Text(zh="{month}", en="{month}")
_WHEN_RUN = Text(zh="最近 {run} 个月（截至{month}）", en="last {run} months to {month}")
_EACH = Text(zh="月均", en=" a month")
_FEWER, _MORE = Text(zh="偏少", en="fewer"), Text(zh="偏多", en="more")
_OVERDUE = Text(
    zh="{name}有 {count} 件差评超过 {days} 个工作日仍未回访（近 12 个月到期差评共 {n} 件），最早的是{since}",
    en="{name}: bad ratings not followed up after {days} working days: {count} (of {n} due in 12 months), "
    "the oldest of {since}",
)
_NOT_REPORTED = Text(
    zh="{name}连续 {count} 个月没有报送服务记录或月报汇总（自{since}起）",
    en="{name}: months in a row without records or monthly totals: {count} (since {since})",
)
_FEE = Text(
    zh="{name}{since}有 {count} 件基础服务收了费而没有收费依据（当月共 {n} 件次），"
    "标准要求基础服务不收费（{clause}）",
    en="{name}, {since}: basic services charged without a basis: {count} (of {n}); "
    "the text has them free ({clause})",
)
_EXPERT = Text(
    zh="{name}{since}有 {count} 次专家派单未在 {days} 日内答复（共 {n} 次），标准要求两日内答复（{clause}）",
    en="{name}, {since}: expert assignments not answered within {days} days: {count} (of {n}; {clause})",
)
_TARGET = Text(
    zh="{name}今年以来{measure} {value}{interval}，年度目标按时间进度应为 {target}（统计 {n}）",
    en="{name}: {measure} {value}{interval} this year so far; the target asks for {target} by now (over {n})",
)

_ACTIONS = {
    "funnel": Text(
        zh="先核对台账是否漏填、误填，再与该机构了解原因",
        en="check the ledger for gaps, then ask the institution why",
    ),
    "control_chart": Text(
        zh="核对近月台账，了解人员、流程或报送有无变化",
        en="check the latest ledgers; ask what changed in staff or procedure",
    ),
    "overdue_follow_up": Text(
        zh="请该机构尽快联系服务对象并登记回访时间", en="have the clients called and the call recorded"
    ),
    "not_reported": Text(
        zh="请与该机构联系，补报服务台账或月报汇总", en="ask the institution for its ledger or totals"
    ),
    "threshold": Text(
        zh="请该机构说明情况，属实的予以改正", en="ask the institution to explain and to put it right"
    ),
    "target": Text(zh="对照目标研究下一步措施", en="decide on next steps towards the target"),
}


def action_of(kind: str) -> Text:
    """Return what to do about a signal of this kind."""
    return _ACTIONS[kind]


def said_of(found: Found, name: Text, month: str) -> Text:
    """Return the sentence of a station that stands out."""
    measure = registry.get(found.measure)
    said = _told(measure.kind)
    values: dict[str, object] = {
        "name": name,
        "measure": measure.name,
        "n": f"{found.n:,}",
        "value": said(found.value),
        "expected": said(found.expected),
        "low": said(found.interval[0]),
        "high": said(found.interval[1]),
    }
    if found.kind == "funnel":
        template = {DAYS: _FUNNEL_DAYS, VOLUME: _FUNNEL_VOLUME}.get(found.measure, _FUNNEL_SHARE)
        return template.format(**values)
    template = {DAYS: _CHART_DAYS, VOLUME: _CHART_VOLUME}.get(found.measure, _CHART_SHARE)
    when = (_WHEN_ONE if found.run == 1 else _WHEN_RUN).format(month=_month(month), run=found.run)
    each = Text(zh="", en="") if found.run == 1 else _EACH
    side = _FEWER if found.value < found.expected else _MORE
    return template.format(**values, when=when, each=each, side=side)


def said_of_duty(duty: Duty, name: Text) -> Text:
    """Return the sentence of something that is due."""
    measure = registry.get(duty.measure)
    values: dict[str, object] = {
        "name": name,
        "measure": measure.name,
        "count": f"{duty.count:,}",
        "n": f"{duty.n:,}",
        "since": _month(duty.since),
        # The first clause is the rule itself, the others repeat it for special cases.
        "clause": measure.clauses[0].number,
    }
    if duty.kind == "target":
        said = _told(measure.kind)
        interval = "" if duty.interval is None else f"（{said(duty.interval[0])}–{said(duty.interval[1])}）"
        return _TARGET.format(
            **values, value=said(duty.value or 0), target=said(duty.target or 0), interval=interval
        )
    if duty.kind == "overdue_follow_up":
        return _OVERDUE.format(**values, days=settings().bad_rating_contact_within_days)
    if duty.kind == "not_reported":
        return _NOT_REPORTED.format(**values)
    template = _FEE if duty.measure == "fee_irregularities" else _EXPERT
    return template.format(**values, days=settings().expert_answer_within_days)


def _told(kind: str) -> Callable[[float], str]:
    """Return how a value of a measure of this kind is written."""
    if kind == "proportion":
        return lambda value: f"{value:.1%}"
    if kind == "quantile":
        return lambda value: f"{max(value, 0.0):.1f}"
    return lambda value: f"{max(value, 0.0):,.0f}"


def _month(code: str) -> Text:
    return Text(zh=name_of("month", code, "zh"), en=name_of("month", code, "en"))
