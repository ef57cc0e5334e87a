"""What the reader wants to compare, kept in the address; and the way down from the city to an institution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import streamlit as st

from analytics.core.selection import Selection
from analytics.standard.functional_zones import FUNCTIONAL_ZONES
from dashboard.context import Context, Row
from dashboard.parts import address, links

PARAMETER = "compare"
COMPARE_PAGE, PROFILE_PAGE = "compare", "institution"
MEASURES = (
    "services",
    "satisfaction_rate",
    "rating_response_rate",
    "answered_in_time_rate",
    "response_days",
    "completed_rate",
    "followed_up_rate",
    "online_share",
)
# Filters that choose which institutions are shown; the yardstick is the whole city whatever they say.
PLACES = ("district", "tier", "institution")
_OFFERED: dict[str, tuple[str, ...]] = {
    "unit": ("district", "institution"),
    "side": ("provider", "client"),
    "peers": ("all", "tier", "operator_type"),
    "among": ("all", *FUNCTIONAL_ZONES),
    "measure": MEASURES,
    "ranks": ("no", "yes"),
}


@dataclass(frozen=True, slots=True)
class CompareChoice:
    """What is compared, districts of whom, among which peers; the measure charted; the two side by side.

    ``peers`` are those an institution is held against; ``among`` are the districts shown beside a district,
    which changes no yardstick: a few districts give no limits of their own.
    """

    unit: str = "district"
    side: str = "provider"
    peers: str = "all"
    among: str = "all"
    measure: str = "satisfaction_rate"
    ranks: str = "no"
    one: str = ""
    other: str = ""

    @classmethod
    def parse(cls, words: Sequence[str]) -> CompareChoice:
        """Read the words of an address; those that mean nothing are passed over."""
        made = cls()
        for word in words:
            name, _, value = word.partition("-")
            if value in _OFFERED.get(name, ()) or name in ("one", "other"):
                made = replace(made, **{name: value})
        return made

    @property
    def words(self) -> tuple[str, ...]:
        """The words that stand for it in an address; what is usual needs none."""
        usual = CompareChoice()
        said = [(part.name, getattr(self, part.name)) for part in fields(self)]
        return tuple(f"{name}-{value}" for name, value in said if value != getattr(usual, name))

    @property
    def dimension(self) -> str:
        """The dimension that names what is compared."""
        return "client_district" if self.by_client else self.unit

    @property
    def by_client(self) -> bool:
        """Whether districts are those of clients."""
        return self.unit == "district" and self.side == "client"


def chosen(ctx: Context) -> CompareChoice:
    """Return what the address asks for, as far as the reader may see it."""
    made = CompareChoice.parse(address.current().get(PARAMETER, ()))
    if ctx.scope.kind == "institution":
        return replace(made, unit="institution", side="provider")
    return made if ctx.scope.kind == "city" else replace(made, side="provider", among="all")


def of_institutions(ctx: Context) -> CompareChoice:
    """Return what the address asks for where one institution is shown among its peers."""
    return replace(chosen(ctx), unit="institution", side="provider")


def controls(ctx: Context) -> CompareChoice:
    """Draw the controls above the scorecard and return what is chosen."""
    now = chosen(ctx)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="compare-controls"):
        if ctx.scope.kind != "institution":
            switch(ctx, now, "unit")
        if now.unit == "institution":
            switch(ctx, now, "peers")
        elif ctx.scope.kind == "city":
            switch(ctx, now, "side")
            switch(ctx, now, "among")
        _deeper(ctx, now)
    return now


def switch(ctx: Context, now: CompareChoice, name: str) -> None:
    """Draw the control of one choice between a few words."""
    key = f"compare_{name}_{ctx.language}"
    st.session_state[key] = getattr(now, name)
    st.segmented_control(
        ctx.say(f"compare.{name}"),
        _OFFERED[name],
        format_func=lambda option: ctx.say(f"compare.{name}_{option}"),
        key=key,
        on_change=_taker(now, name, key),
        label_visibility="collapsed",
        required=True,
    )


def pick(ctx: Context, now: CompareChoice, name: str, options: Sequence[str], value: str, namer: Any) -> None:
    """Draw a box that chooses one of many."""
    key = f"compare_{name}_{ctx.language}"
    st.session_state[key] = value
    st.selectbox(
        ctx.say(f"compare.{name}"),
        list(options),
        format_func=namer,
        key=key,
        on_change=_taker(now, name, key),
        label_visibility="collapsed",
        width=230 if now.unit == "district" or name == "measure" else 420,
    )


def _taker(now: CompareChoice, name: str, key: str) -> Callable[[], None]:
    def take() -> None:
        address.choose(**{PARAMETER: replace(now, **{name: st.session_state[key]}).words})

    return take


def _deeper(ctx: Context, now: CompareChoice) -> None:
    """Draw the box that leads to what is below: an area's institutions, or an institution's profile."""
    go: Callable[[str], None]
    if now.unit == "district":
        options = [code for code in ctx.options("district") if _is_within(ctx, code)]
        names = {code: ctx.name("district", code) for code in options}
        words, go = "compare.deeper_area", to_institutions
    else:
        rows = shown_institutions(ctx)
        options = [row["institution_id"] for row in rows]
        names = {row["institution_id"]: row["name"] for row in rows}
        words, go = "compare.deeper_institution", to_profile
    key = f"compare_deeper_{now.unit}_{ctx.language}"
    st.session_state[key] = None

    def take() -> None:
        if code := st.session_state.get(key):
            go(code)

    st.selectbox(
        ctx.say(words), options, index=None, format_func=lambda code: names.get(code, code), key=key,
        on_change=take, placeholder=ctx.say(words), label_visibility="collapsed", width=230,
    )  # fmt: skip


def _is_within(ctx: Context, district: str) -> bool:
    return ctx.scope.kind != "district" or district == ctx.scope.code


def to_institutions(district: str) -> None:
    """Lead to the institutions of an area, compared among themselves and with the city."""
    now = CompareChoice.parse(address.current().get(PARAMETER, ()))
    words = replace(now, unit="institution", one="", other="").words
    links.go(COMPARE_PAGE, district=(district,), institution=(), tier=(), **{PARAMETER: words})


def to_profile(institution: str) -> None:
    """Lead to an institution's profile."""
    links.go(PROFILE_PAGE, institution=(institution,))


