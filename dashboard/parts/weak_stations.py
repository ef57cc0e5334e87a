"""Stations that differ from their peers: the reason, what was to be expected, how sure, and whom with."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from analytics.core.text import Text
from analytics.coverage.stations import StationReport
from analytics.segments.flags import Signal
from dashboard import reaching
from dashboard.context import Context
from dashboard.parts import html, tables
from dashboard.parts.reach_choice import ReachChoice
from dashboard.words import formats

_SIGNALS = ("satisfaction", "response", "volume")
_COLUMNS = ("institution", "district", "finding", "reason", "observed", "expected", "interval", "n", "peers")
# Volume is held against capacity, not against peers.
_HINT_COLUMNS = ("institution", "district", "finding", "reason", "observed", "by_capacity", "interval")
_NUMBERS = ("observed", "expected", "by_capacity", "interval", "n")
_LEAST = {"reason": 10, "peers": 6}


@dataclass(frozen=True, slots=True)
class Flag:
    """One signal of one station."""

    station: int
    name: str
    is_confirmed: bool


def draw(ctx: Context, _choice: ReachChoice) -> None:
    """Draw the stations to look at, those of the districts chosen, with the rule of their peer group."""
    report = reaching.with_progress(ctx, reaching.stations(ctx), "coverage.computing_stations")
    shown = _shown(ctx, report)
    found = flags(report, shown)
    judging = [flag for flag in found if flag.name != "volume"]
    with st.container(border=True, key="panel-weak-stations"):
        with st.container(horizontal=True, gap="small", vertical_alignment="top", key="head-weak-stations"):
            st.html(
                html.heading(ctx.say("coverage.stations_title"))
                + html.block(_says(ctx, report, shown, judging), "ip-says")
            )
            _download(ctx, report, found)
        if judging:
            _table(ctx, report, judging, _COLUMNS, ctx.say("coverage.stations_title"), 520)
    hints = [flag for flag in found if flag.name == "volume"]
    if hints:
        with st.container(border=True, key="panel-volume-hints"):
            title = ctx.say("coverage.volume_title")
            st.html(html.heading(title) + html.block(ctx.say("coverage.volume_note"), "quiet"))
            _table(ctx, report, hints, _HINT_COLUMNS, title, 300)
    _notes(ctx, report)


def flags(report: StationReport, shown: list[int]) -> list[Flag]:
    """Return the signals of stations in the list's order: no ranking."""
    found = []
    for place in shown:
        for name in _SIGNALS:
            signal = report.signals[name]
            if signal.flagged[place]:
                found.append(Flag(place, name, bool(signal.confirmed[place])))
    return found


def _shown(ctx: Context, report: StationReport) -> list[int]:
    """Return the stations that the reader may see and the filters admit."""
    areas, chosen = ctx.selection.get("district"), ctx.selection.get("institution")
    allowed = {row["institution_id"] for row in ctx.institutions()}
    return [
        place
        for place, row in enumerate(report.stations)
        if row["institution_id"] in allowed
        and (not areas or row["district"] in areas)
        and (not chosen or row["institution_id"] in chosen)
    ]


def _says(ctx: Context, report: StationReport, shown: list[int], judging: list[Flag]) -> str:
    """Say how many stand apart; where none does, what was looked at."""
    confirmed = {flag.station for flag in judging if flag.is_confirmed}
    watched = {flag.station for flag in judging} - confirmed
    judged = [
        place
        for place in shown
        if any(report.signals[name].judged[place] for name in ("satisfaction", "response"))
    ]
    words = "stations_says" if judging else "stations_none" if judged else "stations_unjudged"
    return ctx.say(
        f"coverage.{words}",
        all=formats.number(len(shown), ctx.language),
        judged=formats.number(len(judged), ctx.language),
        confirmed=formats.number(len(confirmed), ctx.language),
        watch=formats.number(len(watched), ctx.language),
    )


def _table(
    ctx: Context, report: StationReport, found: list[Flag], names: tuple[str, ...], caption: str, height: int
) -> None:
    rows = [_row(ctx, report, flag, names) for flag in found]
    tables.show(_columns(ctx, names), rows, caption=caption, height=height)


def _columns(ctx: Context, names: tuple[str, ...]) -> list[tables.Column]:
    return [
        tables.Column(ctx.say(f"coverage.station_{name}"), name in _NUMBERS, _LEAST.get(name, 0))
        for name in names
    ]


