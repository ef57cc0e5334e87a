"""Earlier batches: who brought what and when, each with its report, its rejected rows and its withdrawal."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.core.errors import UserError
from dashboard.context import Context
from dashboard.ledgers import earlier_rejects, earlier_report, history, ledger_name
from dashboard.parts import (
    arrange,
    html,
    importing_job,
    importing_report,
    importing_withdrawal,
    messages,
    tables,
)
from dashboard.words import formats

PAGE_ROWS = 15
_CHOSEN = "_import_batch"
_COUNTS = ("data_rows", "loaded", "unchanged", "superseded", "waiting", "rejected")

Batch = dict[str, Any]


def draw(ctx: Context) -> None:
    """Draw the list of batches and, below, the one that is looked at."""
    working = importing_job.at_work()
    if working is not None:
        importing_job.watch(ctx, working)
        return
    importing_withdrawal.outcome(ctx)
    batches = history()
    with arrange.panel("import-history"):
        st.html(html.heading(ctx.say("import.history")))
        if not batches:
            city = ctx.scope.kind == "city"
            st.html(html.block(ctx.say("import.history_none" if city else "import.history_city"), "quiet"))
            return
        _table(ctx, batches)
        number = _choose(ctx, batches)
    if number is not None:
        _one(ctx, next(batch for batch in batches if batch["batch_id"] == number))


def _table(ctx: Context, batches: list[Batch]) -> None:
    pages = -(-len(batches) // PAGE_ROWS)
    place = st.container()
    page = min(st.pagination(pages, key="history-page"), pages) if pages > 1 else 1
    shown = batches[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    names = ("batch", "when", "who", "files", "kinds", "state")
    columns = [tables.Column(ctx.say(f"import.{name}"), is_number=name == "batch") for name in names]
    columns += [tables.Column(ctx.say(f"import.{name}"), is_number=True) for name in _COUNTS]
    with place:
        st.html(html.block(ctx.say("import.history_note"), "quiet"))
        tables.show(columns, [_row(ctx, b) for b in shown], caption=ctx.say("import.history"), height=420)


def _row(ctx: Context, batch: Batch) -> list[str]:
    return [
        str(batch["batch_id"]),
        moment(ctx, batch["imported_at"]),
        batch["imported_by"] or ctx.say("import.who_unknown"),
        _files(ctx, batch["files"]),
        "\n".join(ledger_name(kind, ctx.language) for kind in batch["kinds"][:4])
        + (ctx.say("import.and_more", count=len(batch["kinds"])) if len(batch["kinds"]) > 4 else ""),
        _state(ctx, batch),
        *(formats.number(batch[name], ctx.language) for name in _COUNTS),
    ]


def _files(ctx: Context, names: list[str]) -> str:
    more = ctx.say("import.and_more", count=len(names)) if len(names) > 3 else ""
    return "\n".join(names[:3]) + more


def _state(ctx: Context, batch: Batch) -> str:
    lines = [ctx.say("import.in_force")]
    if batch["withdrawn_at"]:
        lines = [ctx.say("import.withdrawn"), moment(ctx, batch["withdrawn_at"]), batch["withdrawn_by"]]
    if batch["is_sample"]:
        lines.append(ctx.say("frame.sample"))
    return "\n".join(filter(None, lines))


def moment(ctx: Context, at: Any) -> str:
    """Return a time of day as the history shows it."""
    return f"{formats.day(at.date(), ctx.language)} {at:%H:%M}"


def _choose(ctx: Context, batches: list[Batch]) -> int | None:
    numbers = [batch["batch_id"] for batch in batches]
    key = f"import-batch-{ctx.language}"
    now = st.session_state.get(_CHOSEN)
    st.session_state[key] = now if now in numbers else None

    def changed() -> None:
        st.session_state[_CHOSEN] = st.session_state[key]

    by_number = {batch["batch_id"]: batch for batch in batches}
    picked: int | None = st.selectbox(
        ctx.say("import.look_at"),
        numbers,
        index=None,
        format_func=lambda number: _label(ctx, by_number[number]),
        key=key,
        on_change=changed,
        placeholder=ctx.say("import.look_at_hint"),
        width=560,
    )
    return picked


def _label(ctx: Context, batch: Batch) -> str:
    files = batch["files"][0] if batch["files"] else ""
    more = ctx.say("import.and_more", count=len(batch["files"])) if len(batch["files"]) > 1 else ""
    return f"{batch['batch_id']} · {moment(ctx, batch['imported_at'])} · {files}{more}"


def _one(ctx: Context, batch: Batch) -> None:
    number = batch["batch_id"]
    name = f"b{number}"
    told = earlier_report(number)
    try:
        rejects = earlier_rejects(number, ctx.language)
    except UserError as error:
        messages.reader_error(error, ctx.language)
        rejects = b""
    title = ctx.say("import.report_of", batch=number, when=moment(ctx, batch["imported_at"]))
    importing_report.summary(ctx, told, rejects, title=title, name=name)
    if batch["withdrawn_at"] is None:
        importing_withdrawal.draw(ctx, number)
    importing_report.details(ctx, told, name=name)
