"""What became of every row: counts that add up, what to do next, counts by sheet, problems."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.context import Context
from dashboard.ledgers import Options, ledger_name
from dashboard.parts import arrange, html, importing_problems, tables
from dashboard.words import formats

OUTCOMES = ("loaded", "unchanged", "superseded", "waiting", "rejected")
COUNTS = ("data_rows", *OUTCOMES, "not_data")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEETS_HEIGHT = 300


def summary(
    ctx: Context,
    told: dict[str, Any],
    rejects: bytes | None,
    *,
    title: str,
    name: str,
    checked: Options | None = None,
) -> None:
    """Draw the counts, what to do next and the workbook of rejected rows.

    Parameters
    ----------
    told : dict
        The report as plain data.
    rejects : bytes or None
        The workbook; empty when no row was rejected, ``None`` when it is kept no longer.
    name : str
        Tells this report's widgets from those of another.
    checked : Options, optional
        How the import was asked for.
    """
    with arrange.panel(f"import-report-{name}"):
        st.html(html.heading(title) + equation(ctx, told) + _next_steps(ctx, told, rejects, checked))
        with st.container(horizontal=True, key=f"import-downloads-{name}"):
            if rejects:
                batch = told["batch"]
                st.download_button(
                    ctx.say("import.rejects", count=formats.number(told["rejected"], ctx.language)),
                    data=rejects,
                    file_name=f"{ctx.say('import.rejects_file')}{'' if batch is None else f'-{batch}'}.xlsx",
                    mime=WORKBOOK,
                    key=f"rejects-{name}",
                    on_click="ignore",
                    type="primary",
                    icon=":material/download:",
                )
            importing_problems.download(ctx, told, name=name)


def details(ctx: Context, told: dict[str, Any], *, name: str) -> None:
    """Draw the counts by sheet and the problems."""
    with arrange.panel(f"import-sheets-{name}"):
        _sheets(ctx, told)
    importing_problems.draw(ctx, told["problems"], name=name)


def equation(ctx: Context, told: dict[str, Any]) -> str:
    """Return the counts as a sum that a reader can follow: rows read = loaded + unchanged + …"""
    parts = [_count(ctx, told, "data_rows")]
    for place, name in enumerate(OUTCOMES):
        parts += [html.block("=" if place == 0 else "+", "ip-sign"), _count(ctx, told, name)]
    parts.append(html.div(_count(ctx, told, "not_data"), "ip-apart"))
    return html.div("".join(parts), "ip-counts")


def _count(ctx: Context, told: dict[str, Any], name: str) -> str:
    value = told[name]
    css = "ip-value" if value else "ip-value zero"
    if name == "rejected" and value:
        css = "ip-value attention"
    figure = html.block(formats.number(value, ctx.language), css)
    return html.div(figure + html.block(ctx.say(f"import.{name}"), "quiet"), "ip-count")


def _next_steps(ctx: Context, told: dict[str, Any], rejects: bytes | None, checked: Options | None) -> str:
    """Return what to do next, one sentence a case."""
    said = [_said(ctx, name, told[name]) for name in ("rejected", "waiting", "superseded") if told[name]]
    refused = sum(p["severity"] == "reject" and p["row"] is None for p in told["problems"])
    findings = sum(p["severity"] == "finding" for p in told["problems"])
    if refused:
        said.insert(0, _said(ctx, "refused", refused))
    elif not told["rejected"] and not told["waiting"]:
        said.insert(0, _clean(ctx, told))
    if findings:
        said.append(_said(ctx, "findings", findings))
    if told.get("resolved"):
        said.append(_said(ctx, "resolved", told["resolved"]))
    if told["rejected"] and rejects is None:
        said.append(ctx.say("import.rejects_gone"))
    if told["batch"] is None and checked is not None:
        said.insert(0, ctx.say("import.next_not_stored"))
    lines = "".join(f"<li>{html.span(text)}</li>" for text in said)
    return f'<ul class="ip-next">{lines}</ul>'


def _said(ctx: Context, name: str, count: int) -> str:
    return ctx.say(f"import.next_{name}", count=formats.number(count, ctx.language))


def _clean(ctx: Context, told: dict[str, Any]) -> str:
    if not told["data_rows"]:
        return ctx.say("import.next_empty")
    if told["unchanged"] == told["data_rows"]:
        return ctx.say("import.next_unchanged")
    return ctx.say("import.next_clean" if told["batch"] is not None else "import.next_clean_check")


def _sheets(ctx: Context, told: dict[str, Any]) -> None:
    columns = [tables.Column(ctx.say(f"import.{name}")) for name in ("file", "sheet", "kind")]
    columns += [tables.Column(ctx.say(f"import.{name}"), is_number=True) for name in COUNTS]
    rows = []
    for file in told["files"]:
        rows += [
            [
                file["file"],
                sheet["sheet"],
                ledger_name(sheet["kind"], ctx.language) or ctx.say("import.unknown_kind"),
                *_numbers(ctx, sheet),
            ]
            for sheet in file["sheets"]
        ]
        if len(file["sheets"]) > 1 and len(told["files"]) > 1:
            rows.append([file["file"], ctx.say("import.file_total"), "", *_numbers(ctx, file)])
    if len(rows) > 1:
        rows.append([ctx.say("import.total"), "", "", *_numbers(ctx, told)])
    st.html(html.heading(ctx.say("import.by_sheet")))
    tables.show(columns, rows, caption=ctx.say("import.by_sheet"), height=_SHEETS_HEIGHT)


def _numbers(ctx: Context, counts: dict[str, Any]) -> list[str]:
    return [formats.number(counts[name], ctx.language) for name in COUNTS]
