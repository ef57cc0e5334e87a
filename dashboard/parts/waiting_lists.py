"""What waits, as lists: bad ratings past their deadline without contact, and complaints."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.core.settings import settings
from analytics.measures.waiting import LONG_WORKDAYS
from analytics.standard.names import members
from analytics.stats.intervals import poisson_interval
from dashboard import comparing
from dashboard.context import Answer, Context, Row
from dashboard.parts import arrange, chart, chart_data, tables
from dashboard.parts.chart_data import Sheet
from dashboard.words import formats

_COUNTS = ("received", "upheld", "not_upheld", "closed", "improved", "late")


def late(ctx: Context, follow_up: Answer) -> None:
    """Draw the institutions with bad ratings that wait, in the order of districts, with ages.

    ``follow_up`` is the answer of the rate that the list belongs to: its definition stands behind the button.
    """
    rows = _placed(ctx, comparing.late_follow_ups(ctx))
    title = ctx.say("late.title", day=formats.day(ctx.data.data_until, ctx.language))
    names = [
        ctx.say("zones.district"),
        ctx.say("dimension.institution"),
        *(
            ctx.say(f"late.{name}", days=LONG_WORKDAYS)
            for name in ("waiting", "due", "long", "since", "late")
        ),
    ]
    columns = [
        tables.Column(name, place > 1, least=(5, 11)[place] if place < 2 else 0)
        for place, name in enumerate(names)
    ]
    cells = [_late_cells(ctx, place, row) for place, row in rows]
    plain = [
        [place, ctx.name("institution", row["institution"]), row["waiting"], row["due"], row["long"],
         row["since"], row["late_workdays"]]
        for place, row in rows
    ]  # fmt: skip
    notes = chart_data.notes(ctx, follow_up, title)
    sheet = Sheet(title, columns, lambda: cells, names, lambda: plain, notes, f"late-{ctx.period}.csv")
    with arrange.panel("late"):
        chart.head(ctx, "late", [follow_up], title=title, says=_late_says(ctx, rows), sheets=[sheet])
        if cells:
            tables.show(columns, cells, caption=title, height=300)


def _late_cells(ctx: Context, place: str, row: Row) -> list[str]:
    hidden = ctx.say("zones.masked")
    return [
        place,
        ctx.name("institution", row["institution"]),
        hidden if row["masked"] else formats.number(row["waiting"], ctx.language),
        formats.number(row["due"], ctx.language),
        formats.number(row["long"], ctx.language),
        formats.day(row["since"], ctx.language),
        formats.number(row["late_workdays"], ctx.language),
    ]


def _late_says(ctx: Context, rows: Sequence[tuple[str, Row]]) -> str:
    if not rows:
        return ctx.say("late.none")
    days = settings().bad_rating_contact_within_days
    if any(row["waiting"] is None or row["late_workdays"] is None for _, row in rows):
        return ctx.say("late.says_few", institutions=len(rows), days=days)
    old = sum(row["long"] for _, row in rows)
    waiting = sum(row["waiting"] for _, row in rows)
    return ctx.say(
        "late.says",
        institutions=len(rows),
        waiting=formats.number(waiting, ctx.language),
        days=days,
        old=formats.number(old, ctx.language),
        long=LONG_WORKDAYS,
    )


def complaints(ctx: Context, services: Answer, measure: Answer) -> None:
    """Draw complaints by category, then by institution and category, and say what became of them.

    ``services`` gives what they stand against, ``measure`` is the answer of complaints in all.
    """
    rows, lacking = comparing.complaints_received(ctx)
    title = ctx.say("complaints.title")
    names = [ctx.say("zones.district"), ctx.say("dimension.institution"), ctx.say("complaints.category")]
    names += [ctx.say(f"complaints.{name}") for name in (*_COUNTS, "late_workdays")]
    columns = [tables.Column(name, place > 2) for place, name in enumerate(names)]
    placed = _placed(ctx, rows)
    cells = [
        [place, ctx.name("institution", row["institution"]), _category(ctx, row), *_counts(ctx, row)]
        for place, row in placed
    ]
    plain = [
        [place, ctx.name("institution", row["institution"]), _category(ctx, row)]
        + [row[name] for name in (*_COUNTS, "late_workdays")]
        for place, row in placed
    ]
    notes = [
        *chart_data.notes(ctx, measure, title),
        (ctx.say("chart.limits"), ctx.say("complaints.deadline")),
    ]
    sheet = Sheet(title, columns, lambda: cells, names, lambda: plain, notes, f"complaints-{ctx.period}.csv")
    with arrange.panel("complaints"):
        says = complaints_say(ctx, rows, None if lacking else services)
        chart.head(ctx, "complaints", [measure], title=title, says=says, sheets=[sheet])
        if rows:
            _categories(ctx, rows)
            tables.show(columns, cells, caption=title, height=300)


def complaints_say(ctx: Context, rows: Sequence[Row], services: Answer | None) -> str:
    """Say how many came in and what became of them, against the services where filters are the same."""
    if not rows:
        return ctx.say("complaints.none")
    total = {name: sum(row[name] for row in rows) for name in _COUNTS}
    said = ctx.say(
        "complaints.says",
        received=formats.number(total["received"], ctx.language),
        upheld=total["upheld"],
        not_upheld=total["not_upheld"],
        open=total["received"] - total["upheld"] - total["not_upheld"],
        unclosed=total["received"] - total["closed"],
        late=total["late"],
        days=settings().complaint_close_within_days,
    )
    served = services.only["value"] if services is not None else None
    if served:
        said += _per_services(ctx, total["received"], served)
    return said + ctx.say("complaints.counts") + ctx.say("complaints.deadline")


def _per_services(ctx: Context, received: int, served: float) -> str:
    """Say how many complaints there were in ten thousand services, with the exact Poisson interval."""
    bounds = (float(bound[0]) for bound in poisson_interval([received]))
    rate, low, high = (
        formats.number(10000 * count / served, ctx.language, 1) for count in (received, *bounds)
    )
    counts = formats.number(received, ctx.language), formats.number(served, ctx.language)
    return ctx.say("complaints.per", rate=rate, low=low, high=high, received=counts[0], served=counts[1])


def _categories(ctx: Context, rows: Sequence[Row]) -> None:
    """Draw what the complaints were about, in the catalogue's order, those not recorded last."""
    order = list(dict.fromkeys(row["category"] for row in rows))
    catalogue = list(members("complaint_category"))
    order.sort(key=lambda code: (code is None, catalogue.index(code) if code in catalogue else 99))
    names = [ctx.say("complaints.category"), *(ctx.say(f"complaints.{name}") for name in _COUNTS)]
    cells = []
    for code in order:
        held = [row for row in rows if row["category"] == code]
        counts = [formats.number(sum(row[name] for row in held), ctx.language) for name in _COUNTS]
        cells.append([_category(ctx, held[0]), *counts])
    columns = [tables.Column(name, place > 0) for place, name in enumerate(names)]
    tables.show(columns, cells, caption=ctx.say("complaints.by_category"))


def _counts(ctx: Context, row: Row) -> list[str]:
    return [formats.number(row[name], ctx.language) for name in (*_COUNTS, "late_workdays")]


def _category(ctx: Context, row: Row) -> str:
    if row["category"] is None:
        return ctx.say("complaints.unknown")
    return ctx.name("complaint_category", row["category"])


def _placed(ctx: Context, rows: Sequence[Row]) -> list[tuple[str, Row]]:
    """Return rows with their district, in the standard's order of districts and by number within."""
    places = {row["institution_id"]: row["district"] for row in ctx.institutions()}
    order = {code: place for place, code in enumerate(ctx.options("district"))}
    chosen = sorted(
        rows, key=lambda row: (order.get(places.get(row["institution"]) or "", 99), row["institution"])
    )
    return [(ctx.name("district", places.get(row["institution"]), short=True), row) for row in chosen]