def _row(ctx: Context, report: StationReport, flag: Flag, names: tuple[str, ...]) -> list[str]:
    row, signal = report.stations[flag.station], report.signals[flag.name]
    tier = "hint" if flag.name == "volume" else "confirmed" if flag.is_confirmed else "watch"
    observed, expected, interval = _figures(ctx, flag, signal)
    cells = {
        "institution": str(row["name"] or row["institution_id"]),
        "district": ctx.name("district", row["district"], short=True),
        "finding": ctx.say(f"coverage.{tier}"),
        "reason": _reason(ctx, flag, signal),
        "observed": observed,
        "expected": expected,
        "by_capacity": expected,
        "interval": interval,
        "n": formats.number(int(signal.n[flag.station]), ctx.language),
        "peers": _peers(ctx, report, report.peer_groups[flag.station].name),
    }
    return [cells[name] for name in names]


def _reason(ctx: Context, flag: Flag, signal: Signal) -> str:
    """Say what is amiss in a few words."""
    observed, expected = float(signal.observed[flag.station]), float(signal.expected[flag.station])
    times = formats.number(observed / expected, ctx.language, 1) if expected > 0 else formats.NOTHING
    return ctx.say(
        f"coverage.reason_{flag.name}",
        points=formats.number(100 * (expected - observed), ctx.language, 1),
        times=times,
        share=formats.percent(observed / expected if expected > 0 else 0.0, ctx.language, 0),
    )


def _figures(ctx: Context, flag: Flag, signal: Signal) -> list[str]:
    def shown(value: float) -> str:
        if flag.name == "satisfaction":
            return formats.percent(value, ctx.language)
        if flag.name == "volume":
            return formats.number(value, ctx.language)
        return ctx.say("coverage.days", days=formats.number(value, ctx.language, 2))

    place = flag.station
    ends = f"{shown(float(signal.lower[place]))}–{shown(float(signal.upper[place]))}"
    return [shown(float(signal.observed[place])), shown(float(signal.expected[place])), ends]


def _peers(ctx: Context, report: StationReport, group: Text) -> str:
    count = sum(1 for peer in report.peer_groups if peer.name == group)
    return ctx.say("coverage.peers", group=ctx.text(group), count=formats.number(count, ctx.language))


def _rules(ctx: Context, report: StationReport) -> list[str]:
    """Return, for each group whose name does not say it, which stations it holds."""
    told = [peer for peer in dict.fromkeys(report.peer_groups) if peer.rule.zh]
    colon = ctx.say("frame.colon")
    return [
        _peers(ctx, report, peer.name) + colon + ctx.text(peer.rule)
        for peer in sorted(told, key=lambda peer: peer.name.zh)
    ]


def _said(ctx: Context, report: StationReport) -> list[str]:
    rules = ("；" if ctx.language == "zh" else "; ").join(_rules(ctx, report))
    return [
        *(ctx.text(note) for note in report.notes),
        *([ctx.say("coverage.peer_rules", rules=rules)] if rules else []),
        ctx.say("coverage.stations_rule"),
        ctx.say("coverage.verify"),
    ]


def _notes(ctx: Context, report: StationReport) -> None:
    items = "".join(f"<li>{html.span(words)}</li>" for words in _said(ctx, report))
    with st.container(border=True, key="panel-station-notes"):
        st.html(html.heading(ctx.say("coverage.caveats")) + f'<ul class="ip-next">{items}</ul>')


def _download(ctx: Context, report: StationReport, found: list[Flag]) -> None:
    marks = [(ctx.say("frame.internal"), ctx.say("frame.product"))]
    if ctx.data.is_sample:
        marks.append((ctx.say("frame.sample"), ctx.say("frame.sample_note")))
    marks.append((ctx.say("frame.data_until"), formats.day(ctx.data.data_until, ctx.language)))
    marks += [(ctx.say("chart.limits"), words) for words in _said(ctx, report)]
    st.download_button(
        ctx.say("coverage.download"),
        data=tables.as_csv(
            marks,
            [column.heading for column in _columns(ctx, _COLUMNS)],
            [_row(ctx, report, flag, _COLUMNS) for flag in found],
        ),
        file_name=f"stations-{ctx.data.data_until[:10]}.csv",
        mime="text/csv",
        key="download-weak-stations",
        on_click="ignore",
        icon=":material/download:",
    )
