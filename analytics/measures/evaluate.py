"""Answer questions: plan, ask, complete the groups, then divide, bound and mask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select

from analytics.core.errors import UserError
from analytics.core.periods import Period, parse_period
from analytics.core.selection import Scope, Selection
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.measures import registry
from analytics.measures.declare import ABOUT_USED, SETTINGS_USED, Measure
from analytics.measures.groups import complete_keys
from analytics.measures.over_months import added_up, shared_months
from analytics.measures.parts import added, can_add, parts_of
from analytics.measures.plan import left_out_statement, records_statement, totals_can_tell, totals_statement
from analytics.measures.result import Figures, Key, Request, Result
from analytics.measures.rows import LEVEL, masked, rows_of
from analytics.measures.suppress import hidden_keys, limit_for, round_to, rounded, share_step, size_of
from analytics.measures.workdays import workday_note
from analytics.store.snapshot import Snapshot

EVER = Period("0001-01", "9999-12")
_INTERVALS = {
    "proportion": "wilson",
    "quantile": "order statistics",
    "count": "poisson",
    "sum": None,
    "distinct": None,
}


def evaluate(
    snapshot: Snapshot,
    key: str,
    *,
    scope: Scope,
    by: Sequence[str] = (),
    selection: Selection | None = None,
    with_interval: bool = False,
) -> Result:
    """Answer one question; see :func:`evaluate_many`."""
    request = Request(key, tuple(by), selection or Selection(), with_interval)
    return evaluate_many(snapshot, [request], scope=scope)[0]


def evaluate_many(snapshot: Snapshot, requests: Sequence[Request], *, scope: Scope) -> list[Result]:
    """Answer questions in their order; those over one fact, cut and selection share one scan.

    Raises
    ------
    UserError
        When a measure, dimension or period is unknown, or the fact lacks the dimension.
    """
    shared: dict[Any, list[int]] = defaultdict(list)
    for place, request in enumerate(requests):
        measure = registry.get(request.key)
        _check_dimensions(measure, request)
        alone = place if measure.kind == "quantile" else None
        shared[(id(measure.fact.table), request.by, request.selection, alone)].append(place)
    results: dict[int, Result] = {}
    with snapshot.connect() as connection:
        known = _from_months(connection, snapshot, requests, scope)
        for places in shared.values():
            group = [requests[place] for place in places]
            held = [known.get(place) for place in places]
            for place, result in zip(places, _answer(connection, snapshot, group, scope, held), strict=True):
                results[place] = result
    return [results[place] for place in range(len(requests))]


def resolve_period(snapshot: Snapshot, text: str) -> Period:
    """Return the months a period shows for this snapshot; months after the last data are cut off."""
    period = asked_period(snapshot, text)
    last_month = snapshot.about.get("last_month", "1999-12")
    return Period(period.first_month, min(period.last_month, last_month))


def asked_period(snapshot: Snapshot, text: str) -> Period:
    """Return the months that a period names for this snapshot, also those without data."""
    known = snapshot.about
    return parse_period(
        text,
        first_month=known.get("first_month", "2000-01"),
        last_month=known.get("last_month", "1999-12"),
        last_full_month=known.get("last_full_month", "1999-12"),
    )


def _check_dimensions(measure: Measure, request: Request) -> None:
    asked = [*request.by, *(name for name, _ in request.selection.filters)]
    lacking = [name for name in asked if name not in measure.dimensions]
    if lacking:
        raise UserError(
            Text(
                zh=f"“{measure.name.zh}”不能按 {'、'.join(lacking)} 分组或筛选。",
                en=f"‘{measure.name.en}’ cannot be cut or filtered by {', '.join(lacking)}.",
            ),
            Text(
                zh="可用维度：" + "、".join(measure.dimensions),
                en="Dimensions: " + ", ".join(measure.dimensions),
            ),
        )
    if len(set(request.by)) != len(request.by):
        raise UserError(
            Text(zh="同一维度写了两次。", en="A dimension is named twice."),
            Text(zh="每个维度只写一次。", en="Name each dimension once."),
        )


def _from_months(
    connection: Connection, snapshot: Snapshot, requests: Sequence[Request], scope: Scope
) -> dict[int, dict[Key, Figures]]:
    """Return what the records hold for questions, by their place, that the months of another one answer."""
    periods = [_asked(snapshot, request.selection) for request in requests]
    found: dict[int, dict[Key, Figures]] = {}
    for each in shared_months(requests, periods):
        statement = records_statement(each.measures, ("month",), each.selection, scope, each.period)
        read = _fetch(connection, snapshot, statement, each.measures, 1)
        for place, (number, by, period) in each.places.items():
            found[place] = added_up(read[number], each.measures[number], by, period)
    return found


def _answer(
    connection: Connection,
    snapshot: Snapshot,
    group: Sequence[Request],
    scope: Scope,
    known: Sequence[dict[Key, Figures] | None],
) -> Iterable[Result]:
    by, selection = group[0].by, group[0].selection
    measures = [registry.get(request.key) for request in group]
    question = (by, selection, scope, _asked(snapshot, selection))
    if measures[0].kind == "quantile":
        from analytics.measures.quantiles import quantile_figures

        sizes = None if known[0] is None else [int(part.numerator or 0) for part in known[0].values()]
        figures = [quantile_figures(connection, measures[0], *question, level=LEVEL, sizes=sizes)]
        notes: list[dict[str, Any]] = [{}]
    else:
        figures, notes = grouped_sums(connection, snapshot, measures, question, known)
    yield from _completed(connection, snapshot, group, scope, figures, notes)


def _asked(snapshot: Snapshot, selection: Selection) -> Period:
    """Return the months asked about: ``all`` is every record, also beyond what the services' ledger holds."""
    return EVER if selection.period.strip() == "all" else asked_period(snapshot, selection.period)


