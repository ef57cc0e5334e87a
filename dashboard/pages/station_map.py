"""工作站地图: where the stations are and how they and their areas do, as a map or as tiles."""

from analytics.core.text import Text
from dashboard.context import Context
from dashboard.page import Page
from dashboard.parts import arrange, map_choice, map_questions, place_card, station_map, tile_grid


def render(ctx: Context) -> None:
    """Draw the page; all its questions are asked at once, so that reads are shared."""
    choice = map_choice.controls(ctx)
    for_map, for_card = ctx.measured([map_questions.questions(ctx, choice), place_card.questions(ctx)])
    found = map_questions.answered(for_map)
    left, right = arrange.columns(68, 32)
    with left:
        if choice.view == "map":
            station_map.draw(ctx, choice, found)
        else:
            tile_grid.draw(ctx, found)
    with right:
        place_card.draw(ctx, for_card)


PAGE = Page(
    slug="map",
    group="place",
    order=1,
    title=Text(zh="工作站地图", en="Station map"),
    icon=":material/map:",
    render=render,
)
