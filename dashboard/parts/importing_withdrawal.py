"""Withdrawing a batch: what it would do is shown first, then it is confirmed, then what happened is said."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.core.errors import UserError
from analytics.core.periods import runs_of
from dashboard.context import Context
from dashboard.ledgers import Options, ledger_name, withdraw_effect
from dashboard.parts import arrange, html, importing_job, messages, tables
from dashboard.parts.importing_job import Job
from dashboard.words import formats

COUNTS = ("before", "leaves", "returns", "waits", "comes", "after", "stays")
_EFFECT = "_withdraw_effect"
MONTHS_SHOWN = 8


def draw(ctx: Context, batch: int) -> None:
    """Draw the button that finds out the effect or, once it is known, the effect and its confirmation."""
    known = _known(ctx, batch)
    with arrange.panel("withdraw"):
        st.html(
            html.heading(ctx.say("import.withdraw_title", batch=batch))
            + html.block(ctx.say("import.withdraw_note"), "quiet")
        )
        if known is None:
            _ask(ctx, batch)
        else:
            _effect(ctx, known)
            _confirm(ctx, batch)


def outcome(ctx: Context) -> None:
    """Say what became of a withdrawal that is over."""
    job = importing_job.current()
    if job is None or job.task != "withdraw" or not job.is_over:
        return
    importing_job.notes(ctx, job)
    if job.error is not None:
        messages.reader_error(job.error, ctx.language)
    elif job.fault:
        messages.fault(job.fault, ctx.language)
    else:
        with arrange.panel("withdrawn"):
            told = st.session_state.get(_EFFECT, (None, 0, {}))[2]
            said = html.heading(ctx.say("import.withdrawn_done", batch=job.batch))
            if told and told["batch_id"] == job.batch:
                said += html.block(_services(ctx, told))
            st.html(said + html.block(ctx.say("import.withdrawn_next"), "quiet"))


def _known(ctx: Context, batch: int) -> dict[str, Any] | None:
    """Return the effect if it was found out for this batch on the data as they are now."""
    version, number, told = st.session_state.get(_EFFECT, ("", 0, {}))
    return told if (version, number) == (ctx.data.version, batch) else None


def _ask(ctx: Context, batch: int) -> None:
    if not st.button(ctx.say("import.withdraw_effect"), key=f"withdraw-effect-{batch}"):
        return
    try:
        with st.spinner(ctx.say("import.withdraw_looking")):
            told = withdraw_effect(batch)
    except UserError as error:
        messages.reader_error(error, ctx.language)
        return
    st.session_state[_EFFECT] = (ctx.data.version, batch, told)
    st.rerun()


def _effect(ctx: Context, told: dict[str, Any]) -> None:
    st.html(html.block(_services(ctx, told), "ip-effect") + html.block(_where(ctx, told)))
    if not told["kinds"]:
        st.html(html.block(ctx.say("import.effect_none"), "quiet"))
        return
    columns = [tables.Column(ctx.say("import.kind"))]
    columns += [tables.Column(ctx.say(f"import.effect_{name}"), is_number=True) for name in COUNTS]
    rows = [
        [
            ledger_name(kind["kind"], ctx.language),
            *(formats.number(kind[name], ctx.language) for name in COUNTS),
        ]
        for kind in told["kinds"]
    ]
    tables.show(columns, rows, caption=ctx.say("import.effect"), height=330)


def _services(ctx: Context, told: dict[str, Any]) -> str:
    before, after = told["services_before"], told["services_after"]
    return ctx.say(
        "import.effect_services",
        before=formats.number(before, ctx.language),
        after=formats.number(after, ctx.language),
        change=formats.signed(after - before, ctx.language, 0),
    )


def _where(ctx: Context, told: dict[str, Any]) -> str:
    """Return the months and areas whose figures change, as a sentence."""
    runs = [formats.span(run, ctx.language) for run in runs_of(told["months"])]
    areas = [ctx.name("district", code, short=True) for code in told["districts"]]
    months = formats.listed(runs[:MONTHS_SHOWN], ctx.language) if runs else formats.NOTHING
    if len(runs) > MONTHS_SHOWN:
        months += ctx.say("import.and_more", count=len(runs))
    named = formats.listed(areas, ctx.language) if areas else formats.NOTHING
    return ctx.say("import.effect_where", months=months, areas=named)


def _confirm(ctx: Context, batch: int) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="withdraw-confirm"):
        by = importing_job.asked_who(ctx, ctx.say("import.withdraw_by"), f"withdraw-by-{batch}")
        sure = st.checkbox(ctx.say("import.withdraw_sure", batch=batch), key=f"withdraw-sure-{batch}")
        if st.button(
            ctx.say("import.withdraw", batch=batch),
            type="primary",
            disabled=not sure,
            key=f"withdraw-{batch}",
        ):
            importing_job.start(Job("withdraw", options=Options(by=by), batch=batch))
