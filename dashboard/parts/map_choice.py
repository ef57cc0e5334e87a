"""What the reader wants to see on the station map, kept in the address; and places chosen there.

A place chosen on the map is a filter like any other: it shows in the filter bar, as a chip and in
the address, and holds on every page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from analytics.standard.districts import CITYWIDE, districts
from dashboard.context import Context
from dashboard.parts import address

PARAMETER = "map"
VIEWS = ("map", "tiles")
EXTENTS = ("city", "centre")
LAYERS = ("bare", "access", "demand", "catchment")
AREAS, STATIONS = "areas", "stations"
_WHOLE_CITY = "city"


@dataclass(frozen=True, slots=True)
class MapChoice:
    """The view, how much of the city it shows at first, the two measures, and what lies over them."""

    view: str = "map"
    extent: str = "city"
    areas: str = "services"
    stations: str = "satisfaction_rate"
    layer: str = "bare"

    @classmethod
    def parse(cls, words: tuple[str, ...], areas: set[str], stations: set[str]) -> MapChoice:
        """Read the words of the address; those that mean nothing (any more) are passed over."""
        made = cls()
        for word in words:
            kind, _, key = word.partition("-")
            if word in VIEWS:
                made = replace(made, view=word)
            elif word in EXTENTS:
                made = replace(made, extent=word)
            elif word in LAYERS:
                made = replace(made, layer=word)
            elif kind == AREAS and key in areas:
                made = replace(made, areas=key)
            elif kind == STATIONS and key in stations:
                made = replace(made, stations=key)
        return made

    @property
    def words(self) -> tuple[str, ...]:
        """The words that stand for it in an address; what is usual needs none."""
        usual = MapChoice()
        said = [("view", self.view), ("extent", self.extent), ("layer", self.layer)]
        said += [(AREAS, f"{AREAS}-{self.areas}"), (STATIONS, f"{STATIONS}-{self.stations}")]
        return tuple(word for name, word in said if getattr(self, name) != getattr(usual, name))


def chosen(ctx: Context) -> MapChoice:
    """Return what the address asks for."""
    words = address.current().get(PARAMETER, ())
    return MapChoice.parse(words, set(offered(ctx, "district")), set(offered(ctx, "institution")))


def offered(ctx: Context, dimension: str) -> list[str]:
    """Return the measures that can be told apart by a dimension."""
    return [measure.key for measure in ctx.all_declarations() if dimension in measure.dimensions]


def controls(ctx: Context) -> MapChoice:
    """Draw the controls above the map and return what is chosen."""
    now = chosen(ctx)
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="map-controls"):
        _switch(ctx, now, "view", VIEWS)
        _measure(ctx, now, AREAS, "district")
        if now.view == "map":
            _measure(ctx, now, STATIONS, "institution")
            _switch(ctx, now, "extent", EXTENTS)
            _layer(ctx, now)
        _places(ctx)
    return now


def choose_area(code: str) -> None:
    """Filter by an area; choosing the one that is chosen gives the whole city back."""
    now = address.current()
    same = now.get("district") == (code,) and not now.get("institution")
    address.choose(district=() if same else (code,), institution=())


def choose_only_area(code: str) -> None:
    """Filter by an area and no institution."""
    address.choose(district=(code,), institution=())


def choose_institution(institution: str, area: str | None) -> None:
    """Filter by an institution and its area; choosing it again leaves the area."""
    areas = (area,) if area and area != CITYWIDE else ()
    same = address.current().get("institution") == (institution,)
    address.choose(district=areas, institution=() if same else (institution,))


def choose_whole_city() -> None:
    """Take the filters by place away."""
    address.choose(district=(), institution=())


def areas_of(ctx: Context) -> dict[str, str | None]:
    """Return the area of each institution by its number."""
    return {row["institution_id"]: row["district"] for row in ctx.institutions()}


def chosen_places(ctx: Context) -> tuple[tuple[str, ...], str | None]:
    """Return the areas chosen, and the institution when exactly one is."""
    areas = tuple(code for code in ctx.selection.get("district") if code)
    institutions = ctx.selection.get("institution")
    return areas, institutions[0] if len(institutions) == 1 else None


def _switch(ctx: Context, now: MapChoice, name: str, options: tuple[str, ...]) -> None:
    key = f"map_{name}_{ctx.language}"
    st.session_state[key] = getattr(now, name)
    st.segmented_control(
        ctx.say(f"map.{name}"),
        options,
        format_func=lambda option: ctx.say(f"map.{name}_{option}"),
        key=key,
        on_change=_taker(now, name, key),
        label_visibility="collapsed",
        required=True,
    )


def _measure(ctx: Context, now: MapChoice, name: str, dimension: str) -> None:
    key = f"map_{name}_{ctx.language}"
    st.session_state[key] = getattr(now, name)
    st.selectbox(
        ctx.say(f"map.{name}"),
        offered(ctx, dimension),
        format_func=lambda code: ctx.say(f"map.{name}_as", measure=ctx.text(ctx.declaration(code).name)),
        key=key,
        on_change=_taker(now, name, key),
        label_visibility="collapsed",
        width=204,
    )


def _layer(ctx: Context, now: MapChoice) -> None:
    key = f"map_layer_{ctx.language}"
    st.session_state[key] = now.layer
    st.selectbox(
        ctx.say("map.layer"),
        LAYERS,
        format_func=lambda layer: ctx.say("map.layer_as", layer=ctx.say(f"map.layer_{layer}")),
        key=key,
        on_change=_taker(now, "layer", key),
        label_visibility="collapsed",
        width=175,
    )


def _taker(now: MapChoice, name: str, key: str) -> Callable[[], None]:
    def take() -> None:
        changes: dict[str, Any] = {name: st.session_state.get(key) or getattr(now, name)}
        address.choose(**{PARAMETER: replace(now, **changes).words})

    return take


def _places(ctx: Context) -> None:
    """Draw the box that chooses a place as a click on the map does; it can be searched by typing."""
    areas = areas_of(ctx)
    own = [area.code for area in districts()]
    by_area = sorted(areas, key=lambda number: (_place_in_order(own, areas[number]), number))
    now_areas, institution = chosen_places(ctx)
    now = institution or (now_areas[0] if len(now_areas) == 1 else _WHOLE_CITY)
    options = [_WHOLE_CITY, *own, *by_area]
    if now not in options:
        options.append(now)
    key = f"map_place_{ctx.language}"
    st.session_state[key] = now

    def take() -> None:
        picked = st.session_state.get(key)
        if picked in own:
            choose_only_area(picked)
        elif picked in areas:
            if picked != now:
                choose_institution(picked, areas[picked])
        else:
            choose_whole_city()

    st.selectbox(
        ctx.say("map.place"),
        options,
        format_func=lambda code: _place_name(ctx, code),
        key=key,
        on_change=take,
        label_visibility="collapsed",
        width=192,
    )


def _place_in_order(own: list[str], area: str | None) -> int:
    return own.index(area) if area in own else -1


def _place_name(ctx: Context, code: str) -> str:
    if code == _WHOLE_CITY:
        return ctx.say("map.place")
    return ctx.institution_names().get(code) or ctx.name("district", code)
