"""Blank workbooks: one a ledger kind, one with all of them, and the self-check of one institution."""

from __future__ import annotations

import streamlit as st

from analytics.core.errors import UserError
from dashboard.context import Context
from dashboard.ledgers import (
    kinds,
    ledger_name,
    required_headings,
    self_check,
    starter_headings,
    template,
    unknown_names,
)
from dashboard.parts import arrange, html, messages
from dashboard.parts.importing_report import WORKBOOK
from dashboard.words import formats


def draw(ctx: Context) -> None:
    """Draw the templates."""
    every = kinds()
    first = [kind for kind in every if starter_headings(kind)]
    wide, narrow = arrange.columns(5, 3)
    with wide, arrange.panel("templates"):
        st.html(
            html.heading(ctx.say("import.templates")) + html.block(ctx.say("import.templates_note"), "quiet")
        )
        for kind in every:
            _one(ctx, kind)
    with narrow:
        with arrange.panel("template-all"):
            st.html(
                html.heading(ctx.say("import.template_start"))
                + html.block(ctx.say("import.template_start_note"))
            )
            _button(ctx, tuple(first), ctx.say("import.template_start"), "start", is_first=True)
            st.html(html.block(ctx.say("import.template_all_note"), "quiet"))
            _button(ctx, every, ctx.say("import.template_all"), "all")
        with arrange.panel("template-self-check"):
            _self_check(ctx)


def _one(ctx: Context, kind: str) -> None:
    name = ledger_name(kind, ctx.language)
    starters = starter_headings(kind)
    headings = formats.listed(list(starters or required_headings(kind)), ctx.language)
    said = ctx.say("import.template_starter" if starters else "import.template_required", columns=headings)
    with st.container(horizontal=True, vertical_alignment="center", key=f"template-row-{kind}"):
        st.html(html.div(html.block(name, "ip-strong") + html.block(said, "quiet")))
        _button(ctx, (kind,), name, kind)


def _button(ctx: Context, chosen: tuple[str, ...], name: str, key: str, *, is_first: bool = False) -> None:
    st.download_button(
        name if len(chosen) > 1 else ctx.say("import.template_download"),
        data=lambda: _workbook(ctx, chosen),
        file_name=f"{ctx.say('import.template_file')}-{name}.xlsx",
        mime=WORKBOOK,
        key=f"template-{key}-{ctx.language}",
        on_click="ignore",
        icon=":material/download:",
        type="primary" if is_first else "secondary",
    )


def _workbook(ctx: Context, chosen: tuple[str, ...]) -> bytes:
    """Return the blank workbook; that of synonyms comes with the names that nobody knew."""
    alone = chosen == ("industry_synonyms",)
    return unknown_names(ctx.language) if alone else template(chosen, ctx.language)


def _self_check(ctx: Context) -> None:
    """Offer the self-check of one institution, which comes with what is known of it."""
    st.html(
        html.heading(ctx.say("import.self_check")) + html.block(ctx.say("import.self_check_note"), "quiet")
    )
    names = ctx.institution_names() if ctx.data.version else {}
    if not names:
        st.html(html.block(ctx.say("import.self_check_none"), "quiet"))
        return
    number = st.selectbox(
        ctx.say("dimension.institution"),
        list(names),
        index=None,
        format_func=lambda code: f"{code} {names[code]}",
        key=f"self-check-{ctx.language}",
        placeholder=ctx.say("import.self_check_pick"),
        label_visibility="collapsed",
    )
    if number is None:
        return
    try:
        content = self_check(number, ctx.language)
    except UserError as error:
        messages.reader_error(error, ctx.language)
        return
    st.download_button(
        ctx.say("import.self_check_download"),
        data=content,
        file_name=f"{ctx.say('import.self_check')}-{number}.xlsx",
        mime=WORKBOOK,
        key=f"self-check-file-{number}",
        on_click="ignore",
        icon=":material/download:",
    )
