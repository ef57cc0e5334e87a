"""服务量: who was served with what, and how it changes."""

from analytics.core.text import Text
from dashboard.context import Asked, Context
from dashboard.page import Page
from dashboard.parts import arrange, messages, volumes


def render(ctx: Context) -> None:
    """Draw the page."""
    questions = [
        volumes.month_questions(ctx),
        volumes.clients_questions(ctx),
        [
            Asked("services", by)
            for by in (("service",), ("channel",), ("client_type",), ("district", "service"))
        ],
    ]
    by_month, clients, (by_service, by_channel, by_client, by_both) = ctx.measured(questions)
    if messages.nothing_chosen(ctx, by_month[:1]):
        return
    left, right = arrange.columns(1, 1)
    with left:
        volumes.by_month(ctx, by_month)
    with right:
        volumes.clients_by_month(ctx, clients, height=300)
    left, right = arrange.columns(1, 1)
    with left:
        volumes.services_in_order(ctx, by_service)
    with right:
        volumes.mix(ctx, by_channel)
        volumes.mix(ctx, by_client)
    volumes.by_area_and_service(ctx, by_both)


PAGE = Page(
    slug="volume",
    group="service",
    order=1,
    title=Text(zh="服务量", en="Service volume"),
    icon=":material/bar_chart:",
    render=render,
)
