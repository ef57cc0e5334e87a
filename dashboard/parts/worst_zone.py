"""The zone that needs most, in five answers: where, how many, why, how sure, and what one station changes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from analytics.coverage.areas import Underserved, Zone
from analytics.coverage.openings import ZoneOpening
from analytics.coverage.rearrangement import robustness
from analytics.spatial.distance import great_circle_km
from analytics.stats.arrays import Flags
from dashboard.context import Context
from dashboard.parts import html
from dashboard.parts.reach_words import ReachWords
from dashboard.words import formats

# The middle of the old city, from which people in Beijing reckon.
_CENTRE = (116.397, 39.908)
_WINDS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
_BY_THE_BORDER = 0.5


def markup(ctx: Context, result: Underserved, zones: Sequence[Zone], one: ZoneOpening | None) -> str:
    """Return the answers on the first zone as HTML; without any, what was looked at.

    ``one`` is what one station there would change; None while that is being computed.
    """
    if not zones:
        return nothing(ctx, result)
    worst = zones[0]
    words = ReachWords(ctx, result)
    cells = [
        _cell(words, "where", ctx.text(worst.name), [whereabouts(ctx, result, worst)]),
        _cell(words, "many", *_many(ctx, result, worst)),
        _cell(words, "why", "", [words.told(worst.why) + ctx.say("frame.stop")]),
        _cell(words, "sure", "", _sure(ctx, result, worst)),
        _cell(words, "one", *(_one(ctx, result, one) if one else ("", [ctx.say("coverage.one_computing")]))),
    ]
    return html.div("".join(cells), "ip-answers")


def nothing(ctx: Context, result: Underserved) -> str:
    """Say that no zone was found, and what was looked at: the districts chosen, or all that are seen."""
    looked = looked_at(ctx, result)
    if not looked.any():
        return html.block(ctx.say("coverage.none_points"), "ip-effect")
    demand, number = result.inputs.demand, formats.number
    chosen = bool(ctx.selection.get("district"))
    where = "chosen" if chosen else "own" if result.scope.kind != "city" else "city"
    low = float(demand[looked & result.areas.short.low].sum())
    values = {
        "where": ctx.say(f"coverage.none_{where}"),
        "points": number(int(looked.sum()), ctx.language),
        "demand": number(float(demand[looked].sum()), ctx.language),
        "stations": number(len(result.inputs.stations), ctx.language),
        "below": formats.percent(result.areas.settings.below, ctx.language, 0),
    }
    words = ReachWords(ctx, result)
    if low > 0:
        said = words.say(
            "coverage.none_looked",
            low=number(low, ctx.language),
            settings=number(result.stability.settings, ctx.language),
            least=formats.percent(result.areas.settings.least_share, ctx.language, 1),
            **values,
        )
    else:
        said = words.say("coverage.none_sound", **values)
    others = len(result.zones) if chosen else 0
    rest = ctx.say("coverage.none_others", count=others) if others else ""
    return html.block(ctx.say("coverage.none"), "ip-effect") + html.block(said + rest)


def looked_at(ctx: Context, result: Underserved) -> Flags:
    """Return which points the page speaks of: those that the reader may see, of the districts chosen."""
    chosen = ctx.selection.get("district")
    if not chosen:
        return result.seen
    own: Flags = np.array([row["district"] in chosen for row in result.inputs.points], dtype=bool)
    both: Flags = result.seen & own
    return both


def whereabouts(ctx: Context, result: Underserved, zone: Zone) -> str:
    """Say in which direction of the city's middle a zone lies, and how far, as the crow flies."""
    at = np.average(result.inputs.at[zone.points], axis=0, weights=result.inputs.demand[zone.points])
    km = float(great_circle_km(*_CENTRE, at[0], at[1]))
    east = (at[0] - _CENTRE[0]) * math.cos(math.radians(_CENTRE[1]))
    angle = math.degrees(math.atan2(east, at[1] - _CENTRE[1]))
    wind = _WINDS[round(angle / 45) % 8]
    return ctx.say(
        "coverage.whereabouts",
        wind=ctx.say(f"coverage.wind_{wind}"),
        km=formats.number(km, ctx.language),
    )


def capacity_is_known(result: Underserved) -> bool:
    """Say whether any station states its capacity or staff, so that numbers of services mean something."""
    rules = result.inputs.supply_rules
    return rules["stated"] + rules["staff"] > 0


def border(ctx: Context, result: Underserved, zone: Zone) -> str:
    """Say that supply beyond the border is not counted, where a zone lies by it; else nothing."""
    if zone.near_border < _BY_THE_BORDER:
        return ""
    share = formats.percent(zone.near_border, ctx.language, 0)
    return ReachWords(ctx, result).say("coverage.border", share=share)


def _many(ctx: Context, result: Underserved, zone: Zone) -> tuple[str, list[str]]:
    words = ReachWords(ctx, result)
    return (
        words.say("coverage.many", demand=formats.number(zone.demand, ctx.language)),
        [words.say("coverage.many_unmet", unmet=formats.number(zone.unmet, ctx.language))],
    )


def _sure(ctx: Context, result: Underserved, zone: Zone) -> list[str]:
    sure = ctx.text(zone.sure)
    said = sure[:1].upper() + sure[1:] + ctx.say("frame.stop")
    return [said, border(ctx, result, zone)]


def _one(ctx: Context, result: Underserved, one: ZoneOpening) -> tuple[str, list[str]]:
    """Say what one more station in a zone would change, and how robust that is."""
    words, number = ReachWords(ctx, result), formats.number
    site = str(one.site["name"] or ctx.say("coverage.site_unnamed"))
    known = capacity_is_known(result)
    head = ctx.say("coverage.one_unmet", before=number(one.zone.unmet, ctx.language),
                   after=number(one.unmet_after, ctx.language))  # fmt: skip
    before, after = (formats.percent(share, ctx.language, 0) for share in (one.zone.part, one.part_after))
    said = [
        ctx.say(
            "coverage.one_opens" if known else "coverage.one_opens_alike",
            site=site,
            capacity=number(one.capacity, ctx.language),
        ),
        ctx.say("coverage.one_access", before=before, after=after),
    ]
    if one.effect.newly_in_reach > 0:
        said.append(words.say("coverage.one_reach", count=number(one.effect.newly_in_reach, ctx.language)))
    return head, [(" " if ctx.language == "en" else "").join([*said, ctx.text(robustness(one.effect))])]


def _cell(words: ReachWords, name: str, strong: str, said: Sequence[str]) -> str:
    inner = html.block(words.say(f"coverage.answer_{name}"), "ip-answer-what")
    if strong:
        inner += html.block(strong, "ip-answer-strong")
    return html.div(inner + "".join(html.block(line) for line in said if line), f"ip-answer {name}")
