"""Tables as plain HTML: they print, a screen reader reads them, and they cost nothing to draw."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from analytics.core.inert import inert
from dashboard.parts import html


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, whether it holds numbers, and how narrow it may become (characters)."""

    heading: str
    is_number: bool = False
    least: int = 0


class Linked(str):
    """A cell's text that leads to another address."""

    href: str
    note: str

    def __new__(cls, text: str, href: str, *, note: str = "") -> Linked:
        """Return ``text`` that leads to ``href``, with a ``note`` after it; in a file it is the text alone.

        An address of another site opens beside the dashboard, and is not told where the reader came from.
        """
        made = super().__new__(cls, text)
        made.href, made.note = href, note
        return made


def show(columns: Sequence[Column], rows: Iterable[Sequence[str]], *, caption: str, height: int = 0) -> None:
    """Draw a table; ``height`` in pixels makes it scroll within itself."""
    limit = f"max-height:{height}px" if height else ""
    st.html(html.div(markup(columns, rows, caption), "ip-table-box", style=limit, tabindex="0"))


def markup(columns: Sequence[Column], rows: Iterable[Sequence[str]], caption: str) -> str:
    """Return a table's HTML."""
    head = "".join(
        f'<th scope="col" class="{"number" if c.is_number else ""}"{_width(c)}>{escape(c.heading)}</th>'
        for c in columns
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td class="{"number" if column.is_number else ""}">{_shown(cell)}</td>'
            for column, cell in zip(columns, row, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<table class="ip-table"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _shown(cell: str) -> str:
    if isinstance(cell, Linked):
        target = '"_blank" rel="noopener noreferrer"' if "://" in cell.href else '"_self"'
        link = f'<a class="ip-link" href="{escape(cell.href, quote=True)}" target={target}>{escape(cell)}</a>'
        return link + (f"\n{escape(cell.note)}" if cell.note else "")
    return escape(str(cell))


def _width(column: Column) -> str:
    return f' style="min-width:{column.least}em"' if column.least else ""


def as_csv(
    notes: Iterable[tuple[str, str]], headings: Sequence[str], rows: Iterable[Sequence[object]]
) -> bytes:
    """Return a CSV that Excel opens in Chinese: notes above, then the table; no cell is a live formula."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    for name, value in notes:
        writer.writerow(["# " + name, inert(value)])
    writer.writerow([inert(heading) for heading in headings])
    for row in rows:
        writer.writerow([cell if isinstance(cell, int | float) else inert(cell) for cell in row])
    return stream.getvalue().encode("utf-8-sig")
