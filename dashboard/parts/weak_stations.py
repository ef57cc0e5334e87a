"""Stations that differ from their peers: the reason, what was to be expected, how sure, and whom with."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from analytics.coverage.stations import StationReport
from analytics.segments.flags import Signal
from dashboard import reaching
from dashboard.context import Context
from dashboard.parts import html, tables
from dashboard.parts.reach_choice import ReachChoice
from dashboard.words import formats

_SIGNALS = ("satisfaction", "response", "volume")
_COLUMNS = ("institution", "district", "signal", "finding", "observed", "expected", "interval", "n", "peers")
_NUMBERS = ("observed", "expected", "interval", "n")


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
            caption = ctx.say("coverage.stations_title")
            tables.show(
                _columns(ctx), [_row(ctx, report, flag) for flag in judging], caption=caption, height=520
            )
    hints = [flag for flag in found if flag.name == "volume"]
    if hints:
        with st.container(border=True, key="panel-volume-hints"):
            title = ctx.say("coverage.volume_title")
            st.html(html.heading(title) + html.block(ctx.say("coverage.volume_note"), "quiet"))
            tables.show(_columns(ctx), [_row(ctx, report, flag) for flag in hints], caption=title, height=300)
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
    confirmed = {flag.station for flag in judging if flag.is_confirmed}
    watched = {flag.station for flag in judging} - confirmed
    judged = [
        place
        for place in shown
        if any(report.signals[name].judged[place] for name in ("satisfaction", "response"))
    ]
    return ctx.say(
        "coverage.stations_says",
        all=formats.number(len(shown), ctx.language),
        judged=formats.number(len(judged), ctx.language),
        confirmed=formats.number(len(confirmed), ctx.language),
        watch=formats.number(len(watched), ctx.language),
    )


def _columns(ctx: Context) -> list[tables.Column]:
    return [
        tables.Column(ctx.say(f"coverage.station_{name}"), name in _NUMBERS, 9 if name == "peers" else 0)
        for name in _COLUMNS
    ]


def _row(ctx: Context, report: StationReport, flag: Flag) -> list[str]:
    row, signal = report.stations[flag.station], report.signals[flag.name]
    if flag.name == "volume":
        finding = ctx.say("coverage.hint")
    else:
        finding = ctx.say("coverage.confirmed" if flag.is_confirmed else "coverage.watch")
    return [
        str(row["name"] or row["institution_id"]),
        ctx.name("district", row["district"], short=True),
        ctx.say(f"coverage.signal_{flag.name}"),
        finding,
        *_figures(ctx, flag, signal),
        formats.number(int(signal.n[flag.station]), ctx.language),
        ctx.say("coverage.by_capacity") if flag.name == "volume" else _peers(ctx, report, flag.station),
    ]


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


def _peers(ctx: Context, report: StationReport, place: int) -> str:
    group = report.peer_groups[place]
    count = sum(1 for name in report.peer_groups if name == group)
    named = ctx.name("operator_type", group) if ctx.language == "en" else group
    return ctx.say("coverage.peers", group=named, count=formats.number(count, ctx.language))


def _notes(ctx: Context, report: StationReport) -> None:
    said = [
        *(ctx.text(note) for note in report.notes),
        ctx.say("coverage.stations_rule"),
        ctx.say("coverage.verify"),
    ]
    items = "".join(f"<li>{html.span(words)}</li>" for words in said)
    with st.container(border=True, key="panel-station-notes"):
        st.html(html.heading(ctx.say("coverage.caveats")) + f'<ul class="ip-next">{items}</ul>')


def _download(ctx: Context, report: StationReport, found: list[Flag]) -> None:
    marks = [(ctx.say("frame.internal"), ctx.say("frame.product"))]
    if ctx.data.is_sample:
        marks.append((ctx.say("frame.sample"), ctx.say("frame.sample_note")))
    marks.append((ctx.say("frame.data_until"), formats.day(ctx.data.data_until, ctx.language)))
    marks += [(ctx.say("chart.limits"), ctx.text(note)) for note in report.notes]
    marks.append((ctx.say("chart.limits"), ctx.say("coverage.verify")))
    st.download_button(
        ctx.say("coverage.download"),
        data=tables.as_csv(
            marks, [column.heading for column in _columns(ctx)], [_row(ctx, report, flag) for flag in found]
        ),
        file_name=f"stations-{ctx.data.data_until[:10]}.csv",
        mime="text/csv",
        key="download-weak-stations",
        on_click="ignore",
        icon=":material/download:",
    )
