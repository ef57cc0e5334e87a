"""Four numbers an area: share of priority industries, what was expected, gaps, how far the mix differs."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.context import Context, Row
from dashboard.parts import arrange, chart, tables
from dashboard.parts.tables import Column
from dashboard.words import formats


def draw(ctx: Context, areas: Sequence[Row], gaps: Sequence[Row]) -> None:
    """Draw a row an area; none is ranked, they stand in the standard's order."""
    title = ctx.say("industry_more.areas_title")
    names = ("services", "share", "expected", "points", "gaps", "divergence")
    columns = [Column(ctx.say("dimension.district"), least=4)]
    columns += [Column(ctx.say(f"industry_more.area_{name}"), is_number=True) for name in names]
    with arrange.panel("industry-areas"):
        chart.head(
            ctx, "industry-areas", [], title=title, says=_says(ctx, areas), how="industry_more.how_areas"
        )
        rows = [_row(ctx, area, gaps) for area in areas]
        tables.show(columns, rows, caption=title, height=420)


def _says(ctx: Context, areas: Sequence[Row]) -> str:
    differing = sum(1 for area in areas if _differs(area))
    return ctx.say("industry_more.areas_says", areas=len(areas), differing=differing)


def _differs(area: Row) -> bool:
    found, critical = area["divergence"], area["divergence_critical"]
    return found is not None and critical is not None and found > critical


def _row(ctx: Context, area: Row, gaps: Sequence[Row]) -> tuple[str, ...]:
    name = ctx.name("district", area["district"], short=True)
    services = ctx.say(
        "industry_more.services_of",
        services=formats.number(area["services"], ctx.language),
        unknown=formats.number(area["unknown"], ctx.language),
    )
    count = sum(1 for gap in gaps if gap["district"] == area["district"])
    priority = sum(1 for one in area["industries"] if one["is_priority"])
    if area["share"] is None:
        said = ctx.say("masked.long") if area["masked"] else ctx.say("industry.no_services")
        return name, services, said, *([formats.NOTHING] * 4)
    low, high = (f"{end * 100:.1f}" for end in area["interval"])
    share = ctx.say(
        "industry_more.share",
        share=formats.percent(area["share"], ctx.language),
        interval=f"{low}–{high}%",
        part=formats.number(area["priority_services"], ctx.language),
    )
    points = (
        formats.NOTHING if area["gap_points"] is None else formats.signed(area["gap_points"], ctx.language)
    )
    return (
        name,
        services,
        share,
        formats.percent(area["expected_share"], ctx.language),
        points,
        ctx.say("industry_more.gaps_of", count=count, all=priority),
        _divergence(ctx, area),
    )


def _divergence(ctx: Context, area: Row) -> str:
    if area["divergence"] is None or area["divergence_critical"] is None:
        return formats.NOTHING
    words = "industry_more.differs" if _differs(area) else "industry_more.alike"
    return ctx.say(words, value=f"{area['divergence']:.4f}", critical=f"{area['divergence_critical']:.4f}")
