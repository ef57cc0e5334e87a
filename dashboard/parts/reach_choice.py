"""What the reader wants to see of the reach of services, kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace

import streamlit as st

from analytics.spatial.sensitivity import DEFAULT, AccessSettings
from dashboard.context import Context
from dashboard.parts import address, html

PARAMETER = "reach"
OPTIONS: dict[str, tuple[str, ...]] = {
    "view": ("zones", "stations", "siting", "whatif"),
    "method": ("3sfca", "e2sfca"),
    "share": ("2", "1", "3"),
    "least": ("8", "6"),
    "below": ("50", "40", "60"),
}
MEASURING = ("method", "share", "least", "below")
MOST_SITES = 10
_NUMBERS = {"k": (1, MOST_SITES), "open": (0, MOST_SITES), "each": (1, 1_000_000), "to": (0, 1_000_000)}
# Institutions by number, never by name: addresses are passed on.
_STATIONS = ("close", "change")
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class ReachChoice:
    """The view open, the zone looked at, how access is measured (percent, km, percent), and what is tried.

    ``k`` sites are searched for; 布局推演 opens ``open`` stations of a capacity of ``each``, closes the
    institution ``close`` and gives ``change`` a capacity of ``to``. Empty is the usual capacity, or nothing.
    """

    view: str = "zones"
    zone: str = ""
    method: str = "3sfca"
    share: str = "2"
    least: str = "8"
    below: str = "50"
    k: str = "3"
    open: str = "1"
    each: str = ""
    close: str = ""
    change: str = ""
    to: str = ""

    @classmethod
    def parse(cls, words: tuple[str, ...]) -> ReachChoice:
        """Read the words of the address; those that mean nothing (any more) are passed over."""
        made = cls()
        for word in words:
            name, _, value = word.partition("-")
            if _means_something(name, value):
                made = replace(made, **{name: value})
        return made

    @property
    def words(self) -> tuple[str, ...]:
        """The words that stand for it in an address; what is usual needs none."""
        usual = ReachChoice()
        names = [found.name for found in fields(self)]
        return tuple(
            f"{name}-{getattr(self, name)}" for name in names if getattr(self, name) != getattr(usual, name)
        )

    @property
    def settings(self) -> AccessSettings:
        """The settings of the analysis that it names."""
        return replace(
            DEFAULT,
            method=self.method,
            share=int(self.share) / 100,
            nearest_km=float(self.least),
            below=int(self.below) / 100,
        )

    @property
    def is_usual(self) -> bool:
        """Whether access is measured as it is by default."""
        return self.settings == DEFAULT


def _means_something(name: str, value: str) -> bool:
    if name in _NUMBERS:
        low, high = _NUMBERS[name]
        return value.isdecimal() and value.isascii() and len(value) < 9 and low <= int(value) <= high
    if name in _STATIONS:
        return 0 < len(value) <= _LONGEST
    return value in OPTIONS.get(name, ()) or (name == "zone" and value[:1] == "Z" and value[1:].isdigit())


def chosen() -> ReachChoice:
    """Return what the address asks for."""
    return ReachChoice.parse(address.current().get(PARAMETER, ()))


def choose(**changes: str) -> None:
    """Change the choice; for callbacks."""
    address.choose(**{PARAMETER: replace(chosen(), **changes).words})


def views(ctx: Context, now: ReachChoice) -> None:
    """Draw the switch between the views of the page."""
    key = f"reach_view_{ctx.language}"
    st.session_state[key] = now.view
    st.segmented_control(
        ctx.say("coverage.view"),
        OPTIONS["view"],
        format_func=lambda view: ctx.say(f"coverage.view_{view}"),
        key=key,
        on_change=taker("view", key, now.view),
        label_visibility="collapsed",
        required=True,
    )


def refused(ctx: Context, now: ReachChoice) -> bool:
    """Say that demand is not shown to one institution's readers; return whether that ends the page."""
    if ctx.scope.kind != "institution" or now.view == "stations":
        return False
    what, next_step = ctx.say("coverage.own_stations_only"), ctx.say("coverage.own_stations_next")
    with st.container(border=True, key="message-reach"):
        words = html.block(what, "ip-what") + html.block(next_step, "quiet")
        st.html(html.div(words, "ip-message", role="status"))
    return True


def measuring(ctx: Context, now: ReachChoice) -> None:
    """Draw the controls of how access is measured, each with what it means."""
    for name in MEASURING:
        _radio(ctx, now, name, OPTIONS[name])
    if not now.is_usual:
        usual = {name: getattr(ReachChoice(), name) for name in MEASURING}
        st.button(ctx.say("coverage.usual"), key="reach-usual", on_click=choose, kwargs=usual)


def _radio(ctx: Context, now: ReachChoice, name: str, options: Sequence[str]) -> None:
    key = f"reach_{name}_{ctx.language}"
    st.session_state[key] = getattr(now, name)
    st.segmented_control(
        ctx.say(f"coverage.set_{name}"),
        sorted(options),
        format_func=lambda value: (
            ctx.say(f"coverage.set_{name}_each", value=value)
            if name != "method"
            else (ctx.say(f"coverage.method_{value}"))
        ),
        help=ctx.say(f"coverage.set_{name}_help"),
        key=key,
        on_change=taker(name, key, getattr(now, name)),
        required=True,
    )


def taker(name: str, key: str, before: str, **besides: str) -> Callable[[], None]:
    """Return a callback that takes over what a widget holds; nothing stands for what was before.

    ``besides`` is what else changes with it.
    """

    def take() -> None:
        value = st.session_state.get(key)
        if isinstance(value, float):
            value = round(value)
        choose(**{name: before if value is None else str(value), **besides})

    return take
