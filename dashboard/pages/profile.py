"""机构画像: one institution on two printed pages, with its peers and what needs attention."""

from analytics.core.text import Text
from dashboard import comparing, profiles
from dashboard.context import Context
from dashboard.page import Page
from dashboard.parts import (
    arrange,
    compare_choice,
    messages,
    profile_clauses,
    profile_head,
    profile_lists,
    profile_measures,
    profile_trend,
)

TRENDS = ("services", "satisfaction_rate")


def render(ctx: Context) -> None:
    """Draw the page: facts, trend, attention, services; then measures, peers, clauses, findings."""
    institution = profile_head.chosen(ctx)
    profile_head.controls(ctx, institution)
    facts = profiles.facts(ctx, institution) if institution else None
    if institution is None or facts is None:
        profile_head.nobody(ctx)
        return
    own = ctx.selection.replace(institution=(institution,), district=(), tier=())
    choice = compare_choice.of_institutions(ctx)
    with arrange.sheet("profile"):
        profile_head.draw(ctx, facts)
        given = ctx.measures(profile_lists.questions(own))
        if messages.nothing_chosen(ctx, given):
            return
        for trend in comparing.charted_many(ctx, TRENDS, "institution", selection=own):
            profile_trend.draw(ctx, trend, own)
        profile_lists.signals(ctx, institution)
        profile_lists.services(ctx, given)
        with arrange.sheet("profile-second"):
            compared = comparing.compared_many(
                ctx,
                compare_choice.MEASURES,
                "institution",
                selection=compare_choice.asked(ctx, choice),
                peers=choice.peers,
                with_medians=False,
            )
            compared = profile_measures.with_own_medians(ctx, compared, institution, own)
            profile_measures.draw(ctx, choice, compared, institution)
            profile_measures.peers(ctx, choice, compared, institution)
            profile_clauses.draw(ctx, institution)
            profile_lists.findings(ctx, institution)


PAGE = Page(
    slug="institution",
    group="comparison",
    order=2,
    title=Text(zh="机构画像", en="Institution profile"),
    icon=":material/badge:",
    render=render,
)
