"""Every declared measure, found by its file."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from analytics.core.errors import UserError
from analytics.core.text import Text
from analytics.measures import declared
from analytics.measures.declare import Measure

# The order readers meet measures in; one that is not named here follows at the end.
_ORDER = (
    "services",
    "persons_served",
    "clients_served",
    "new_clients",
    "satisfaction_rate",
    "well_satisfied_rate",
    "bad_rating_rate",
    "rating_response_rate",
    "ratings",
    "bad_rating_followed_up_rate",
    "complaints",
    "complaints_upheld",
    "response_days",
    "answered_in_time_rate",
    "completed_rate",
    "on_time_completion_rate",
    "referral_rate",
    "referral_followed_up_rate",
    "followed_up_rate",
    "online_share",
    "expert_assignments",
    "expert_answered_in_time_rate",
    "expert_answer_days",
    "expert_overdue",
    "expert_feedback_rate",
    "expert_supported_rate",
    "active_institutions",
    "reporting_rate",
    "trainings",
    "training_attendees",
    "training_satisfaction_rate",
    "results",
    "result_amount",
    "fee_irregularities",
)


@lru_cache(maxsize=1)
def _found() -> dict[str, Measure]:
    names = [module.name for module in pkgutil.iter_modules(declared.__path__)]
    names.sort(key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    return {name: importlib.import_module(f"{declared.__name__}.{name}").MEASURE for name in names}


def all_measures() -> tuple[Measure, ...]:
    """Return every measure in the order readers meet them."""
    return tuple(_found().values())


def get(key: str) -> Measure:
    """Return the measure with this key.

    Raises
    ------
    UserError
        When there is none; the message lists the keys.
    """
    if key not in _found():
        raise UserError(
            Text(zh=f"没有名为“{key}”的指标。", en=f"There is no measure ‘{key}’."),
            Text(zh="可用指标：" + "、".join(_found()), en="Measures: " + ", ".join(_found())),
        )
    return _found()[key]


def by_name(text: str) -> Measure | None:
    """Return the measure whose key or name in either language is ``text``, if exactly one is."""
    wanted = "".join(text.split()).casefold()
    found = [
        measure
        for measure in all_measures()
        if wanted
        in {"".join(name.split()).casefold() for name in (measure.key, measure.name.zh, measure.name.en)}
    ]
    return found[0] if len(found) == 1 else None
