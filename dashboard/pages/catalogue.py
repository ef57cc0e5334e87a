"""指标说明: what each number means, and the standard's two appendices."""

from analytics.core.text import Text
from dashboard.context import Context
from dashboard.page import Page
from dashboard.parts import arrange, definitions


def render(ctx: Context) -> None:
    """Draw the page."""
    titles = (ctx.say(f"catalogue.{name}") for name in ("measures", "appendix_a", "appendix_b"))
    drawn = (definitions.measures, definitions.appendix_a, definitions.appendix_b)
    for tab, draw in zip(arrange.tabs(*titles), drawn, strict=True):
        with tab, arrange.panel(draw.__name__):
            draw(ctx)


PAGE = Page(
    slug="catalogue",
    group="help",
    order=1,
    title=Text(zh="指标说明", en="Definitions"),
    icon=":material/menu_book:",
    render=render,
    uses_selection=False,
    needs_data=False,
)
