"""How shares met, figures of cells and their uncertainty are said on 规范符合度."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analytics.compliance import Cell
from analytics.compliance.rules import rules
from analytics.compliance.summary import Tallied
from analytics.core.settings import settings
from analytics.measures.suppress import count_limit, is_small
from analytics.stats.intervals import wilson_interval
from dashboard import clauses
from dashboard.context import Context
from dashboard.words import formats


def share_of(ctx: Context, sums: Tallied) -> str:
    """Return a share met with its denominator, in words."""
    if sums.share is None:
        return formats.NOTHING
    met, judged = formats.number(sums.met, ctx.language), formats.number(sums.judged, ctx.language)
    return ctx.say(
        "standard.share", share=formats.percent(sums.share, ctx.language, 0), met=met, judged=judged
    )


def range_of(ctx: Context, sums: Tallied) -> str:
    """Return between what the share met would lie if what has no evidence were known.

    Every institution and clause is looked at: no sample, so the uncertainty is not one of chance but of what
    nobody knows. The lower end takes all of it for not met, the upper end for met.
    """
    whole = sums.judged + sums.no_evidence
    if not whole or sums.share is None:
        return formats.NOTHING
    low, high = sums.met / whole, (sums.met + sums.no_evidence) / whole
    return f"{low * 100:.0f}–{formats.percent(high, ctx.language, 0)}"


def figure(ctx: Context, cell: Cell) -> str:
    """Return a cell's figure with what it is out of, a rate with its interval unless it is over too few."""
    shown = clauses.figure_of(ctx, cell)
    if shown["masked"]:
        return ctx.say("masked.long")
    if shown["numerator"] is None:
        return formats.NOTHING
    number = formats.number(shown["numerator"], ctx.language)
    if shown["denominator"] is None:
        return number
    out_of = f"{number} / {formats.number(shown['denominator'], ctx.language)}"
    rule = rules().get(cell.clause)
    if rule is None or not rule.form.is_rate or not shown["denominator"]:
        return out_of
    return _rate(ctx, shown, out_of)


def summed(ctx: Context, number: str, part: float, whole: float) -> str:
    """Return a clause's figure over several institutions, as far as the reader may see it."""
    limit, rule = count_limit(ctx.scope, settings()), rules().get(number)
    if is_small(part, limit) or (whole and is_small(whole - part, limit)):
        return ctx.say("masked.long")
    if not whole:
        return formats.number(part, ctx.language)
    out_of = f"{formats.number(part, ctx.language)} / {formats.number(whole, ctx.language)}"
    if rule is None or not rule.form.is_rate:
        return out_of
    if whole < settings().rate_hidden_below:
        return ctx.say("masked.long")
    return _rate(ctx, {"numerator": part, "denominator": whole, "value": part / whole}, out_of)


def _rate(ctx: Context, shown: Mapping[str, Any], out_of: str) -> str:
    whole = float(shown["denominator"])
    low, high = wilson_interval([min(float(shown["numerator"]), whole)], [whole])
    interval = f"{low[0] * 100:.1f}–{formats.percent(float(high[0]), ctx.language)}"
    value = formats.percent(float(shown["value"]), ctx.language)
    return ctx.say("clauses.rate", value=value, interval=interval, out_of=out_of)


def notes(ctx: Context) -> Sequence[tuple[str, str]]:
    """Return what stands above the table in a file."""
    told = [(ctx.say("standard.as_of"), clauses.day_of(ctx).isoformat())]
    told.append((ctx.say("standard.scope"), str(ctx.scope)))
    told.append((ctx.say("clauses.version"), ctx.data.version))
    return told + ([(ctx.say("frame.sample"), ctx.say("frame.sample_note"))] if ctx.data.is_sample else [])
