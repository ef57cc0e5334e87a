"""One area's industry followed: what was served and expected, by whom, and where to look on."""

from __future__ import annotations

from html import escape

import streamlit as st

from analytics.alignment import Alignment
from dashboard.context import Context, Row
from dashboard.parts import arrange, html, industry_choice, links, standard_choice
from dashboard.parts.industry_choice import IndustryChoice
from dashboard.parts.standard_choice import StandardChoice, clause_name
from dashboard.words import formats

# What the standard asks of services to priority industries.
_CLAUSES = ("6.2.2", "7.1.1.3", "7.3.3.1", "7.3.3.2")


def draw(ctx: Context, now: IndustryChoice, found: Alignment) -> None:
    """Draw the boxes and what is known of the pair chosen."""
    areas = [area["district"] for area in found.areas]
    keys = list(dict.fromkeys(one["industry"] for area in found.areas for one in area["industries"]))
    title = ctx.say("industry_more.followed_title")
    with arrange.panel("industry-followed"):
        st.html(html.heading(title) + html.block(ctx.say("industry_more.followed_says"), "quiet"))
        industry_choice.boxes(ctx, now, areas, keys)
        if not (now.area and now.industry):
            return
        cell = next(
            (
                one
                for area in found.areas
                for one in area["industries"]
                if (one["district"], one["industry"]) == (now.area, now.industry)
            ),
            None,
        )
        if cell is None:
            st.html(html.block(ctx.say("industry.no_services"), "quiet"))
            return
        st.html(_told(ctx, cell, found) + _ways(ctx, cell))


def _told(ctx: Context, cell: Row, found: Alignment) -> str:
    area, industry = ctx.name("district", cell["district"]), ctx.name("industry", cell["industry"])
    head = html.block(f"{area} · {industry}{ctx.say('frame.colon')}{_judged(ctx, cell)}", "ip-what")
    if cell["masked"]:
        return head + html.block(ctx.say("masked.long"))
    lines = [_figure(ctx, cell)]
    if cell["by_own"] or cell["by_others"]:
        lines.append(
            ctx.say(
                "industry_more.by_whom",
                own=formats.number(cell["by_own"], ctx.language),
                others=formats.number(cell["by_others"], ctx.language),
            )
        )
    gap = next((one for one in found.gaps if _pair(one) == _pair(cell)), None)
    reasons = [ctx.say(f"industry.reason_{name}") for name in gap["reasons"]] if gap else []
    if reasons:
        between = "；" if ctx.language == "zh" else "; "
        lines.append(ctx.say("industry_more.reasons", reasons=between.join(reasons)))
    return head + "".join(html.block(line) for line in lines)


def _pair(cell: Row) -> tuple[str, str]:
    return cell["district"], cell["industry"]


def _judged(ctx: Context, cell: Row) -> str:
    """Say what is made of the pair: a gap is for somebody to look into, other industries are not judged."""
    if cell["masked"]:
        return ctx.say("industry.zone_none")
    if not cell["is_priority"]:
        return ctx.say("industry_more.no_priority")
    return ctx.say("industry_more.gap" if cell["is_gap"] else "industry_more.no_gap")


def _figure(ctx: Context, cell: Row) -> str:
    ends = cell["interval_by_client"] or cell["interval"]
    share = interval = formats.NOTHING
    if cell["ratio"] is not None and ends is not None:
        share = formats.percent(cell["ratio"], ctx.language, 0)
        interval = "–".join(formats.percent(end, ctx.language, 0) for end in ends)
    return ctx.say(
        "industry_more.figure",
        observed=formats.number(cell["observed"], ctx.language),
        expected=formats.number(cell["expected"], ctx.language, 1),
        share=share,
        interval=interval,
        clients=formats.number(cell["clients"], ctx.language),
    )


def _ways(ctx: Context, cell: Row) -> str:
    """Return ways on: to the services behind, and to what the standard asks, in this area."""
    place = {"district": (cell["district"],)}
    services = links.href("volume", **place, industry=(cell["industry"],))
    ways = [_link(ctx.say("industry_more.to_services"), services)]
    for number in _CLAUSES:
        words = StandardChoice(view="drill", clause=number).words
        address = links.href(standard_choice.PAGE, **place, **{standard_choice.PARAMETER: words})
        ways.append(_link(clause_name(ctx, number), address))
    return html.div(escape(ctx.say("industry_more.ways")) + " · ".join(ways))


def _link(text: str, address: str) -> str:
    return f'<a class="ip-link" href="{escape(address, quote=True)}" target="_self">{escape(text)}</a>'