def results_of(
    snapshot: Snapshot,
    requests: Sequence[Request],
    figures: Sequence[dict[Key, Figures]],
    notes: Sequence[dict[str, Any]],
    *,
    scope: Scope,
) -> list[Result]:
    """Return answers to questions of one cut and selection from sums that were read already.

    ``figures`` and ``notes`` are what :func:`grouped_sums` gives.
    """
    if not requests:
        return []
    with snapshot.connect() as connection:
        return list(_completed(connection, snapshot, requests, scope, figures, notes))


def _completed(
    connection: Connection,
    snapshot: Snapshot,
    group: Sequence[Request],
    scope: Scope,
    figures: Sequence[dict[Key, Figures]],
    notes: Sequence[dict[str, Any]],
) -> Iterable[Result]:
    by, selection = group[0].by, group[0].selection
    measures = [registry.get(request.key) for request in group]
    period = resolve_period(snapshot, selection.period)
    found = {key for figure in figures for key in figure}
    keys = complete_keys(found, by, connection=connection, selection=selection, scope=scope, period=period)
    summed = summed_parts(connection, snapshot, measures, (by, selection, scope, _asked(snapshot, selection)))
    for request, measure, figure, note in zip(group, measures, figures, notes, strict=True):
        whole = _weight(figure)
        figure, hidden, said = protected(measure, figure, scope, summed.get(measure.key))
        meta = _meta(snapshot, measure, request, scope, period) | note | said
        if said and "totals_share" in meta:
            # A share to the last digit is a quotient of two counts, and tells both; so does a third of three.
            step = share_step(whole, said["rounded_to"])
            meta["totals_share"] = min(round_to(meta["totals_share"], step), 1.0)
        meta |= workday_note(snapshot, measure, period)
        rows = rows_of(measure, keys, figure, by, with_interval=request.with_interval)
        yield Result(measure, meta, [masked(row, by) if key in hidden else row for key, row in rows])


def summed_parts(
    connection: Connection,
    snapshot: Snapshot,
    measures: Sequence[Measure],
    question: tuple[tuple[str, ...], Selection, Scope, Period],
) -> dict[str, dict[Key, Figures]]:
    """Return, by measure, what a reader without records may see of a question that has several parts."""
    by, selection, scope, period = question
    limits = {part.key: limit_for(scope, part, settings()) for part in measures if can_add(part)}
    asked = [part for part in measures if limits.get(part.key)]
    parts = parts_of(by, selection, period) if asked else None
    if parts is None:
        return {}
    found, _ = grouped_sums(connection, snapshot, asked, ((*by, *parts.by), selection, scope, period))
    return {
        measure.key: added(fine, len(by), parts, limits[measure.key])
        for measure, fine in zip(asked, found, strict=True)
    }


def protected(
    measure: Measure,
    figures: dict[Key, Figures],
    scope: Scope,
    summed: dict[Key, Figures] | None = None,
) -> tuple[dict[Key, Figures], set[Key], dict[str, Any]]:
    """Return figures as a reader of ``scope`` may see them, the groups to hide, and a note on both.

    ``summed`` are those added up from protected parts, where a question has several (:mod:`.parts`).
    """
    limit = limit_for(scope, measure, settings())
    if not limit:
        return figures, set(), {}
    least = settings().rate_hidden_below if measure.kind == "proportion" else 0
    hidden = hidden_keys(figures, limit, least)
    shown = {key: rounded(figure, limit) for key, figure in figures.items()}
    if summed is not None:
        shown |= summed
        # All parts may round to nothing where the whole would not.
        hidden |= {key for key in figures if size_of(figures[key]) and not size_of(shown[key])}
    return shown, hidden, {"hidden_below": limit, "rounded_to": limit}


