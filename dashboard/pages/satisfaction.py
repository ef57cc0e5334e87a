"""满意度: are clients content, can we tell, and what waits?"""

from analytics.core.text import Text
from dashboard.context import Asked, Context
from dashboard.page import Page
from dashboard.parts import (
    arrange,
    messages,
    satisfaction_bounds,
    satisfaction_limits,
    satisfactions,
    waiting_lists,
)


def render(ctx: Context) -> None:
    """Draw the page; all its questions but the comparison are asked at once, so that reads are shared."""
    recent = ctx.selection.replace(period=str(ctx.trend_period()))
    follow_up_key = "bad_rating_followed_up_rate"
    wholes, by_area, levels, follow_up, (services, complaints) = ctx.measured(
        [
            [Asked(key) for key in satisfactions.RATES],
            [Asked(key, ("district",)) for key in satisfactions.RATES],
            satisfactions.level_questions(),
            [Asked(follow_up_key), Asked(follow_up_key, ("quarter",), recent)],
            [Asked("services"), Asked("complaints")],
        ]
    )
    if messages.nothing_chosen(ctx, [services]):
        return
    left, right = arrange.columns(1, 1)
    with left:
        satisfactions.levels(ctx, levels)
    with right:
        satisfaction_bounds.draw(ctx, wholes[0], levels[1])
    satisfaction_limits.draw(ctx)
    satisfactions.rates_by_area(ctx, wholes, by_area)
    left, right = arrange.columns(42, 58)
    with left:
        satisfactions.follow_up(ctx, follow_up, height=300)
    with right:
        waiting_lists.late(ctx, follow_up[0])
    waiting_lists.complaints(ctx, services, complaints)


PAGE = Page(
    slug="satisfaction",
    group="service",
    order=2,
    title=Text(zh="满意度", en="Satisfaction"),
    icon=":material/sentiment_satisfied:",
    render=render,
)
