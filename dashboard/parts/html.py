"""Small pieces of HTML; every text that goes in is escaped here."""

from __future__ import annotations

from html import escape


def div(inner: str, css: str = "", **attributes: str) -> str:
    """Wrap markup that is safe already."""
    return f'<div class="{css}"{_attributes(attributes)}>{inner}</div>'


def span(text: object, css: str = "", **attributes: str) -> str:
    """Return text in a span."""
    return f'<span class="{css}"{_attributes(attributes)}>{escape(str(text))}</span>'


def block(text: object, css: str = "", **attributes: str) -> str:
    """Return text in a block of its own."""
    return f'<div class="{css}"{_attributes(attributes)}>{escape(str(text))}</div>'


def chip(text: object, kind: str = "") -> str:
    """Return a small label with a border."""
    return span(text, f"ip-chip {kind}".strip())


def heading(text: object, level: int = 3, css: str = "") -> str:
    """Return a heading."""
    return f'<h{level} class="{css}">{escape(str(text))}</h{level}>'


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(
        f' {name.strip("_").replace("_", "-")}="{escape(str(value), quote=True)}"'
        for name, value in attributes.items()
    )
