"""Put a brief together: whom and when it is about, its state, its problems, and where figures come from."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.briefing import indicators, problems, standing, state
from analytics.briefing.content import Brief
from analytics.briefing.indicators import Read
from analytics.briefing.wording import period_name
from analytics.comparison.signals import Signal, signals
from analytics.core.errors import UserError
from analytics.core.periods import Period
from analytics.core.selection import Scope
from analytics.core.text import Text
from analytics.measures.evaluate import asked_period
from analytics.standard.districts import CITYWIDE
from analytics.standard.names import members, name_of
from analytics.store.snapshot import Snapshot

CITY_NAME = "city"
_WHOLE_CITY = Text(zh="北京市", en="Beijing")

_TOTALS = Text(zh="服务量中 {share} 来自月报汇总", en="{share} of the services come from monthly totals")
_HIDDEN = Text(
    zh="小于 {limit} 的服务对象数、评价数不显示，其余取 {limit} 的整倍数",
    en="counts of clients or ratings below {limit} are not shown, others are multiples of {limit}",
)
_WEEKDAYS = Text(
    zh="{years} 年没有节假日安排，工作日按周一至周五计",
    en="no statutory calendar for {years}: Monday to Friday count as working days",
)
_CUT_SHORT = Text(zh="未结束的月份不计入", en="months that are not over are left out")


def brief(
    snapshot: Snapshot,
    *,
    scope: Scope,
    district: str = CITY_NAME,
    period: str = "last12",
    found: Sequence[Signal] | None = None,
) -> Brief:
    """Write a brief of a district, or of the city, from the same measures and signals that pages show.

    Parameters
    ----------
    district : str
        A district's code (``110108``, ``BDA``), or ``city``.
    period : str
        As ``ipdash measure --period`` takes it; months that are not over are left out.
    found : sequence of Signal, optional
        The signals of :func:`signals_month`, all that the reader may see, where they are known already.

    Raises
    ------
    UserError
        When the district is unknown or not the reader's, or the period holds no whole month of data.
    """
    subject = subject_of(district, scope)
    asked = asked_period(snapshot, period)
    months = _whole_months(snapshot, asked)
    last = months.last_month
    listed = own_of(signals(snapshot, scope=scope, month=last) if found is None else found, subject)
    read = indicators.read(snapshot, scope=subject, period=months)
    compared = standing.said(
        snapshot, reader=scope if scope.kind == "city" else subject, subject=subject, period=months
    )
    name = period_name(months, asked)
    kinds = problems.problems_of(listed, first_number=len(read) + 1)
    return Brief(
        subject=subject_name(subject),
        period_name=name,
        period=months,
        signals_month=last,
        state=tuple(
            text
            for text in (*state.sentences(read, subject_name(subject), name), compared)
            if text is not None
        ),
        indicators=indicators.table_of(read),
        charts=standing.charts(snapshot, subject=subject, last_month=last),
        problems=kinds,
        gone=sum(signal.state == "gone" for signal in listed),
        sources=(*indicators.sources_of(read), *problems.sources_of(kinds, listed, month=last)),
        filters=_filters(subject),
        notes=tuple(_notes(read, is_cut=asked.last_month != last)),
        data_until=snapshot.about.get("data_until") or "",
        data_version=snapshot.version,
        is_sample=snapshot.is_sample,
    )


def signals_month(snapshot: Snapshot, period: str) -> str:
    """Return the month at whose end the problems of a brief stand: the last of the period that is over."""
    return _whole_months(snapshot, asked_period(snapshot, period)).last_month


def subject_of(district: str, scope: Scope) -> Scope:
    """Return whose figures a brief shows: the city's or a district's, with the reader's rights.

    Raises
    ------
    UserError
        When there is no such district, or the reader may not see it.
    """
    areas = [code for code in members("district") if code != CITYWIDE]
    if district != CITY_NAME and district not in areas:
        raise UserError(
            Text(zh=f"没有区域“{district}”。", en=f"There is no district ‘{district}’."),
            Text(
                zh="请写 city 或区域代码：" + "、".join(areas),
                en="Write city or a district's code: " + ", ".join(areas),
            ),
        )
    wanted = Scope("city", None, scope.audience)
    if district != CITY_NAME:
        wanted = Scope("district", district, scope.audience)
    if scope.kind != "city" and wanted != scope:
        raise UserError(
            Text(zh="专报超出了可查看的范围。", en="This brief lies outside what the reader may see."),
            Text(
                zh=f"请改为本区的专报（可查看的范围：{scope}）。",
                en=f"Ask for the district of the reader's own scope: {scope}.",
            ),
        )
    return wanted


def own_of(found: Sequence[Signal], subject: Scope) -> list[Signal]:
    """Return the signals of a subject among those of the whole city."""
    if subject.kind == "city":
        return list(found)
    return [signal for signal in found if signal.district == subject.code]


def _whole_months(snapshot: Snapshot, asked: Period) -> Period:
    first = snapshot.about.get("first_month", "9999-12")
    over = snapshot.about.get("last_full_month") or ""
    last = min(asked.last_month, over)
    if last < max(asked.first_month, first):
        raise UserError(
            Text(
                zh="该时段没有完整月份的数据，无法生成专报。", en="The period holds no whole month of data."
            ),
            Text(
                zh=f"请选择 {first} 至 {snapshot.about.get('last_full_month')} 之间的时段。",
                en=f"Choose a period from {first} to {snapshot.about.get('last_full_month')}.",
            ),
        )
    return Period(max(asked.first_month, first), last)


def subject_name(subject: Scope) -> Text:
    """Return the name of whom a brief is about."""
    if subject.kind == "city":
        return _WHOLE_CITY
    return Text(zh=name_of("district", subject.code, "zh"), en=name_of("district", subject.code, "en"))


def _filters(subject: Scope) -> Text:
    if subject.kind == "city":
        return Text(zh="全市，未作其他筛选", en="the whole city, no other filter")
    name = subject_name(subject)
    return Text(
        zh=f"提供方所在区域为{name.zh}（{subject.code}），未作其他筛选",
        en=f"provider's district {name.en} ({subject.code}), no other filter",
    )


def _notes(read: list[Read], *, is_cut: bool) -> list[Text]:
    """Return what must be read with the figures."""
    notes = []
    if share := read[0].meta.get("totals_share"):
        notes.append(_TOTALS.format(share=f"{share:.1%}"))
    hidden = {part.meta["hidden_below"] for part in read if "hidden_below" in part.meta}
    notes += [_HIDDEN.format(limit=limit) for limit in sorted(hidden)]
    years = {year for part in read for year in part.meta.get("workdays_by_weekday_only", ())}
    if years:
        notes.append(_WEEKDAYS.format(years=", ".join(map(str, sorted(years)))))
    return [*notes, _CUT_SHORT] if is_cut else notes
