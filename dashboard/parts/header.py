"""What stands on every page: brand, title, where the data come from and whose eyes they are for."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from analytics.core.text import Language
from dashboard.context import Data
from dashboard.parts import filters, html
from dashboard.parts.palette import FONT, Palette, palette, variables
from dashboard.words import formats, say

_STYLE = Path(__file__).parent.parent / "style.css"


def is_dark() -> bool:
    """Say whether the reader's screen is dark."""
    return st.context.theme.get("type") == "dark"


def style(language: Language, *, dark: bool) -> None:
    """Load the style sheet with the colours of the theme, and words that Streamlit has in English only."""
    words = f':root{{--ip-upload:"{say("import.pick", language)}"}}'
    st.html(f"<style>{variables(palette(is_dark=dark))}{words}{_STYLE.read_text(encoding='utf-8')}</style>")


def brand(language: Language, *, dark: bool) -> None:
    """Draw the name of the system above the navigation."""
    st.logo(_brand_image(language, palette(is_dark=dark)), size="large")


def line(language: Language, title: str, data: Data | None) -> None:
    """Draw the page's title, the facts that hold for all of it, and the switch of languages."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="header"):
        st.html(html.div(_facts(language, title, data), "ip-header"))
        filters.language_switch()


def _facts(language: Language, title: str, data: Data | None) -> str:
    parts = [f"<h1>{escape(title)}</h1>"]
    if data is not None:
        if data.is_sample:
            parts.append(html.chip(say("frame.sample", language), "sample"))
        until = formats.day(data.data_until, language)
        parts.append(html.span(f"{say('frame.data_until', language)} {until}", "quiet"))
        if data.institutions_open:
            month = formats.month(data.last_full_month, language)
            reported = formats.number(data.institutions_reported, language)
            opened = formats.number(data.institutions_open, language)
            words = say("frame.reported", language, month=month, reported=reported, open=opened)
            parts.append(html.span(words, "quiet"))
    parts.append(html.chip(say("frame.internal", language)))
    return "".join(parts)


def _brand_image(language: Language, colours: Palette) -> str:
    """Return the brand as a drawing: a mark of three rising bars, and the name in two lines."""
    upper, lower = say("frame.brand_upper", language), say("frame.brand_lower", language)
    bars = "".join(
        f'<rect x="{x}" y="{y}" width="5" height="{36 - y}" rx="1.2" fill="{fill}"/>'
        for x, y, fill in ((4, 22, colours.teal), (12, 14, colours.data), (20, 6, colours.signal))
    )
    return (
        f'<svg width="216" height="44" viewBox="0 0 216 44" font-family="{escape(FONT, quote=True)}">{bars}'
        f'<text x="34" y="19" font-size="14" font-weight="600" fill="{colours.ink}">{escape(upper)}</text>'
        f'<text x="34" y="36" font-size="12.5" fill="{colours.quiet}">{escape(lower)}</text></svg>'
    )
