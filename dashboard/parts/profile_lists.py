"""What an institution gives of the standard's services, what needs attention, what its ledgers contradict."""

from __future__ import annotations

from html import escape

import streamlit as st

from analytics.core.selection import Selection
from dashboard import attention, ledgers, profiles
from dashboard.context import Answer, Asked, Context
from dashboard.parts import arrange, chart, concerns, html
from dashboard.words import formats

_SIGNALS, _FINDINGS = 5, 6


def questions(own: Selection) -> list[Asked]:
    """Return what :func:`services` needs: by service in the period, and ever."""
    return [Asked("services", ("service",), own), Asked("services", ("service",), own.replace(period="all"))]


def services(ctx: Context, answers: list[Answer]) -> None:
    """Draw the services of the standard: given in the period, given before, never given."""
    now, ever = (
        {row["service"]: row["value"] or 0 for row in answer.rows if row["service"] is not None}
        for answer in answers
    )
    offered = list(ctx.options("service"))
    given = [code for code in offered if now.get(code)]
    before = [code for code in offered if not now.get(code) and ever.get(code)]
    never = [code for code in offered if not ever.get(code)]
    title = ctx.say("profile.services")
    says = ctx.say(
        "profile.services_says", all=len(offered), given=len(given), before=len(before), never=len(never)
    )
    with arrange.panel("profile-services"):
        chart.head(ctx, "profile-services", answers, title=title, says=says, how="profile_how.services")
        counted = [
            f"{ctx.name('service', code, short=True)} {formats.number(now[code], ctx.language)}"
            for code in given
        ]
        lines = [("services_given", counted)]
        lines += [
            (key, [ctx.name("service", code, short=True) for code in codes])
            for key, codes in (("services_before", before), ("services_never", never))
        ]
        st.html("".join(_chips(ctx, key, names) for key, names in lines if names))


def _chips(ctx: Context, key: str, names: list[str]) -> str:
    chips = "".join(html.chip(name, "quiet" if key == "services_never" else "") for name in names)
    return html.div(html.span(ctx.say(f"profile.{key}"), "ip-strong") + chips, "ip-chips ip-given")


def signals(ctx: Context, institution: str) -> None:
    """Draw what needs attention at the institution; while the list is computed it says so."""
    found = attention.listed(ctx)
    with arrange.panel("profile-signals"):
        st.html(html.heading(ctx.say("attention.title")))
        if found is None:
            st.html(html.block(ctx.say("attention.computing"), "quiet"))
            return
        own = concerns.standing(each for each in found if each.unit == institution)
        month = formats.month(ctx.data.last_full_month, ctx.language)
        if not own:
            st.html(html.block(ctx.say("profile.no_signals", month=month), "quiet"))
            return
        items = "".join(
            f"<li>{escape(ctx.text(each.sentence))} {concerns.marks(ctx, each)}</li>"
            for each in own[:_SIGNALS]
        )
        more = ctx.say("profile.more", count=len(own) - _SIGNALS) if len(own) > _SIGNALS else ""
        st.html(f'<ul class="ip-next">{items}</ul>' + (html.block(more, "quiet") if more else ""))


def findings(ctx: Context, institution: str) -> None:
    """Draw what the institution's ledgers contradict in others, counted by rule."""
    found = profiles.findings(ctx, institution)
    with arrange.panel("profile-findings"):
        st.html(html.heading(ctx.say("profile.findings")))
        if not found:
            st.html(html.block(ctx.say("profile.no_findings"), "quiet"))
            return
        found = sorted(found, key=lambda row: (-row["count"], row["code"]))
        items = "".join(f"<li>{escape(_finding(ctx, row))}</li>" for row in found[:_FINDINGS])
        more = ctx.say("profile.more", count=len(found) - _FINDINGS) if len(found) > _FINDINGS else ""
        st.html(f'<ul class="ip-next">{items}</ul>' + (html.block(more, "quiet") if more else ""))


def _finding(ctx: Context, row: dict[str, object]) -> str:
    code = str(row["code"])
    count = formats.number(float(str(row["count"])), ctx.language)
    return ctx.say("profile.finding", code=code, name=ctx.text(ledgers.rule_name(code)), count=count)
