"""评价与改进: what was found wrong, what was improved, what is overdue, what else is followed up."""

from analytics.core.text import Text
from dashboard.context import Context
from dashboard.page import Page
from dashboard.parts import improvement


def render(ctx: Context) -> None:
    """Draw the page."""
    improvement.draw(ctx)


PAGE = Page(
    slug="improvement",
    group="standard",
    order=2,
    title=Text(zh="评价与改进", en="Improvement"),
    icon=":material/cycle:",
    render=render,
)
