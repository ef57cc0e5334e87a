"""主要问题 and 建议: the signals of the period's end by kind, and what to do about each kind."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.briefing.content import Problems, Source
from analytics.briefing.standing import joined
from analytics.briefing.wording import month_name
from analytics.comparison.signal_words import action_of
from analytics.comparison.signals import KINDS, Signal
from analytics.core.periods import Period, month_code, month_number
from analytics.core.text import Text
from analytics.measures import registry

_TITLES = {
    "overdue_follow_up": Text(zh="差评回访超期", en="Bad ratings not followed up in time"),
    "threshold": Text(zh="与标准原文的要求不符", en="Against a limit that the standard states"),
    "not_reported": Text(zh="未报送", en="Not reported"),
    "funnel": Text(zh="与同类相比差别较大", en="Far from what the mix or capacity lets expect"),
    "control_chart": Text(zh="与自身以往相比变化较大", en="A marked change against the own past"),
    "target": Text(zh="落后于年度目标进度", en="Behind the year's target"),
}
_BASES = {
    "overdue_follow_up": Text(zh="到期差评", en="bad ratings due"),
    "threshold": Text(zh="当月服务、可判定派单", en="services, assignments of the month"),
    "not_reported": Text(zh="在运行机构月", en="institution-months open"),
    "funnel": Text(zh="近 12 个月记录", en="records of 12 months"),
    "control_chart": Text(zh="近月记录，界限取自此前 24 个月", en="latest months; limits of 24 before"),
    "target": Text(zh="今年以来", en="the year so far"),
}
_RULE = Text(zh="逐项列出", en="listed one by one")
_TESTED = Text(zh="错误发现率 10%", en="false discovery rate 10%")
_BOUNDS = Text(zh="95% 区间整体不及", en="95% interval falls short")
_HOW = {"funnel": _TESTED, "control_chart": _TESTED, "target": _BOUNDS}
_MONTHS = {"overdue_follow_up": 12, "not_reported": 12, "threshold": 1, "funnel": 12, "control_chart": 30}


def problems_of(found: Sequence[Signal], *, first_number: int) -> tuple[Problems, ...]:
    """Return the signals that stand, by kind; their sources are numbered from ``first_number``."""
    standing = [signal for signal in found if signal.state != "gone"]
    made: list[Problems] = []
    for kind in KINDS:
        own = [signal for signal in standing if signal.kind == kind]
        if not own:
            continue
        places = {signal.unit: signal.name for signal in own}
        made.append(
            Problems(
                kind=kind,
                title=_TITLES[kind],
                count=len(own),
                new=sum(signal.state == "new" for signal in own),
                sentences=tuple(signal.sentence for signal in own),
                places=tuple(places.values()),
                action=action_of(kind),
                source=first_number + len(made),
            )
        )
    return tuple(made)


def sources_of(problems: Sequence[Problems], found: Sequence[Signal], *, month: str) -> tuple[Source, ...]:
    """Return where the problems come from: the measures behind each kind, and their months."""
    made = []
    for part in problems:
        keys = list(dict.fromkeys(s.measure for s in found if s.kind == part.kind and s.state != "gone"))
        measures = [registry.get(key) for key in keys]
        clauses = dict.fromkeys(clause.number for measure in measures for clause in measure.clauses)
        made.append(
            Source(
                number=part.source,
                name=part.title,
                keys=tuple(keys),
                clauses=tuple(clauses),
                base=_BASES[part.kind],
                interval=_HOW.get(part.kind, _RULE),
                period=str(_months(part.kind, month)),
            )
        )
    return tuple(made)


def _months(kind: str, month: str) -> Period:
    if kind == "target":
        return Period(f"{month[:4]}-01", month)
    return Period(month_code(month_number(month) - _MONTHS[kind] + 1), month)


_NONE = Text(zh="截至{month}没有列入重点关注的事项。", en="Nothing needs attention at the end of {month}.")
_COUNTED = Text(
    zh="截至{month}共有 {count} 项需要关注，其中本月新增 {new} 项；"
    "上月事项中 {gone} 项已不再出现。均待核实。",
    en="At the end of {month} {count} matters need attention, {new} of them new; {gone} of the month before "
    "are gone. All are to be confirmed.",
)
_HEADING = Text(
    zh="{title}（{count} 项，新增 {new} 项）[{source}]", en="{title} ({count}, new {new})[{source}]"
)
_REST = Text(
    zh="另有 {count} 项，见看板“重点关注事项”。",
    en="{count} more, see 'For attention' on the dashboard.",
)
_ADVICE = Text(zh="{title}：{action}。涉及{places}。", en="{title}: {action}. Concerns {places}.")
_AND_MORE = Text(zh="{names}等 {count} 个单位", en="{names} and others, {count} in all")
_COUNT_ONLY = Text(zh=" {count} 个单位", en="{count} in all")
_NOTHING_TO_DO = Text(zh="本期数据没有提示需要采取的措施。", en="The data of the period suggest no action.")
CONFIRM = Text(
    zh="以上事项由数据筛查得出，请先核实，再研究措施；核实前不作为评价依据。",
    en="All of this was found by screening data: confirm first, then decide; until then it judges nobody.",
)


def summary_of(problems: Sequence[Problems], *, month: str, gone: int) -> Text:
    """Return how many matters there are."""
    if not problems:
        return _NONE.format(month=month_name(month))
    count, new = sum(part.count for part in problems), sum(part.new for part in problems)
    return _COUNTED.format(month=month_name(month), count=count, new=new, gone=gone)


def heading_of(part: Problems) -> Text:
    """Return the heading of a kind of problems with its numbers."""
    return _HEADING.format(title=part.title, count=part.count, new=part.new, source=part.source)


def rest_of(part: Problems, shown: int) -> Text | None:
    """Return how many problems of a kind are not spelt out; ``None`` where all are."""
    left = part.count - shown
    return _REST.format(count=left) if left else None


def advice_of(problems: Sequence[Problems], *, named: int) -> list[Text]:
    """Return what to do, a sentence a kind of problem, derived from the signals' own actions.

    At most ``named`` of the places are named, the others counted.
    """
    if not problems:
        return [_NOTHING_TO_DO]
    made = []
    for part in problems:
        places = joined(list(part.places[:named]), "、", ", ")
        if len(part.places) > named:
            said = _AND_MORE if named else _COUNT_ONLY
            places = said.format(names=places, count=len(part.places))
        made.append(_ADVICE.format(title=part.title, action=part.action, places=places))
    return [*made, CONFIRM]
