"""数据质量: can the figures be trusted?"""

from analytics.core.text import Text
from dashboard.context import Context
from dashboard.page import Page
from dashboard.parts import quality


def render(ctx: Context) -> None:
    """Draw the page."""
    quality.draw(ctx)


PAGE = Page(
    slug="quality",
    group="data",
    order=2,
    title=Text(zh="数据质量", en="Data quality"),
    icon=":material/fact_check:",
    render=render,
)
