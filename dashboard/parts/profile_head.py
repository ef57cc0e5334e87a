"""Which institution the profile is of, the way back, and what the list says of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.standard.districts import CITYWIDE
from dashboard.context import Context, Row
from dashboard.parts import address, arrange, compare_choice, html
from dashboard.words import formats


def chosen(ctx: Context) -> str | None:
    """Return the institution chosen; that of the reader where it sees no other."""
    if ctx.scope.kind == "institution":
        return ctx.scope.code
    codes = [code for code in ctx.selection.get("institution") if code]
    return codes[0] if len(codes) == 1 else None


def controls(ctx: Context, now: str | None) -> None:
    """Draw the box that chooses an institution, and the way back to its area and the city."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="profile-controls"):
        if ctx.scope.kind != "institution":
            _box(ctx, now)
        _trail(ctx, now)


def nobody(ctx: Context) -> None:
    """Say that an institution is to be chosen, and how."""
    with arrange.panel("profile-none"):
        count = len(ctx.selection.get("institution"))
        words = ctx.say("profile.several", count=count) if count > 1 else ctx.say("profile.nobody")
        what = html.block(words, "ip-what") + html.block(ctx.say("profile.nobody_next"), "quiet")
        st.html(html.div(what, "ip-chooser", role="status"))


def _box(ctx: Context, now: str | None) -> None:
    rows = {row["institution_id"]: row for row in _listed(ctx)}
    if now is not None and now not in rows:
        rows[now] = {"name": ctx.name("institution", now), "district": None}
    key = f"profile_institution_{ctx.language}"
    st.session_state[key] = now

    def take() -> None:
        code = st.session_state.get(key)
        row = rows.get(code or "")
        areas = ctx.selection.get("district")
        # Filters that leave the institution out would empty the page.
        kept = tuple(area for area in areas if area) if row and row["district"] in areas else ()
        address.choose(institution=(code,) if code else (), district=kept, tier=())

    st.selectbox(
        ctx.say("profile.pick"),
        list(rows),
        index=None,
        format_func=lambda code: _label(ctx, rows[code]),
        key=key,
        on_change=take,
        placeholder=ctx.say("profile.pick"),
        label_visibility="collapsed",
        width=520,
    )


def _listed(ctx: Context) -> list[Row]:
    order = {code: place for place, code in enumerate(ctx.options("district"))}
    areas = ctx.selection.get("district")
    rows = [row for row in ctx.institutions() if not areas or row["district"] in areas]
    return sorted(rows, key=lambda row: (order.get(row["district"], len(order)), row["institution_id"]))


def _label(ctx: Context, row: Row) -> str:
    area = ctx.name("district", row["district"], short=True) if row["district"] else ""
    return ctx.say("figure.with", value=row["name"], rest=area) if area else str(row["name"])


def _trail(ctx: Context, now: str | None) -> None:
    if ctx.scope.kind == "institution":
        return
    st.button(
        ctx.say("profile.to_city"), key="profile-to-city", type="tertiary",
        icon=":material/arrow_back:", on_click=compare_choice.to_city,
    )  # fmt: skip
    row = next((row for row in ctx.institutions() if row["institution_id"] == now), None)
    if row is not None and row["district"] not in (None, CITYWIDE):
        st.button(
            ctx.say("profile.to_area", place=ctx.name("district", row["district"])), key="profile-to-area",
            type="tertiary", icon=":material/arrow_back:", on_click=compare_choice.to_institutions,
            args=(row["district"],),
        )  # fmt: skip


def draw(ctx: Context, facts: Row) -> None:
    """Draw the institution's name and the facts of its list row; no names of persons, no numbers to call."""
    cells = "".join(
        html.div(html.block(name, "ip-small quiet") + html.block(value)) for name, value in listed(ctx, facts)
    )
    with arrange.panel("profile-facts"):
        note = html.block(ctx.say("profile.from_list"), "ip-small quiet")
        st.html(html.heading(facts["name"], 2, "ip-name") + html.div(cells, "ip-facts") + note)


def listed(ctx: Context, facts: Row) -> list[tuple[str, str]]:
    """Return the facts as names and words; what the list leaves open says so."""
    opened = formats.day(facts["opened_on"], ctx.language) if facts["opened_on"] else None
    closed = formats.day(facts["closed_on"], ctx.language) if facts["closed_on"] else None
    operator = ctx.name("operator_type", facts["operator_type"]) if facts["operator_type"] else None
    found: list[tuple[str, str | None]] = [
        (ctx.say("dimension.tier"), ctx.name("tier", facts["tier"])),
        (ctx.say("dimension.district"), ctx.name("district", facts["district"])),
        (ctx.say("dimension.operator_type"), operator),
        (ctx.say("map.opened"), opened),
        *([(ctx.say("map.closed"), closed)] if closed else []),
        (ctx.say("map.address"), facts["address"]),
        (ctx.say("profile.hours"), _number(ctx, "hours_of", facts["open_hours_per_week"])),
        (ctx.say("profile.staff"), _staff(ctx, facts)),
        (ctx.say("profile.qualified"), _number(ctx, "persons", facts["qualified_staff_count"])),
        (ctx.say("profile.experts"), _number(ctx, "persons", facts["experts"])),
        (ctx.say("profile.capacity"), _number(ctx, "services_a_year", facts["annual_capacity"])),
        (ctx.say("profile.search"), _yes(ctx, facts["has_search_database"])),
        (ctx.say("profile.online"), _yes(ctx, facts["has_online_platform"])),
    ]
    return [(name, value or ctx.say("map.not_recorded")) for name, value in found]


def _number(ctx: Context, words: str, value: Any) -> str | None:
    if value is None:
        return None
    digits = 0 if float(value).is_integer() else 1
    return ctx.say(f"profile.{words}", count=formats.number(float(value), ctx.language, digits))


def _staff(ctx: Context, facts: Row) -> str | None:
    full, part = facts["staff_full_time"], facts["staff_part_time"]
    if full is None and part is None:
        return None
    return ctx.say(
        "profile.staff_of",
        full=formats.number(full, ctx.language),
        part=formats.number(part, ctx.language),
    )


def _yes(ctx: Context, value: bool | None) -> str | None:
    return None if value is None else ctx.say("profile.yes" if value else "profile.no")
