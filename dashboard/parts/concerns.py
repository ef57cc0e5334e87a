"""重点关注事项 as a reader has chosen them: which of them, in which order, and how one is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from itertools import zip_longest

from analytics.comparison.signals import KINDS, Signal
from analytics.core.selection import Selection
from dashboard.context import Context
from dashboard.page import all_pages
from dashboard.parts import html, links
from dashboard.words import formats

STATES = ("new", "continuing", "gone")
# Filters that choose places; what needs attention is not counted by service or client.
PLACES = ("district", "tier", "institution")
_MARKS = {"new": "strong", "continuing": "", "gone": "quiet"}


def of_places(ctx: Context, found: Iterable[Signal]) -> list[Signal]:
    """Return what concerns the places chosen: institutions that fit, districts, and the city if none is."""
    chosen = {name: codes for name in PLACES if (codes := ctx.selection.get(name))}
    if not chosen:
        return list(found)
    fitting = {row["institution_id"] for row in ctx.institutions() if _fits(row, chosen)}
    areas = set(chosen.get("district", ())) if set(chosen) == {"district"} else set()
    return [each for each in found if each.unit in (fitting if each.unit_kind == "institution" else areas)]


def _fits(row: dict[str, object], chosen: dict[str, tuple[str | None, ...]]) -> bool:
    columns = {"institution": "institution_id"}
    return all(row[columns.get(name, name)] in codes for name, codes in chosen.items())


def counted(found: Iterable[Signal]) -> dict[str, int]:
    """Return how many there are of each kind, in the order of urgency; kinds without any are left out."""
    counts = Counter(each.kind for each in found)
    return {kind: counts[kind] for kind in KINDS if counts[kind]}


def standing(found: Iterable[Signal]) -> list[Signal]:
    """Return those that are not gone."""
    return [each for each in found if each.state != "gone"]


def first_of_each(found: Sequence[Signal], count: int) -> list[Signal]:
    """Return a few that show what there is: of every kind the new ones first, kinds in turn."""
    by_kind = [
        sorted((each for each in found if each.kind == kind), key=lambda each: each.state != "new")
        for kind in counted(found)
    ]
    turns = [each for turn in zip_longest(*by_kind) for each in turn if each is not None]
    return turns[:count]


def marks(ctx: Context, signal: Signal) -> str:
    """Return the small label of one: new, continuing or gone, and that it is to be confirmed."""
    words = [ctx.say(f"attention.state_{signal.state}")]
    if signal.state != "gone":
        words.append(ctx.text(signal.status))
    return html.chip(" · ".join(words), f"ip-state {_MARKS[signal.state]}".strip())


def sentence(ctx: Context, signal: Signal) -> str:
    """Return the sentence as a link to the page where to look, with its selection."""
    address = escape(address_of(signal), quote=True)
    return f'<a class="ip-link" href="{address}" target="_self">{escape(ctx.text(signal.sentence))}</a>'


def address_of(signal: Signal) -> str:
    """Return the address of the page where to look, with period and place chosen."""
    slugs = {page.slug for page in all_pages()}
    slug = signal.page if signal.page in slugs else "volume"
    places = dict.fromkeys((*PLACES, "kind", "state"), ())
    return links.href(slug, **{**places, **_choice(signal.selection)})


def _choice(selection: Selection) -> dict[str, tuple[str, ...]]:
    chosen = {name: tuple(code or "" for code in codes) for name, codes in selection.filters}
    return {"period": (selection.period,), **chosen}


def place_of(ctx: Context, signal: Signal) -> str:
    """Return the name of the district that it lies in; the city's own is the whole city's."""
    if signal.district is None:
        return ctx.say("attention.whole_city")
    return ctx.name("district", signal.district, short=True)


def summary(ctx: Context, found: Sequence[Signal], month: str) -> str:
    """Say how many there are, how many are new, gone, and how many institutions they concern."""
    states = Counter[str](each.state for each in found)
    units = {each.unit for each in standing(found) if each.unit_kind == "institution"}
    numbers = {state: formats.number(states[state], ctx.language) for state in STATES}
    return ctx.say(
        "attention.summary",
        month=formats.month(month, ctx.language),
        count=formats.number(states["new"] + states["continuing"], ctx.language),
        units=formats.number(len(units), ctx.language),
        **numbers,
    )
