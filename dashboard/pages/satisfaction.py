"""满意度: are clients content, and can we tell?"""

from analytics.core.text import Text
from dashboard.context import Asked, Context
from dashboard.page import Page
from dashboard.parts import arrange, messages, satisfactions


def render(ctx: Context) -> None:
    """Draw the page."""
    recent = ctx.selection.replace(period=str(ctx.trend_period()))
    wholes, by_area, levels, by_institution, follow_up, services = ctx.measured(
        [
            [Asked(key) for key in satisfactions.RATES],
            [Asked(key, ("district",)) for key in satisfactions.RATES],
            satisfactions.level_questions(),
            [Asked(key, ("institution",)) for key in ("satisfaction_rate", "rating_response_rate")],
            [
                Asked("bad_rating_followed_up_rate"),
                Asked("bad_rating_followed_up_rate", ("quarter",), recent),
            ],
            [Asked("services")],
        ]
    )
    if messages.nothing_chosen(ctx, services):
        return
    left, right = arrange.columns(1, 1)
    with left:
        satisfactions.levels(ctx, levels)
    with right:
        satisfactions.follow_up(ctx, follow_up)
    satisfactions.rates_by_area(ctx, wholes, by_area)
    satisfactions.by_institution(ctx, *by_institution)


PAGE = Page(
    slug="satisfaction",
    group="service",
    order=2,
    title=Text(zh="满意度", en="Satisfaction"),
    icon=":material/sentiment_satisfied:",
    render=render,
)
