"""重点关注事项 on the overview: a few sentences, one kind at a time if wished, and the way to all of them."""

from __future__ import annotations

from html import escape

import streamlit as st

from analytics.comparison.signals import Signal
from dashboard import attention
from dashboard.context import Context
from dashboard.parts import arrange, concerns, html, links
from dashboard.words import formats

# English takes more lines to say the same, and the overview is one screen.
_SHOWN = {"zh": 3, "en": 2}
_ALL = "all"
_LOOK_AGAIN_SECONDS = 1.0


def draw(ctx: Context) -> None:
    """Draw the panel; while the list is being computed it says so and looks again by itself."""
    with arrange.panel("attention"):
        ready = attention.listed(ctx) is not None
        part = st.fragment(_panel, run_every=None if ready else _LOOK_AGAIN_SECONDS)
        part(ctx, waited=not ready)


def _panel(ctx: Context, *, waited: bool) -> None:
    found = attention.listed(ctx)
    if found is None:
        st.html(
            html.heading(ctx.say("attention.title")) + html.block(ctx.say("attention.computing"), "quiet")
        )
        return
    if waited:
        # The whole page once: a fragment that looks again every second cannot stop by itself.
        st.rerun()
    _list(ctx, concerns.of_places(ctx, found))


def _list(ctx: Context, found: list[Signal]) -> None:
    now = concerns.standing(found)
    month = ctx.data.last_full_month
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="attention-head"):
        st.html(html.heading(ctx.say("attention.title")))
        kind = _kind(ctx, now) if now else _ALL
    shown = [each for each in now if kind in (_ALL, each.kind)]
    if not shown:
        st.html(html.block(ctx.say("attention.none", month=formats.month(month, ctx.language)), "quiet"))
        return
    items = "".join(
        f"<li>{concerns.marks(ctx, each)} {concerns.sentence(ctx, each)}</li>"
        for each in concerns.first_of_each(shown, _SHOWN[ctx.language])
    )
    counts = html.block(_counts(ctx, found, month), "quiet")
    st.html(counts + f'<ul class="ip-concerns">{items}</ul>' + _way(ctx, len(shown), kind))


def _kind(ctx: Context, found: list[Signal]) -> str:
    counts = concerns.counted(found)
    names = {_ALL: ctx.say("attention.all_kinds", count=len(found))}
    for kind, count in counts.items():
        name = ctx.say(f"attention.kind_{kind}")
        names[kind] = ctx.say("attention.kind_of", kind=name, count=count)
    chosen = st.selectbox(
        ctx.say("attention.kind"),
        list(names),
        format_func=lambda code: names.get(code, code),
        key=f"attention_kind_{ctx.language}",
        label_visibility="collapsed",
        width=175,
    )
    return str(chosen)


def _counts(ctx: Context, found: list[Signal], month: str) -> str:
    numbers = {
        state: formats.number(sum(1 for each in found if each.state == state), ctx.language)
        for state in concerns.STATES
    }
    return ctx.say("attention.short", month=formats.month(month, ctx.language), **numbers)


def _way(ctx: Context, count: int, kind: str) -> str:
    address = links.href("worklist", kind=() if kind == _ALL else (kind,), state=())
    words = ctx.say("attention.all", count=formats.number(count, ctx.language))
    return f'<a class="ip-way" href="{escape(address, quote=True)}" target="_self">{escape(words)} →</a>'
