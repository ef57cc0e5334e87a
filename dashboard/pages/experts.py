"""志愿服务专家: do experts answer in two days, is the work spread, who covers what is asked for?"""

from analytics.core.text import Text
from dashboard import comparing
from dashboard.context import Asked, Context
from dashboard.page import Page
from dashboard.parts import arrange, cards, control_charts, expert_list, experts, messages

CARDS = (
    "expert_assignments",
    "expert_answered_in_time_rate",
    "expert_answer_days",
    "expert_feedback_rate",
    "expert_supported_rate",
)


def render(ctx: Context) -> None:
    """Draw the page; all its questions are asked at once, so that reads are shared."""
    loads = [
        Asked("expert_assignments", ("expert",)),
        Asked("expert_overdue", ("institution", "expert", "month")),
    ]
    for_cards, answers, (by_expert, overdue), fields = ctx.measured(
        [cards.ask(ctx, CARDS), experts.answer_questions(), loads, expert_list.field_questions()]
    )
    listed = experts.on_list(ctx)
    if not listed and messages.nothing_chosen(ctx, for_cards[:1]):
        return
    cards.row(ctx, CARDS, for_cards)
    left, right = arrange.columns(1, 1)
    with left:
        experts.answers(ctx, answers)
        experts.load(ctx, by_expert, listed)
    with right:
        experts.by_area(ctx, answers)
        expert_list.on_file(ctx, listed)
    charted = comparing.charted(ctx, "expert_answered_in_time_rate")
    control_charts.draw(ctx, "expert-control", charted, title=ctx.say("experts.control"))
    left, right = arrange.columns(58, 42)
    with left:
        expert_list.fields(ctx, fields, listed)
    with right:
        expert_list.overdue(ctx, overdue)


PAGE = Page(
    slug="experts",
    group="service",
    order=3,
    title=Text(zh="志愿服务专家", en="Volunteer experts"),
    icon=":material/school:",
    render=render,
)
