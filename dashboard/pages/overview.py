"""全市总览: how the network is doing, on one screen."""

from analytics.core.text import Text
from dashboard.context import Context
from dashboard.page import Page
from dashboard.parts import (
    arrange,
    attention_panel,
    cards,
    changed,
    highlights,
    map_small,
    messages,
    network,
    progress,
    volumes,
)

CARDS = (
    "services",
    "clients_served",
    "satisfaction_rate",
    "response_days",
    "expert_answered_in_time_rate",
    "reporting_rate",
)


def render(ctx: Context) -> None:
    """Draw the page; all its questions are asked at once, so that reads are shared."""
    targets = progress.questions(ctx)
    questions = [
        cards.ask(ctx, CARDS),
        volumes.month_questions(ctx),
        highlights.questions(),
        [target.asked for target in targets],
    ]
    for_cards, by_month, for_highlights, for_targets = ctx.measured(questions)
    if messages.nothing_chosen(ctx, for_cards[:1]):
        return
    drawn = cards.row(ctx, CARDS, for_cards)
    change = changed.in_words(ctx, drawn[0].measure, drawn[0].changes)
    left, middle, right = arrange.columns(35, 31, 34)
    with left:
        title = ctx.say("overview.map")
        map_small.by_area(ctx, for_highlights[len(highlights.KEYS)], title=title, height=292)
        network.draw(ctx)
    with middle:
        volumes.by_month(ctx, by_month, height=204 if targets else 370, change=change)
        progress.draw(ctx, targets, for_targets)
    with right:
        attention_panel.draw(ctx)
        highlights.draw(ctx, for_highlights)


PAGE = Page(
    slug="overview",
    group="overview",
    order=1,
    title=Text(zh="全市总览", en="City overview"),
    icon=":material/dashboard:",
    render=render,
)
