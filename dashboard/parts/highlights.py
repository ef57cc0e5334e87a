"""Three sentences that say what the selection shows."""

from __future__ import annotations

import streamlit as st

from dashboard.context import Answer, Asked, Context
from dashboard.parts import arrange, html, sentences

KEYS = ("services", "clients_served", "new_clients", "satisfaction_rate", "rating_response_rate")


def questions() -> list[Asked]:
    """Return what the sentences need; see :func:`draw`."""
    asked = [Asked(key) for key in KEYS]
    asked += [Asked("services", ("district",)), Asked("satisfaction_rate", ("district",))]
    asked.append(Asked("services", ("service",)))
    return asked


def draw(ctx: Context, answers: list[Answer]) -> None:
    """Draw the sentences from the answers to :func:`questions`."""
    totals = dict(zip(KEYS, answers[: len(KEYS)], strict=True))
    services_by_area, satisfied_by_area, by_service = answers[len(KEYS) :]

    def namer(dimension: str, code: str | None) -> str:
        return ctx.name(dimension, code, short=True)

    said = [
        sentences.whole(totals, ctx.language),
        sentences.satisfaction(totals, satisfied_by_area.rows, ctx.language, namer),
        sentences.spread(services_by_area.rows, by_service.rows, ctx.language, namer),
    ]
    with arrange.panel("highlights"):
        items = "".join(f"<li>{html.span(sentence)}</li>" for sentence in said if sentence)
        st.html(html.heading(ctx.say("highlights.title")) + f'<ul class="ip-highlights">{items}</ul>')
