"""What the reader looks at on 数据质量, kept in the address: a rule, and a column of the service ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from analytics.measures.quality import FIELDS
from dashboard import trust
from dashboard.context import Context
from dashboard.parts import address, links

PARAMETER, PAGE = "quality", "quality"
_USUAL_FIELD = "industry"
_LONGEST_CODE = 8


@dataclass(frozen=True, slots=True)
class QualityChoice:
    """The rule whose findings are listed by institution, and the column drawn by month."""

    rule: str = ""
    field: str = _USUAL_FIELD

    @property
    def words(self) -> tuple[str, ...]:
        """The words that stand for it in an address; what is usual needs none."""
        said = (("rule", self.rule, ""), ("field", self.field, _USUAL_FIELD))
        return tuple(f"{name}-{value}" for name, value, usual in said if value != usual)


def chosen() -> QualityChoice:
    """Return what the address asks for; words that mean nothing are passed over."""
    made = QualityChoice()
    for word in address.current().get(PARAMETER, ()):
        name, _, value = word.partition("-")
        if (name == "field" and value in FIELDS) or (name == "rule" and len(value) <= _LONGEST_CODE):
            made = replace(made, **{name: value})
    return made


def href(now: QualityChoice, **changed: str) -> str:
    """Return the address of what is looked at with changes, for links in tables."""
    return links.href(PAGE, **{PARAMETER: replace(now, **changed).words})


def rule_box(ctx: Context, now: QualityChoice, codes: Sequence[str]) -> None:
    """Draw the box that chooses a rule, or all of them."""
    names = {code: f"{code} {trust.rule_name(ctx, code)}" for code in codes}
    value = now.rule if now.rule in codes else ""
    _box(ctx, now, "rule", ["", *codes], value, {"": ctx.say("quality_more.all_rules"), **names})


def field_box(ctx: Context, now: QualityChoice) -> None:
    """Draw the box that chooses a column."""
    names = {field: ctx.say(f"quality.field_{field}") for field in FIELDS}
    _box(ctx, now, "field", list(FIELDS), now.field, names)


def _box(
    ctx: Context, now: QualityChoice, name: str, options: list[str], value: str, names: dict[str, str]
) -> None:
    key = f"quality_{name}_{ctx.language}"
    st.session_state[key] = value

    def take() -> None:
        address.choose(**{PARAMETER: replace(now, **{name: str(st.session_state[key])}).words})

    st.selectbox(
        ctx.say(f"quality.{name}"),
        options,
        format_func=names.__getitem__,
        key=key,
        on_change=take,
        label_visibility="collapsed",
        width=300,
    )
