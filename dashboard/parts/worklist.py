"""重点关注事项 as a worklist: what changed since last month, who is late, whom to call, all as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from html import escape

import streamlit as st

from analytics.comparison.signals import Signal
from analytics.core.periods import month_code, month_number
from dashboard import attention
from dashboard.context import Context
from dashboard.parts import address, arrange, concerns, html, worklist_file
from dashboard.parts.tables import Column, markup
from dashboard.words import formats

_WAIT_SECONDS = 120.0
_MONTHS_BACK = 12
_SHOWN, _CALLS = 60, 7
# What is new and what is gone lead from the month before to this one.
_COUNTED = ("before", "newly", "ended", "now")
_LATE = {
    "bad_rating_followed_up_rate": "late_follow_up",
    "expert_answered_in_time_rate": "late_experts",
    "reporting_rate": "late_months",
}


def draw(ctx: Context) -> None:
    """Draw the whole page; only months that nobody looked at before take time."""
    month = _month(ctx)
    with st.spinner(ctx.say("attention.computing"), show_time=True):
        found = attention.listed(ctx, month=month, patience=_WAIT_SECONDS)
    if found is None:
        st.html(html.block(ctx.say("attention.computing"), "quiet"))
        return
    found = concerns.of_places(ctx, found)
    st.html(html.block(concerns.summary(ctx, found, month), "ip-says"))
    left, right = arrange.columns(54, 46)
    with left:
        with arrange.panel("changes"):
            _changes(ctx, found)
        with arrange.panel("calls"):
            _calls(ctx, found)
    with right, arrange.panel("late"):
        _late(ctx, found)
    with arrange.panel("worklist"):
        _list(ctx, found, month)
    with arrange.panel("worklist-how"):
        lines = "".join(f"<li>{escape(ctx.say(f'attention.how_{n}'))}</li>" for n in range(1, 6))
        st.html(html.heading(ctx.say("attention.how_title")) + f'<ul class="ip-next">{lines}</ul>')


def _month(ctx: Context) -> str:
    """Let the reader choose the month; the list of the last full one is always ready."""
    last = month_number(ctx.data.last_full_month)
    first = max(month_number(ctx.data.first_month), last - _MONTHS_BACK + 1)
    months = [month_code(number) for number in range(last, first - 1, -1)]
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="worklist-month"):
        chosen = st.selectbox(
            ctx.say("attention.month"),
            months,
            format_func=lambda code: formats.month(code, ctx.language),
            key=f"worklist_month_{ctx.language}",
            label_visibility="collapsed",
            width=180,
        )
        st.html(html.block(ctx.say("attention.month_note"), "quiet"))
    return str(chosen)


def _changes(ctx: Context, found: Sequence[Signal]) -> None:
    """Draw what changed since the month before: of each kind how many are new, go on, are gone."""
    title = ctx.say("attention.changes_title")
    states = Counter[tuple[str, str]]((each.kind, each.state) for each in found)
    kinds = concerns.counted(found)
    if not kinds:
        st.html(html.heading(title) + html.block(ctx.say("attention.changes_none"), "quiet"))
        return
    columns = [Column(ctx.say("attention.kind"), least=9)]
    columns += [Column(ctx.say(f"attention.{name}"), is_number=True) for name in _COUNTED]
    rows = [_change_row(ctx, kind, states) for kind in kinds]
    st.html(html.heading(title) + html.div(markup(columns, rows, title), "ip-table-box"))


def _change_row(ctx: Context, kind: str, states: Counter[tuple[str, str]]) -> list[str]:
    new, continuing, gone = (states[kind, state] for state in concerns.STATES)
    counts = continuing + gone, new, gone, new + continuing
    return [ctx.say(f"attention.kind_{kind}"), *(formats.number(count, ctx.language) for count in counts)]


def _calls(ctx: Context, found: Sequence[Signal]) -> None:
    """Draw the institutions to call first: several kinds before one, new before old."""
    head = html.heading(ctx.say("attention.call_title"))
    by_unit: dict[str, list[Signal]] = {}
    for each in concerns.standing(found):
        if each.unit_kind == "institution":
            by_unit.setdefault(each.unit, []).append(each)
    if not by_unit:
        st.html(head + html.block(ctx.say("attention.call_none"), "quiet"))
        return
    urgent = sorted(by_unit.values(), key=_urgency)[:_CALLS]
    phones = {row["institution_id"]: row["phone"] for row in ctx.institutions()}
    leasts = {"institution": 10, "place": 3, "phone": 7, "items": 10}
    columns = [Column(ctx.say(f"attention.{name}"), least=least) for name, least in leasts.items()]
    rows = [
        (
            ctx.text(items[0].name),
            concerns.place_of(ctx, items[0]),
            phones.get(items[0].unit) or formats.NOTHING,
            _items(ctx, items),
        )
        for items in urgent
    ]
    table = markup(columns, rows, ctx.say("attention.call_title"))
    st.html(head + html.block(ctx.say("attention.call_says"), "quiet") + html.div(table, "ip-table-box"))


def _urgency(items: Sequence[Signal]) -> tuple[int, int, int, str]:
    kinds, new = len({each.kind for each in items}), sum(each.state == "new" for each in items)
    return -kinds, -new, -len(items), items[0].unit


def _items(ctx: Context, items: Sequence[Signal]) -> str:
    kinds = [ctx.say(f"attention.kind_{kind}") for kind in concerns.counted(items)]
    new = sum(1 for each in items if each.state == "new")
    return ctx.say("attention.items_of", kinds=formats.listed(kinds, ctx.language), count=len(items), new=new)


def _late(ctx: Context, found: Sequence[Signal]) -> None:
    """Draw who owes calls, answers of experts or reports, with what they are out of."""
    head = html.heading(ctx.say("attention.late_title"))
    late: dict[str, dict[str, Signal]] = {}
    for each in concerns.standing(found):
        if each.measure in _LATE and each.kind in ("overdue_follow_up", "threshold", "not_reported"):
            late.setdefault(each.unit, {})[each.measure] = each
    if not late:
        st.html(head + html.block(ctx.say("attention.late_none"), "quiet"))
        return
    columns = [Column(ctx.say("attention.institution"), least=11), Column(ctx.say("attention.place"))]
    columns += [Column(ctx.say(f"attention.{word}"), is_number=True) for word in _LATE.values()]
    rows = []
    for items in sorted(late.values(), key=lambda items: -sum(each.size for each in items.values())):
        first = next(iter(items.values()))
        cells = [_late_cell(ctx, items.get(measure)) for measure in _LATE]
        rows.append((ctx.text(first.name), concerns.place_of(ctx, first), *cells))
    table = markup(columns, rows, ctx.say("attention.late_title"))
    says = html.block(ctx.say("attention.late_says"), "quiet")
    st.html(head + says + html.div(table, "ip-table-box", style="max-height:690px", tabindex="0"))


def _late_cell(ctx: Context, signal: Signal | None) -> str:
    if signal is None:
        return ""
    count = formats.number(signal.size, ctx.language)
    if signal.kind == "not_reported":
        return count
    return ctx.say("attention.late_of", count=count, n=formats.number(signal.n, ctx.language))


def _list(ctx: Context, found: Sequence[Signal], month: str) -> None:
    st.html(html.heading(ctx.say("attention.list_title")))
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="worklist-head"):
        kinds, states = _choices(ctx, found)
    chosen = [
        each
        for each in found
        if (not kinds or each.kind in kinds) and (each.state in states if states else each.state != "gone")
    ]
    if not chosen:
        st.html(html.block(ctx.say("attention.none_of_filter"), "quiet"))
        return
    # What changed since last month comes first; within a state the order of urgency stays.
    chosen.sort(key=lambda each: concerns.STATES.index(each.state))
    st.html(html.block(ctx.say("attention.list_says", count=len(chosen)), "ip-says"))
    st.download_button(
        ctx.say("attention.download"),
        data=worklist_file.maker(ctx, chosen, month),
        file_name=f"worklist-{month}.csv",
        mime="text/csv",
        key="worklist-download",
        on_click="ignore",
        icon=":material/download:",
    )
    shown = chosen
    if len(chosen) > _SHOWN and not st.toggle(ctx.say("attention.show_all"), key="worklist_all"):
        shown = chosen[:_SHOWN]
        more = ctx.say("attention.list_more", shown=len(shown), count=len(chosen))
        st.html(html.block(more, "quiet"))
    st.html(html.div(_table(ctx, shown), "ip-table-box ip-worklist"))


def _choices(ctx: Context, found: Sequence[Signal]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Draw the choice of kinds and states, which stands in the address, and return it."""
    counts = concerns.counted(concerns.standing(found))
    kinds = _pills(ctx, "kind", list(counts), lambda code: _kind_name(ctx, code, counts.get(code, 0)))
    states = _pills(ctx, "state", list(concerns.STATES), lambda code: ctx.say(f"attention.state_{code}"))
    return kinds, states


