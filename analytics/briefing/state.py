"""总体情况 in sentences: volume, quality, time and reporting, each figure with what it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.briefing.indicators import Read
from analytics.briefing.wording import change_of, interval_of, unit_of, value_of
from analytics.core.text import Text
from analytics.stats.proportions import response_bounds

# Numbers in brackets are those of the sources, which follow the order of the indicators.
_VOLUME = Text(
    zh="{period}，{subject}提供服务 {services}（{interval}）[1]，服务对象 {clients}[2]，"
    "其中首次服务 {new}[3]。"
    "服务量同比 {year}，环比 {before}。",
    en="In {period}, {subject} gave {services} ({interval})[1] to {clients}[2], {new} of them new[3]. "
    "Services against the year before: {year}; against the period before: {before}.",
)
_QUALITY = Text(
    zh="满意率 {rate}（{interval}，已评 {rated} 件次）[4]，评价率 {response}（{base}）[5]{bounds}；"
    "满意率同比 {year}。",
    en="Satisfied: {rate} ({interval}, of {rated} rated)[4]; response rate {response} ({base})[5]{bounds}; "
    "against the year before: {year}.",
)
_BOUNDS = Text(
    zh="（未评价的如全部不满意或全部满意，满意率为 {low} 或 {high}）",
    en=" (if those who stayed silent were all discontent or all content: {low} or {high})",
)
_TIME = Text(
    zh="响应时长中位数 {days}（{days_interval}，按 {days_n} 件次计）[7]，"
    "按时响应率 {rate}（{interval}，{base}）[8]。",
    en="Median response {days} ({days_interval}, of {days_n} records)[7]; answered in time {rate} "
    "({interval}, {base})[8].",
)
_REPORTED = Text(
    zh="报送率 {rate}（{base} 机构月）[11]。", en="Reported: {rate} ({base} institution-months)[11]."
)


def sentences(read: Sequence[Read], subject: Text, period: Text) -> list[Text | None]:
    """Return what is said of volume, quality, time and reporting; ``None`` where nothing can be said."""
    by_key = {part.measure.key: part for part in read}
    return [
        _volume(by_key, subject, period),
        _quality(by_key),
        _times(by_key),
        _reported(by_key["reporting_rate"]),
    ]


def _shown(part: Read) -> Text:
    if part.row["masked"]:
        return Text(zh="（数量过少，不显示）", en="(too few, not shown)")
    value, unit = value_of(part.measure, part.row["value"]), unit_of(part.measure)
    return Text(zh=f"{value}{unit.zh}", en=f"{value}{unit.en}")


def _within(part: Read) -> str:
    return interval_of(part.measure, part.row["lower"], part.row["upper"])


def _changed(part: Read, which: str) -> Text:
    found = change_of(part.measure, part.changed, part.changed[which])
    return Text(zh=found.zh.replace("\n", " "), en=found.en.replace("\n", " "))


def _volume(by_key: dict[str, Read], subject: Text, period: Text) -> Text:
    services = by_key["services"]
    return _VOLUME.format(
        period=period,
        subject=subject,
        services=_shown(services),
        interval=_within(services),
        clients=_clients(by_key["clients_served"], services),
        new=_clients(by_key["new_clients"], by_key["clients_served"]),
        year=_changed(services, "year_before"),
        before=_changed(services, "period_before"),
    )


def _clients(part: Read, among: Read) -> Text:
    """Return how many clients; where records name none, that it is not known, for it is not none."""
    if part.row["value"] == 0 and part.measure.key == "clients_served" and among.row["value"]:
        return Text(zh="（台账未登记编号）", en="clients that the ledgers do not number")
    return _shown(part)


def _quality(by_key: dict[str, Read]) -> Text | None:
    part, response = by_key["satisfaction_rate"], by_key["rating_response_rate"]
    if part.row["value"] is None or response.row["value"] is None:
        return None
    return _QUALITY.format(
        rate=_shown(part),
        interval=_within(part),
        rated=f"{part.row['denominator']:,}",
        response=_shown(response).zh,
        base=_base(response),
        bounds=_bounds(part.row["numerator"], part.row["denominator"], response.row["denominator"]),
        year=_changed(part, "year_before"),
    )


def _bounds(satisfied: int, rated: int, services: int) -> Text:
    """Return what the rate would be if all who stayed silent were of one mind (Manski)."""
    if not 0 < rated < services or satisfied > rated:
        return Text(zh="", en="")
    _, low, high = response_bounds(satisfied, rated, services)
    return _BOUNDS.format(low=f"{float(low):.1%}", high=f"{float(high):.1%}")


def _times(by_key: dict[str, Read]) -> Text | None:
    days, rate = by_key["response_days"], by_key["answered_in_time_rate"]
    if days.row["value"] is None or rate.row["value"] is None:
        return None
    return _TIME.format(
        days=_shown(days),
        days_interval=_within(days),
        days_n=f"{days.row['denominator']:,}",
        rate=_shown(rate),
        interval=_within(rate),
        base=_base(rate),
    )


def _reported(part: Read) -> Text | None:
    if part.row["value"] is None:
        return None
    return _REPORTED.format(rate=_shown(part), base=_base(part))


def _base(part: Read) -> str:
    return f"{part.row['numerator']:,} / {part.row['denominator']:,}"
