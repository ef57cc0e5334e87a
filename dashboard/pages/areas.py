"""区域比较: districts and institutions against what their own mix lets expect; no league table."""

from analytics.core.text import Text
from dashboard import comparing
from dashboard.context import Asked, Context
from dashboard.page import Page
from dashboard.parts import brief_button, compare_chart, compare_choice, messages, scorecard, side_by_side


def render(ctx: Context) -> None:
    """Draw the page: scorecard, one measure at a time, two units side by side."""
    compare_choice.trail(ctx, compare_choice.chosen(ctx))
    choice = compare_choice.controls(ctx)
    asked = compare_choice.asked(ctx, choice)
    keys = compare_choice.MEASURES
    peers = choice.peers if choice.unit == "institution" else "all"
    found = comparing.compared_many(
        ctx, keys, choice.unit, selection=asked, peers=peers, by_client=choice.by_client
    )
    codes = [row[choice.dimension] for row in found[0].rows]
    shown = compare_choice.shown(ctx, choice, codes)
    wholes = ctx.measures([Asked(key, (), asked) for key in keys])
    if messages.nothing_chosen(ctx, wholes):
        return
    of_city = wholes if ctx.scope.kind == "city" else []
    scorecard.draw(ctx, choice, found, shown, of_city)
    compare_chart.draw(ctx, choice, found, shown, of_city)
    side_by_side.draw(ctx, choice, found, codes, shown)
    brief_button.draw(ctx)


PAGE = Page(
    slug="compare",
    group="comparison",
    order=1,
    title=Text(zh="区域比较", en="Compare districts"),
    icon=":material/balance:",
    render=render,
)