def to_city() -> None:
    """Lead back to the comparison of districts."""
    now = CompareChoice.parse(address.current().get(PARAMETER, ()))
    words = replace(now, unit="district", one="", other="").words
    links.go(COMPARE_PAGE, district=(), institution=(), tier=(), **{PARAMETER: words})


def asked(ctx: Context, now: CompareChoice) -> Selection:
    """Return the selection that a comparison is asked with: without the filters that choose its units.

    So the answer serves every choice of units, and a choice among them asks nothing anew.
    """
    dropped: dict[str, Any] = {"institution": ()}
    if now.unit == "institution":
        dropped |= dict.fromkeys(PLACES, ())
    else:
        dropped[now.dimension] = ()
    return ctx.selection.replace(**dropped)


def shown(ctx: Context, now: CompareChoice, codes: Sequence[str]) -> list[str]:
    """Return which of the units compared are shown, in their order."""
    if now.unit == "district":
        wanted = ctx.selection.get(now.dimension)
        alike = FUNCTIONAL_ZONES.get(now.among, codes)
        return [code for code in codes if code in alike and (not wanted or code in wanted)]
    fitting = {row["institution_id"] for row in shown_institutions(ctx)}
    return [code for code in codes if code in fitting]


def shown_institutions(ctx: Context) -> list[Row]:
    """Return the institutions that fit the filters of place, by area in the standard's order."""
    order = {code: place for place, code in enumerate(ctx.options("district"))}
    columns = {"district": "district", "tier": "tier", "institution": "institution_id"}
    found = [
        row
        for row in ctx.institutions()
        if all(
            not ctx.selection.get(name) or row[column] in ctx.selection.get(name)
            for name, column in columns.items()
        )
    ]
    return sorted(found, key=lambda row: (order.get(row["district"], len(order)), row["institution_id"]))


def trail(ctx: Context, now: CompareChoice) -> None:
    """Draw the way back: the whole city, and the areas chosen."""
    areas = [code for code in ctx.selection.get("district") if code]
    if ctx.scope.kind == "institution" or (now.unit == "district" and not areas):
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="compare-trail"):
        st.button(
            ctx.say("compare.back_city"), key="compare-back", type="tertiary",
            icon=":material/arrow_back:", on_click=to_city,
        )  # fmt: skip
