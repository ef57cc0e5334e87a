"""服务量: who was served with what, and how it changes."""

from analytics.core.text import Text
from dashboard.context import Context
from dashboard.page import Page
from dashboard.parts import volumes


def render(ctx: Context) -> None:
    """Draw the page."""
    volumes.by_month(ctx, ctx.measures(volumes.month_questions(ctx)))


PAGE = Page(
    slug="volume",
    group="service",
    order=1,
    title=Text(zh="服务量", en="Service volume"),
    icon=":material/bar_chart:",
    render=render,
)
