"""The card beside the map: one institution, one area, or everything chosen, with the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from analytics.core.selection import Selection
from analytics.standard.districts import CITYWIDE, priority_industries
from dashboard.context import Answer, Asked, Context, Row
from dashboard.parts import arrange, html, map_choice, network, quantities
from dashboard.words import formats

KEYS = ("services", "clients_served", "satisfaction_rate", "rating_response_rate", "response_days")
_MOST_INDUSTRIES = 6
_Facts = list[tuple[str, str]]


def questions(ctx: Context) -> list[Asked]:
    """Return the questions of the card: its figures, and services by month since the beginning."""
    areas, institution = map_choice.chosen_places(ctx)
    # When a place last had records is a fact about the place: other filters do not change it.
    place = {"institution": (institution,)} if institution else {"district": areas}
    return [*(Asked(key) for key in KEYS), Asked("services", ("month",), Selection.of("all", **place))]


def draw(ctx: Context, answers: Sequence[Answer]) -> None:
    """Draw the card from the answers to :func:`questions`."""
    *figures, months = answers
    areas, institution = map_choice.chosen_places(ctx)
    row = next((row for row in ctx.institutions() if row["institution_id"] == institution), None)
    with arrange.panel("place"):
        _way_back(ctx, areas, row)
        st.html(html.heading(heading(ctx, areas, row)) + _table(facts(ctx, areas, row, months)))
        st.html("".join(_figure(ctx, answer) for answer in figures))
        st.html(html.block(ctx.say("map.follows" if areas or row else "map.how"), "quiet"))


def heading(ctx: Context, areas: Sequence[str], institution: Row | None) -> str:
    """Return whose card it is."""
    if institution is not None:
        return str(institution["name"])
    if chosen := ctx.selection.get("institution"):
        return ctx.say("map.several_institutions", count=len(chosen))
    if not areas:
        return ctx.say("map.whole_city")
    return (
        ctx.name("district", areas[0]) if len(areas) == 1 else ctx.say("map.several_areas", count=len(areas))
    )


def facts(ctx: Context, areas: Sequence[str], institution: Row | None, months: Answer) -> _Facts:
    """Return what the lists say of the place, as names and words."""
    found = _institution_facts(ctx, institution) if institution else _area_facts(ctx, areas)
    latest = last_month_with_records(months)
    found.append(
        (ctx.say("map.last_month"), formats.month(latest, ctx.language) if latest else ctx.say("map.never"))
    )
    return [(name, value) for name, value in found if value]


def last_month_with_records(months: Answer) -> str | None:
    """Return the latest month with records or totals, ``None`` when there never were any."""
    return max((row["month"] for row in months.rows if row["value"]), default=None)


def _institution_facts(ctx: Context, row: Row) -> _Facts:
    operator = ctx.name("operator_type", row["operator_type"]) if row["operator_type"] else ""
    return [
        (ctx.say("dimension.tier"), ctx.name("tier", row["tier"])),
        (ctx.say("dimension.district"), ctx.name("district", row["district"])),
        (ctx.say("map.address"), row["address"] or ctx.say("map.not_recorded")),
        (ctx.say("dimension.operator_type"), operator),
        (ctx.say("map.opened"), formats.day(row["opened_on"], ctx.language) if row["opened_on"] else ""),
        (ctx.say("map.closed"), formats.day(row["closed_on"], ctx.language) if row["closed_on"] else ""),
    ]  # fmt: skip


def _area_facts(ctx: Context, areas: Sequence[str]) -> _Facts:
    day = min(ctx.period.last_day, date.fromisoformat(ctx.data.data_until[:10]))
    rows = [row for row in ctx.institutions() if not areas or row["district"] in areas]
    if chosen := ctx.selection.get("institution"):
        rows = [row for row in rows if row["institution_id"] in chosen]
    counts = network.network_on(rows, day).by_tier
    words = [
        ctx.say("map.tier_count", tier=ctx.name("tier", tier), count=formats.number(count, ctx.language))
        for tier, count in counts.items()
        if count
    ]
    found = [
        (
            ctx.say("map.institutions_open"),
            quantities.comma(ctx.language).join(words) or ctx.say("map.none_open"),
        )
    ]
    if len(areas) == 1:
        found.append((ctx.say("map.industries"), _industries(ctx, areas[0])))
    return found


def _industries(ctx: Context, area: str) -> str:
    """Return the area's first priority industries in the words of Appendix D, in English their keys."""
    terms = [
        entry.printed_term if ctx.language == "zh" else ctx.name("industry", entry.industry, short=True)
        for entry in priority_industries()
        if entry.district == area
    ]
    terms = list(dict.fromkeys(terms))
    shown = formats.listed(terms[:_MOST_INDUSTRIES], ctx.language)
    return shown + (ctx.say("filters.and_more", count=len(terms)) if len(terms) > _MOST_INDUSTRIES else "")


def _figure(ctx: Context, answer: Answer) -> str:
    measure, row = answer.measure, answer.only
    name = ctx.text(measure.name)
    if measure.kind == "quantile":
        name = ctx.say("cards.median", name=name)
    rest = [quantities.interval(measure, row, ctx.language), quantities.base(measure, row, ctx.language)]
    below = (
        ctx.say("masked.reason")
        if row.get("masked")
        else quantities.comma(ctx.language).join(filter(None, rest))
    )
    value = quantities.of_row(measure, row, ctx.language)
    top = html.div(
        html.span(name) + html.span(value, style="font-weight:650;font-size:1.2rem;white-space:nowrap"),
        style="display:flex;justify-content:space-between;gap:0.6rem;align-items:baseline",
    )
    line = "border-top:1px solid var(--ip-line);padding:0.3rem 0 0.25rem"
    return html.div(top + (html.block(below, "quiet") if below else ""), style=line)


def _table(found: _Facts) -> str:
    cells = "".join(html.span(name, "quiet") + html.span(value) for name, value in found)
    grid = "display:grid;grid-template-columns:max-content 1fr;gap:0.2rem 0.9rem;padding:0.3rem 0 0.4rem"
    return html.div(cells, style=grid)


def _way_back(ctx: Context, areas: Sequence[str], institution: Row | None) -> None:
    """Draw the way from the whole city to the place; each step before the last leads back."""
    if not areas and not ctx.selection.get("institution"):
        return
    with st.container(horizontal=True, gap="small", key="way-back"):
        st.button(
            ctx.say("map.back_city"), key="back-city", type="tertiary",
            icon=":material/arrow_back:", on_click=map_choice.choose_whole_city,
        )  # fmt: skip
        area = institution["district"] if institution else None
        if area and area != CITYWIDE:
            st.button(
                ctx.say("map.back_to", place=ctx.name("district", area)), key="back-area", type="tertiary",
                icon=":material/arrow_back:", on_click=map_choice.choose_only_area, args=(area,),
            )  # fmt: skip
