"""What a chart says for the selection, in one sentence computed from its rows. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from analytics.core.text import Language
from analytics.standard.districts import CITYWIDE
from dashboard.context import Answer, Row
from dashboard.parts import quantities
from dashboard.words import formats, say

Namer = Callable[[str, str | None], str]


def by_month(measure: Any, rows: Sequence[Row], language: Language, *, change: str = "") -> str:
    """Say total, highest and lowest month of a count; ``change`` is the words of the change in a year."""
    known = [row for row in rows if row.get("value") is not None]
    if not known:
        return say("sentences.nothing", language)
    total = sum(row["value"] for row in known)
    values = {"total": quantities.shown(measure, total, language)}
    if len(known) == 1:
        return say(
            "sentences.one_month", language, month=formats.month(known[0]["month"], language), **values
        )
    high = max(known, key=lambda row: row["value"])
    low = min(known, key=lambda row: row["value"])
    said = say(
        "sentences.by_month",
        language,
        **values,
        high_month=formats.month(high["month"], language),
        high=formats.number(high["value"], language),
        low_month=formats.month(low["month"], language),
        low=formats.number(low["value"], language),
    )
    return said + (say("sentences.change", language, change=change) if change else "")


def by_area(measure: Any, rows: Sequence[Row], language: Language, namer: Namer) -> str:
    """Say where a measure is highest and lowest; of a count also what the first three hold together."""
    known = [row for row in _medians(rows) if row.get("value") is not None and _is_area(row)]
    if len(known) < 2:
        return say("sentences.too_few_areas", language)
    ordered = sorted(known, key=lambda row: -row["value"])
    high, low = ordered[0], ordered[-1]
    values = {
        "high_name": namer("district", high["district"]),
        "high": quantities.shown(measure, high["value"], language, unit=False),
        "low_name": namer("district", low["district"]),
        "low": quantities.shown(measure, low["value"], language, unit=False),
    }
    if measure.kind != "count":
        return say("sentences.area_range", language, **values)
    total = sum(row["value"] for row in known)
    first = formats.listed([namer("district", row["district"]) for row in ordered[:3]], language)
    share = sum(row["value"] for row in ordered[:3]) / total if total else None
    return say(
        "sentences.area_count", language, first=first, share=formats.percent(share, language), **values
    )


def whole(totals: Mapping[str, Answer], language: Language) -> str:
    """Say how much was done for how many, and how many of them were new."""
    services, clients, new = (totals[key] for key in ("services", "clients_served", "new_clients"))
    return say(
        "sentences.whole",
        language,
        services=formats.number(services.only["value"], language),
        clients=formats.number(clients.only["value"], language),
        new=formats.number(new.only["value"], language),
    )


def satisfaction(
    totals: Mapping[str, Answer], by_district: Sequence[Row], language: Language, namer: Namer
) -> str:
    """Say the share of satisfied clients with its interval, and which areas differ beyond chance."""
    rate, response = totals["satisfaction_rate"], totals["rating_response_rate"]
    if rate.only.get("value") is None:
        return say("sentences.no_ratings", language)
    said = say(
        "sentences.satisfaction",
        language,
        rate=quantities.full(rate.measure, rate.only, language),
        response=formats.percent(response.only.get("value"), language),
    )
    return said + apart(rate.only["value"], by_district, language, namer)


def apart(whole_value: float, rows: Sequence[Row], language: Language, namer: Namer) -> str:
    """Name the areas whose whole interval lies below or above the value of all areas together."""
    known = [row for row in rows if row.get("lower") is not None and _is_area(row)]
    if len(known) < 2:
        return ""
    below = [namer("district", row["district"]) for row in known if row["upper"] < whole_value]
    above = [namer("district", row["district"]) for row in known if row["lower"] > whole_value]
    if not below and not above:
        return say("sentences.none_apart", language)
    said = ""
    if below:
        said += say("sentences.below", language, names=formats.listed(below, language))
    if above:
        said += say("sentences.above", language, names=formats.listed(above, language))
    return said


def spread(by_district: Sequence[Row], by_service: Sequence[Row], language: Language, namer: Namer) -> str:
    """Say which services nobody was given, and which were given most."""
    offered = [row for row in by_service if row["service"] is not None]
    none = [namer("service", row["service"]) for row in offered if not row["value"]]
    given = sorted((row for row in offered if row["value"]), key=lambda row: -row["value"])
    if not given:
        return ""
    total = sum(row["value"] or 0 for row in by_service)
    areas = sum(1 for row in by_district if row["value"] and _is_area(row))
    said = say(
        "sentences.spread",
        language,
        areas=areas,
        first=namer("service", given[0]["service"]),
        share=formats.percent(given[0]["value"] / total, language),
    )
    return said + _not_given(none, len(offered), language)


def services(by_service: Sequence[Row], language: Language, namer: Namer) -> str:
    """Say how much there was, how many of the standard's services were given, and name the others."""
    offered = [row for row in by_service if row["service"] is not None]
    none = [namer("service", row["service"]) for row in offered if not row["value"]]
    total = formats.number(sum(row["value"] or 0 for row in by_service), language)
    return say("sentences.services_total", language, total=total) + _not_given(none, len(offered), language)


def mix(rows: Sequence[Row], dimension: str, language: Language, namer: Namer) -> str:
    """Say the two commonest values of a dimension with their shares, and the share that is not recorded."""
    total = sum(row["value"] or 0 for row in rows)
    known = sorted(
        (row for row in rows if row["value"] and row[dimension] is not None), key=lambda row: -row["value"]
    )
    if not known or not total:
        return say("sentences.nothing", language)
    shares = [
        f"{namer(dimension, row[dimension])} {formats.percent(row['value'] / total, language)}"
        for row in known
    ]
    first = formats.listed(shares[:2], language)
    said = say("sentences.mix", language, total=formats.number(total, language), first=first)
    unknown = sum(row["value"] or 0 for row in rows if row[dimension] is None)
    if unknown:
        said += say("sentences.unknown", language, share=formats.percent(unknown / total, language))
    return said


def clients(served: Answer, new: Answer, language: Language) -> str:
    """Say how many clients there were and how many of them came for the first time."""
    all_clients, fresh = served.only["value"], new.only["value"]
    if not all_clients:
        return say("sentences.nothing", language)
    return say(
        "sentences.clients",
        language,
        clients=formats.number(all_clients, language),
        new=formats.number(fresh, language),
        share=formats.percent((fresh or 0) / all_clients, language),
    )


def matrix(rows: Sequence[Row], language: Language, namer: Namer) -> str:
    """Say the fullest cell of area by service and how many cells are empty."""
    cells = [row for row in rows if row["district"] is not None and row["service"] is not None]
    filled = [row for row in cells if row["value"]]
    if not filled:
        return say("sentences.nothing", language)
    top = max(filled, key=lambda row: row["value"])
    return say(
        "sentences.matrix",
        language,
        area=namer("district", top["district"]),
        service=namer("service", top["service"]),
        value=formats.number(top["value"], language),
        empty=formats.number(len(cells) - len(filled), language),
        cells=formats.number(len(cells), language),
    )


def _not_given(none: Sequence[str], count: int, language: Language) -> str:
    if not none:
        return say("sentences.all_given", language, count=count)
    names = formats.listed(list(none), language)
    return say("sentences.not_given", language, count=count, given=count - len(none), names=names)


def _is_area(row: Row) -> bool:
    """Say whether a row is one of 16 区和经开区: neither the city's own institutions nor unknown."""
    return row.get("district") not in (None, CITYWIDE)


def _medians(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.get("quantile") in (None, 0.5)]
