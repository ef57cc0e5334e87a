"""What satisfaction may be, if those who did not rate are taken for content or for discontent."""

from __future__ import annotations

from analytics.stats.proportions import response_bounds
from dashboard.context import Answer, Context
from dashboard.parts import arrange, chart, figures_bounds, messages, quantities
from dashboard.parts.figures_bounds import Span
from dashboard.parts.palette import palette
from dashboard.words import formats

# With fewer answers than this the silent ones could turn the picture.
_WIDE_BELOW = 0.6


def draw(ctx: Context, rate: Answer, response: Answer, *, height: int = 190) -> None:
    """Draw the share with its interval, and the worst and best case over all services."""
    title = ctx.say("satisfaction.bounds")
    if rate.only["value"] is None or response.only["value"] is None:
        with arrange.panel("bounds"):
            messages.too_few(ctx, title)
        return
    worst, best = bounds(rate, response)
    says = ctx.say(
        "satisfaction.bounds_says",
        response=quantities.full(response.measure, response.only, ctx.language),
        rate=quantities.full(rate.measure, rate.only, ctx.language),
        worst=formats.percent(worst, ctx.language),
        best=formats.percent(best, ctx.language),
    )
    if response.only["value"] < _WIDE_BELOW:
        says += ctx.say("satisfaction.bounds_wide")
    figure = figures_bounds.spans(palette(is_dark=ctx.is_dark), _spans(ctx, rate, worst, best), height=height)
    chart.framed(ctx, "bounds", [rate, response], title=title, says=says, figure=figure, how="how.bounds")


def bounds(rate: Answer, response: Answer) -> tuple[float, float]:
    """Return the share of satisfied of all services, if no silent client were content and if all were.

    Ratings may be more than ``rate`` rests on where monthly totals say less: both ends stay honest, for
    what is not known to be satisfied counts as silent.
    """
    asked = response.only["denominator"]
    answered = min(rate.only["denominator"], asked)
    satisfied = min(rate.only["numerator"], answered)
    _, worst, best = response_bounds(round(satisfied), round(answered), round(asked))
    return float(worst), float(best)


def _spans(ctx: Context, rate: Answer, worst: float, best: float) -> list[Span]:
    row, language = rate.only, ctx.language
    value = formats.percent(row["value"], language)
    of_rated = ctx.say(
        "satisfaction.bounds_rated_text",
        value=value,
        interval=quantities.interval(rate.measure, row, language),
    )
    of_all = ctx.say(
        "satisfaction.bounds_all_text",
        worst=formats.percent(worst, language),
        best=formats.percent(best, language),
    )
    return [
        Span(ctx.say("satisfaction.bounds_rated"), row["lower"], row["upper"], row["value"], of_rated),
        Span(ctx.say("satisfaction.bounds_all"), worst, best, None, of_all),
    ]
