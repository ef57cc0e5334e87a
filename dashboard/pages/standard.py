"""规范符合度: which clauses of the standard are met, where, on what evidence, and what is missing."""

from analytics.core.text import Text
from dashboard.context import Context
from dashboard.page import Page
from dashboard.parts import standard


def render(ctx: Context) -> None:
    """Draw the page."""
    standard.draw(ctx)


PAGE = Page(
    slug="standard",
    group="standard",
    order=1,
    title=Text(zh="规范符合度", en="Standard met"),
    icon=":material/rule:",
    render=render,
)
