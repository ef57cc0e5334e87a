"""服务量: who was served with what, and whether that changed beyond the usual."""

from analytics.core.text import Text
from dashboard.context import Asked, Context
from dashboard.page import Page
from dashboard.parts import arrange, cards, control_charts, messages, volumes

CARDS = ("services", "clients_served", "new_clients", "persons_served")
MIXES = ("service", "channel", "client_type")


def render(ctx: Context) -> None:
    """Draw the page; all its questions are asked at once, so that reads are shared."""
    mixes = [Asked("services", by) for by in (*((name,) for name in MIXES), ("district", "service"))]
    for_cards, mixed = ctx.measured([cards.ask(ctx, CARDS), mixes])
    by_service, by_channel, by_client, by_both = mixed
    if messages.nothing_chosen(ctx, [by_service]):
        return
    services, clients, fresh, _ = cards.row(ctx, CARDS, for_cards)
    left, right = arrange.columns(62, 38)
    with left:
        title = ctx.say("volume.control")
        control_charts.draw(ctx, "control", control_charts.of_months(ctx, services.months), title=title)
    with right:
        clients_and_new = [clients.now, fresh.now, clients.months, fresh.months]
        volumes.clients_by_month(ctx, clients_and_new, height=400)
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
