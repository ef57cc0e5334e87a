"""Turn the sums of groups into the rows of an answer: divide, bound and mask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from analytics.core.numbers import finite
from analytics.core.settings import settings
from analytics.measures.declare import Measure
from analytics.measures.result import Figures, Key

LEVEL = 0.95


def masked(row: dict[str, Any], by: Sequence[str]) -> dict[str, Any]:
    """Return a row that says which group it is, and nothing of what is in it."""
    return {name: value if name in by or name == "quantile" else None for name, value in row.items()} | {
        "masked": True
    }


def rows_of(
    measure: Measure, keys: list[Key], figures: dict[Key, Figures], by: Sequence[str], *, with_interval: bool
) -> list[tuple[Key, dict[str, Any]]]:
    """Return each group with its row: codes, value, counts and bounds; rates over too few are masked."""
    if measure.kind == "quantile":
        return [(key, row) for key in keys for row in _quantile_rows(measure, key, figures.get(key), by)]
    held = [figures.get(key) or _nothing(measure) for key in keys]
    bounds = _bounds(measure, held, with_interval=with_interval)
    return [
        (key, {**dict(zip(by, key, strict=True)), **_figures(measure, figure, *bound)})
        for key, figure, bound in zip(keys, held, bounds, strict=True)
    ]


def _nothing(measure: Measure) -> Figures:
    return Figures(0, 0 if measure.kind == "proportion" else None)


def _bounds(
    measure: Measure, held: list[Figures], *, with_interval: bool
) -> list[tuple[float | None, float | None]]:
    if measure.kind != "proportion" and not (measure.kind == "count" and with_interval):
        return [(None, None)] * len(held)
    from analytics.stats.intervals import poisson_interval, wilson_interval

    # A count rounded for readers who may not see records may lie between whole numbers.
    counts = [round(figure.numerator or 0) for figure in held]
    if measure.kind == "count":
        lower, upper = poisson_interval(counts, level=LEVEL)
    else:
        # A survey may count more satisfied than returned; no interval holds such a share.
        trials = [figure.denominator or 0 for figure in held]
        lower, upper = wilson_interval(
            [min(pair) for pair in zip(counts, trials, strict=True)], trials, level=LEVEL
        )
    return [(finite(low), finite(high)) for low, high in zip(lower, upper, strict=True)]


def _figures(measure: Measure, figure: Figures, lower: float | None, upper: float | None) -> dict[str, Any]:
    if measure.kind != "proportion":
        value = _whole(figure.numerator) if measure.kind != "sum" else figure.numerator
        return {
            "value": value,
            "numerator": value,
            "denominator": None,
            "lower": lower,
            "upper": upper,
            "masked": False,
        }
    over = figure.denominator or 0
    if 0 < over < settings().rate_hidden_below:
        return dict.fromkeys(("value", "numerator", "denominator", "lower", "upper"), None) | {"masked": True}
    return {
        "value": (figure.numerator or 0) / over if over else None,
        "numerator": _whole(figure.numerator),
        "denominator": _whole(over),
        "lower": lower,
        "upper": upper,
        "masked": False,
    }


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _quantile_rows(
    measure: Measure, key: Key, figure: Figures | None, by: Sequence[str]
) -> Iterable[dict[str, Any]]:
    found = figure.quantiles if figure else tuple((p, None, None, None) for p in measure.quantiles)
    for p, value, lower, upper in found:
        yield {
            **dict(zip(by, key, strict=True)),
            "quantile": p,
            "value": value,
            "numerator": None,
            "denominator": 0 if figure is None or figure.denominator is None else int(figure.denominator),
            "lower": lower,
            "upper": upper,
            "masked": False,
        }
