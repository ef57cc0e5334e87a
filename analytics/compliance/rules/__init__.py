"""Every rule of every clause that ledgers can tell, one declaration each."""

from __future__ import annotations

from functools import lru_cache

from analytics.compliance.declare import Rule
from analytics.compliance.rules import basic, evaluation, experts, special, station, work


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """Return the rules by clause; raises ``ValueError`` where two are of one clause."""
    found: dict[str, Rule] = {}
    for part in (basic, special, station, work, experts, evaluation):
        for rule in part.RULES:
            if rule.clause in found:
                raise ValueError(f"two rules for {rule.clause}")
            found[rule.clause] = rule
    return found
