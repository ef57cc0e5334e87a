"""重点关注事项: what needs attention, what of it is new, and whom to call."""

from analytics.core.text import Text
from dashboard.context import Context
from dashboard.page import Page
from dashboard.parts import brief_button, worklist


def render(ctx: Context) -> None:
    """Draw the page."""
    worklist.draw(ctx)
    brief_button.draw(ctx)


PAGE = Page(
    slug="worklist",
    group="overview",
    order=2,
    title=Text(zh="重点关注事项", en="Needs attention"),
    icon=":material/checklist:",
    render=render,
)