def _kind_name(ctx: Context, kind: str, count: int) -> str:
    return ctx.say("attention.kind_of", kind=ctx.say(f"attention.kind_{kind}"), count=count)


def _pills(ctx: Context, name: str, options: list[str], named: Callable[[str], str]) -> tuple[str, ...]:
    now = tuple(code for code in address.current().get(name, ()) if code in options)
    key = f"worklist_{name}_{ctx.language}"
    st.session_state[key] = list(now)

    def taken() -> None:
        address.choose(**{name: tuple(st.session_state.get(key) or ())})

    st.pills(
        ctx.say(f"attention.{name}"),
        options,
        selection_mode="multi",
        format_func=named,
        key=key,
        on_change=taken,
        label_visibility="collapsed",
    )
    return now


def _table(ctx: Context, shown: Sequence[Signal]) -> str:
    names = ("state", "kind", "place", "what", "since", "action")
    head = "".join(f'<th scope="col">{escape(ctx.say(f"attention.{name}"))}</th>' for name in names)
    body = "".join(_row(ctx, each) for each in shown)
    caption = escape(ctx.say("attention.list_title"))
    return (
        f'<table class="ip-table"><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _row(ctx: Context, signal: Signal) -> str:
    texts = (
        ctx.say(f"attention.kind_{signal.kind}"),
        concerns.place_of(ctx, signal),
    )
    cells = [f"<td>{concerns.marks(ctx, signal)}</td>", *(f"<td>{escape(text)}</td>" for text in texts)]
    cells.append(f"<td>{concerns.sentence(ctx, signal)}</td>")
    cells.append(f"<td>{escape(formats.month(signal.since, ctx.language))}</td>")
    cells.append(f"<td>{escape(ctx.text(signal.action))}</td>")
    return "<tr>" + "".join(cells) + "</tr>"