def grouped_sums(
    connection: Connection,
    snapshot: Snapshot,
    measures: Sequence[Measure],
    question: tuple[tuple[str, ...], Selection, Scope, Period],
    known: Sequence[dict[Key, Figures] | None] = (),
) -> tuple[list[dict[Key, Figures]], list[dict[str, Any]]]:
    """Return measures' sums by group, not yet divided nor protected, and what ``meta`` says of totals.

    ``known`` is what was read of the records already, ``None`` for measures of which nothing was.
    """
    held = dict(enumerate(known))
    lacking = [place for place in range(len(measures)) if held.get(place) is None]
    if lacking:
        asked = [measures[place] for place in lacking]
        read = _fetch(connection, snapshot, records_statement(asked, *question), asked, len(question[0]))
        held |= dict(zip(lacking, read, strict=True))
    figures = [held[place] or {} for place in range(len(measures))]
    return figures, add_totals(connection, snapshot, measures, figures, question)


def _fetch(
    connection: Connection,
    snapshot: Snapshot,
    statement: Select[Any],
    measures: Sequence[Measure],
    width: int,
) -> list[dict[Key, Figures]]:
    """Run a statement of groups, numerators and denominators; bind settings and facts of the snapshot."""
    figures: list[dict[Key, Figures]] = [{} for _ in measures]
    for row in connection.execute(statement, bound_values(snapshot)):
        key = tuple(row[:width])
        for place, measure in enumerate(measures):
            numerator, denominator = row[width + 2 * place], row[width + 2 * place + 1]
            if denominator or measure.kind == "proportion":
                over = float(denominator) if measure.kind == "proportion" else None
                figures[place][key] = Figures(float(numerator or 0), over)
    return figures


def bound_values(snapshot: Snapshot) -> dict[str, Any]:
    """Return what statements leave open; each takes what it names and leaves the rest."""
    values: dict[str, Any] = {f"setting_{name}": getattr(settings(), name) for name in SETTINGS_USED}
    return values | {f"about_{name}": int(snapshot.about.get(name, 0)) for name in ABOUT_USED}


def add_totals(
    connection: Connection,
    snapshot: Snapshot,
    measures: Sequence[Measure],
    figures: list[dict[Key, Figures]],
    question: tuple[tuple[str, ...], Selection, Scope, Period],
) -> list[dict[str, Any]]:
    """Add what monthly totals hold, and return for each measure what its ``meta`` says about that."""
    notes: list[dict[str, Any]] = [{} for _ in measures]
    by, selection, scope, period = question
    with_totals = [place for place, measure in enumerate(measures) if measure.totals is not None]
    if not with_totals:
        return notes
    if not totals_can_tell(by, selection):
        left_out = connection.execute(left_out_statement(selection, scope, period)).scalar() or 0
        for place in with_totals:
            notes[place] = {"totals_share": 0.0, "totals_left_out": int(left_out)}
        return notes
    totals = {place: part for place, part in enumerate(part.totals for part in measures) if part is not None}
    for needs_channel in (False, True):
        places = [place for place, part in totals.items() if part.needs_channel is needs_channel]
        if not places:
            continue
        statement = totals_statement([totals[place] for place in places], *question)
        added = _fetch(connection, snapshot, statement, [measures[place] for place in places], len(by))
        for place, extra in zip(places, added, strict=True):
            notes[place] = _merge(figures[place], extra)
    return notes


def _merge(figures: dict[Key, Figures], extra: dict[Key, Figures]) -> dict[str, Any]:
    for key, more in extra.items():
        figure = figures.setdefault(key, Figures(0, None if more.denominator is None else 0))
        figure.numerator = (figure.numerator or 0) + (more.numerator or 0)
        if more.denominator is not None:
            figure.denominator = (figure.denominator or 0) + more.denominator
    whole, part = _weight(figures), _weight(extra)
    return {"totals_share": part / whole if whole else 0.0, "totals_left_out": 0}


def _weight(figures: dict[Key, Figures]) -> float:
    return sum((f.numerator if f.denominator is None else f.denominator) or 0 for f in figures.values())


def _meta(
    snapshot: Snapshot, measure: Measure, request: Request, scope: Scope, period: Period
) -> dict[str, Any]:
    return {
        "measure": measure.key,
        "unit": measure.unit_code,
        "period": request.selection.period,
        "months": [period.first_month, period.last_month] if period.months else [],
        "by": list(request.by),
        "selection": request.selection.as_dict(),
        "scope": str(scope),
        "data_version": snapshot.version,
        "data_until": snapshot.about.get("data_until"),
        "interval": _interval_name(measure, with_interval=request.with_interval),
        "level": LEVEL,
        "sample_data": snapshot.is_sample,
    }


def _interval_name(measure: Measure, *, with_interval: bool) -> str | None:
    if measure.kind == "count" and not with_interval:
        return None
    return _INTERVALS[measure.kind]
