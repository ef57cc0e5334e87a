"""What the reader looks at on 规范符合度, kept in the address: view, chapter, clause, place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import streamlit as st

from analytics.compliance import Cell
from analytics.compliance.summary import CHAPTERS, chapter_of
from analytics.standard.clauses import clause_label, clauses_by_number
from dashboard.context import Context, Row
from dashboard.parts import address, links

PARAMETER, PAGE = "clauses", "standard"
VIEWS = ("overview", "matrix", "drill", "steps", "against")
LEVELS = ("", "shall", "should", "may")
# Which cells are looked at: all, those not or partly met, those without evidence.
ONLY = ("", "missed", "unknown")
# As an area: every institution by itself, all on one picture.
EACH = "each"
_LONGEST_SEARCH = 40


@dataclass(frozen=True, slots=True)
class StandardChoice:
    """The view, and what is chosen in it; ``at`` is an institution, ``find`` a word looked for."""

    view: str = "overview"
    chapter: str = ""
    clause: str = ""
    at: str = ""
    area: str = ""
    level: str = ""
    only: str = ""
    find: str = ""

    @classmethod
    def parse(cls, words: Sequence[str]) -> StandardChoice:
        """Read the words of an address; those that mean nothing are passed over."""
        made = cls()
        for word in words:
            name, _, value = word.partition("-")
            if name in _NAMES and value and _is_known(name, value):
                made = replace(made, **{name: value})
        return made

    @property
    def words(self) -> tuple[str, ...]:
        """The words that stand for it in an address; what is usual needs none."""
        usual = StandardChoice()
        said = [(name, getattr(self, name)) for name in _NAMES]
        return tuple(f"{name}-{value}" for name, value in said if value != getattr(usual, name))

    def fits(self, cell: Cell) -> bool:
        """Say whether a cell is of the chapter and level chosen."""
        if self.chapter and chapter_of(cell.clause) != self.chapter:
            return False
        return not self.level or clauses_by_number()[cell.clause].level == self.level


_NAMES = tuple(part.name for part in fields(StandardChoice))


def _is_known(name: str, value: str) -> bool:
    offered: dict[str, Any] = {
        "view": VIEWS, "chapter": CHAPTERS, "clause": clauses_by_number(), "level": LEVELS, "only": ONLY,
    }  # fmt: skip
    return value in offered[name] if name in offered else len(value) <= _LONGEST_SEARCH


def chosen() -> StandardChoice:
    """Return what the address asks for."""
    return StandardChoice.parse(address.current().get(PARAMETER, ()))


def choose(now: StandardChoice, **changed: str) -> None:
    """Change what is looked at; for callbacks."""
    address.choose(**{PARAMETER: replace(now, **changed).words})


def href(now: StandardChoice, **changed: str) -> str:
    """Return the address of what is looked at with changes, for links in tables."""
    return links.href(PAGE, **{PARAMETER: replace(now, **changed).words})


def clause_name(ctx: Context, number: str) -> str:
    """Return a clause's number and title; an item's title does not say its letter again."""
    label, title = ctx.text(clause_label(number)), ctx.text(clauses_by_number()[number].title)
    letter = label.rpartition(" ")[2]
    if letter.endswith(")") and f" {letter}" in title:
        title = title.replace(f" {letter}", "")
    return f"{label} {title}"


def short_name(row: Row) -> str:
    """Return what tells an institution from others of the city: its name without what all share."""
    name = str(row["name"])
    for shared in ("北京市", "知识产权公共服务"):
        name = name.replace(shared, "")
    return name if len(name) > 1 else str(row["name"])


def switch(ctx: Context, now: StandardChoice, name: str, options: Sequence[str]) -> None:
    """Draw the control of one choice between a few words."""
    key = f"standard_{name}_{ctx.language}"
    st.session_state[key] = getattr(now, name)
    st.segmented_control(
        ctx.say(f"clauses.{name}"),
        options,
        format_func=lambda option: ctx.say(f"clauses.{name}_{option or 'all'}"),
        key=key,
        on_change=_taker(now, name, key),
        label_visibility="collapsed",
        required=True,
    )


def pick(
    ctx: Context,
    now: StandardChoice,
    name: str,
    options: Sequence[str],
    namer: Callable[[str], str],
    **more: Any,
) -> None:
    """Draw a box that chooses one of many, or none of them; ``more`` is what else the choice changes."""
    width = more.pop("width", 260)
    key = f"standard_{name}_{ctx.language}"
    value = getattr(now, name)
    st.session_state[key] = value if value in options else ""
    st.selectbox(
        ctx.say(f"clauses.{name}"),
        ["", *options],
        format_func=lambda code: namer(code) if code else ctx.say(f"clauses.{name}_all"),
        key=key,
        on_change=_taker(now, name, key, **more),
        label_visibility="collapsed",
        width=width,
    )


def search(ctx: Context, now: StandardChoice) -> None:
    """Draw the field that looks for a word in clauses and institutions."""
    key = f"standard_find_{ctx.language}"
    st.session_state[key] = now.find
    st.text_input(
        ctx.say("clauses.find"),
        key=key,
        on_change=_taker(now, "find", key),
        placeholder=ctx.say("clauses.find"),
        label_visibility="collapsed",
        max_chars=_LONGEST_SEARCH,
        icon=":material/search:",
        width=230,
    )


def _taker(now: StandardChoice, name: str, key: str, **more: str) -> Callable[[], None]:
    def take() -> None:
        value = str(st.session_state.get(key) or "").strip()
        # A word that looked for what is left out would leave a box empty: a new chapter drops its clause.
        choose(now, **{**more, name: value})

    return take
