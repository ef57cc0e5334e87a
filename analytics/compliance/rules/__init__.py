"""Every rule of every clause that ledgers can tell, one declaration each."""

from __future__ import annotations

from functools import lru_cache

from analytics.compliance.declare import Rule
from analytics.compliance.rules import basic, evaluation, experts, items, special, station, work
from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.core.text import Text


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """Return the rules by clause; raises ``ValueError`` where two are of one clause."""
    found: dict[str, Rule] = {}
    for part in (basic, special, items, station, work, experts, evaluation):
        for rule in part.RULES:
            if rule.clause in found:
                raise ValueError(f"two rules for {rule.clause}")
            found[rule.clause] = rule
    return found


def check_thresholds() -> None:
    """Refuse settings of thresholds that are not the bureau's to set.

    Raises
    ------
    UserError
        When ``clause_thresholds`` names a clause that no rule computes, or whose text sets the threshold.
    """
    for number in settings().clause_thresholds:
        rule = rules().get(number)
        if rule is None or not rule.is_open:
            raise _not_open(number)


def _not_open(number: str) -> UserError:
    named = "、".join(number for number, rule in rules().items() if rule.is_open)
    return UserError(
        Text(
            zh=f"设置 clause_thresholds 中的条款“{number}”没有可设置的门槛。",
            en=f"The setting clause_thresholds names clause ‘{number}’, whose threshold cannot be set.",
        ),
        Text(
            zh=f"可设置的是原文没有写明数字的条款：{named}。",
            en=f"It can be set where the text leaves it open: {named.replace('、', ', ')}.",
        ),
    )
