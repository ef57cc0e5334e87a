"""The one filter bar: what is chosen there holds on every page. Keys of its widgets live only here."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.core.errors import UserError
from analytics.core.periods import month_code, month_number, parse_period, quarter_of
from analytics.core.selection import Selection
from analytics.core.text import LANGUAGES, Language
from dashboard.context import Context, Data, options_of
from dashboard.parts import address, html
from dashboard.words import formats, say

# Dimensions with a widget of their own in the bar, and those behind 更多筛选.
MAIN = ("district", "service", "client_type")
MORE = ("tier", "channel", "industry", "client_district", "institution")
DIMENSIONS = (*MAIN, *MORE)
PERIOD = "period"
LANGUAGE = "lang"
# Choices of single parts that a link should keep too.
PARTS = ("map", "reach", "kind", "state", "compare", "rate", "clauses", "industries", "quality")
KNOWN = frozenset((PERIOD, LANGUAGE, *DIMENSIONS, *PARTS))
DEFAULT_PERIOD = "last12"


def language() -> Language:
    """Return the language chosen, Chinese unless the address says otherwise."""
    chosen = address.current().get(LANGUAGE, ("zh",))[0]
    return "en" if chosen == "en" else "zh"


def selection(data: Data | None) -> Selection:
    """Return the reader's choice as a selection."""
    chosen = address.current()
    period = chosen.get(PERIOD, (DEFAULT_PERIOD,))[0]
    if data is None:
        return Selection.of(DEFAULT_PERIOD)
    filters = {}
    for name in DIMENSIONS:
        # A code that nothing bears, from a link typed by hand, would show an empty screen: leave it out.
        offered = options_of(data, name) if name in chosen else ()
        filters[name] = tuple(code for code in chosen.get(name, ()) if code in offered)
    return Selection.of(period if _is_period(period) else DEFAULT_PERIOD, **filters)


def language_switch() -> None:
    """Draw the switch of languages."""
    now = language()
    key = f"pick_language_{now}"
    st.session_state[key] = now

    def changed() -> None:
        picked = st.session_state.get(key) or now
        address.choose(**{LANGUAGE: (picked,) if picked != "zh" else ()})

    st.segmented_control(
        say("frame.language", now),
        LANGUAGES,
        format_func=lambda code: {"zh": "中文", "en": "English"}[code],
        key=key,
        on_change=changed,
        label_visibility="collapsed",
        required=True,
    )


def bar(ctx: Context) -> None:
    """Draw the filter bar; a change takes effect before the page is drawn again."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="filter-bar"):
        _period(ctx)
        for dimension in MAIN:
            _several(ctx, dimension)
        chosen_more = sum(1 for name in MORE if ctx.selection.get(name))
        label = ctx.say("filters.more")
        with st.popover(f"{label} · {chosen_more}" if chosen_more else label, icon=":material/tune:"):
            for dimension in MORE:
                _several(ctx, dimension, collapsed=False)
        st.button(ctx.say("filters.reset"), icon=":material/restart_alt:", key="reset", on_click=_reset)


def chips(ctx: Context) -> None:
    """Say in words what is chosen, and what of it this page cannot heed."""
    period = formats.span(ctx.period, ctx.language)
    parts = [html.chip(ctx.say("filters.period_chip", period=period), "strong")]
    for name in DIMENSIONS:
        if codes := ctx.selection.get(name):
            shown = formats.listed([ctx.name(name, code, short=True) for code in codes[:4]], ctx.language)
            rest = ctx.say("filters.and_more", count=len(codes)) if len(codes) > 4 else ""
            parts.append(html.chip(f"{ctx.say('dimension.' + name)}{ctx.say('frame.colon')}{shown}{rest}"))
    if len(parts) == 1:
        parts.append(html.span(ctx.say("filters.everything"), "quiet"))
    if ctx.selection.get("district") == ():
        parts.append(html.span(ctx.say("filters.by_provider"), "quiet"))
    st.html(html.div("".join(parts), "ip-chips"))


def period_options(data: Data) -> list[str]:
    """Return the periods a reader can choose, the latest first: last 12 months, years, quarters, months."""
    first, last = month_number(data.first_month), month_number(data.last_month)
    months = [month_code(number) for number in range(last, first - 1, -1)]
    years = list(dict.fromkeys(month[:4] for month in months))
    quarters = list(dict.fromkeys(quarter_of(month) for month in months))
    return [DEFAULT_PERIOD, *years, *quarters, *months, "all"]


def period_name(code: str, ctx: Context) -> str:
    """Return the name of a period; one that is not over says until when."""
    if code in ("last12", "all"):
        return ctx.say(f"filters.{code}")
    if ".." in code:
        return formats.span(ctx.resolve(code), ctx.language)
    if "Q" in code:
        return formats.quarter(code, ctx.language)
    if "-" in code:
        return formats.month(code, ctx.language)
    until = ctx.data.last_month
    if until[:4] == code and until[5:] != "12":
        until_name = formats.month(until, ctx.language)
        return ctx.say("filters.year_until", year=formats.year(code, ctx.language), month=until_name)
    return formats.year(code, ctx.language)


def _period(ctx: Context) -> None:
    options = period_options(ctx.data)
    now = ctx.selection.period
    if now not in options:
        options.insert(1, now)
    key = f"pick_period_{ctx.language}"
    st.session_state[key] = now
    st.selectbox(
        ctx.say("filters.period"),
        options,
        format_func=lambda code: period_name(code, ctx),
        key=key,
        on_change=_taker(key, PERIOD),
        label_visibility="collapsed",
        width=225,
    )


def _several(ctx: Context, dimension: str, *, collapsed: bool = True) -> None:
    now = [code for code in ctx.selection.get(dimension) if code is not None]
    options = list(ctx.options(dimension))
    key = f"pick_{dimension}_{ctx.language}"
    st.session_state[key] = now
    st.multiselect(
        ctx.say(f"dimension.{dimension}"),
        options,
        format_func=lambda code: ctx.name(dimension, code, short=collapsed),
        key=key,
        on_change=_taker(key, dimension),
        placeholder=ctx.say(f"filters.all_{dimension}"),
        label_visibility="collapsed" if collapsed else "visible",
        wrap=False if collapsed else None,
        select_all=False,
        width=200 if collapsed else "stretch",
    )


def _taker(key: str, name: str) -> Callable[[], None]:
    def take() -> None:
        value = st.session_state.get(key)
        values = tuple(value) if isinstance(value, list) else (value,) if value else ()
        address.choose(**{name: values})

    return take


def _reset() -> None:
    address.choose(**{PERIOD: (DEFAULT_PERIOD,), **dict.fromkeys((*DIMENSIONS, *PARTS), ())})


def _is_period(text: str) -> bool:
    """Say whether a period from an address can be read; one that runs backwards cannot."""
    try:
        parse_period(text, first_month="2000-01", last_month="2000-01", last_full_month="2000-01")
    except UserError:
        return False
    return True
