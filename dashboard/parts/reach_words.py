"""Words about reach that name whoever is reached: enterprises, or clients where these stand in for them."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.core.text import Text
from analytics.coverage.areas import Underserved
from dashboard.context import Context
from dashboard.words import word

_CLIENTS = {"zh": (("企业", "服务对象"),), "en": (("enterprises", "clients"), ("Enterprises", "Clients"))}


@dataclass(frozen=True, slots=True)
class ReachWords:
    """The words for an answer: without a ledger of demand points they speak of clients."""

    ctx: Context
    result: Underserved

    def say(self, key: str, **values: object) -> str:
        """Return words of the screen, filled; what is filled in stays: a place may have 企业 in its name."""
        return self._named(word(key).get(self.ctx.language)).format(**values)

    def told(self, text: Text) -> str:
        """Return a text of the analysis that holds no names."""
        return self._named(self.ctx.text(text))

    def _named(self, words: str) -> str:
        if self.result.inputs.demand_rule == "clients":
            for ledger, clients in _CLIENTS[self.ctx.language]:
                words = words.replace(ledger, clients)
        return words
