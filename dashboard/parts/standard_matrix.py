"""Institutions and clauses as a matrix: chapters by area first, then clauses, then institutions, or all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import streamlit as st

from analytics.compliance import STATUSES, Cell
from analytics.compliance.summary import CHAPTERS, Tallied, chapter_of, grouped
from analytics.standard.clauses import LEVEL_NAMES, clauses_by_number
from dashboard.context import Context, Row
from dashboard.parts import chart, figures, figures_clauses, html, standard_choice
from dashboard.parts.chart_data import Sheet
from dashboard.parts.palette import palette
from dashboard.parts.standard_choice import EACH, StandardChoice, clause_name, short_name
from dashboard.parts.standard_words import notes, share_of
from dashboard.parts.tables import Column
from dashboard.words import formats

_MISSED = ("not_met", "partly_met")
_NAME_LENGTH = 26
_KEY = "standard-matrix"


def draw(ctx: Context, now: StandardChoice, listed: Sequence[Row], cells: Sequence[Cell]) -> None:
    """Draw the controls and the matrix they ask for."""
    areas = areas_of(ctx, listed)
    _controls(ctx, now, areas)
    listed, cells = _found(ctx, now, listed, [cell for cell in cells if now.fits(cell)])
    kept = _kept(now, cells)
    cells = [cell for cell in cells if cell.clause in kept]
    if not cells:
        st.html(html.block(ctx.say("clauses.nothing_found"), "quiet"))
        return
    by_clause = bool(now.chapter or now.find or now.only)
    if now.area == EACH:
        _picture(ctx, now, listed, cells, areas)
    elif now.area in areas or (now.find and len(listed) == 1):
        here = [row for row in listed if now.area in ("", row["district"])]
        numbers = {row["institution_id"] for row in here}
        mine = [cell for cell in cells if cell.institution_id in numbers]
        _statuses(ctx, now, here, mine) if by_clause else _shares(ctx, now, here, mine, by="institution_id")
    else:
        _shares(ctx, now, listed, cells, by="district")


def areas_of(ctx: Context, listed: Sequence[Row]) -> list[str]:
    """Return the areas of institutions in the standard's order, the city's own first."""
    found = list(dict.fromkeys(row["district"] for row in listed))
    order = [code for code in ctx.options("district") if code in found]
    return [code for code in found if code not in order] + order


def _controls(ctx: Context, now: StandardChoice, areas: Sequence[str]) -> None:
    def area_name(code: str) -> str:
        return ctx.say("clauses.area_each") if code == EACH else ctx.name("district", code, short=True)

    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="standard-matrix-head"):
        standard_choice.pick(
            ctx, now, "chapter", list(CHAPTERS), lambda key: ctx.text(CHAPTERS[key]), clause="", width=190
        )
        standard_choice.pick(ctx, now, "area", [EACH, *areas], area_name, width=190)
        standard_choice.search(ctx, now)
        standard_choice.switch(ctx, now, "level", standard_choice.LEVELS)
        standard_choice.switch(ctx, now, "only", standard_choice.ONLY)


def _found(
    ctx: Context, now: StandardChoice, listed: Sequence[Row], cells: Sequence[Cell]
) -> tuple[list[Row], list[Cell]]:
    """Return what holds the word looked for: clauses by name, else institutions by name or number."""
    rows, word = list(listed), now.find.casefold()
    if not word:
        return rows, list(cells)
    named = {
        number
        for number in {cell.clause for cell in cells}
        if word in clause_name(ctx, number).casefold()
        or word in ctx.text(clauses_by_number()[number].summary).casefold()
    }
    if named:
        return rows, [cell for cell in cells if cell.clause in named]
    rows = [row for row in rows if word in f"{row['institution_id']} {row['name']}".casefold()]
    numbers = {row["institution_id"] for row in rows}
    return rows, [cell for cell in cells if cell.institution_id in numbers]


def _kept(now: StandardChoice, cells: Sequence[Cell]) -> set[str]:
    """Return the clauses that have at least one cell of the statuses looked at."""
    wanted = {"missed": _MISSED, "unknown": ("no_evidence",)}.get(now.only)
    return {cell.clause for cell in cells if wanted is None or cell.status in wanted}


def _shares(
    ctx: Context, now: StandardChoice, listed: Sequence[Row], cells: Sequence[Cell], *, by: str
) -> None:
    """Draw shares met: chapters, or clauses, by area or by institution."""
    by_clause = bool(now.chapter or now.find or now.only)
    place = {row["institution_id"]: row[by] for row in listed}
    found = grouped(
        cells,
        lambda cell: (cell.clause if by_clause else chapter_of(cell.clause), place[cell.institution_id]),
    )
    columns = areas_of(ctx, listed) if by == "district" else [row["institution_id"] for row in listed]
    keys = list(dict.fromkeys(cell.clause for cell in cells)) if by_clause else list(CHAPTERS)
    keys = _in_order(key for key in keys if any(found.get((key, one)) for one in columns))
    sums = [[found.get((key, one), Tallied()) for one in columns] for key in keys]
    rows = [clause_name(ctx, key) if by_clause else ctx.text(CHAPTERS[key]) for key in keys]
    heads = _heads(ctx, listed, columns, by)
    figure = figures.matrix(
        palette(is_dark=ctx.is_dark),
        [[one.share for one in line] for line in sums],
        rows=_short(rows),
        columns=heads,
        texts=[[_text(one) for one in line] for line in sums],
        hovers=[
            [f"{head}<br>{name}<br>{_told(ctx, one)}" for head, one in zip(heads, line, strict=True)]
            for name, line in zip(rows, sums, strict=True)
        ],
        height=figures.rows_height(len(keys), over=130, each=26),
    )
    pairs = [[(key, one) for one in columns] for key in keys]
    _frame(ctx, now, figures_clauses.clickable(figure, pairs), f"by_{by}", _sheet(ctx, rows, heads, sums))


def _heads(ctx: Context, listed: Sequence[Row], columns: Sequence[str], by: str) -> list[str]:
    if by == "district":
        return [ctx.name("district", area, short=True) for area in columns]
    return _unique([short_name(row) for row in listed])


def _text(sums: Tallied) -> str:
    """Return the share; what is only on record shows its sign."""
    if sums.share is not None:
        return f"{sums.share:.0%}"
    return figures_clauses.SIGNS["recorded"] if sums.recorded else ""


def _told(ctx: Context, sums: Tallied) -> str:
    said = share_of(ctx, sums) if sums.share is not None else ctx.say("standard.nothing_judged")
    rest = ctx.say(
        "clauses.rest",
        recorded=formats.number(sums.recorded, ctx.language),
        unknown=formats.number(sums.no_evidence, ctx.language),
    )
    return f"{said}<br>{rest}"


def _statuses(ctx: Context, now: StandardChoice, listed: Sequence[Row], cells: Sequence[Cell]) -> None:
    """Draw clauses by institution, each status by sign and colour."""
    of = {(cell.clause, cell.institution_id): cell for cell in cells}
    shown = _in_order({cell.clause for cell in cells if cell.status != "not_applicable"})
    if not shown:
        st.html(html.block(ctx.say("standard.nothing_judged"), "quiet"))
        return
    numbers = [row["institution_id"] for row in listed]
    lines = [[of[clause, number] for number in numbers] for clause in shown]
    names, heads = (
        [clause_name(ctx, clause) for clause in shown],
        _unique([short_name(row) for row in listed]),
    )
    figure = figures_clauses.statuses(
        palette(is_dark=ctx.is_dark),
        [[cell.status for cell in line] for line in lines],
        rows=_short(names),
        columns=heads,
        hovers=[
            [
                f"{row['name']}<br>{name}<br>{ctx.text(STATUSES[cell.status])}"
                for row, cell in zip(listed, line, strict=True)
            ]
            for name, line in zip(names, lines, strict=True)
        ],
        height=figures.rows_height(len(shown), over=150, each=24),
    )
    pairs = [[(clause, number) for number in numbers] for clause in shown]
    sheet = _status_sheet(ctx, listed, [cell for line in lines for cell in line])
    _frame(ctx, now, figures_clauses.clickable(figure, pairs), "by_status", sheet)


def _picture(
    ctx: Context, now: StandardChoice, listed: Sequence[Row], cells: Sequence[Cell], areas: Sequence[str]
) -> None:
    """Draw every clause at every institution, by chapter and area; a name stands for each group."""
    ordered = sorted(listed, key=lambda row: (areas.index(row["district"]), row["institution_id"]))
    shown = _in_order({cell.clause for cell in cells})
    of = {(cell.clause, cell.institution_id): cell.status for cell in cells}
    figure = figures_clauses.picture(
        palette(is_dark=ctx.is_dark),
        [[of[clause, row["institution_id"]] for row in ordered] for clause in shown],
        rows=[clause_name(ctx, clause) for clause in shown],
        columns=_unique([str(row["name"]) for row in ordered]),
        words={key: ctx.text(name) for key, name in STATUSES.items()},
        groups=(
            _runs([ctx.text(CHAPTERS[chapter_of(clause)]) for clause in shown]),
            _runs([ctx.name("district", row["district"], short=True) for row in ordered]),
        ),
        height=figures.rows_height(len(shown), over=110, each=5),
    )
    _frame(ctx, now, figure, "each", _status_sheet(ctx, ordered, cells))


def _frame(ctx: Context, now: StandardChoice, figure: figures.Figure, kind: str, sheet: Sheet) -> None:
    place = ctx.say("standard.all_areas") if now.area in ("", EACH) else ctx.name("district", now.area)
    chart.framed(
        ctx,
        _KEY,
        [],
        title=ctx.say(f"clauses.{kind}_title", place=place),
        says=ctx.say(f"clauses.{kind}_says"),
        figure=figure,
        how="clauses.how_matrix",
        sheets=[sheet],
        on_click=None if kind == "each" else lambda: _clicked(now, kind),
    )


def _clicked(now: StandardChoice, kind: str) -> None:
    """Go one step deeper: a chapter or clause and an area, then a clause at an institution."""
    points = st.session_state[f"figure-{_KEY}"].selection.points
    data = points[0].get("customdata") if points else None
    if not data:
        return
    row, column = str(data[0]), str(data[1])
    is_chapter = row in CHAPTERS and not (now.chapter or now.find or now.only)
    chapter = row if is_chapter else chapter_of(row)
    if kind == "by_district":
        standard_choice.choose(now, chapter=chapter, area=column)
    elif is_chapter:
        standard_choice.choose(now, chapter=chapter)
    else:
        standard_choice.choose(now, view="drill", chapter=chapter, clause=row, at=column, find="", only="")


def _sheet(
    ctx: Context, rows: Sequence[str], heads: Sequence[str], sums: Sequence[Sequence[Tallied]]
) -> Sheet:
    """Return shares as a table: a row a chapter or clause and area or institution."""
    names = ("met", "partly_met", "not_met", "recorded", "no_evidence")
    flat = [
        (name, head, one)
        for name, line in zip(rows, sums, strict=True)
        for head, one in zip(heads, line, strict=True)
        if one != Tallied()
    ]
    title = ctx.say("standard.matrix_title")
    columns = [Column(ctx.say("standard.clause")), Column(ctx.say("clauses.place"))]
    columns += [Column(ctx.say(f"standard.{name}"), is_number=True) for name in names]
    return Sheet(
        title,
        columns,
        lambda: [(name, head, *(str(getattr(one, key)) for key in names)) for name, head, one in flat],
        ("clause", "place", *names),
        lambda: [(name, head, *(getattr(one, key) for key in names)) for name, head, one in flat],
        notes(ctx),
        f"clauses-{ctx.period}.csv",
    )


def _status_sheet(ctx: Context, listed: Sequence[Row], cells: Sequence[Cell]) -> Sheet:
    names = {row["institution_id"]: str(row["name"]) for row in listed}
    shown = [cell for cell in cells if cell.status != "not_applicable"]
    columns = [Column(ctx.say(f"standard.{name}")) for name in ("clause", "level")]
    columns += [Column(ctx.say("dimension.institution")), Column(ctx.say("clauses.status"))]
    return Sheet(
        ctx.say("standard.matrix_title"),
        columns,
        # A table of 40,000 rows on a screen serves nobody: the file holds them all.
        lambda: [_status_row(ctx, cell, names) for cell in shown[:1000]],
        ("clause", "level", "institution_id", "status"),
        lambda: [_plain_row(cell) for cell in shown],
        notes(ctx),
        f"clause-statuses-{ctx.period}.csv",
    )


def _status_row(ctx: Context, cell: Cell, names: dict[str, str]) -> tuple[str, str, str, str]:
    level = ctx.text(LEVEL_NAMES[clauses_by_number()[cell.clause].level])
    return clause_name(ctx, cell.clause), level, names[cell.institution_id], ctx.text(STATUSES[cell.status])


def _plain_row(cell: Cell) -> tuple[str, str, str, str]:
    return cell.clause, clauses_by_number()[cell.clause].level, cell.institution_id, cell.status


def _in_order(keys: object) -> list[str]:
    """Return chapters or clauses in the standard's order."""
    order = {key: place for place, key in enumerate((*CHAPTERS, *clauses_by_number()))}
    return sorted(keys, key=order.__getitem__)  # type: ignore[call-overload, no-any-return]


def _runs(names: Sequence[str]) -> list[tuple[str, int, int]]:
    """Return equal neighbours as (name, first, count)."""
    found, first = [], 0
    for name, members in groupby(names):
        count = len(list(members))
        found.append((name, first, count))
        first += count
    return found


def _short(names: Sequence[str]) -> list[str]:
    return _unique([name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1] + "…" for name in names])


def _unique(names: Sequence[str]) -> list[str]:
    """Return names that differ: equal ones would share a row or column of the chart."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else name + "\u2009" * (seen[name] - 1))
    return made
