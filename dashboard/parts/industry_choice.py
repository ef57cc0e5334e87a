"""What the reader looks at on 产业对接, kept in the address: whose areas, and one area's industry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import streamlit as st

from analytics.standard.districts import districts
from analytics.standard.industries import industries_by_key
from dashboard.context import Context
from dashboard.parts import address, links

PARAMETER, PAGE = "industries", "industry"
SIDES = ("district", "client_district")


@dataclass(frozen=True, slots=True)
class IndustryChoice:
    """Whose areas (of institutions or of clients), and the cell of the matrix that is followed."""

    by: str = "district"
    area: str = ""
    industry: str = ""

    @classmethod
    def parse(cls, words: Sequence[str]) -> IndustryChoice:
        """Read the words of an address; those that mean nothing are passed over."""
        made = cls()
        for word in words:
            name, _, value = word.partition("-")
            if name in _NAMES and _is_known(name, value):
                made = replace(made, **{name: value})
        return made

    @property
    def words(self) -> tuple[str, ...]:
        """The words that stand for it in an address; what is usual needs none."""
        usual = IndustryChoice()
        said = [(name, getattr(self, name)) for name in _NAMES]
        return tuple(f"{name}-{value}" for name, value in said if value != getattr(usual, name))


_NAMES = tuple(part.name for part in fields(IndustryChoice))


def _is_known(name: str, value: str) -> bool:
    if name == "by":
        return value in SIDES
    return value in industries_by_key() if name == "industry" else value in {one.code for one in districts()}


def chosen() -> IndustryChoice:
    """Return what the address asks for."""
    return IndustryChoice.parse(address.current().get(PARAMETER, ()))


def choose(now: IndustryChoice, **changed: str) -> None:
    """Change what is looked at; for callbacks."""
    address.choose(**{PARAMETER: replace(now, **changed).words})


def href(now: IndustryChoice, **changed: str) -> str:
    """Return the address of what is looked at with changes, for links in tables."""
    return links.href(PAGE, **{PARAMETER: replace(now, **changed).words})


def side(ctx: Context, now: IndustryChoice) -> None:
    """Draw the switch between areas of institutions and of clients."""
    key = f"industry_by_{ctx.language}"
    st.session_state[key] = now.by
    st.segmented_control(
        ctx.say("industry.by"),
        SIDES,
        format_func=lambda name: ctx.say(f"industry.by_{name}"),
        key=key,
        on_change=lambda: choose(now, by=str(st.session_state[key])),
        label_visibility="collapsed",
        required=True,
    )


def boxes(ctx: Context, now: IndustryChoice, areas: Sequence[str], keys: Sequence[str]) -> None:
    """Draw the boxes that choose an area and an industry: what a click on the matrix does."""
    with st.container(horizontal=True, gap="small", key="industry-followed-head"):
        for name, options, dimension in (("area", areas, "district"), ("industry", keys, "industry")):
            _box(ctx, now, name, options, dimension)


def _box(ctx: Context, now: IndustryChoice, name: str, options: Sequence[str], dimension: str) -> None:
    key = f"industry_{name}_{ctx.language}"
    value = getattr(now, name)
    st.session_state[key] = value if value in options else None
    st.selectbox(
        ctx.say(f"dimension.{dimension}"),
        list(options),
        index=None,
        format_func=lambda code: ctx.name(dimension, code, short=True),
        key=key,
        on_change=lambda: choose(now, **{name: str(st.session_state[key] or "")}),
        placeholder=ctx.say(f"industry_more.pick_{name}"),
        label_visibility="collapsed",
        width=240,
    )
