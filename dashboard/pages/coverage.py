"""覆盖短板: which areas and stations are under-served, why, how sure that is, and what would help most."""

from analytics.core.text import Text
from dashboard.context import Context
from dashboard.page import Page
from dashboard.parts import reach_choice, siting, underserved, weak_stations

_VIEWS = {
    "zones": underserved.draw,
    "stations": weak_stations.draw,
    "siting": siting.draw,
    "whatif": siting.draw_what_if,
}


def render(ctx: Context) -> None:
    """Draw the view chosen; heavy work is done once a snapshot and shown as it goes."""
    choice = reach_choice.chosen()
    reach_choice.views(ctx, choice)
    if not reach_choice.refused(ctx, choice):
        _VIEWS[choice.view](ctx, choice)


PAGE = Page(
    slug="coverage",
    group="place",
    order=2,
    title=Text(zh="覆盖短板", en="Gaps in coverage"),
    icon=":material/wrong_location:",
    render=render,
)
