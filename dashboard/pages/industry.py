"""产业对接: do services follow each area's priority industries?"""

from analytics.core.text import Text
from dashboard.context import Context
from dashboard.page import Page
from dashboard.parts import industry


def render(ctx: Context) -> None:
    """Draw the page."""
    industry.draw(ctx)


PAGE = Page(
    slug="industry",
    group="industry",
    order=1,
    title=Text(zh="产业对接", en="Industry alignment"),
    icon=":material/factory:",
    render=render,
)
